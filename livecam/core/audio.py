"""Sound on its way from a microphone to a virtual one."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class AudioBlock:
    """A run of samples.

    Attributes:
        samples: (n, channels) float32, -1..1.
        rate_hz: Samples per second.
        first_sample: Index of the first sample since the stream began. This counter is exact; times follow from it.
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


class MarkedBlock:
    """Sound that says it is altered; all that plays or writes sound takes only this.

    Only `livecam.disclosure.sound.marker` makes one, through `livecam.core.seal`. The seal answers once per process,
    and no other module may import it.

    Attributes:
        samples: (n, 1) float32, -1..1, read-only.
        rate_hz, first_sample, captured_ns: As in the block it was made of.
    """

    __slots__ = ("captured_ns", "first_sample", "rate_hz", "samples")
    samples: NDArray[np.float32]
    rate_hz: int
    first_sample: int
    captured_ns: int

    def __new__(cls, *_: object) -> Self:
        """Refuse, because only the marking stage makes marked sound."""
        raise TypeError("a MarkedBlock is made by livecam.disclosure.sound.marker only")

    def __init_subclass__(cls) -> None:
        raise TypeError("MarkedBlock cannot be subclassed")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a MarkedBlock cannot be changed")

    def __reduce__(self) -> str:
        raise TypeError("a MarkedBlock is neither copied nor pickled")
