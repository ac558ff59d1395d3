"""Targets of the detector for a scene, cell by cell."""

import numpy as np
from numpy.typing import NDArray

from engines.face.detector import STRIDES
from training.face.detector_data import Scene

SIZES_PX = {8: (0.0, 54.0), 16: (38.0, 132.0), 32: (92.0, 1e9)}
"""Face sizes of each level; neighbours overlap, so that no size is missed."""
CENTRE_SHARE, RING_SHARE = 0.22, 0.42
"""Shares of the box around its centre in which cells answer.

Up to the first share they answer; from there to the second either is right.
"""
SCORE, BOX, POINTS, VISIBLE, CHANNELS = 0, slice(1, 5), slice(5, 15), 15, 16
UNCLEAR = -1.0


def cell_centres(side_px: int, stride: int) -> NDArray[np.float32]:
    """Return (n, n, 2) x, y of the cells of a square picture, in pixels."""
    along = (np.arange(side_px // stride, dtype=np.float32) + 0.5) * stride
    return np.stack(np.meshgrid(along, along), axis=-1)


def level_target(scene: Scene, stride: int) -> NDArray[np.float32]:
    """Return (16, n, n): score, box, points, and a mask.

    The score is 1, 0 or -1 (unclear). Box and points are in units of the stride; the mask is 1 where they count.
    """
    side_px = scene.picture.shape[0]
    xy = cell_centres(side_px, stride)
    target = np.zeros((CHANNELS, *xy.shape[:2]), np.float32)
    for box in scene.unclear:
        target[SCORE][((xy >= box[:2]) & (xy <= box[2:])).all(-1)] = UNCLEAR
    low, high = SIZES_PX[stride]
    order = np.argsort([-float(np.prod(b[2:] - b[:2])) for b in scene.boxes])
    for i in order:
        box, points = scene.boxes[i], scene.points[i]
        seen = np.clip(box, 0, side_px)
        size = box[2:] - box[:2]
        away = np.abs(xy - (seen[:2] + seen[2:]) / 2) / np.maximum(size, 1e-3)
        target[SCORE][(away < RING_SHARE).all(-1)] = UNCLEAR
        if not low <= np.sqrt(np.prod(size)) <= high:
            continue
        inner = (away < CENTRE_SHARE).all(-1)
        inner.flat[np.argmin(away.max(-1))] = True
        target[SCORE][inner] = 1
        centres = xy[inner]
        target[BOX, inner] = (np.concatenate([centres - box[:2], box[2:] - centres], 1) / stride).T
        target[POINTS, inner] = ((points[None] - centres[:, None]) / stride).reshape(len(centres), 10).T
        target[VISIBLE, inner] = 1
    return target


def targets(scene: Scene) -> list[NDArray[np.float32]]:
    """Return one array per stride."""
    return [level_target(scene, stride) for stride in STRIDES]
