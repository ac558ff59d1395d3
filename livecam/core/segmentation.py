"""The result of segmenting a head and what is around it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class HeadClass(IntEnum):
    """What a pixel shows; the numbers are the network's."""

    BACKGROUND = 0
    HAIR = 1
    HEAD = 2
    """Skin of the head above the jaw, ears included."""
    SKIN = 3
    """Skin of the body: neck and hands that are not in front of the head."""
    CLOTHES = 4
    FRONT = 5
    """A thing or a hand in front of the person."""


CLASS_COUNT: Final = len(HeadClass)


@dataclass(frozen=True, slots=True, eq=False)
class HeadParts:
    """Shares of the classes over an upright square around a head.

    Attributes:
        shares: (6, n, n) float32 0..1, one plane per `HeadClass`, summing to one.
        to_map: (2, 3) float32 affine from the picture's pixels to those of the planes.
    """

    shares: NDArray[np.float32]
    to_map: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.shares.ndim != 3 or self.shares.shape[0] != CLASS_COUNT or self.shares.dtype != np.float32:
            raise ValueError(f"shares must be ({CLASS_COUNT}, n, n) float32, got {self.shares.shape}")
        if self.to_map.shape != (2, 3):
            raise ValueError(f"to_map must be (2, 3), got {self.to_map.shape}")

    @property
    def head(self) -> NDArray[np.float32]:
        """(n, n) 0..1 share of hair and head skin together."""
        return np.asarray(self.shares[HeadClass.HAIR] + self.shares[HeadClass.HEAD], np.float32)
