"""Remove the photo's expression from shape, and smile folds from detail."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.smooth import blur
from livecam.core.expression import EFFECT, KINDS, REST, Expression, read_expression
from livecam.core.face import Points

__all__ = ["KINDS", "read_expression", "relax_expression", "remove_folds"]

Floats = NDArray[np.float32]

_REMOVED: Final = {
    "smile": 1.0,
    "upper_lip": 0.75,
    "lower_lip": 1.0,
    "jaw": 1.0,
    "brows_up": 0.6,
    "frown": 0.5,
    "blink": 1.0,
}
_FOLDS: Final = (
    (129, 203, 206, 216, 212, 202, 210, 211, 204, 57, 186, 92, 165, 98),
    (358, 423, 426, 436, 432, 422, 430, 431, 424, 287, 410, 322, 391, 327),
)
"""Rings around the folds from the nose's wings past the mouth's corners, right and left."""
_INNER_UPPER: Final = np.array([191, 80, 81, 82, 13, 312, 311, 310, 415])
_INNER_LOWER: Final = np.array([95, 88, 178, 87, 14, 317, 402, 318, 324])
"""Opposite points of the inner lips."""
_FADED: Final = 0.5
_FOLD_FINE_PX, _FOLD_BROAD_PX = 1.6, 16.0


def relax_expression(shape: Points, expression: Expression) -> Points:
    """Return the shape (468, 3) with a closed mouth, open lids and brows down."""
    beyond = [
        _REMOVED.get(kind, 0.0) * max(expression.amounts[kind] - float(rest), 0.0)
        for kind, rest in zip(KINDS, REST, strict=True)
    ]
    rested = np.asarray(shape - np.tensordot(np.array(beyond, np.float32), EFFECT, 1), np.float32)
    crossed = np.maximum(rested[_INNER_UPPER, 1] - rested[_INNER_LOWER, 1], 0) / 2
    rested[_INNER_UPPER, 1] -= crossed
    rested[_INNER_LOWER, 1] += crossed
    return rested


def _fold_mask() -> Floats:
    mask = np.zeros((atlas.HEIGHT, atlas.WIDTH), np.uint8)
    for ring in _FOLDS:
        hull = cv2.convexHull(np.rint(atlas.POINTS[list(ring)]).astype(np.int32))
        cv2.fillPoly(mask, [np.asarray(hull, np.int32)], 1)
    skin = np.asarray(cv2.erode(atlas.SKIN, np.ones((3, 3), np.uint8)), np.float32)
    return blur(np.maximum(mask, mask[:, ::-1]).astype(np.float32), 7.0) * blur(skin, 2.0)


_FOLD_MASK: Final = _fold_mask()


def remove_folds(detail: Floats, expression: Expression) -> Floats:
    """Fade smile folds next to nose and mouth; pores and stubble stay."""
    if expression.smile == 0:
        return detail
    fold = blur(detail, _FOLD_FINE_PX) - blur(detail, _FOLD_BROAD_PX)
    return np.asarray(detail - (_FADED * expression.smile) * _FOLD_MASK[..., None] * fold, np.float32)
