"""Square crops of upright faces, for the classic method.

The livecam method learns in the atlas and needs none.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import CANONICAL, OVAL

Floats = NDArray[np.float32]
SIDE_PX: Final = 96
_FILLED: Final = 0.8
"""Height of a face over that of its crop."""


def find_placement(points: Points) -> Floats:
    """Return the (2, 3) similarity that brings a mesh (468, 3) upright into a crop."""
    low, high = CANONICAL[:, :2].min(0), CANONICAL[:, :2].max(0)
    wanted = (CANONICAL[:, :2] - (low + high) / 2) * (_FILLED * SIDE_PX / (high - low)[1]) + SIDE_PX / 2 - 0.5
    # As complex numbers a turn with a size is one factor.
    here, there = (places[:, 0] + 1j * places[:, 1] for places in (points[:, :2].astype(np.float64), wanted))
    off = here - here.mean()
    factor = np.vdot(off, there - there.mean()) / np.vdot(off, off)
    shift = there.mean() - factor * here.mean()
    rows = [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    return np.array(rows, np.float32)


def cut_crop(picture: Pixels, points: Points) -> Pixels:
    """Return the face of a picture (h, w, 3) with its mesh as a crop (96, 96, 3)."""
    placement = find_placement(points)
    over = 1 / max(float(np.hypot(placement[0, 0], placement[1, 0])), 1e-6)
    # A face larger than its crop is blurred first: `warpAffine` alone would skip pixels.
    if over > 1.5:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), 0.4 * over), np.uint8)
    crop = cv2.warpAffine(
        picture, placement, (SIDE_PX, SIDE_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(crop, np.uint8)


def move_into_crop(points: Points) -> Points:
    """Return the mesh (468, 3) in the pixels of its crop."""
    placement = find_placement(points)
    size = float(np.hypot(placement[0, 0], placement[1, 0]))
    flat = points[:, :2] @ placement[:, :2].T + placement[:, 2]
    return np.asarray(np.hstack([flat, points[:, 2:] * size]), np.float32)


def draw_mask(points: Points) -> Floats:
    """Return where the face is in its crop (96, 96), 0..1, with a soft edge."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.fillPoly(mask, [np.rint(move_into_crop(points)[OVAL, :2]).astype(np.int32)], 255)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), np.float32) / np.float32(255)
