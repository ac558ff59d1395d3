"""What was heard and when: portions of sound that arrive unevenly, some late, some never. Pure."""

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_MS, NS_PER_S

RATE_HZ = 48_000
LAGS_MS = np.arange(-100, 1000)
_MS = RATE_HZ // 1000
_NEAR_NS = NS_PER_S
_SMOOTH_MS = 25
_LEAST_LIKENESS = 0.5
_LEAST_S = 3.0


class Timeline:
    """Sound of 16 bits with the time at which each portion of it arrived."""

    def __init__(self) -> None:
        self._parts: list[NDArray[np.int16]] = []
        self._arrived_ns: list[int] = []
        self._counts: list[int] = [0]

    def add(self, samples: NDArray[np.int16], now_ns: int) -> None:
        """Take in what has just arrived."""
        self._parts.append(samples)
        self._arrived_ns.append(now_ns)
        self._counts.append(self._counts[-1] + len(samples))

    @property
    def seconds(self) -> float:
        """How much has been heard."""
        return self._counts[-1] / RATE_HZ

    @property
    def sound(self) -> NDArray[np.float32]:
        """(n,) float32 all of it so far."""
        return np.concatenate([np.zeros(0, np.int16), *self._parts]).astype(np.float32) / 32768

    def loudness(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(n,) for each millisecond of sound when it was heard, in nanoseconds, and how loud it was.

        A portion that is fetched late only seems to be heard late: what is heard next was not. So the earliest that any
        portion within a second says is believed, and where sound was lost the later ones are believed from there on.
        """
        portions = len(self._counts) - 1  # others may come at the same time
        arrived, counts = np.asarray(self._arrived_ns[:portions], np.int64), np.asarray(self._counts[1 : portions + 1])
        # By each portion: when a sound that never stops must have begun.
        begins = arrived - counts * NS_PER_S // RATE_HZ
        first = np.searchsorted(arrived, arrived - _NEAR_NS)
        last = np.searchsorted(arrived, arrived + _NEAR_NS)
        begin = np.array([begins[a:b].min() for a, b in zip(first, last, strict=True)], np.int64)
        sound = self.sound[: counts[-1]]
        whole = len(sound) // _MS
        loud = np.sqrt((sound[: whole * _MS].reshape(-1, _MS).astype(np.float64) ** 2).mean(1))
        portion = np.searchsorted(counts, np.arange(whole) * _MS, side="right")
        return begin[portion] + np.arange(whole) * NS_PER_MS, loud


def later_ms(first: Timeline, second: Timeline) -> float | None:
    """By how much the second hears syllables later than the first: the shift at which their loudness agrees best.

    The loudness is smoothed over more than a period of speech: two voices agree in syllables, not in pitch.
    None where they do not agree anywhere, or only where nothing earlier or later was tried.
    """
    (first_ns, first_loud), (second_ns, second_loud) = first.loudness(), second.loudness()
    begin_ns, end_ns = max(first_ns[0], second_ns[0]), min(first_ns[-1], second_ns[-1])
    grid_ns = np.arange(begin_ns, end_ns, NS_PER_MS)
    if len(grid_ns) < _LEAST_S * 1000:
        return None
    a, b = (
        np.convolve(np.interp(grid_ns, heard_ns, loud), np.hanning(_SMOOTH_MS), "same")
        for heard_ns, loud in ((first_ns, first_loud), (second_ns, second_loud))
    )
    likeness = [
        _alike(a[max(0, -lag) : len(a) - max(0, lag)], b[max(0, lag) : len(b) + min(0, lag)]) for lag in LAGS_MS
    ]
    best = int(np.argmax(likeness))
    if likeness[best] < _LEAST_LIKENESS or best in (0, len(LAGS_MS) - 1):
        return None
    return float(LAGS_MS[best])


def _alike(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    return float(np.dot(a, b) / max(np.sqrt(np.dot(a, a) * np.dot(b, b)), 1e-12))
