"""Pictures on their way from a camera to a sink."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def check_pixels(pixels: Pixels) -> Pixels:
    """Return a read-only view of a (height, width, 3) uint8 array.

    Raises:
        ValueError: Another shape or type, or an empty picture.
    """
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError(f"pixels must be (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
    view = pixels.view()
    view.flags.writeable = False
    return view


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        pixels: (height, width, 3) uint8 BGR, read-only; the source no longer writes to the buffer.
        captured_ns: Clock time right after the grab, before decoding.
        seq: Counts up by one per grabbed picture; gaps are drops.
        half: (height // 2, width // 2, 3) uint8, the mean of 2 x 2 pixels each, made once for all that search the
            picture; None where nothing made it.
        quarter: (height // 4, width // 4, 3) uint8, the same of `half`.
    """

    pixels: Pixels
    captured_ns: int
    seq: int
    half: Pixels | None = None
    quarter: Pixels | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "pixels", check_pixels(self.pixels))

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


class MarkedFrame:
    """A picture with the visible plate and the in-picture mark; sinks take only this.

    Only `livecam.disclosure.picture` makes one, through `livecam.core.seal`. The seal answers once per process, and
    no other module may import it. There is no switch, subclass, constructor, copy or assignment by which an unmarked
    picture can reach a sink. Code that keeps the array and later writes into its memory breaks the contract of
    `mark`. Python cannot prevent that.
    """

    __slots__ = ("captured_ns", "pixels", "seq")
    pixels: Pixels
    captured_ns: int
    seq: int

    def __new__(cls, *_: object) -> Self:
        """Refuse, because only the marking stage makes marked frames."""
        raise TypeError("a MarkedFrame is made by livecam.disclosure.picture only")

    def __init_subclass__(cls) -> None:
        raise TypeError("MarkedFrame cannot be subclassed")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a MarkedFrame cannot be changed")

    def __reduce__(self) -> str:
        raise TypeError("a MarkedFrame is neither copied nor pickled")

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]


OnPicture = Callable[[Pixels, int], None]
"""Receives (h, w, 3) uint8 BGR, and the clock's nanoseconds at which it arrived."""
