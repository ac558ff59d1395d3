"""A session's report as the page shows it: a dozen figures instead of the whole."""

from typing import Any

from livecam.core.report import Report
from livecam.core.voice_report import VoiceReport


def figures_of(report: Report) -> dict[str, Any]:
    """Return what changes from second to second."""
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


def _voice(audio: VoiceReport | None) -> dict[str, Any] | None:
    if audio is None:
        return None
    return {
        "trouble": audio.trouble,
        "latency_ms": (audio.latency_ms or {}).get("p50"),
        "lips_ms": audio.sound_after_picture_ms,
        "lips_apart": audio.is_apart,
        "level_db": None,
    }
