"""Align the sounds of two voices in sentences that both have read.

The readings are aligned by dynamic time warping (H. Sakoe, S. Chiba, IEEE TASSP 26(1), 1978), all sentences at once.
livecam does not know whether the sentence that was shown is the one that was read: a pair of readings that is hardly
nearer than two different sentences is left out.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.frames import Floats
from engines.voice.grain.learn import COMPARED
from livecam.core.voice import VoiceStatistics

LEAST_SENTENCES: Final = 4
"""Fewer that both have read tell less than sounds paired by likeness."""

_STEP_COST: Final = 0.3
_OWN_WEIGHT: Final = 10.0
"""Meetings, of 10 ms each, that weigh as much as the likeness of two sounds."""
_BETTER: Final = 0.93
"""Share of the distance to another sentence that the distance to the same one must stay under."""

Classes = NDArray[np.integer]
Pair = tuple[Classes, Classes]


def count_meetings(moved: Floats, speaker: VoiceStatistics, target: VoiceStatistics) -> Floats | None:
    """Return (n, m) how often speaker's classes met the target's.

    In sentences that both have read; None where that is little.

    `moved` (n, 40) are the speaker's spectra, brought near the target's.
    """
    sentences = sorted(name for name in speaker.read if len(speaker.read[name]) and len(target.read.get(name, ())))
    if len(sentences) < LEAST_SENTENCES:
        return None
    apart = compute_distances(moved[:, 1:COMPARED], target.spectra[:, 1:COMPARED].astype(np.float64))
    same: list[Pair] = [(speaker.read[name], target.read[name]) for name in sentences]
    other = [(mine, same[place - 1][1]) for place, (mine, _) in enumerate(same)]
    aligned = align(apart, [*same, *other])
    near, far = np.reshape([path.cost for path in aligned], (2, -1))
    said = np.flatnonzero(near < _BETTER * far)
    if len(said) < LEAST_SENTENCES:
        return None
    counts = np.zeros(apart.shape)
    for place in said:
        (mine, theirs), path = same[place], aligned[place]
        np.add.at(counts, (mine[path.first], theirs[path.second]), 1.0)
    return counts


def draw_together(moved: Floats, goal: Floats, met: Floats) -> tuple[Floats, Floats]:
    """Return spectra (n, 40), (m, 40), each moved to the mean of those it met.

    (n, m) says how often; what never met stays.
    """
    mine = (_OWN_WEIGHT * moved + met @ goal) / (_OWN_WEIGHT + met.sum(1))[:, None]
    theirs = (_OWN_WEIGHT * goal + met.T @ moved) / (_OWN_WEIGHT + met.sum(0))[:, None]
    return mine, theirs


class Path(NamedTuple):
    """Aligned places (n,) in two rows, and their mean distance."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    cost: float


def compute_distances(points: Floats, others: Floats) -> Floats:
    """(n, m) Euclidean, of points (n, d) and others (m, d)."""
    squares = (points * points).sum(1)[:, None] + (others * others).sum(1)[None] - 2 * points @ others.T
    return np.asarray(np.sqrt(np.maximum(squares, 0)))


def align(apart: Floats, pairs: Sequence[Pair]) -> list[Path]:
    """Return the path of least distance through each pair of rows of classes.

    `apart` (n, m) is how far classes are apart.
    """
    lengths = np.array([(len(first), len(second)) for first, second in pairs])
    rows, columns = lengths.max(0)
    field = np.zeros((len(pairs), rows, columns))
    for own, (first, second) in zip(field, pairs, strict=True):
        own[: len(first), : len(second)] = apart[np.ix_(first, second)]
    steps = _steps(field)
    return [_path(steps[n], field[n], *lengths[n]) for n in range(len(pairs))]


def _steps(field: Floats) -> NDArray[np.int8]:
    """Return how each place (k, n, m) is reached best.

    0 from both before, 1 from the row before, 2 from the column before.

    Places on one diagonal do not depend on each other.
    """
    count, rows, columns = field.shape
    steps = np.zeros(field.shape, np.int8)
    before = np.full((count, rows + 1), np.inf)
    last = before.copy()
    before[:, 0] = 0.0
    for diagonal in range(rows + columns - 1):
        row = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        ways = np.stack([before[:, row], last[:, row] + _STEP_COST, last[:, row + 1] + _STEP_COST])
        best = ways.argmin(0)
        steps[:, row, diagonal - row] = best
        newest = np.full((count, rows + 1), np.inf)
        newest[:, row + 1] = np.take_along_axis(ways, best[None], 0)[0] + field[:, row, diagonal - row]
        before, last = last, newest
    return steps


def _path(steps: NDArray[np.int8], field: Floats, rows: int, columns: int) -> Path:
    row, column = rows - 1, columns - 1
    places = []
    while row >= 0 and column >= 0:
        places.append((row, column))
        step = steps[row, column]
        row, column = row - (step != 2), column - (step != 1)
    first, second = np.array(places[::-1]).T
    return Path(first, second, float(field[first, second].mean()))
