"""A report as a line for people: while it runs and at the end. Pure: figures in, text out."""

import math
from collections.abc import Mapping

from livecam.cli.controls import KEYS_HELP, Controls
from livecam.core.report import Report


def status_line(report: Report, controls: Controls) -> str:
    """Everything one wants to see while it runs, in one line."""
    frames = report.frames
    parts = [
        f"{report.fps:.1f} fps",
        f"latency {_ms(report.latency_ms, 'p50')}/{_ms(report.latency_ms, 'p95')} ms",
        f"{report.level}: {report.reason}",
        f"face {'no' if report.level == 'HOLD' else 'yes'}",
        f"held {frames.held} late {frames.late}",
        f"CPU {report.cpu_percent_of_one_core:.0f}%",
        f"{controls.persona} {controls.strength:.0%}",
    ]
    if report.audio:
        parts.append(_voice(report.audio))
    states = {"FROZEN": controls.frozen, "mirrored": controls.mirrored, controls.note: bool(controls.note)}
    return " | ".join([*parts, *(name for name, on in states.items() if on)])


def _voice(audio: Mapping[str, object]) -> str:
    """How the live voice is: why it is silent, or how late it is and where the lips are."""
    if audio.get("trouble"):
        return f"voice: {audio['trouble']}"
    lips, latency = audio.get("lip_sync"), audio.get("latency_ms")
    late = f"{_ms(latency, 'p50')} ms" if isinstance(latency, Mapping) else "starting"
    after = lips.get("sound_after_picture_ms") if isinstance(lips, Mapping) else None
    alarm = " APART" if isinstance(lips, Mapping) and lips.get("alarm") else ""
    return f"voice {late}" + (f", lips {after:+.0f} ms{alarm}" if isinstance(after, float) else "")


def help_line() -> str:
    """What the keys do."""
    return f"{KEYS_HELP} (or Ctrl-C)"


def summary(report: Report) -> str:
    """What a run did, in two lines: the latency of a live one, the time per frame of a replay."""
    frames = report.frames
    name, times = ("latency", report.latency_ms) if report.latency_ms else ("a frame", report.stage_ms.get("whole", {}))
    shown = ", ".join(f"{percentile} {_ms(times, percentile)}" for percentile in ("p50", "p95", "p99"))
    return (
        f"{frames.sent} pictures in {report.seconds:.1f} s ({report.fps:.1f} fps), {name} {shown} ms\n"
        f"{frames.held} held, {frames.late} late, {frames.replaced} replaced, {frames.face_lost} without a face, "
        f"{frames.unswapped_shown} unswapped; {report.cpu_percent_of_one_core:.0f}% of one core"
        + (f"\n{_voice_summary(report.audio)}" if report.audio else "")
    )


def _voice_summary(audio: Mapping[str, object]) -> str:
    """How the live voice was, from the microphone to the virtual one, and what is left of it."""
    stays = f"\nnote: {audio['output']} stays, muted, for programs that know it; to remove it: livecam voice unplug"
    remark = f"\nnote: {audio['remark']}" if audio.get("remark") else ""
    return _voice_figures(audio) + remark + (stays if audio.get("output_stays") else "")


def _voice_figures(audio: Mapping[str, object]) -> str:
    if "underflows" not in audio:
        return f"the voice was not heard: {audio.get('trouble') or 'it had not started'}"
    latency, lips = audio.get("latency_ms"), audio.get("lip_sync")
    times = latency if isinstance(latency, Mapping) else {}
    after = lips.get("sound_after_picture_ms") if isinstance(lips, Mapping) else None
    together = f", {after:+.0f} ms after the picture" if isinstance(after, float) else ""
    counts = f"{audio['underflows']} times out of sound, {audio['faults']} faults, {audio['restarts']} restarts"
    trouble = f"; at the end: {audio['trouble']}" if audio.get("trouble") else ""
    return (
        f"voice {audio['voice']}, latency p50 {_ms(times, 'p50')}, p95 {_ms(times, 'p95')} ms{together}; {counts}, "
        f"{audio['dropped_ms']} ms left out{trouble}"
    )


def _ms(latency_ms: Mapping[str, float], name: str) -> str:
    value = latency_ms.get(name, math.nan)
    return "-" if math.isnan(value) else f"{value:.0f}"
