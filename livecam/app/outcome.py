"""Explain the outcome of a run: why pictures were held, whether a face was shown."""

from typing import Final

from livecam.app.plain_words import plain
from livecam.core.errors import CameraError, EngineError, LivecamError, remedy
from livecam.core.report import Report

BUSY_PERCENT: Final = 40.0
"""Share of all processors from which other programs count as keeping it busy."""
STEAL_PERCENT: Final = 5.0
SOON_S: Final = 5.0
"""A run that the user ends sooner may end without a picture."""
_REASONS_SAID = 3
_LATER: Final = {"frame too old": "too late to be drawn", "track is stale": "face not seen for too long"}
_TOO_SLOW = frozenset({"frame too old", "track is stale", "a face that cannot be guessed"})
_IN_THE_PICTURE: Final = {
    "no face": "one face, face on and lit from the front, at least a tenth of the picture wide",
    "two faces": "one person alone in the picture, or --faces all",
}


def held_line(report: Report) -> str | None:
    """Return the most frequent reasons for held frames; None if all were shown."""
    if not report.holds or not report.decided_frames:
        return None
    common = sorted(report.holds.items(), key=lambda item: -item[1])
    said = [f"{_LATER.get(reason, plain(reason))} in {_of(count, report)}" for reason, count in common[:_REASONS_SAID]]
    rest = sum(count for _, count in common[_REASONS_SAID:])
    return ", ".join([*said, f"other reasons in {rest}"] if rest else said)


def _of(count: int, report: Report) -> str:
    share = 100 * count / report.decided_frames
    return f"{count} of {report.decided_frames} frames ({'<1' if 0 < share < 1 else round(share)} %)"


def busy_line(report: Report) -> str | None:
    """Return that other programs keep the machine busy; None if they do not."""
    others, steal = report.busy.others_percent or 0.0, report.busy.steal_percent or 0.0
    if others < BUSY_PERCENT and steal < STEAL_PERCENT:
        return None
    load, cores = report.busy.load_1min, report.machine.get("cores")
    parts = [f"other programs used {others:.0f} % of its processors"] if others >= BUSY_PERCENT else []
    parts += [f"its host took {steal:.0f} % of its processors"] if steal >= STEAL_PERCENT else []
    shown = "" if load is None or cores is None else f"; load {load:.1f} on {cores} processors"
    return f"the machine was busy: {', '.join(parts)}{shown}"


def never_shown(report: Report) -> str | None:
    """Return that no new picture was shown, and the most frequent reason; else None."""
    if report.frames.new:
        return None
    if not report.frames.captured:
        return "no face was ever shown: no picture came from the camera"
    why = held_line(report)
    if why is None:
        return "no face was ever shown: the run was over before its opening card"
    return f"no face was ever shown: {why}"


def check_shown(report: Report, ended_by_user: bool = False) -> None:
    """Check that the user got a picture with a new face, as exit code 0 promises.

    Args:
        report: Of the whole run.
        ended_by_user: Whether q or a signal ended it; its first seconds need no picture then.

    Raises:
        CameraError: Nothing in the camera's pictures could be shown.
        EngineError: The engine or this machine could not do it.
    """
    why = never_shown(report)
    if why is not None and not (ended_by_user and report.seconds < SOON_S):
        raise _failure(why, report)


def _failure(why: str, report: Report) -> LivecamError:
    if not report.frames.captured:
        return CameraError(why, command="livecam devices")
    if not report.holds:
        return CameraError(why, advice="let it run for five seconds or more; --duration sets how long")
    # Of two reasons as frequent as each other, what the camera sees says more than a slow start.
    reason = max(report.holds, key=lambda name: (report.holds[name], name in _IN_THE_PICTURE))
    if reason in _TOO_SLOW:
        return EngineError(why, advice="a smaller picture (--size 640x360), or close other programs")
    if reason in _IN_THE_PICTURE:
        return CameraError(why, **remedy(_IN_THE_PICTURE[reason]))
    return EngineError(why, command="livecam doctor")
