"""Estimate from sound how open and how wide the speaking mouth is.

A small network (4,000 numbers) hears 110 ms of sound. `training/voice/lips.py` made it from synthetic speech with
phonemes at known times. It contains no recording of a person.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.lips.features import BANDS, HOP, RANGE, RATE_HZ, WINDOW, BandLoudness

Floats = NDArray[np.float64]

BEFORE, AFTER = 6, 2
"""Frames before and after the judged one that the network hears."""
CONTEXT: Final = BEFORE + 1 + AFTER
_FACTOR: Final = 3
_LOUD_FROM: Final = 4.0
"""Share of the range from which a sound shapes the lips fully.

That is 10 dB above the floor.
"""
_GAIN: Final = 1.6
"""Gain of the amplitude relative to the maximum, clipped at 1.

Louder sound opens the mouth wider, and few sounds reach the maximum.
"""
_SMOOTH: Final[Floats] = np.array([1, 2, 3, 2, 1]) / 9
"""Smoothing weights of five frames: lips do not move faster."""
DELAY_S: Final = ((AFTER + len(_SMOOTH) // 2) * HOP + WINDOW / 2) / RATE_HZ
"""From the middle of the shape to the newest sample the network hears: 52.5 ms."""
_EARLY_NS: Final = 10_000_000
"""By how much shapes come before the phonemes they belong to, on the speech that they were learned from."""


@dataclass(frozen=True, slots=True)
class MouthShape:
    """The shape of a mouth at one time.

    Attributes:
        at_ns: When the sound was spoken.
        opening: 0 shut, 1 as open as in a clear "ah".
        width: -1 rounded as in "oo", 0 at rest, 1 spread as in "ee".
    """

    at_ns: int
    opening: float
    width: float


@dataclass(frozen=True, slots=True, eq=False)
class MouthNetwork:
    """Two layers: (153, n), (n,), (n, 2), (2,)."""

    first: Floats
    first_bias: Floats
    second: Floats
    second_bias: Floats

    def judge(self, heard: Floats) -> tuple[float, float]:
        """Return opening 0..1 and width -1..1 for features (153,)."""
        hidden = np.maximum(heard @ self.first + self.first_bias, 0)
        opening, width = hidden @ self.second + self.second_bias
        return float(min(max(opening, 0.0), 1.0)), float(min(max(width, -1.0), 1.0))


@cache
def load_network() -> MouthNetwork:
    """Return the network that ships with livecam."""
    with (files("livecam.audio.lips") / "mouth.npz").open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        names = ("first", "first_bias", "second", "second_bias")
        return MouthNetwork(*(arrays[name].astype(np.float64) for name in names))


class MouthEstimator:
    """Estimates every 10 ms the mouth shape that matches a stream at 48 kHz.

    The result does not depend on the size of blocks.
    """

    def __init__(self, network: MouthNetwork | None = None) -> None:
        self._network = network or load_network()
        self._loudness, self._wide = BandLoudness(), np.zeros(0)
        self._window = np.zeros(WINDOW)
        self._heard = np.zeros((CONTEXT, BANDS + 1))
        self._judged = np.zeros((len(_SMOOTH), 2))

    def hear(self, sound: NDArray[np.float32], spoken_ns: int) -> list[MouthShape]:
        """Return the shapes that the next samples (n,) complete.

        Args:
            sound: The next samples, any number.
            spoken_ns: When the first of them was spoken.
        """
        waiting = len(self._wide)
        self._wide = np.concatenate([self._wide, sound])
        hop, done, shapes = HOP * _FACTOR, 0, []
        while len(self._wide) - done >= hop:
            part = self._wide[done : done + hop].reshape(-1, _FACTOR).mean(1)
            done += hop
            end_ns = spoken_ns + round((done - waiting) * 1e9 / (RATE_HZ * _FACTOR))
            shapes.append(self._step(part, end_ns))
        self._wide = self._wide[done:]
        return shapes

    def _step(self, part: Floats, end_ns: int) -> MouthShape:
        """Judge the frame that ends at `end_ns` with the newest 10 ms."""
        self._window = np.concatenate([self._window[HOP:], part])
        self._heard[:-1] = self._heard[1:]
        self._heard[-1] = self._loudness.measure(self._window)
        opening, width = self._network.judge(self._heard.ravel())
        # In silence there is nothing to judge: the mouth is shut.
        whole = float(self._heard[BEFORE, -1])
        loud, wide = min(_LOUD_FROM * whole, 1.0), min(_GAIN * float(np.exp((whole - 1) * RANGE / 2)), 1.0)
        self._judged[:-1] = self._judged[1:]
        self._judged[-1] = wide * loud * opening, loud * width
        opening, width = map(float, _SMOOTH @ self._judged)
        return MouthShape(end_ns - round(DELAY_S * 1e9) + _EARLY_NS, opening, width)
