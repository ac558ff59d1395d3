"""A program that listens, as a call would, and knows when what it heard arrived."""

import subprocess
from threading import Thread

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S, SystemClock
from tests.sound.server import SoundServer

RATE_HZ = 48_000


class Tap:
    """Listens to a source from now until it is closed."""

    def __init__(self, server: SoundServer, source: str) -> None:
        self._clock = SystemClock()
        self._process = server.popen(
            "parec", "-d", source, "--raw", "--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--latency-msec=10",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        )  # fmt: skip
        self._parts: list[NDArray[np.int16]] = []
        self._begins_ns: list[int] = []
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
            self._parts.append(np.frombuffer(data[:whole], np.int16))
            # The first sample of all arrived when this one did, less the time of those between: the least is exact.
            heard = sum(map(len, self._parts))
            self._begins_ns.append(now_ns - heard * NS_PER_S // RATE_HZ)

    @property
    def seconds(self) -> float:
        """How much has been heard."""
        return sum(map(len, self._parts)) / RATE_HZ

    def loud_since(self, begin_s: float) -> bool:
        """Whether anything was heard since a time by its own clock."""
        heard = np.concatenate([np.zeros(1, np.int16), *self._parts])[int(begin_s * RATE_HZ) :]
        return bool(np.abs(heard).max(initial=0) > 1000)

    def close(self) -> NDArray[np.float32]:
        """(n,) float32 all of it."""
        self._process.terminate()
        self._process.wait()
        self._thread.join(10)
        if self._process.stdout is not None:
            self._process.stdout.close()
        return np.concatenate([np.zeros(0, np.int16), *self._parts]).astype(np.float32) / 32768

    @property
    def begin_ns(self) -> int:
        """When the first sample arrived, as far as the later ones tell."""
        return int(np.median(self._begins_ns[len(self._begins_ns) // 4 :]))


def later_ms(first: Tap, second: Tap, heard_first: NDArray[np.float32], heard_second: NDArray[np.float32]) -> float:
    """By how much the second hears syllables later than the first: the shift at which their loudness agrees best."""
    begin_ns = max(first.begin_ns, second.begin_ns)
    loud = [
        _loudness(heard[max(0, (begin_ns - tap.begin_ns) * RATE_HZ // NS_PER_S) :])
        for tap, heard in ((first, heard_first), (second, heard_second))
    ]
    count = min(map(len, loud))
    a, b = (line[:count] - line[:count].mean() for line in loud)
    lags = np.arange(-100, 1000)
    likeness = [np.dot(a[max(0, -lag) : count - max(0, lag)], b[max(0, lag) : count + min(0, lag)]) for lag in lags]
    return float(lags[int(np.argmax(likeness))])


def _loudness(sound: NDArray[np.float32]) -> NDArray[np.float64]:
    """Of every millisecond."""
    whole = len(sound) // 48 * 48
    return np.asarray(np.sqrt((sound[:whole].reshape(-1, 48).astype(np.float64) ** 2).mean(1)))
