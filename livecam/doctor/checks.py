"""Examine everything a session needs; say what is missing and how to fix it."""

import sys
from collections.abc import Callable, Iterable
from importlib.metadata import entry_points

from livecam.core.finding import Finding, Health
from livecam.core.plugin_origins import is_replacement
from livecam.doctor.devices import check_audio, check_cameras, check_video_files, check_virtual_cameras
from livecam.doctor.plugins import check_plugins
from livecam.doctor.programs import check_obs, check_sound_rank, check_sound_server
from livecam.doctor.system import check_clashes, check_packages, check_processor
from livecam.doctor.voice import check_voice

GROUP = "livecam.doctor"
_OURS = ("livecam", "engines", "calibration")

_CHECKS: tuple[Callable[[], Iterable[Finding]], ...] = (
    check_packages,
    check_clashes,
    check_processor,
    check_cameras,
    check_virtual_cameras,
    check_video_files,
    check_audio,
    check_sound_server,
    check_voice,
    check_sound_rank,
    check_obs,
    check_plugins,
)


def examine() -> list[Finding]:
    """Return every finding.

    Engines add theirs through the entry-point group `livecam.doctor`.
    """
    findings = [finding for check in _CHECKS for finding in check()]
    for point in entry_points(group=GROUP):
        if not is_replacement(point):
            findings.extend(_run_contributed(point.name, point.load))
    return findings


def _run_contributed(name: str, load: Callable[[], Callable[[], Iterable[Finding]]]) -> list[Finding]:
    """Return the findings of an engine.

    One that does not even load is itself a finding.
    """
    try:
        return list(load()())
    except (ImportError, OSError) as error:
        reason = " ".join(str(error).split())
        return [Finding(name, Health.FAIL, f"does not load: {reason}", _reinstall(error))]


def _reinstall(error: ImportError | OSError) -> str:
    """Return what brings the missing module, or this checkout's packages again.

    No index has livecam itself.
    """
    module = ((error.name if isinstance(error, ImportError) else None) or "").partition(".")[0]
    if module and module not in _OURS:
        return f"{sys.executable} -m pip install --force-reinstall {module}"
    return "scripts/setup run   # in the folder livecam was installed from"


def list_failing(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that prevent a session."""
    return [finding for finding in findings if finding.health is Health.FAIL]
