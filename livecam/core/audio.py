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


class MarkedBlock:
    """Sound that says it is altered; whatever plays or writes sound takes nothing else.

    Only `livecam.audio.outgoing` makes one, through `seal_for_marking_sound`, which answers once per process.

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
        """Refuse: marked sound comes from the marking stage alone."""
        raise TypeError("a MarkedBlock is made by livecam.audio.outgoing only")

    def __init_subclass__(cls) -> None:
        raise TypeError("MarkedBlock cannot be subclassed")


class SoundSeal:
    """The right to call sound marked; held by the marking stage."""

    def marked(self, block: AudioBlock) -> MarkedBlock:
        """Wrap a block that carries its marks; its samples are copied."""
        sealed = object.__new__(MarkedBlock)
        sealed.samples = block.samples.copy()
        sealed.samples.flags.writeable = False
        sealed.rate_hz, sealed.first_sample, sealed.captured_ns = block.rate_hz, block.first_sample, block.captured_ns
        return sealed


_seals: list[SoundSeal] = []


def seal_for_marking_sound() -> SoundSeal:
    """Hand the seal to its first caller, `livecam.audio.outgoing`.

    Raises:
        PermissionError: Somebody else asks for it.
    """
    if _seals:
        raise PermissionError("the seal for sound has been given to livecam.audio.outgoing")
    _seals.append(SoundSeal())
    return _seals[0]
