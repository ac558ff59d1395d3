"""`livecam verify --challenge`: three tasks for the other side of a live call."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from livecam.app.challenge import watch_task
from livecam.app.verify import is_camera
from livecam.cli.signs_text import wrap_lines
from livecam.core.errors import UsageError
from livecam.verify.signs.challenge import GOTCHA, HELPER, ChallengeTask, propose_tasks

_WATCH = "To have the mesh watch: livecam verify camera:0 --challenge, or livecam verify --screen --challenge."


@dataclass(frozen=True, slots=True)
class WatchedSource:
    """What is watched while a task is done; `what` is None for the screen."""

    what: str | None
    seconds: float


def answer_challenge(
    what: str | None, screen: bool, seconds: float, as_json: bool, random: Random | None = None
) -> Iterator[str]:
    """Yield the card, line by line, and what was seen where something is watched.

    Args:
        what: "camera:" and an index or name; None for none.
        screen: Whether to watch the screen.
        seconds: How long to watch each task.
        as_json: Whether to yield JSON.
        random: Chooses the tasks; the system's by default.

    Raises:
        UsageError: A file is named, or two sources.
        DeviceError: The camera or the screen cannot be captured.
        EngineError: The face finder is not installed or fails.
    """
    if what is not None and (screen or not is_camera(what)):
        raise UsageError(
            f"a challenge watches a camera or the screen, not {what}", command="livecam verify camera:0 --challenge"
        )
    watched = WatchedSource(what, seconds) if what is not None or screen else None
    tasks = propose_tasks(random)
    if as_json:
        yield json.dumps({"helper": HELPER, "study": GOTCHA, "tasks": [_as_dict(t, watched) for t in tasks]}, indent=1)
        return
    yield "ask the other side for these three, one after the other"
    for number, task in enumerate(tasks, 1):
        yield ""
        yield from wrap_lines(f"{number}. {task.ask}")
        yield from wrap_lines(f"altered pictures: {task.breaks}")
        if watched is not None:
            yield from wrap_lines(f"watching for {watched.seconds:.0f} s")
            yield from wrap_lines(f"seen: {watch_task(task, watched.what, watched.seconds)}")
    yield ""
    for text in (HELPER, GOTCHA, *(() if watched is not None else (_WATCH,))):
        yield from wrap_lines(text)


def _as_dict(task: ChallengeTask, watched: WatchedSource | None) -> dict[str, str | None]:
    seen = None if watched is None else watch_task(task, watched.what, watched.seconds)
    return {"name": task.name, "ask": task.ask, "breaks": task.breaks, "seen": seen}
