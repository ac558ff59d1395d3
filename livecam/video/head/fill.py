"""Fill what is not known from what is known round about (push-pull)."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
_LEVELS: Final = 6
_LEAST_SIDE: Final = 4
_SURE: Final = np.float32(4)
_TINY: Final = np.float32(1e-5)


def push_pull(colours: Map, weight: Map, levels: int = _LEVELS) -> Map:
    """Return colours with the unknown places filled, newly allocated.

    Args:
        colours: (h, w, k) values.
        weight: (h, w) how far each is known, 0 not at all.
        levels: How often the picture is halved at most.
    """
    sums, weights = [colours * weight[..., None]], [weight]
    while len(sums) <= levels and min(weights[-1].shape) >= _LEAST_SIDE:
        sums.append(_halve(sums[-1]))
        weights.append(_halve(weights[-1]))
    filled = sums[-1] / (weights[-1][..., None] + _TINY)
    for total, known in zip(sums[-2::-1], weights[-2::-1], strict=True):
        filled = cv2.pyrUp(filled, dstsize=known.shape[::-1]).reshape(total.shape)
        share = np.minimum(known * _SURE, 1)[..., None]
        filled = filled * (1 - share) + total / (known[..., None] + _TINY) * share
    return np.asarray(filled, np.float32)


def _halve(values: Map) -> Map:
    halved = np.asarray(cv2.pyrDown(values), np.float32)
    return halved if halved.ndim == values.ndim else halved[..., None]


def filter_guided(share: Map, guide: Map, reach_px: int, floor: float) -> Map:
    """Return a map (h, w) with the edges of a grey picture (h, w) 0..1.

    After He, Sun and Tang (2010).
    """

    def box(values: Map) -> Map:
        return np.asarray(cv2.blur(values, (reach_px, reach_px), borderType=cv2.BORDER_REPLICATE), np.float32)

    mean, usual = box(guide), box(share)
    slope = (box(guide * share) - mean * usual) / (box(guide * guide) - mean * mean + np.float32(floor))
    slope32: Map = np.asarray(slope, np.float32)
    return np.asarray(box(slope32) * guide + box(usual - slope32 * mean), np.float32)
