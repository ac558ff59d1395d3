"""Change the expression of a mesh: lower lids, drop the jaw.

Points are (468, 3) in pixels, seen from the front.
"""

import numpy as np
from numpy.typing import NDArray

from livecam.core.topology import CANONICAL, OPENING_TRIANGLES

Points = NDArray[np.float32]

RIGHT_LIDS = {
    "upper": [246, 161, 160, 159, 158, 157, 173],
    "lower": [7, 163, 144, 145, 153, 154, 155],
    "crease": [247, 30, 29, 27, 28, 56, 190],
    "corners": [33, 133],
}
LEFT_LIDS = {
    "upper": [466, 388, 387, 386, 385, 384, 398],
    "lower": [249, 390, 373, 374, 380, 381, 382],
    "crease": [467, 260, 259, 257, 258, 286, 414],
    "corners": [263, 362],
}
LASHES = tuple([k["corners"][0], *k["lower"], k["corners"][1]] for k in (RIGHT_LIDS, LEFT_LIDS))
LOWER_RISE, CREASE_FALL, LID_TEXTURE_SHIFT = 0.12, 0.2, 0.3
EYE_TRIANGLES = OPENING_TRIANGLES[18:]
LOWER_LIP = [95, 88, 178, 87, 14, 317, 402, 318, 324, 146, 91, 181, 84, 17, 314, 405, 321, 375]
LOWER_LIP += [96, 89, 179, 86, 15, 316, 403, 319, 325, 77, 90, 180, 85, 16, 315, 404, 320, 307]
MOUTH_CORNERS = (61, 291, 78, 308)
JAW_DROP = 0.35


def lower_lids(points: Points, right: float, left: float) -> tuple[Points, Points]:
    """Lower the upper lids by shares 0..1 until they meet the lower ones.

    The lower lids rise slightly.

    Returns:
        The new points and, (468, 2), where each finds its skin in the unchanged picture. An unfolding lid takes it
            from above the lashes.
    """
    moved, texture = points.copy(), points[:, :2].copy()
    for shut, lids in ((right, RIGHT_LIDS), (left, LEFT_LIDS)):
        upper, lower, crease = (points[lids[k]] for k in ("upper", "lower", "crease"))
        gap = lower - upper
        moved[lids["upper"]] = upper + shut * (1 - LOWER_RISE) * gap
        moved[lids["lower"]] = lower - shut * LOWER_RISE * gap
        moved[lids["crease"]] = crease + shut * CREASE_FALL * gap
        texture[lids["upper"]] += min(1.0, 2 * shut) * LID_TEXTURE_SHIFT * (crease - upper)[:, :2]
    return moved, texture


def static_openings(points: Points, posed: Points, moved: Points) -> tuple[Points, Points, NDArray[np.int32]] | None:
    """Keep the eyeball in place while lids close over it.

    Returns:
        Texture (468, 2), points (468, 3) and triangles of the eyes; None if no lid was moved.
    """
    if not np.any(posed[EYE_TRIANGLES] != points[EYE_TRIANGLES]):
        return None
    return posed[:, :2], moved, EYE_TRIANGLES


def jaw_weights() -> NDArray[np.float32]:
    """Return the share (468, 1) of the jaw's movement of each point."""
    mouth_y, chin_y = CANONICAL[[61, 291], 1].mean(), CANONICAL[152, 1]
    below = np.clip((CANONICAL[:, 1] - mouth_y) / (0.35 * (chin_y - mouth_y)), 0, 1)
    weights = below * np.exp(-((CANONICAL[:, 0] / 0.62) ** 2)) * 0.9
    weights[LOWER_LIP] = np.maximum(weights[LOWER_LIP], 1.0 - 0.9 * (np.abs(CANONICAL[LOWER_LIP, 0]) / 0.3) ** 2)
    weights[list(MOUTH_CORNERS)] = 0.15
    return np.asarray(weights[:, None], np.float32)


JAW_WEIGHTS = jaw_weights()


def drop_jaw(points: Points, share: float) -> Points:
    """Drop the jaw by a share of its full movement, down and slightly back."""
    down = points[152] - points[168]
    step = share * JAW_DROP * down * np.array([1, 1, 0]) + np.array([0, 0, 0.1 * share]) * np.linalg.norm(down)
    return np.asarray(points + JAW_WEIGHTS * step * 0.5, np.float32)
