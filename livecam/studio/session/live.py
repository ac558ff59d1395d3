"""The live session as the server sees it.

Wanted settings, state, figures, and the process that it looks after.
"""

import asyncio
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import UsageError
from livecam.core.files.reading import parse_json
from livecam.studio.session.orders import ORDERS, change_of, checked
from livecam.studio.session.preview_line import PreviewLine

_END_S: Final = 15.0
_RESTARTS_AT_MOST: Final = 3
_FORGIVEN_NS: Final = 60 * NS_PER_S
_LINE_BYTES: Final = 1 << 20


class LiveState(StrEnum):
    """Where the session is."""

    OFF = "off"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(slots=True)
class Facts:
    """What is known of the session.

    Attributes:
        state: Where it is.
        settings: What it was or will be started with.
        controls: What is switched on in the one that runs.
        figures: The last it said.
        facts: Its camera and sink.
        failed: Why it ended, when it did not end as asked.
        version: Counts the changes of state and settings; the ETag.
    """

    state: LiveState = LiveState.OFF
    settings: dict[str, Any] = field(default_factory=dict)
    controls: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, Any] | None = None
    version: int = 0


class LiveSession:
    """Starts, orders and ends the session's process; use from one event loop.

    Args:
        data_folder: The user's personas and voices.
        recordings: Where recordings go.
        changed: Called with the topic ("session" or "figures") when something is new.
        connect: Takes the socket of the preview of a new process.
    """

    def __init__(
        self,
        data_folder: Path,
        recordings: Path,
        changed: Callable[[str, Mapping[str, Any]], None],
        connect: Callable[[socket.socket], None],
        clock: Clock | None = None,
    ) -> None:
        self.now = Facts()
        self._data_folder, self._recordings, self._changed, self._connect = data_folder, recordings, changed, connect
        self._clock = clock or SystemClock()
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._joining: asyncio.Task[None] | None = None
        self._line: PreviewLine | None = None
        self._turn = asyncio.Lock()
        self._restarts: list[int] = []

    @property
    def pid(self) -> int | None:
        """The process ID of the session that runs."""
        return None if self._process is None else self._process.pid

    async def start(self, settings: Mapping[str, Any]) -> None:
        """Start a session with these settings; one that runs ends first.

        Raises:
            UsageError: A setting that a session does not take here.
        """
        wanted = checked(settings)
        if "persona" not in wanted:
            raise UsageError("no persona is named", advice="GET /api/v1/personas names them")
        async with self._turn:
            await self._end()
            self._restarts = []
            await self._begin(wanted)

    async def change(self, settings: Mapping[str, Any]) -> bool:
        """Change what can be changed between two pictures.

        For the rest the session starts again.

        Returns:
            Whether it was started again.

        Raises:
            UsageError: As `start`.
        """
        change = change_of(settings)
        kept = {key: value for key, value in settings.items() if key not in ORDERS}
        async with self._turn:
            self.now.settings = {**self.now.settings, **kept}
            if self.now.state not in (LiveState.STARTING, LiveState.RUNNING):
                self._say(self.now.state)
                return False
            if change.settings:
                await self._end()
                await self._begin(self.now.settings)
                return True
            self._order(change.orders)
            self.now.version += 1
            return False

    async def stop(self) -> None:
        """End the session cleanly; nothing where none runs."""
        async with self._turn:
            await self._end()

    async def _begin(self, settings: Mapping[str, Any]) -> None:
        self._line = line = PreviewLine()
        self.now.settings, self.now.failed = dict(settings), None
        self.now.figures, self.now.controls = {}, {}
        self._say(LiveState.STARTING)
        try:
            self._process = process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "livecam.studio.session.main"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                pass_fds=line.inherited,
                limit=_LINE_BYTES,
                env={**os.environ, "OPENCV_LOG_LEVEL": "ERROR"},
                start_new_session=True,
            )
        except OSError:
            line.close()
            raise
        request = {
            "settings": dict(settings),
            "data_folder": str(self._data_folder),
            "recordings": str(self._recordings),
            "preview": line.words,
        }
        self._write(request)
        self._watch = asyncio.create_task(self._listen(process))
        self._joining = asyncio.create_task(self._join(line))

    async def _join(self, line: PreviewLine) -> None:
        """Take the session's pictures; without them the session goes on."""
        with suppress(OSError):
            self._connect(await asyncio.to_thread(line.accept))

    async def _end(self) -> None:
        process, watch = self._process, self._watch
        if process is None or watch is None:
            return
        self._say(LiveState.STOPPING)
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(watch), _END_S)
        except TimeoutError:
            process.kill()
            await watch

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                said = parse_json(line)
            except ValueError:
                continue
            self._hear(said)
        code = await process.wait()
        if self._line is not None:
            self._line.close()
        self._process = self._watch = None
        if self.now.state is LiveState.STOPPING or (code == 0 and self.now.failed is None):
            self._say(LiveState.OFF)
            return
        if self.now.failed is None:
            how = f"signal {-code}" if code < 0 else f"exit code {code}"
            says = f"the session's process ended ({how})"
            self.now.failed = {"says": says, "hint": "start it again", "exit_code": 1}
            self._say(LiveState.FAILED)
            await self._again()
        else:
            self._say(LiveState.FAILED)

    async def _again(self) -> None:
        """Start a killed process again at once.

        Three times a minute at most.
        """
        now_ns = self._clock.now_ns()
        self._restarts = [at for at in self._restarts if now_ns - at < _FORGIVEN_NS]
        if len(self._restarts) >= _RESTARTS_AT_MOST:
            return
        self._restarts.append(now_ns)
        why = self.now.failed
        async with self._turn:
            if self._process is None:
                await self._begin(self.now.settings)
                self.now.failed = why

    def _hear(self, said: Mapping[str, Any]) -> None:
        if "figures" in said:
            self.now.figures = said["figures"]
            self._changed("figures", self.now.figures)
        if "controls" in said:
            self.now.controls = said["controls"]
            self._say(self.now.state)
        if "refused" in said:
            self._changed("refused", said["refused"])
        if "recorded" in said:
            self._changed("recorded", said["recorded"])
        if said.get("state") == "running":
            self.now.facts = {key: said[key] for key in ("camera", "sink", "sink_kind", "remarks")}
            self._say(LiveState.RUNNING)
        elif said.get("state") == "failed":
            self.now.failed = said["failed"]

    def _order(self, orders: Mapping[str, Any]) -> None:
        if orders:
            self._write(orders)

    def _write(self, item: Mapping[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and not process.stdin.is_closing():
            process.stdin.write((json.dumps(item) + "\n").encode())

    def _say(self, state: LiveState) -> None:
        self.now.state = state
        self.now.version += 1
        self._changed("session", {"state": str(state)})
