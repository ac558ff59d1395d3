"""Describe a report: a status line during the run, a summary after it."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from livecam.app.outcome import busy_line, held_line, never_shown
from livecam.app.plain_words import state
from livecam.cli.controls import KEYS_HELP, SHORT_KEYS_HELP, Controls
from livecam.core.report import Report

_BETWEEN: Final = " | "
_RECENT_S: Final = 3.0


class RecentRate:
    """Rate of new pictures over the last three seconds of a run."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def of(self, report: Report) -> float | None:
        """Return the rate up to this report; None before there are two."""
        self._seen.append((report.seconds, report.frames.new))
        while len(self._seen) > 2 and report.seconds - self._seen[1][0] >= _RECENT_S:
            self._seen.popleft()
        begin_s, begun = self._seen[0]
        return None if report.seconds <= begin_s else (report.frames.new - begun) / (report.seconds - begin_s)


def status_line(report: Report, controls: Controls, width: int | None = None, new_fps: float | None = None) -> str:
    """Return the status in one line; what does not fit is left out.

    Args:
        report: Until now.
        controls: State of the keys.
        width: Columns of the terminal; None for no limit.
        new_fps: Current rate of new pictures; the mean of the run by default.
    """
    frames = report.frames
    words = [state(report, controls.frozen)]
    words += [controls.note] if controls.note else []
    words += ["mirrored"] if controls.mirrored else []
    words.append(f"{controls.persona} {controls.strength:.0%}" + (" head" if controls.mode == "head" else ""))
    if report.audio:
        words.append(_voice(report.audio))
    words += (
        []
        if not frames.new
        else [
            f"{report.new_fps if new_fps is None else new_fps:.0f} new/s",
            f"delay {_ms(report.latency_ms, 'p50')}/{_ms(report.latency_ms, 'p95')} ms",
            f"repeated {frames.held}, late {frames.late}",
            f"CPU {report.cpu_percent_of_one_core:.0f}%",
        ]
    )
    return _fitted(words, width)


def _fitted(words: Sequence[str], width: int | None) -> str:
    """Return the first parts that fit; the first one is shortened if it is too long."""
    line = words[0] if width is None or len(words[0]) <= width else f"{words[0][: max(width - 1, 0)]}…"
    for word in words[1:]:
        if width is not None and len(line) + len(_BETWEEN) + len(word) > width:
            return line
        line += _BETWEEN + word
    return line


def _voice(audio: Mapping[str, object]) -> str:
    """Describe the live voice: why it is silent, or its delay and offset."""
    if audio.get("trouble"):
        return f"voice: {audio['trouble']}"
    lips, latency = audio.get("lip_sync"), audio.get("latency_ms")
    late = f"{_ms(latency, 'p50')} ms" if isinstance(latency, Mapping) else "starting"
    after = lips.get("sound_after_picture_ms") if isinstance(lips, Mapping) else None
    alarm = " APART" if isinstance(lips, Mapping) and lips.get("alarm") else ""
    return f"voice {late}" + (f", lips {after:+.0f} ms{alarm}" if isinstance(after, float) else "")


def help_line(width: int | None = None) -> str:
    """Return what the keys do, as fully as it fits."""
    fitting = [line for line in (f"{KEYS_HELP} (or Ctrl-C)", KEYS_HELP) if width is None or len(line) <= width]
    return fitting[0] if fitting else SHORT_KEYS_HELP


def summary(report: Report) -> str:
    """Summarise a run: delay or time per frame, and what was not shown."""
    frames = report.frames
    name, times = ("delay", report.latency_ms) if report.latency_ms else ("a frame", report.stage_ms.get("whole", {}))
    shown = ", ".join(f"{percentile} {_ms(times, percentile)}" for percentile in ("p50", "p95", "p99"))
    lines = [
        f"{frames.sent} pictures in {report.seconds:.1f} s ({report.fps:.1f} a second), {frames.new} of them new "
        f"({report.new_fps:.1f} a second); {name} {shown} ms",
        f"{frames.held} repeated, {frames.cards} of a card, {frames.late} late, {frames.replaced} frames skipped, "
        f"{frames.unswapped_shown} unswapped; {report.cpu_percent_of_one_core:.0f}% of one core",
    ]
    held, never = held_line(report), never_shown(report)
    lines += [never[:1].upper() + never[1:]] if never else [f"not shown: {held}"] if held else []
    lines += [f"note: {busy}" for busy in [busy_line(report)] if busy]
    lines += [_head_summary(report.head)] if report.head else []
    lines += [_voice_summary(report.audio)] if report.audio else []
    return "\n".join(lines)


def _head_summary(head: Mapping[str, float]) -> str:
    """Summarise what was left of the live head."""
    left = f"live head left: {head['left_mean']:.1%} on average, {head['left_worst']:.1%} at worst"
    return f"{left}; guessed in {head['guessed']:.0f} of {head['pictures']:.0f} pictures"


def _voice_summary(audio: Mapping[str, object]) -> str:
    """Summarise the live voice, and name a virtual microphone that stays."""
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
