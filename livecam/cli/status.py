"""Describe a report: a status line during the run, a summary after it."""

import math
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final

from livecam.app.outcome import busy_line, held_line, never_shown
from livecam.app.plain_words import state
from livecam.cli.controls import KEYS_HELP, SHORT_KEYS_HELP, Controls
from livecam.core.report import HeadStats, Report
from livecam.core.voice_report import VoiceReport

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
    if report.audio is not None:
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


def _voice(audio: VoiceReport) -> str:
    """Describe the live voice: why it is silent, or its delay and offset."""
    if audio.trouble:
        return f"voice: {audio.trouble}"
    late = "starting" if audio.latency_ms is None else f"{_ms(audio.latency_ms, 'p50')} ms"
    after, alarm = audio.sound_after_picture_ms, " APART" if audio.is_apart else ""
    return f"voice {late}" + ("" if after is None else f", lips {after:+.0f} ms{alarm}")


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
    lines += [] if report.head is None else [_head_summary(report.head)]
    lines += [] if report.audio is None else [_voice_summary(report.audio)]
    return "\n".join(lines)


def _head_summary(head: HeadStats) -> str:
    """Summarise what was left of the live head."""
    left = f"live head left: {head.left_mean:.1%} on average, {head.left_worst:.1%} at worst"
    return f"{left}; guessed in {head.guessed} of {head.pictures} pictures"


def _voice_summary(audio: VoiceReport) -> str:
    """Summarise the live voice, and name a virtual microphone that stays."""
    said = None if audio.stats is None else audio.stats.remark
    stays = f"\nnote: {audio.names.output} stays, muted, for programs that know it; to remove it: livecam voice unplug"
    remark = f"\nnote: {said}" if said else ""
    return _voice_figures(audio) + remark + (stays if audio.output_stays else "")


def _voice_figures(audio: VoiceReport) -> str:
    stats, after = audio.stats, audio.sound_after_picture_ms
    if stats is None:
        return f"the voice was not heard: {audio.trouble or 'it had not started'}"
    times, together = stats.latency_ms, "" if after is None else f", {after:+.0f} ms after the picture"
    counts = f"{stats.underflows} times out of sound, {stats.faults} faults, {audio.restarts} restarts"
    trouble = f"; at the end: {audio.trouble}" if audio.trouble else ""
    return (
        f"voice {audio.names.voice}, latency p50 {_ms(times, 'p50')}, p95 {_ms(times, 'p95')} ms{together}; {counts}, "
        f"{stats.dropped_ms} ms left out{trouble}"
    )


def _ms(latency_ms: Mapping[str, float], name: str) -> str:
    value = latency_ms.get(name, math.nan)
    return "-" if math.isnan(value) else f"{value:.0f}"
