"""From the cells' swings to 32 bits and one score: how well all cells agree with the best message."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.payload import PAYLOAD_BITS, MarkPayload
from livecam.video.mark.layout import PILOT, Layout
from livecam.video.mark_reader.waves import Waves

# Pictures that were lost without a gap in time make the carrier drift: up to a fifth of a period per part.
_DRIFTS: Final = np.linspace(-0.2, 0.2, 9)
_TURNS: Final = 2
_MOST_MEDIANS: Final = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What the cells say.

    Attributes:
        score: Sum of all cells along the message, in standard deviations of as many that know nothing of it.
        bits: The message.
        margins: (32,) float32, how clearly each bit was decided, in the same unit.
        agreed: (cells,) float32, how far each cell swings along the message, in the same unit; negative against it.
    """

    score: float
    bits: tuple[int, ...]
    margins: NDArray[np.float32]
    agreed: NDArray[np.float32]

    @property
    def payload(self) -> MarkPayload | None:
        """The message, if its CRC agrees."""
        return MarkPayload.from_bits(self.bits)


def decide(cells: Waves, plan: Layout) -> Decision:
    """The best message.

    Args:
        cells: (parts, rows, columns) complex64.
        plan: The layout they were read with.
    """
    flat = cells.reshape(len(cells), -1)
    part = np.arange(len(cells)) - (len(cells) - 1) / 2
    # Without a second part there is no drift to see.
    drifts = _DRIFTS if len(cells) > 1 else np.zeros(1)
    together = np.exp(-2j * np.pi * drifts[:, None] * part[None, :]) @ flat
    return max((_message(line, plan.bit.ravel()) for line in together), key=lambda decision: decision.score)


def _message(line: NDArray[np.complex128], which: NDArray[np.int8]) -> Decision:
    """The message of all cells' swings, (cells,) complex, along the phase on which most of them agree."""
    line = _limited(line)
    sums = np.bincount(which, line.real) + 1j * np.bincount(which, line.imag)
    along, common = _followed(sums)
    # What a sum over all cells deviates by, had they nothing in common.
    deviation = max(float(np.linalg.norm(line)) / np.sqrt(2), 1e-9)
    turned = np.append(np.where(along[:PILOT] >= 0, 1, -1), 1)
    return Decision(
        score=float((np.abs(along[:PILOT]).sum() + along[PILOT]) / deviation),
        bits=tuple(int(sum_ >= 0) for sum_ in along[:PILOT]),
        margins=(np.abs(along[:PILOT]) * np.sqrt(PAYLOAD_BITS + 4) / deviation).astype(np.float32),
        agreed=((line * common.conjugate()).real * turned[which] * np.sqrt(len(line)) / deviation).astype(np.float32),
    )


def _limited(line: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """No cell counts much more than the middle one: what moves there is not the mark."""
    size = np.abs(line)
    most = _MOST_MEDIANS * float(np.median(size[size > 0])) if size.any() else 1.0
    return np.asarray(line / np.maximum(size / most, 1.0), np.complex128)


def _followed(sums: NDArray[np.complex128]) -> tuple[NDArray[np.float64], complex]:
    """Every bit's sum along the phase on which they and the pilots agree, (33,), the pilots last; and that phase."""
    common = _unit(complex(sums[PILOT]))
    for _ in range(_TURNS):
        signs = np.append(np.where((sums[:PILOT] * common.conjugate()).real >= 0, 1, -1), 1)
        common = _unit(complex((sums * signs).sum()))
    return np.asarray((sums * common.conjugate()).real, np.float64), common


def _unit(number: complex) -> complex:
    return number / max(abs(number), 1e-12)
