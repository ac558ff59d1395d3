"""What the machine is and has, in plain types."""

import base64
from dataclasses import asdict
from pathlib import Path
from typing import Any


def facts(data_folder: Path) -> dict[str, Any]:
    """Return the machine, this version, and what its calibration found."""
    from livecam import __version__
    from livecam.host.machine import describe_machine, load_1min

    return {"version": __version__, "machine": dict(describe_machine()), "load_1min": load_1min()}


def devices(data_folder: Path) -> dict[str, Any]:
    """Return cameras, virtual cameras.

    Microphones and engines that an option can name.
    """
    from livecam.devices.camera.listing import list_cameras, list_loopbacks
    from livecam.devices.sound.devices import list_microphones
    from livecam.plugins import engine_names

    return {
        "cameras": [{"name": str(camera.index), "label": camera.name} for camera in list_cameras()],
        "virtual_cameras": [{"name": str(device.path), "label": device.card} for device in list_loopbacks()],
        "microphones": [{"name": name, "label": label} for name, label in list_microphones().items()],
        "engines": [{"name": name, "label": name} for name in engine_names()],
        "languages": ["de", "en", "es", "fr", "it", "nl", "pl", "pt"],
    }


def doctor(data_folder: Path) -> list[dict[str, Any]]:
    """Return what `livecam doctor` finds."""
    from livecam.doctor.checks import examine
    from livecam.doctor.fix import show_command

    found = [asdict(finding) for finding in examine()]
    return [{**each, "fix": show_command(each["fix"])} for each in found]


def probe_file(data_folder: Path, path: str, name: str) -> dict[str, Any]:
    """Return what an uploaded file is, decoded in a box with limits.

    With a small picture in base64.
    """
    from livecam.devices.media.probe import probe

    found = asdict(probe(Path(path), name))
    return {**found, "thumb": base64.b64encode(found["thumb"]).decode()}
