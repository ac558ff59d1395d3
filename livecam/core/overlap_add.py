"""Adapt blocks of any size to an engine without state (SOLA).

Every segment is converted together with the sound before it. The best seam between two segments is searched there,
and one segment fades into the next.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

import numpy as np

from livecam.core.framing import Floats

Convert = Callable[[Floats], Floats]
_SAME: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Lengths in samples.

    Attributes:
        context: Sound before the block, for the engine alone.
        block: Sound that each call adds.
        fade: Length of the crossfade; not longer than the block.
        search: How far the seam may move.
    """

    context: int
    block: int
    fade: int
    search: int

    def __post_init__(self) -> None:
        if not (0 < self.fade <= self.block and self.search >= 0 and self.context >= 0):
            raise ValueError(f"need 0 < fade <= block, search >= 0 and context >= 0, got {self}")

    @property
    def total_samples(self) -> int:
        """Samples of a segment."""
        return self.context + self.block + self.fade + self.search

    def scale(self, ratio: Fraction) -> Self:
        """Return the same lengths in time at another rate.

        Raises:
            ValueError: A length is not a whole number of samples there.
        """
        lengths = [length * ratio for length in (self.context, self.block, self.fade, self.search)]
        if any(length.denominator != 1 for length in lengths):
            raise ValueError(f"{self} is no whole number of samples {ratio} times as dense")
        return type(self)(*map(int, lengths))


class OverlapCore:
    """A `FrameCore` around a function from a segment to one of equal length.

    A segment is (context + block + fade + search,).

    Args:
        convert: The function.
        lengths: Lengths of the input.
        ratio: Output samples per input sample; a function may return another rate than it receives.
    """

    def __init__(self, convert: Convert, lengths: Overlap, ratio: Fraction = _SAME) -> None:
        self._convert, self._given, self._lengths = convert, lengths, lengths.scale(ratio)
        self._sound = np.zeros(lengths.total_samples)
        self._tail = np.zeros(self._lengths.fade)
        self._rise = np.sin(np.linspace(0, np.pi / 2, self._lengths.fade)) ** 2
        self.frame_samples = lengths.block
        self.delay_samples = lengths.fade + lengths.search - lengths.search // 2

    def process_frame(self, sound: Floats) -> Floats:
        """Convert the next block.

        Raises:
            ValueError: The function returns another length than it received.
        """
        lengths = self._lengths
        self._sound = np.concatenate([self._sound[self._given.block :], sound])
        converted = self._convert(self._sound)
        if converted.shape != (lengths.total_samples,):
            raise ValueError(f"converted sound must be ({lengths.total_samples},), got {converted.shape}")
        newest = converted[lengths.context :]
        seam = self._seam(newest)
        joined = newest[seam : seam + lengths.block + lengths.fade].copy()
        joined[: lengths.fade] = joined[: lengths.fade] * self._rise + self._tail * (1 - self._rise)
        self._tail = joined[lengths.block :]
        return joined[: lengths.block]

    def _seam(self, newest: Floats) -> int:
        """Return where the new sound continues the old tail best.

        It is the middle when no place is better.
        """
        middle = self._lengths.search // 2
        if not self._tail.any():
            return middle
        line = newest[: self._lengths.search + self._lengths.fade]
        sums = np.concatenate([[0.0], np.cumsum(line * line)])
        energies = sums[self._lengths.fade :] - sums[: len(sums) - self._lengths.fade]
        likeness = np.correlate(line, self._tail, "valid") / np.sqrt(energies + 1e-12)
        best = int(likeness.argmax())
        return best if likeness[best] > likeness[middle] else middle
