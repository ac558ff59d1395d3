"""Recall the pictures in which a face did nearly the same.

This is kernel regression from numbers to amounts of variations. It is solved in a second, and far from every picture
it gives the mean face.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_WIDTHS: Final = (0.8, 1.2, 1.8)
_RIDGES: Final = (0.003, 0.03, 0.3)
_LEAST_SPREAD: Final = 0.1
_FOLDS: Final = 6


@dataclass(frozen=True, slots=True, eq=False)
class Recall:
    """Amounts of variations by likeness to pictures seen.

    Attributes:
        places: (m, count) numbers of the pictures, over their spread.
        table: (m, own) what each picture gives.
        spread: (count,) of the numbers.
        width: How far likeness reaches.
    """

    places: Floats
    table: Floats
    spread: Floats
    width: float

    @property
    def falloff(self) -> float:
        """Likeness is e to minus this times the squared distance."""
        return float(1 / (2 * self.width**2 * self.places.shape[1]))

    def give(self, numbers: Floats) -> Floats:
        """Return the amounts (k, own) for numbers (k, count)."""
        return _likeness(numbers / self.spread, self.places, self.falloff) @ self.table


def _likeness(a: Floats, b: Floats, falloff: float) -> Floats:
    """Return how alike rows are (k, m), 1: equal."""
    apart = (a * a).sum(1, keepdims=True) + (b * b).sum(1) - 2 * a @ b.T
    return np.asarray(np.exp(-falloff * np.maximum(apart, 0)), np.float32)


def fit_recall(numbers: Floats, amounts: Floats, held: tuple[Floats, Floats], shares: Floats) -> Recall:
    """Return the recall with the reach and smoothness that serve held-out pictures.

    Args:
        numbers: (m, count) of the pictures.
        amounts: (m, own) of the same.
        held: Numbers (h, count) and amounts (h, own) of held-out pictures.
        shares: (own,) how much each amount counts.
    """
    spread = numbers.std(0) + np.float32(_LEAST_SPREAD)
    found: list[tuple[float, float, Recall]] = []
    for width in _WIDTHS:
        for ridge in _RIDGES:
            recall = _solve(numbers / spread, amounts, spread, width, ridge)
            error = float((np.abs(recall.give(held[0]) - held[1]) * shares).mean())
            found.append((error, ridge, recall))
    return min(found, key=lambda one: one[:2])[2]


def recall_without(recall: Recall, amounts: Floats) -> Floats:
    """Return what is recalled for its own pictures (m, own).

    Each and its neighbours in time are left out.
    """
    given, places = np.empty_like(amounts), recall.places
    for fold in np.array_split(np.arange(len(places)), _FOLDS):
        left = np.ones(len(places), np.bool_)
        left[fold] = False
        part = _solve(places[left], amounts[left], recall.spread, recall.width, _RIDGES[1])
        given[fold] = part.give(places[fold] * recall.spread)
    return given


def _solve(places: Floats, amounts: Floats, spread: Floats, width: float, ridge: float) -> Recall:
    blank = Recall(places, amounts, spread, width)
    regular = _likeness(places, places, blank.falloff).astype(np.float64) + ridge * np.eye(len(places))
    table = np.linalg.solve(regular, amounts.astype(np.float64))
    return Recall(places, table.astype(np.float32), spread, width)
