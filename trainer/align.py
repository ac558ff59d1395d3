"""Bring one person's numbers onto another's.

They never did the same at the same time. A raised brow of one is not as many units as that of the other, and their
calm faces are not equally calm.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_ROUNDS: Final = 8
_LEAST_SPREAD: Final = 0.1
_LEAST_PAIRS: Final = 12
_HELD_BACK: Final = (0.3, 12.0)
"""How firmly numbers stay as they are: as much as this part of the pairs, and as so many pairs more."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """What makes one person's numbers those of another.

    Attributes:
        matrix: (count, count).
        shift: (count,).
        is_found: Whether enough whole faces of both are alike.
    """

    matrix: Floats
    shift: Floats
    is_found: bool = False

    @classmethod
    def none(cls, count: int) -> "Alignment":
        """Return what changes nothing."""
        return cls(np.eye(count, dtype=np.float32), np.zeros(count, np.float32))

    def apply(self, numbers: Floats) -> Floats:
        """Return numbers (k, count) as those of the other person."""
        return np.asarray(numbers @ self.matrix + self.shift, np.float32)


def align_by(numbers: Floats, wanted: Floats, parts: Iterable[NDArray[np.intp]]) -> Alignment:
    """Return what brings numbers onto those of another person.

    Where two people did the same with the whole face, their pictures are paired by all numbers (k, count). Else each
    of the `parts` is paired by its own: two people rarely do the same with the whole face, and often with their brows.
    """
    whole = align(numbers, wanted)
    if whole.is_found:
        return whole
    matrix, shift = whole.matrix, whole.shift
    for columns in parts:
        part = align(numbers[:, columns], wanted[:, columns])
        matrix[np.ix_(columns, columns)], shift[columns] = part.matrix, part.shift
    return Alignment(matrix, shift)


def align(numbers: Floats, wanted: Floats) -> Alignment:
    """Return what brings numbers (k, count) onto those of another person.

    `wanted` (m, count) are the other's. Pairs are pictures that are each other's nearest, found again in every round.
    Where there are too few of them, it changes nothing.
    """
    found, spread = Alignment.none(numbers.shape[1]), wanted.std(0) + _LEAST_SPREAD
    for _ in range(_ROUNDS):
        mine, theirs = _pair_up(found.apply(numbers) / spread, wanted / spread)
        if len(mine) < _LEAST_PAIRS:
            break
        found = _fit(numbers[mine].astype(np.float64), wanted[theirs].astype(np.float64))
    return found


def _fit(a: NDArray[np.float64], b: NDArray[np.float64]) -> Alignment:
    """Return the linear map of pairs (k, count), held back towards no change."""
    off_a, off_b = a - a.mean(0), b - b.mean(0)
    firm = (_HELD_BACK[0] * len(a) + _HELD_BACK[1]) * np.diag(a.var(0) + 0.01)
    matrix = np.linalg.solve(off_a.T @ off_a + firm, off_a.T @ off_b + firm)
    return Alignment(matrix.astype(np.float32), np.asarray(b.mean(0) - a.mean(0) @ matrix, np.float32), is_found=True)


def _pair_up(a: Floats, b: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which rows of both are each other's nearest."""
    apart = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    nearest, back = apart.argmin(1), apart.argmin(0)
    mine = np.flatnonzero(back[nearest] == np.arange(len(a)))
    return mine, nearest[mine]
