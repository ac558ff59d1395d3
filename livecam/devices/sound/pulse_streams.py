"""Watch what plays into livecam's sink and who listens to its microphone."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

from livecam.core.errors import OutputError
from livecam.devices.sound.pulse_server import SINK, SOURCE, ask_pactl, run_pactl

NOWHERE: Final = "livecam_nowhere"
_AGAIN_S: Final = 0.3
# An event may come before the server has joined a stream to its device, and a busy server may refuse to answer.
_SETTLED_S: Final = 0.5
_SELDOM_S: Final = 5.0
_FIELDS: Final = re.compile(
    r'^\t(?:Sink|Source): (\d+)$|application\.process\.id = "(\d+)"|application\.name = "(.+)"$', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A program's connection: the server's numbers of it and of the device.

    `process` is None for the server's own.
    """

    number: str
    device: str
    process: int | None
    program: str


class Events:
    """Events of the server, a line each, in a thread until closed."""

    def __init__(self, follow: Callable[[Iterator[str]], None]) -> None:
        """Start; `follow` is called with the lines, as "Event 'remove' on sink #4"."""
        self._process = subprocess.Popen(
            ["pactl", "subscribe"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "LC_ALL": "C"},
        )
        self._thread = Thread(target=self._run, args=(follow,), name="livecam-sound-events", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it; may be called twice."""
        self._process.terminate()
        self._thread.join()

    def _run(self, follow: Callable[[Iterator[str]], None]) -> None:
        with self._process as process:
            follow(iter(process.stdout or ()))


class StreamGuard:
    """Monitors the virtual microphone in a thread of its own.

    It looks after an event of the server, once more when no other follows, and every few seconds.

    Args:
        restore: Adds what is missing of it; raises OutputError where the server refuses.

    Attributes:
        was_heard: Whether a program ever listened to it.
        listening: The names of those that do.
    """

    def __init__(self, restore: Callable[[], None]) -> None:
        self._restore, self._ended, self.was_heard = restore, Event(), False
        self._changed, self._gone = Event(), Event()
        self.listening: frozenset[str] = frozenset()
        self._thread = Thread(target=self._run, name="livecam-sound-guard", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; may be called twice."""
        self._ended.set()
        self._changed.set()
        self._thread.join()

    def tend(self) -> None:
        """Check once.

        Raises:
            OutputError: The server refuses.
        """
        self._restore()
        self.listening = frozenset(stream.program for stream in list_listeners())
        self.was_heard = self.was_heard or bool(self.listening)
        for stream in list_foreign_streams():
            disconnect(stream)

    def _run(self) -> None:
        while not self._ended.is_set():
            self._gone.clear()
            events = Events(self._follow)
            self._watch()
            events.close()
            # The server has gone, and a call with it has lost the microphone: it is added again by its name.
            self._ended.wait(_AGAIN_S)

    def _follow(self, events: Iterator[str]) -> None:
        self._changed.set()
        for event in events:
            if "sink-input" in event or "source-output" in event or "'remove'" in event:
                self._changed.set()
        self._gone.set()
        self._changed.set()

    def _watch(self) -> None:
        """Look until the server or the session ends."""
        self._changed.wait()
        while not self._ended.is_set() and not self._gone.is_set():
            has_changed = self._changed.is_set()
            self._changed.clear()
            is_done = self._tended()
            self._changed.wait(_SETTLED_S if has_changed or not is_done else _SELDOM_S)

    def _tended(self) -> bool:
        """Check once; return False where the server did not answer."""
        try:
            self.tend()
        except OutputError:
            # The server ends or starts just now, or is busy.
            return False
        return True


def list_listeners() -> list[Stream]:
    """Return the programs that listen to the virtual microphone or its sink."""
    return _streams("source-outputs", "sources", (SOURCE, f"{SINK}.monitor"))


def list_foreign_streams() -> list[Stream]:
    """Return what plays into livecam's sink from other processes."""
    return [stream for stream in _streams("sink-inputs", "sinks", (SINK,)) if not _is_ours(stream.process)]


def disconnect(stream: Stream) -> None:
    """Move a stream to the default output, or mute it."""
    for output in (run_pactl("get-default-sink").stdout.strip(), NOWHERE):
        if output not in ("", SINK) and run_pactl("move-sink-input", stream.number, output).returncode == 0:
            return
    run_pactl("set-sink-input-mute", stream.number, "1")


def _streams(kind: str, devices: str, names: tuple[str, ...]) -> list[Stream]:
    """Return the programs' streams on the devices of these names."""
    rows = (line.split("\t") for line in ask_pactl("list", "short", devices).splitlines())
    numbers = {row[0] for row in rows if len(row) > 1 and row[1] in names}
    found = [
        _read(text) for text in re.split(r"^(?:Sink Input|Source Output) #", ask_pactl("list", kind), flags=re.M)[1:]
    ]
    return [stream for stream in found if stream.device in numbers and stream.process is not None]


def _read(text: str) -> Stream:
    fields = _FIELDS.findall(text)
    device, process, program = (next((each[place] for each in fields if each[place]), "") for place in range(3))
    return Stream(text.split("\n", 1)[0], device, int(process) if process else None, program or process)


def _is_ours(process: int | None) -> bool:
    return process is not None and os.getpid() in (process, _parent(process))


def _parent(process: int) -> int | None:
    """Return the parent of a process; None where that has ended."""
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
