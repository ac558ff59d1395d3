"""The helper as the server sees it.

Started with the first question, ended when none came for a while.
"""

import asyncio
import json
import os
import sys
from itertools import count
from typing import Any, Final

from livecam.core import errors
from livecam.core.errors import EngineError, LivecamError, remedy
from livecam.core.files.reading import parse_json

_IDLE_S: Final = 60.0
_ANSWER_S: Final = 120.0
_LINE_BYTES: Final = 32 << 20


class Helper:
    """Asks a child process; use from one event loop."""

    def __init__(self, data_folder: str) -> None:
        self._data_folder = data_folder
        self._process: asyncio.subprocess.Process | None = None
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers, self._starting = count(1), asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None
        self._reader: asyncio.Task[None] | None = None

    async def ask(self, do: str, **words: Any) -> Any:
        """Do one of `livecam.studio.helper.actions` and wait for its answer.

        Raises:
            LivecamError: What the action raises; the helper ended or takes too long.
        """
        process = await self._running()
        number, loop = next(self._numbers), asyncio.get_running_loop()
        future = self._waiting[number] = loop.create_future()
        line = json.dumps({"number": number, "do": do, "words": words}) + "\n"
        try:
            assert process.stdin is not None
            process.stdin.write(line.encode())
            await process.stdin.drain()
            answer = await asyncio.wait_for(future, _ANSWER_S)
        except (OSError, TimeoutError) as error:
            await self.close()
            raise EngineError(f"{do} got no answer", advice="try again") from error
        finally:
            self._waiting.pop(number, None)
            self._end_later()
        return _checked(answer)

    async def _running(self) -> asyncio.subprocess.Process:
        async with self._starting:
            if self._idle is not None:
                self._idle.cancel()
                self._idle = None
            if self._process is None or self._process.returncode is not None:
                self._process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-P", "-m", "livecam.studio.helper.main", self._data_folder),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    limit=_LINE_BYTES,
                    env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
                    start_new_session=True,
                )
                self._reader = asyncio.create_task(self._listen(self._process))
            return self._process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            answer = parse_json(line)
            future = self._waiting.get(answer["number"])
            if future is not None and not future.done():
                future.set_result(answer)
        await process.wait()
        for future in self._waiting.values():
            if not future.done():
                future.set_result({"error": "EngineError", "says": "the helper process ended", "hint": "try again"})

    def _end_later(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if not self._waiting:
            loop = asyncio.get_running_loop()
            self._idle = loop.call_later(_IDLE_S, lambda: loop.create_task(self.close()))

    async def close(self) -> None:
        """End the process; idempotent."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()


def _checked(answer: dict[str, Any]) -> Any:
    kind = answer.get("error")
    if kind is None:
        return answer["answer"]
    raised = getattr(errors, str(kind), None)
    if not (isinstance(raised, type) and issubclass(raised, LivecamError)):
        raised = EngineError
    raise raised(str(answer["says"]), **remedy(str(answer["hint"])))
