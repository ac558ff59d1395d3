"""The child process of a job.

One request on standard input, progress and the outcome as lines on standard output.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Thread
from typing import Any, Final

from livecam.core.answer_line import AnswerLine
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock
from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.files.reading import hash_plain, parse_json
from livecam.core.priority import lower_priority
from livecam.core.supervisor import exit_process
from livecam.jobs.job import Failure, Progress
from livecam.jobs.kinds import Call, kind_named

_EVERY_NS: Final = 250 * NS_PER_MS


class Teller:
    """Says how far a job is, four times a second at most, with the time that is left."""

    def __init__(self, line: AnswerLine, clock: Clock) -> None:
        self._line, self._clock = line, clock
        self._begin_ns = clock.now_ns()
        self._next_ns = self._begin_ns

    def tell(self, progress: Progress) -> None:
        """Say it, where the last was said long enough ago."""
        now_ns = self._clock.now_ns()
        if now_ns < self._next_ns:
            return
        self._next_ns = now_ns + _EVERY_NS
        left_s = progress.left_s
        if left_s is None and progress.share:
            left_s = round((now_ns - self._begin_ns) / NS_PER_S * (1 - progress.share) / progress.share, 1)
        self._line.say({"progress": asdict(Progress(progress.share, progress.doing, left_s))})


def main() -> int:
    """Do the one job that is asked for."""
    line = AnswerLine.take_output()
    lower_priority()
    request = parse_json(sys.stdin.readline())
    Thread(target=_end_with_parent, daemon=True).start()
    line.say(answer(request, Teller(line, SystemClock())))
    return 0


def answer(request: Mapping[str, Any], teller: Teller) -> dict[str, object]:
    """Run the job; its result or its failure, as a line."""
    try:
        call = Call(
            job_id=request["id"],
            inputs=tuple(map(Path, request["inputs"])),
            settings=request["settings"],
            folder=Path(request["folder"]),
            data_folder=Path(request["data_folder"]),
            tell=teller.tell,
            sign=request.get("sign", True),
        )
        if "done_elsewhere" in request:
            from livecam.jobs.accept import accept_result

            done = accept_result(call, request["done_elsewhere"])
        else:
            done = kind_named(request["kind"]).run(call)
        return {"done": {**done, "sha256": _hashes(call.folder, done)}}
    except (OSError, UnicodeError) as error:
        return _failed(system_error(error))
    except LivecamError as error:
        return _failed(error)


def _hashes(folder: Path, done: Mapping[str, Any]) -> dict[str, str]:
    """Return the SHA-256 of every file of a result, by its name."""
    return {name: hash_plain(folder / name) for name in done.get("files", ())}


def _failed(error: LivecamError) -> dict[str, object]:
    return {"failed": asdict(Failure(str(error), error.help_text, error.exit_code))}


def _end_with_parent() -> None:
    """End with the parent: who asked for the job holds the other end of the input.

    Without them the work has no reader.
    """
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    exit_process(main())
