"""`livecam doctor` and `livecam devices`: print checks and devices."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import typer

from livecam.config.settings import Settings
from livecam.console.columns import columns
from livecam.core.clock import Clock, SystemClock
from livecam.core.errors import DeviceError, LivecamError, remedy
from livecam.core.finding import Finding, Health
from livecam.devices.camera.listing import Camera, list_cameras, list_loopbacks
from livecam.devices.camera.v4l2 import PictureFormat, VideoDevice
from livecam.devices.sound.devices import list_microphones
from livecam.doctor import checks as doctor
from livecam.doctor.fix import FixResult, run_fixes, show_command
from livecam.doctor.self_test import SIZE_WH, run_self_test

_SHOWN_FORMATS = 8
_READ_IT = "read what the command printed above; it changed nothing that livecam needs"


def run_doctor(*, json: bool, fix: bool, self_test_of: Settings | None) -> None:
    """Check, fix if asked, check again, print.

    Args:
        json: Whether to print JSON.
        fix: Whether to run the commands that fix what fails.
        self_test_of: Sink, size and rate of a self test; None for no test.

    Raises:
        DeviceError: A check fails.
    """
    findings = doctor.examine()
    if fix and doctor.list_failing(findings):
        fixes = run_fixes(findings, lambda command: typer.echo(command, err=True))
        if fixes:
            findings = doctor.examine()
        findings.extend(_list_failed_fixes(fixes))
    if self_test_of is not None:
        findings.append(as_finding(self_test_of, SystemClock()))
    findings = [replace(finding, fix=show_command(finding.fix)) for finding in findings]
    typer.echo(findings_as_json(findings) if json else findings_as_text(findings))
    if failed := doctor.list_failing(findings):
        raise DeviceError(f"{len(failed)} of {len(findings)} checks fail", **remedy(failed[0].fix))


def _list_failed_fixes(fixes: Sequence[FixResult]) -> list[Finding]:
    return [
        Finding("fix", Health.FAIL, f"exit code {command.code}: {command.command}", _READ_IT)
        for command in fixes
        if command.code
    ]


def as_finding(settings: Settings, clock: Clock) -> Finding:
    """Run the self test and return one finding."""
    try:
        size_wh = settings.size_wh or SIZE_WH
        found = run_self_test(clock, sink=settings.sink, size_wh=size_wh, rate_hz=settings.fps)
        return Finding("self test", Health.OK, str(found), figures=asdict(found))
    except LivecamError as error:
        return Finding("self test", Health.FAIL, str(error), error.help_text)


def findings_as_json(findings: Sequence[Finding]) -> str:
    """Return a JSON list of objects: topic, health, found, fix, figures."""
    return json.dumps([asdict(finding) for finding in findings], indent=2)


def findings_as_text(findings: Sequence[Finding]) -> str:
    """Return one line per finding, with its fix in the next line."""
    lines = columns([(str(f.health).upper() if f.fix else "ok", f.topic, f.found) for f in findings]).splitlines()
    shown = []
    for line, finding in zip(lines, findings, strict=True):
        shown.append(line)
        if finding.fix:
            shown.append(f"      -> {finding.fix}")
    return "\n".join(shown)


def devices_as_json() -> str:
    """Return JSON: cameras with all formats, virtual cameras, and microphones."""
    return json.dumps(
        {
            "cameras": [{**asdict(camera), "path": _path(camera)} for camera in list_cameras()],
            "virtual_cameras": [{"name": d.card, "path": str(d.path)} for d in list_loopbacks()],
            "microphones": [{"name": name, "label": label} for name, label in list_microphones().items()],
        },
        indent=2,
    )


def devices_as_text(
    cameras: Sequence[Camera] | None = None,
    virtual_cameras: Sequence[VideoDevice] | None = None,
    heard: Mapping[str, str] | None = None,
) -> str:
    """Return what `--camera`, `--sink` and `--microphone` can name on this machine."""
    heard = list_microphones() if heard is None else heard
    cameras = list_cameras() if cameras is None else cameras
    virtual_cameras = list_loopbacks() if virtual_cameras is None else virtual_cameras
    rows = [("--camera", "", "")]
    for camera in cameras:
        rows.append((f"  {camera.index}", camera.name, _path(camera)))
        rows.extend(("", f"  {line}", "") for line in _format_lines(camera.formats))
    rows.append(("  sample", "built-in" if cameras else "built-in; no camera found", ""))
    rows.append(("  PATH", "a clip, or a folder of pictures", ""))
    rows.append(("--sink", "", ""))
    rows.extend(("  virtualcam", device.card, str(device.path)) for device in virtual_cameras)
    if not virtual_cameras:
        rows.append(("  virtualcam", "none found: livecam doctor", ""))
    if sys.platform == "linux":
        rows.append(("  pipewire", "a camera without a kernel module, where PipeWire runs", ""))
    rows.append(("  file:PATH", "an mp4, mov or mkv", ""))
    rows.append(("  null", "nowhere, for measuring", ""))
    rows.append(("--microphone", "", ""))
    rows.extend((f"  {name}", label, "") for name, label in heard.items())
    rows.append(("  PATH", "a recording" if heard else "a recording; no microphone found", ""))
    return columns(rows)


def _format_lines(formats: Sequence[PictureFormat]) -> list[str]:
    """Return the largest formats first."""
    ordered = sorted(formats, key=lambda f: (f.fourcc != "MJPG", -f.size_wh[0] * f.size_wh[1], -f.rate_hz))
    lines = [f"{f.fourcc} {f.size_wh[0]}x{f.size_wh[1]} {f.rate_hz:.0f}/s" for f in ordered[:_SHOWN_FORMATS]]
    left = len(ordered) - len(lines)
    return [*lines, f"and {left} more: livecam devices --json"] if left > 0 else lines


def _path(camera: Camera) -> str:
    return "" if camera.path is None else str(camera.path)
