"""Detect what oscillates at the mark's frequency in a run of pictures.

The result is a complex map for every two seconds.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.disclosure.picture.carrier import CARRIER_HZ

WORK_PX: Final = 320
PART_NS: Final = 2 * NS_PER_S
# The mark changes its sign at once, so it swings at these multiples of its pace too, where people move less.
OVERTONES: Final = (1, 3, 5, 7)
# In a part of two and a half periods these multiples neither hear the mark nor each other.
_NEIGHBOURS: Final = {1: (0.6, 1.4, 1.8), 3: (2.2, 2.6, 3.4, 3.8), 5: (4.2, 4.6, 5.4, 5.8), 7: (6.2, 6.6, 7.4, 7.8)}
# Above this share of the picture rate one pace looks like another.
_FASTEST_SHARE = 0.45
_FLOOR_LEVELS, _MOST = 0.08, 2.5
_FEWEST_PICTURES = 12

Waves = NDArray[np.complex64]
Wave = NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window of pictures, as its swings.

    Attributes:
        waves: (overtones, parts, h, w) complex64, the swing at the carrier and at the first of its OVERTONES in every
            pixel, against the swings at neighbouring frequencies.
    """

    waves: Waves

    @property
    def size_wh(self) -> tuple[int, int]:
        """Size of the maps."""
        return self.waves.shape[3], self.waves.shape[2]


def work_luma(pixels: Pixels) -> NDArray[np.uint8]:
    """Return a picture's luma with WORK_PX on its longer side; (h, w) uint8."""
    scale = WORK_PX / max(pixels.shape[:2])
    size_wh = max(round(pixels.shape[1] * scale), 16), max(round(pixels.shape[0] * scale), 16)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size_wh, interpolation=how)
    return np.asarray(small, np.uint8)


def window_of(lumas: NDArray[np.uint8], times_ns: NDArray[np.int64]) -> Window | None:
    """Return the oscillations of a window.

    Args:
        lumas: (n, h, w) uint8 pictures of one size.
        times_ns: (n,) when each was shown.

    Returns:
        None when no two seconds of it hold enough pictures.
    """
    part = (times_ns - times_ns[0]) // PART_NS
    chosen = [
        there
        for number in range(int(part[-1]) + 1)
        if np.count_nonzero(there := part == number) >= _FEWEST_PICTURES and np.ptp(times_ns[there]) > 0.8 * PART_NS
    ]
    if not chosen:
        return None
    rate_hz = NS_PER_S / float(np.median(np.diff(times_ns)))
    heard = [n for n in OVERTONES if n == 1 or n * CARRIER_HZ < _FASTEST_SHARE * rate_hz]
    parts = [_swings(lumas[there], times_ns[there], heard) for there in chosen]
    return Window(np.stack([_against([part[n] for part in parts]) for n in range(len(heard))]))


def _against(parts: list[tuple[Wave, NDArray[np.float32]]]) -> Waves:
    """Return the oscillations (parts, h, w) relative to their surroundings, limited."""
    around = cv2.blur(np.mean([around_power for _, around_power in parts], axis=0), (9, 9))
    waves = np.stack([at_pace for at_pace, _ in parts]) / np.sqrt(around + _FLOOR_LEVELS**2)
    return np.asarray(waves / np.maximum(np.abs(waves) / _MOST, 1.0), np.complex64)


def _swings(
    lumas: NDArray[np.uint8], times_ns: NDArray[np.int64], heard: list[int]
) -> list[tuple[Wave, NDArray[np.float32]]]:
    """Return each overtone's oscillation (h, w) complex64 and the power around it.

    The power is the mean squared amplitude (h, w) next to it.
    """
    levels = lumas.reshape(len(lumas), -1).astype(np.float32)
    seconds = times_ns / NS_PER_S
    line = seconds - seconds.mean()
    plain = np.stack([np.ones_like(line) / np.sqrt(len(line)), line / np.linalg.norm(line)])
    found = []
    for overtone in heard:
        paces = np.array([overtone, *_NEIGHBOURS[overtone]]) * CARRIER_HZ
        probes = np.exp(-2j * np.pi * paces[:, None] * seconds[None, :])
        probes -= (probes @ plain.T) @ plain
        both = (np.concatenate([probes.real, probes.imag]) * (2 / len(line))).astype(np.float32) @ levels
        swings = (both[: len(paces)] + 1j * both[len(paces) :]).reshape(-1, *lumas.shape[1:])
        found.append((swings[0], np.mean(np.abs(swings[1:]) ** 2, axis=0)))
    return found
