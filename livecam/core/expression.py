"""Measure the expression of a face from its own shape.

It says how much the face smiles, opens the mouth, raises the brows or shuts the eyes. The arrays come from
`expression.npz`, made by `training/personas/expression.py`.
"""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points

Floats = NDArray[np.float32]

with (files("livecam.core") / "expression.npz").open("rb") as _file, np.load(_file) as _arrays:
    KINDS: Final[tuple[str, ...]] = tuple(_arrays["kinds"].tolist())
    """Names of the kinds of expression."""
    MEAN_SHAPE: Final[Floats] = _arrays["mean_shape"].astype(np.float32)
    """(468, 3) the shape with the amounts `MEAN_AMOUNTS`."""
    MEAN_AMOUNTS: Final[Floats] = np.asarray(_arrays["mean_kind"], np.float32)
    """(kinds,) amounts of the mean shape."""
    REST: Final[Floats] = np.asarray(_arrays["rest"], np.float32)
    """(kinds,) amounts of faces at rest."""
    EFFECT: Final[Floats] = _arrays["effect"].astype(np.float32)
    """(kinds, 468, 3) the change of the shape by one unit of each kind."""
    READER: Final[Floats] = _arrays["reader"].astype(np.float32)
    """(468, 3, kinds) the weight of each coordinate for each kind."""

_SMILE_BEGINS, _SMILE_FULL = 0.15, 0.6


@dataclass(frozen=True, slots=True)
class Expression:
    """How much of each kind of expression a face shows, 0..1."""

    amounts: dict[str, float]

    @property
    def smile(self) -> float:
        """0 for a mouth at rest, 1 for a broad smile."""
        return float(np.clip((self.amounts["smile"] - _SMILE_BEGINS) / (_SMILE_FULL - _SMILE_BEGINS), 0, 1))


def read_amounts(shape: Points) -> Floats:
    """Return the amount of each kind (kinds,), 0..1, in an unposed shape (468, 3)."""
    return np.asarray(np.clip(np.tensordot(shape - MEAN_SHAPE, READER, 2) + MEAN_AMOUNTS, 0, 1), np.float32)


def read_expression(shape: Points) -> Expression:
    """Measure the expression of a face's unposed shape (468, 3)."""
    return Expression(dict(zip(KINDS, read_amounts(shape).tolist(), strict=True)))


def measure_unrest(shape: Points) -> float:
    """Return how far an unposed shape (468, 3) is from a face at rest.

    0 is calm, 1 a broad grimace.
    """
    return float(np.abs(read_amounts(shape) - REST).sum())
