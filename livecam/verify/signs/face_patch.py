"""The face and its surroundings, with a mask for each region."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels

MOST_EYES_PX: Final = 100.0
"""A larger face is made smaller before it is measured."""
LEAST_EYES_PX: Final = 28.0
"""Distance of the outer eye corners below which a face is too small to measure."""
_REACH: Final = 1.7
_SKIN, _RING_FROM, _RING_TO = 0.8, 1.16, 1.5
_PARTS: Final = (
    (topology.RIGHT_EYE, 1.7), (topology.LEFT_EYE, 1.7), (topology.RIGHT_BROW, 1.3), (topology.LEFT_BROW, 1.3),
    (topology.OUTER_LIPS, 1.25),
)  # fmt: skip
_FOREHEAD, _CHIN, _JAW_A, _JAW_B = 10, 152, 172, 397
_NECK_FROM, _NECK_TO, _NECK_INNER = 0.2, 0.55, 0.35
_LEAST_PIXELS: Final = 30
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class FacePatch:
    """A face with its surroundings.

    Attributes:
        pixels: (h, w, 3) uint8 BGR.
        points: (468, 2) float32 mesh points in its pixels.
        box: Left, top, right, bottom in the picture.
        scale: Its pixels per pixel of the picture, at most 1.
        skin: (h, w) uint8, 255 on plain skin inside the face.
        ring: The same for what is around the face.
        halves: The same for the two halves of the skin, and then of the neck.
    """

    pixels: Pixels
    points: Points
    box: tuple[int, int, int, int]
    scale: float
    skin: Mask
    ring: Mask
    halves: tuple[Mask, Mask, Mask, Mask]

    def cut_same_place(self, pixels: Pixels) -> Pixels:
        """Return the same place of another picture of that size (h, w, 3)."""
        return _cut(pixels, self.box, self.scale)


def cut_patch(pixels: Pixels, points: Points) -> FacePatch | None:
    """Return the patch around mesh points (468, 3); None for a face too small.

    Args:
        pixels: (h, w, 3) uint8 BGR.
        points: In its pixels.
    """
    eyes_px = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    if not np.isfinite(points).all() or eyes_px < LEAST_EYES_PX:
        return None
    oval = points[topology.OVAL, :2]
    middle, reach = oval.mean(0), np.ptp(oval, axis=0) / 2 * _REACH
    size = np.array([pixels.shape[1], pixels.shape[0]])
    low = np.clip(np.floor(middle - reach), 0, size).astype(int)
    high = np.clip(np.ceil(middle + reach), 0, size).astype(int)
    if (high - low).min() < LEAST_EYES_PX:
        return None
    box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))
    scale = min(1.0, MOST_EYES_PX / eyes_px)
    patch = _cut(pixels, box, scale)
    local = np.asarray((points[:, :2] - low.astype(np.float32)) * np.float32(scale), np.float32)
    skin, ring, halves = _masks(local, patch.shape[:2])
    if min(cv2.countNonZero(skin), cv2.countNonZero(ring)) < _LEAST_PIXELS:
        return None
    return FacePatch(patch, local, box, scale, skin, ring, halves)


def _cut(pixels: Pixels, box: tuple[int, int, int, int], scale: float) -> Pixels:
    left, top, right, bottom = box
    part = pixels[top:bottom, left:right]
    if scale == 1.0:
        return np.ascontiguousarray(part)
    size_wh = max(1, round((right - left) * scale)), max(1, round((bottom - top) * scale))
    # Halves are quick to make; what is left is less than a half, for which two neighbours are enough.
    while scale <= 0.5:
        wide, high = part.shape[1] // 2, part.shape[0] // 2
        whole = part[: 2 * high, : 2 * wide]
        part = np.asarray(cv2.resize(whole, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
        scale *= 2
    return np.asarray(cv2.resize(part, size_wh, interpolation=cv2.INTER_LINEAR), np.uint8)


def _masks(points: Points, size_hw: tuple[int, ...]) -> tuple[Mask, Mask, tuple[Mask, Mask, Mask, Mask]]:
    oval = points[topology.OVAL]
    middle = oval.mean(0)
    skin = _filled(_grown(oval, middle, _SKIN), size_hw)
    for part, growth in _PARTS:
        cv2.fillPoly(skin, [cv2.convexHull(_fixed(_grown(points[part], points[part].mean(0), growth)))], 0)
    ring = _filled(_grown(oval, middle, _RING_TO), size_hw)
    cv2.fillPoly(ring, [_fixed(_grown(oval, middle, _RING_FROM))], 0)
    half = len(oval) // 2 + 1
    one_side = _filled(_grown(oval[:half], middle, _RING_TO), size_hw)
    neck = _filled(_neck(points), size_hw)
    other_side = np.asarray(cv2.bitwise_not(one_side), np.uint8)
    # The line from forehead to chin, made longer, parts the neck too.
    long = points[_CHIN] + (points[_CHIN] - points[_FOREHEAD])
    cv2.fillPoly(
        one_side,
        [_fixed(np.stack([points[_CHIN], long, long + _across(points), points[_CHIN] + _across(points)]))],
        255,
    )
    other_neck = np.asarray(cv2.bitwise_not(one_side), np.uint8)
    return skin, ring, (
        _both(skin, one_side), _both(skin, other_side), _both(neck, one_side), _both(neck, other_neck),
    )  # fmt: skip


def _across(points: Points) -> Points:
    """Return a vector from the middle of the face far to its first half."""
    return np.asarray((points[_JAW_B] - points[_JAW_A]) * 2, np.float32)


def _neck(points: Points) -> Points:
    """Return the quad (4, 2) below the chin in which the neck is seen."""
    up = points[_FOREHEAD] - points[_CHIN]
    up = up / max(float(np.linalg.norm(up)), 1e-6) * np.linalg.norm(points[33] - points[263])
    one, other = (points[_CHIN] + (points[jaw] - points[_CHIN]) * _NECK_INNER for jaw in (_JAW_A, _JAW_B))
    one, other = (np.array([side[0], points[_CHIN, 1]]) for side in (one, other))
    corners = [one - up * _NECK_FROM, other - up * _NECK_FROM, other - up * _NECK_TO, one - up * _NECK_TO]
    return np.asarray(np.stack(corners), np.float32)


def _grown(ring: Points, middle: Points, share: float) -> Points:
    return np.asarray(middle + (ring - middle) * np.float32(share), np.float32)


def _fixed(ring: Points) -> NDArray[np.int32]:
    return np.clip(np.round(ring), -9999, 9999).astype(np.int32)


def _filled(ring: Points, size_hw: tuple[int, ...]) -> Mask:
    mask = np.zeros(size_hw, np.uint8)
    cv2.fillPoly(mask, [_fixed(ring)], 255)
    return mask


def _both(one: Mask, other: Mask) -> Mask:
    return np.asarray(cv2.bitwise_and(one, other), np.uint8)
