"""A session's report as the page shows it: a dozen figures instead of the whole."""

from collections.abc import Mapping
from typing import Any

from livecam.core.report import Report


def figures_of(report: Report) -> dict[str, Any]:
    """What changes from second to second."""
    frames = report.frames
    return {
        "seconds": round(report.seconds, 1),
        "level": report.level,
        "reason": report.reason,
        "fps": round(report.fps, 1),
        "new_fps": round(report.new_fps, 1),
        "captured": frames.captured,
        "sent": frames.sent,
        "new": frames.new,
        "held": frames.held,
        "late": frames.late,
        "cards": frames.cards,
        "replaced": frames.replaced,
        "unswapped_shown": frames.unswapped_shown,
        "latency_ms": {name: round(value, 1) for name, value in report.latency_ms.items()},
        "cpu_percent": report.cpu_percent_of_one_core,
        "remarks": list(report.remarks),
        "voice": _voice(report.audio),
    }


def _voice(audio: Mapping[str, object]) -> dict[str, Any] | None:
    if not audio:
        return None
    lips, latency = audio.get("lip_sync"), audio.get("latency_ms")
    return {
        "trouble": audio.get("trouble"),
        "latency_ms": latency.get("p50") if isinstance(latency, Mapping) else None,
        "lips_ms": lips.get("sound_after_picture_ms") if isinstance(lips, Mapping) else None,
        "lips_apart": bool(lips.get("alarm")) if isinstance(lips, Mapping) else False,
        "level_db": audio.get("level_db"),
    }
