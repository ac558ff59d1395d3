"""A program that listens, as a call would, and knows when what it heard arrived."""

import subprocess
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import SystemClock
from tests.sound.server import SoundServer
from tests.sound.timeline import RATE_HZ, Timeline


class Tap:
    """Listens to a source from now until it is closed.

    Attributes:
        timeline: What was heard and when.
    """

    def __init__(self, server: SoundServer, source: str, program: str = "a call") -> None:
        """`program`: the name it gives itself."""
        self._clock, self.timeline = SystemClock(), Timeline()
        self._process = server.popen(
            "parec", "-d", source, "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=5",
            f"--client-name={program}",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        )  # fmt: skip
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        rest = b""
        while data := self._process.stdout.read(65_536):
            now_ns = self._clock.now_ns()
            data = rest + data
            whole = len(data) // 2 * 2
            rest = data[whole:]
            self.timeline.add(np.frombuffer(data[:whole], np.int16), now_ns)

    @property
    def seconds(self) -> float:
        """How much has been heard."""
        return self.timeline.seconds

    @property
    def sound(self) -> NDArray[np.float32]:
        """(n,) float32 all of it so far."""
        return self.timeline.sound

    def loud_since(self, begin_s: float) -> bool:
        """Whether anything was heard since a time by its own clock."""
        return bool(np.abs(self.sound[int(begin_s * RATE_HZ) :]).max(initial=0) > 0.03)

    def close(self) -> NDArray[np.float32]:
        """(n,) float32 all of it."""
        self._process.terminate()
        self._process.wait()
        self._thread.join(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return self.sound
