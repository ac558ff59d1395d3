"""Sound on its way from a microphone to a virtual one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class AudioBlock:
    """A run of samples.

    Attributes:
        samples: (n, channels) float32, -1..1.
        rate_hz: Samples per second.
        first_sample: Index of the first sample since the stream began; this counter is the truth, times follow from it.
        captured_ns: Clock time of the first sample.
    """

    samples: NDArray[np.float32]
    rate_hz: int
    first_sample: int
    captured_ns: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.dtype != np.float32:
            raise ValueError(f"samples must be (n, channels) float32, got {self.samples.shape} {self.samples.dtype}")
        if self.rate_hz <= 0:
            raise ValueError(f"rate_hz must be positive, got {self.rate_hz}")
