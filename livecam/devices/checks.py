"""Checks of every sink before it takes a picture or a block of sound."""

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import MarkedBlock
from livecam.core.frame import MarkedFrame


def check_frame(frame: MarkedFrame, size_wh: tuple[int, int]) -> MarkedFrame:
    """Return the frame after checking its mark and its size.

    Raises:
        TypeError: Anything but a MarkedFrame.
        ValueError: Another size.
    """
    if not isinstance(frame, MarkedFrame):
        raise TypeError(f"sinks take MarkedFrame only, got {type(frame).__name__}")
    if frame.size_wh != size_wh:
        raise ValueError(f"size must be {size_wh}, got {frame.size_wh}")
    return frame


def check_sound(block: MarkedBlock, rate_hz: int) -> NDArray[np.float32]:
    """Return the samples (n,) of a marked block, contiguous.

    Raises:
        TypeError: Anything but a MarkedBlock.
        ValueError: Another rate.
    """
    if not isinstance(block, MarkedBlock):
        raise TypeError(f"sinks take MarkedBlock only, got {type(block).__name__}")
    if block.rate_hz != rate_hz:
        raise ValueError(f"rate must be {rate_hz} Hz, got {block.rate_hz}")
    return np.ascontiguousarray(block.samples[:, 0])
