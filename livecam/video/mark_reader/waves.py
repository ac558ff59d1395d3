"""What in a run of pictures swings at the mark's pace: a complex map for every two seconds."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.video.mark.carrier import CARRIER_HZ

WORK_PX: Final = 320
PART_NS: Final = 2 * NS_PER_S
# In a part of two and a half periods these neither hear the mark nor each other.
_BESIDE = (0.6, 1.4, 1.8)
_FLOOR_LEVELS, _MOST = 0.08, 2.5
_FEWEST_PICTURES = 12

Waves = NDArray[np.complex64]


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A window of pictures, as its swings.

    Attributes:
        waves: (parts, h, w) complex64, the swing at the carrier in every pixel against the swings at paces beside it.
    """

    waves: Waves

    @property
    def size_wh(self) -> tuple[int, int]:
        """Size of the maps."""
        return self.waves.shape[2], self.waves.shape[1]


def work_luma(pixels: Pixels) -> NDArray[np.uint8]:
    """A picture's luma with WORK_PX on its longer side; (h, w) uint8."""
    scale = WORK_PX / max(pixels.shape[:2])
    size_wh = max(round(pixels.shape[1] * scale), 16), max(round(pixels.shape[0] * scale), 16)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size_wh, interpolation=how)
    return np.asarray(small, np.uint8)


def window_of(lumas: NDArray[np.uint8], times_ns: NDArray[np.int64]) -> Window | None:
    """The swings of a window.

    Args:
        lumas: (n, h, w) uint8 pictures of one size.
        times_ns: (n,) when each was shown.

    Returns:
        None when no two seconds of it hold enough pictures.
    """
    part = (times_ns - times_ns[0]) // PART_NS
    height, width = lumas.shape[1:]
    swings, beside = [], []
    for number in range(int(part[-1]) + 1):
        chosen = part == number
        if np.count_nonzero(chosen) >= _FEWEST_PICTURES and np.ptp(times_ns[chosen]) > 0.8 * PART_NS:
            at_carrier, noise = _swings(lumas[chosen].reshape(-1, height * width), times_ns[chosen])
            swings.append(at_carrier.reshape(height, width))
            beside.append(noise.reshape(height, width))
    if not swings:
        return None
    around = cv2.blur(np.mean(beside, axis=0), (9, 9))
    waves = np.stack(swings) / np.sqrt(around + _FLOOR_LEVELS**2)
    return Window((waves / np.maximum(np.abs(waves) / _MOST, 1.0)).astype(np.complex64))


def _swings(levels: NDArray[np.uint8], times_ns: NDArray[np.int64]) -> tuple[Waves, NDArray[np.float32]]:
    """Amplitude and phase at the carrier, (pixels,) complex64, and mean squared amplitude beside it."""
    seconds = times_ns / NS_PER_S
    paces = np.array([1.0, *_BESIDE]) * CARRIER_HZ
    probes = np.exp(-2j * np.pi * paces[:, None] * seconds[None, :])
    line = seconds - seconds.mean()
    plain = np.stack([np.ones_like(line) / np.sqrt(len(line)), line / np.linalg.norm(line)])
    probes -= (probes @ plain.T) @ plain
    stacked = np.concatenate([probes.real, probes.imag]).astype(np.float32) * np.float32(2 / len(line))
    both = stacked @ levels.astype(np.float32)
    swings = both[: len(paces)] + 1j * both[len(paces) :]
    noise = np.mean(np.abs(swings[1:]) ** 2, axis=0)
    return swings[0].astype(np.complex64), noise.astype(np.float32)
