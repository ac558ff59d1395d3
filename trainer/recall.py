"""Recall the pictures in which a face did nearly the same.

This is kernel regression from numbers to amounts of variations. It is solved in a second, and far from every picture
it gives the mean face.
"""

from dataclasses import dataclass, replace
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
        columns: (count,) which of a picture's numbers it goes by.
        places: (m, count) numbers of the pictures, over their spread.
        table: (m, own) what each picture gives.
        spread: (count,) of the numbers.
        width: How far likeness reaches.
    """

    columns: NDArray[np.intp]
    places: Floats
    table: Floats
    spread: Floats
    width: float

    @property
    def falloff(self) -> float:
        """Likeness is e to minus this times the squared distance."""
        return float(1 / (2 * self.width**2 * self.places.shape[1]))

    def give(self, numbers: Floats) -> Floats:
        """Return the amounts (k, own) for all numbers of pictures (k, all)."""
        return _likeness(numbers[:, self.columns] / self.spread, self.places, self.falloff) @ self.table


def _likeness(a: Floats, b: Floats, falloff: float) -> Floats:
    """Return how alike rows are (k, m), 1: equal."""
    apart = (a * a).sum(1, keepdims=True) + (b * b).sum(1) - 2 * a @ b.T
    return np.asarray(np.exp(-falloff * np.maximum(apart, 0)), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceRecall:
    """Recall part by part of the face: each goes by its own numbers.

    Attributes:
        parts: One of each region, in the order of the variations.
    """

    parts: tuple[Recall, ...]

    def give(self, numbers: Floats) -> Floats:
        """Return the amounts (k, own) for all numbers of pictures (k, all)."""
        return np.concatenate([part.give(numbers) for part in self.parts], 1)

    def without(self, amounts: Floats, count: int) -> Floats:
        """Return what is recalled for the first pictures, each without itself.

        `amounts` (m, own) are those of all pictures; a part may know fewer of them.
        """
        given, begin = [], 0
        for part in self.parts:
            end = begin + part.table.shape[1]
            given.append(recall_without(part, amounts[: len(part.places), begin:end])[:count])
            begin = end
        return np.concatenate(given, 1)


def fit_recall(
    numbers: Floats,
    amounts: Floats,
    held: tuple[Floats, Floats],
    shares: Floats,
    columns: NDArray[np.intp] | None = None,
) -> Recall:
    """Return the recall with the reach and smoothness that serve held-out pictures.

    Args:
        numbers: (m, all) of the pictures.
        amounts: (m, own) of the same.
        held: Numbers (h, all) and amounts (h, own) of held-out pictures.
        shares: (own,) how much each amount counts.
        columns: Which of the numbers it goes by; None: all.
    """
    columns = np.arange(numbers.shape[1]) if columns is None else columns
    numbers = numbers[:, columns]
    spread = numbers.std(0) + np.float32(_LEAST_SPREAD)
    found: list[tuple[float, float, Recall]] = []
    for width in _WIDTHS:
        for ridge in _RIDGES:
            blank = Recall(columns, numbers / spread, amounts, spread, width)
            recall = _solve(blank, blank.places, amounts, ridge)
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
        part = _solve(recall, places[left], amounts[left], _RIDGES[1])
        given[fold] = _likeness(places[fold], part.places, part.falloff) @ part.table
    return given


def _solve(blank: Recall, places: Floats, amounts: Floats, ridge: float) -> Recall:
    regular = _likeness(places, places, blank.falloff).astype(np.float64) + ridge * np.eye(len(places))
    table = np.linalg.solve(regular, amounts.astype(np.float64))
    return replace(blank, places=places, table=table.astype(np.float32))
