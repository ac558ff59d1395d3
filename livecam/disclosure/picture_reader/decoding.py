"""Decode the cells' oscillations to 32 bits and one score.

The score says how well all cells agree with the best message.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.payload import PAYLOAD_BITS, MarkPayload
from livecam.disclosure.picture.layout import PILOT, Layout
from livecam.disclosure.picture_reader.carrier_detection import OVERTONES, Waves

# Pictures that were lost without a gap in time make the carrier drift: up to a fifth of a period per part.
_DRIFTS: Final = np.linspace(-0.2, 0.2, 9)
_TURNS: Final = 2
# Coders are late with a step, and by that its overtones fall behind the carrier: radians per overtone, as seen.
_LAGS: Final = (0.0, 0.12, 0.24, 0.36, 0.48)
_MOST_MEDIANS: Final = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """What the cells say.

    Attributes:
        score: Sum of all cells along the message, in standard deviations of as many that know nothing of it.
        bits: The message.
        margins: (32,) float32, how clearly each bit was decided, in the same unit.
        agreed: (cells,) float32, how far each cell swings along the message, in the same unit; negative against it.
        drift: Periods by which the carrier moved on from one part to the next.
    """

    score: float
    bits: tuple[int, ...]
    margins: NDArray[np.float32]
    agreed: NDArray[np.float32]
    drift: float

    @property
    def payload(self) -> MarkPayload | None:
        """The message, if its CRC agrees."""
        return MarkPayload.from_bits(self.bits)


def decode(cells: Waves, plan: Layout) -> Decision:
    """Return the best message.

    Args:
        cells: (overtones, parts, rows, columns) complex64.
        plan: The layout they were read with.
    """
    overtones, parts = cells.shape[:2]
    flat = cells.reshape(overtones, parts, -1)
    # Without a second part there is no drift to see.
    drifts = _DRIFTS if parts > 1 else np.zeros(1)
    turns = np.stack([[find_turns(parts, drift * n) for n in OVERTONES[:overtones]] for drift in drifts])
    lines = _unit_lines(np.einsum("dop,opc->doc", turns, flat))
    said, along = _correlate(lines, plan)
    scores = _scores(said)
    best = int(np.argmax(scores))
    return _decision(lines[best], said[best], along[best], plan, float(drifts[best]))


def score_places(cells: Waves, plan: Layout) -> NDArray[np.float32]:
    """Score places (places,) by the carrier, from cells (places, rows, columns)."""
    said, _ = _correlate(_unit_lines(cells.reshape(len(cells), 1, -1)), plan)
    return _scores(said)


def find_turns(parts: int, drift: float) -> Waves:
    """Return factors (parts,) complex64 for a drift in periods a part."""
    part = np.arange(parts) - (parts - 1) / 2
    return np.asarray(np.exp(-2j * np.pi * drift * part), np.complex64)


def _unit_lines(lines: Waves) -> Waves:
    """Limit lines (..., cells) so that no cell counts far above the median.

    What moves there is not the mark. Each is divided by the deviation of a sum over all its cells if they were
    independent.
    """
    size = np.abs(lines)
    ordered, cells = np.sort(size, axis=-1), lines.shape[-1]
    # What is outside is 0 and stands first; the middle one is that of the others.
    outside = np.count_nonzero(size == 0, axis=-1, keepdims=True)
    below, above = outside + (cells - outside - 1) // 2, np.minimum(outside + (cells - outside) // 2, cells - 1)
    middle = np.take_along_axis(ordered, below, -1) + np.take_along_axis(ordered, above, -1)
    limited = lines / np.maximum(size / np.maximum(_MOST_MEDIANS * middle / 2, np.float32(1e-12)), 1)
    deviation = np.linalg.norm(limited, axis=-1, keepdims=True) / np.float32(np.sqrt(2))
    return np.asarray(limited / np.maximum(deviation, np.float32(1e-9)), np.complex64)


def _correlate(lines: Waves, plan: Layout) -> tuple[NDArray[np.float32], Waves]:
    """Correlate cells (n, overtones, cells) with bits: (n, 33).

    The pilots are last. The unit is the deviation of independent cells.

    Returns:
        The correlations, and (n, overtones): the factor of each overtone before they are added. It aligns the
            overtone with the carrier's phase, and weights it by how well its bits agree with the message.
    """
    sums = lines @ _bits_of(plan)
    lags = np.array(_LAGS if sums.shape[1] > 1 else _LAGS[:1])
    along = _along(np.repeat(sums, len(lags), axis=0), np.tile(lags, len(sums))).reshape(len(sums), len(lags), -1)
    # Noise that all overtones share, as of something that moves to and fro, adds up like a message: it is measured.
    deviation = np.linalg.norm(along @ lines, axis=2, keepdims=True) / np.float32(np.sqrt(2))
    along = along / np.maximum(deviation, np.float32(1e-9))
    said = (along @ sums).real
    row, best = np.arange(len(sums)), _scores(said).argmax(1)
    return said[row, best], along[row, best]


def _along(sums: Waves, lags: NDArray[np.float64]) -> Waves:
    """Return (n, overtones) factors of unit length.

    They are for (n, overtones, 33) sums with a lag in radians each.
    """
    overtones = np.array(OVERTONES[: sums.shape[1]])
    # The carrier's sine and those of its overtones begin together: what turns one turns the others as often.
    begin = np.exp(1j * (overtones - 1) * (np.pi / 2 + lags[:, None])).astype(np.complex64)
    along = np.zeros(sums.shape[:2], np.complex64)
    along[:, 0] = _unit(sums[:, 0, PILOT]).conj()
    for turn in range(2 * _TURNS):
        signs = np.where((along[:, None] @ sums)[:, 0].real >= 0, np.float32(1), np.float32(-1))
        signs[:, PILOT] = 1
        agree = (sums @ signs[:, :, None])[:, :, 0]
        along = (_unit(agree[:, 0])[:, None] ** overtones * begin).conj()
        along *= np.maximum((agree * along).real, 0) if turn >= _TURNS else overtones == 1
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), np.float32(1e-12))
    return np.asarray(along, np.complex64)


def _scores(said: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.abs(said[..., :PILOT]).sum(-1) + said[..., PILOT], np.float32)


def _decision(lines: Waves, said: NDArray[np.float32], along: Waves, plan: Layout, drift: float) -> Decision:
    turned = np.append(np.where(said[:PILOT] >= 0, 1, -1), 1)
    agreed = (along @ lines).real * turned[plan.bit.ravel()] * np.sqrt(lines.shape[1])
    return Decision(
        score=float(_scores(said[None])[0]),
        bits=tuple(int(sum_ >= 0) for sum_ in said[:PILOT]),
        margins=(np.abs(said[:PILOT]) * np.sqrt(PAYLOAD_BITS + 4)).astype(np.float32),
        agreed=agreed.astype(np.float32),
        drift=drift,
    )


@lru_cache(maxsize=64)
def _bits_of(plan: Layout) -> Waves:
    """Return (cells, 33) complex64, 1 where a cell carries a bit."""
    return np.asarray(plan.bit.reshape(-1, 1) == np.arange(PILOT + 1), np.complex64)


def _unit(numbers: Waves) -> Waves:
    return np.asarray(numbers / np.maximum(np.abs(numbers), np.float32(1e-12)), np.complex64)
