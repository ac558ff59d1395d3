"""What every output of sound checks before it takes a block."""

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import MarkedBlock


def checked_sound(block: MarkedBlock, rate_hz: int) -> NDArray[np.float32]:
    """The samples (n,) of a marked block, contiguous.

    Raises:
        TypeError: Anything but a MarkedBlock.
        ValueError: Another rate.
    """
    if not isinstance(block, MarkedBlock):
        raise TypeError(f"sinks take MarkedBlock only, got {type(block).__name__}")
    if block.rate_hz != rate_hz:
        raise ValueError(f"rate must be {rate_hz} Hz, got {block.rate_hz}")
    return np.ascontiguousarray(block.samples[:, 0])
