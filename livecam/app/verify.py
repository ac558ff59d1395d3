"""Examine which marks a file, a camera or the screen carries."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from livecam.core.frame import OnPicture
from livecam.disclosure.picture_reader import MarkReading
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD, SoundReading
from livecam.verify import Verdict, false_alarm_chance, verify, verify_camera, verify_screen
from livecam.verify.watch import CAMERA

SCHEMA: Final = 2


def examine_target(
    what: str | None, seconds: float, on_picture: OnPicture | None = None, sparing: bool = False
) -> Verdict:
    """Look for marks.

    Args:
        what: A file, a folder, a device file or "camera:" and an index or name; None for the screen.
        seconds: How long a camera or the screen is watched.
        on_picture: Is given every picture too, in order.
        sparing: Whether to look at fewer pictures of a camera or the screen.

    Raises:
        UsageError: The file cannot be read.
        DeviceError: The camera or the screen cannot be seen.
    """
    if what is None:
        return verify_screen(seconds, on_picture=on_picture, sparing=sparing)
    if is_camera(what):
        return verify_camera(what, seconds, on_picture=on_picture, sparing=sparing)
    return verify(Path(what).expanduser(), on_picture)


def is_camera(what: str) -> bool:
    """Whether a source is a camera, by its name or as a device file."""
    return Path(what).is_char_device() or (what.startswith(CAMERA) and not Path(what).is_file())


def verdict_to_dict(name: str, verdict: Verdict) -> dict[str, Any]:
    """Return a verdict as plain types, with the name of its source."""
    payload = verdict.payload
    return {
        "schema": SCHEMA,
        "file": name,
        "marked": verdict.is_marked,
        "payload": None
        if payload is None
        else {"version": payload.version, "flags": payload.flags, "session": payload.session},
        "picture_watermark": list(map(_picture_to_dict, verdict.readings)),
        "audio_watermark": list(map(_sound_to_dict, verdict.sounds)),
        "manifest": None if verdict.manifest is None else asdict(verdict.manifest),
        "metadata": list(verdict.metadata),
        "remarks": list(verdict.remarks),
        "label": verdict.label,
        "visible_label": {
            "similarity": [round(found, 3) for found in verdict.label_scores],
            "found": verdict.label_count,
            "text": verdict.plate_label if verdict.label_count else None,
        },
    }


def _picture_to_dict(reading: MarkReading) -> dict[str, Any]:
    place = reading.place
    return {
        "start_s": reading.begin_ns / 1e9,
        "marked": reading.marked,
        "score": round(reading.score, 2),
        "threshold": reading.threshold,
        "false_positive_probability": false_alarm_chance(reading.score, reading.threshold),
        "region": [place.left, place.top, place.width, place.height],
        "mirrored": place.mirrored,
    }


def _sound_to_dict(reading: SoundReading) -> dict[str, Any]:
    return {
        "start_s": reading.begin_s,
        "marked": reading.marked,
        "score": round(reading.score, 2),
        "threshold": SOUND_THRESHOLD,
        "session": reading.session,
        "speed": round(reading.speed, 4),
    }
