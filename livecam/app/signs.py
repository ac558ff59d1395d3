"""Examine marks and signs of a file, a camera or the screen."""

from contextlib import closing
from pathlib import Path
from typing import Any

from livecam.app.verify import examine_target, is_camera
from livecam.plugins import open_face_finder, open_outline_network
from livecam.verify import Verdict
from livecam.verify.signs.calibration import LikelihoodRatio
from livecam.verify.signs.findings import Findings, SignFinding, WindowFinding, find_signs
from livecam.verify.signs.observer import SPARSE_NS, FaceObserver
from livecam.verify.signs.sound_of_clip import read_speech


def examine_signs(what: str | None, seconds: float) -> tuple[Verdict, Findings]:
    """Look for marks and for signs, in one pass over the pictures.

    Args:
        what: A file, a folder, a device file or "camera:" and an index or name; None for the screen.
        seconds: How long a camera or the screen is watched.

    Raises:
        UsageError: The file cannot be read.
        DeviceError: The camera or the screen cannot be seen.
        EngineError: The face finder is not installed or fails.
    """
    path = None if what is None or is_camera(what) else Path(what).expanduser()
    speech = read_speech(path) if path is not None and path.is_file() else None
    with closing(open_face_finder()) as finder:
        outline = open_outline_network()
        observer = FaceObserver(finder, outline, SPARSE_NS if speech is None else 0)
        try:
            verdict = examine_target(what, seconds, observer.add, sparing=True)
        finally:
            if outline is not None:
                outline.close()
    return verdict, find_signs(observer.finish(speech))


def findings_to_dict(findings: Findings) -> dict[str, Any]:
    """Return what the signs say as plain types."""
    observation = findings.observation
    return {
        "pictures": observation.pictures,
        "with_a_face": len(observation.readings),
        "most_faces": observation.most_faces,
        "measured": len(findings.measured),
        "unusual": [finding.sign.name for finding in findings.unusual],
        "remarks": list(observation.remarks),
        "signs": [_sign_to_dict(finding) for finding in findings.signs],
    }


def _sign_to_dict(finding: SignFinding) -> dict[str, Any]:
    sign, known = finding.sign, finding.calibration
    return {
        "name": sign.name,
        "definition": sign.definition,
        "can": sign.can,
        "cannot": sign.cannot,
        "unusual": finding.is_unusual,
        "not_measured": finding.why_not or None,
        "typical": None if finding.typical is None else _window_to_dict(finding.typical),
        "windows": [_window_to_dict(window) for window in finding.windows],
        "calibration": None
        if known is None
        else {
            "auc": list(known.auc),
            "untouched_windows": known.untouched,
            "altered_windows": known.altered,
            "alarms": known.alarms,
            "simulated": known.simulated,
        },
    }


def _window_to_dict(window: WindowFinding) -> dict[str, Any]:
    value = window.value
    return {
        "begin_s": round(window.begin_s, 3),
        "end_s": round(window.end_s, 3),
        "score": None if value is None else round(value.score, 4),
        "figures": {} if value is None else dict(value.figures),
        "seen_at_s": None if value is None else round(value.at_s, 3),
        "likelihood_ratio": _ratio_to_dict(window.ratio),
        "unusual": window.unusual,
    }


def _ratio_to_dict(ratio: LikelihoodRatio | None) -> dict[str, float] | None:
    if ratio is None:
        return None
    return {"value": round(ratio.value, 2), "low": round(ratio.low, 2), "high": round(ratio.high, 2)}
