"""Cut the persona's head out of its photo.

Matte, and colours without the room they were taken in.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.ports import HeadSegmenter
from livecam.core.pose import Pose
from livecam.core.segmentation import HeadClass, HeadParts
from livecam.core.texture import FaceTexture
from livecam.video.head.fill import filter_guided
from livecam.video.head.folds import fade_folds
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.unmix import Unmixed, unmix
from livecam.video.render.motion import fit_picture_pose

Share = NDArray[np.float32]
Mask = NDArray[np.uint8]

MOST_FACE_PX: Final = 400
_PAD: Final = 0.3
_COARSE_REACH, _FINE_REACH = 1 / 10, 1 / 28
_COARSE_FLOOR, _FINE_FLOOR = 4e-4, 1e-4
_JAW: Final = 1.015
_SEEN: Final = 0.3
_BOTTOM_FADE, _SIDE_FADE = 0.22, 0.06
_ROUND: Final = 1.5
CUT_OFF: Final = 0.15
"""Width of hair at the photo's upper edge, in face heights, from which on the head is said to be cut off."""
BUSY: Final = 25.0
"""Grey levels of unrest of the room from which on its colour cannot be taken out of the hair."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadCutout:
    """A persona's head, ready to be bent.

    Attributes:
        colours: (h, w, 3) uint8 BGR, the room's colour taken out along the outline.
        alpha: (h, w) uint8 how far each pixel is head.
        hair: (h, w) uint8 how far it is hair.
        points: (468, 2) float32 the mesh in its pixels.
        shape: (468, 3) the face unposed.
        pose: The pose it has in the picture.
        cut: Width of the hair that the photo's upper edge cuts off, in face heights.
        busy: How restless the room behind it is, in grey levels.
    """

    colours: Pixels
    alpha: Mask
    hair: Mask
    points: NDArray[np.float32]
    shape: Points
    pose: Pose
    cut: float
    busy: float

    @property
    def height(self) -> float:
        """Of the face, in its pixels."""
        return float(np.ptp(self.points[:, 1]))


def cut_out_head(photo: FaceTexture, segmenter: HeadSegmenter) -> HeadCutout:
    """Return the head of a persona's photo.

    Raises:
        EngineError: The network failed.
    """
    pixels, points = _scaled(photo.pixels, photo.points)
    parts = segmenter.segment(pixels, points, segmenter.segment(pixels, points).head)
    person, hair = _refine(parts, pixels, points)
    geometry = HeadGeometry.of(points)
    unmixed = unmix(pixels, person, hair, geometry)
    alpha = _head_alpha(unmixed, geometry)
    return _padded(pixels, unmixed, alpha, points, topology.CANONICAL if photo.shape is None else photo.shape)


def name_faults(cutout: HeadCutout) -> tuple[str, ...]:
    """Return what keeps a photo from giving a good head, a sentence each."""
    faults = []
    if cutout.cut > CUT_OFF:
        faults.append("the photo's upper edge cuts the hair off: its top is guessed; take a photo with all of the hair")
    if cutout.busy > BUSY:
        faults.append("the photo's background is busy: the hair keeps some of it; take a photo before a plain wall")
    return tuple(faults)


def _scaled(pixels: Pixels, points: NDArray[np.float32]) -> tuple[Pixels, NDArray[np.float32]]:
    """Return a photo of which the face is no larger than need be."""
    share = min(1.0, MOST_FACE_PX / float(np.ptp(points[:, 1])))
    if share == 1.0:
        return pixels, points.astype(np.float32)
    size = (round(pixels.shape[1] * share), round(pixels.shape[0] * share))
    scaled = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    return scaled, (points * np.float32(share) + np.float32(share / 2 - 0.5)).astype(np.float32)


def _refine(parts: HeadParts, pixels: Pixels, points: NDArray[np.float32]) -> tuple[Share, Share]:
    """Return shares (h, w) of person and hair at the photo's size, with its edges."""
    size = (pixels.shape[1], pixels.shape[0])
    planes = np.dstack([1 - parts.shares[HeadClass.BACKGROUND], parts.shares[HeadClass.HAIR]])
    spread = cv2.warpAffine(planes, parts.to_map, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)
    guides = [np.asarray(plane / 255, np.float32) for plane in cv2.split(pixels)]
    height = float(np.ptp(points[:, 1]))
    shares = []
    for k in range(2):
        share = np.ascontiguousarray(spread[..., k], np.float32)
        for reach, floor in ((_COARSE_REACH, _COARSE_FLOOR), (_FINE_REACH, _FINE_FLOOR)):
            reach_px = int(height * reach) | 1
            filtered = [filter_guided(share, guide, reach_px, floor) for guide in guides]
            share = np.asarray(np.mean(np.stack(filtered), axis=0), np.float32)
        shares.append(np.clip(share * 1.15 - 0.08, 0, 1).astype(np.float32))
    person, hair = shares
    return person, np.minimum(hair, np.clip(person * 1.3, 0, 1))


def _head_alpha(unmixed: Unmixed, geometry: HeadGeometry) -> Share:
    """Return the head's share (h, w).

    Hair, and what is above the lobes or within the jaw; joined to the face.
    """
    shape = unmixed.person.shape
    zone, face = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    geometry.draw_zone(zone, _JAW)
    middle = geometry.middle
    oval = middle + (geometry.points[topology.OVAL] - middle) * np.float32(0.99)
    cv2.fillPoly(face, [np.round(oval * 16).astype(np.int32)], 255, shift=4)
    soft = cv2.GaussianBlur(zone, (0, 0), geometry.height / 160).astype(np.float32) / 255
    inner = cv2.GaussianBlur(face, (0, 0), geometry.height / 200).astype(np.float32) / 255
    alpha = np.maximum(np.maximum(unmixed.person * soft, unmixed.hair), inner)
    labels = cv2.connectedComponents((alpha > _SEEN).astype(np.uint8))[1]
    x, y = np.clip(np.round(middle).astype(int), 0, [shape[1] - 1, shape[0] - 1])
    joined = cv2.dilate((labels == labels[y, x]).astype(np.uint8), np.ones((5, 5), np.uint8))
    return np.asarray(alpha * joined * _edge_fade(shape, geometry), np.float32)


def _edge_fade(shape: tuple[int, ...], geometry: HeadGeometry) -> Share:
    """Return (h, w) 0 at the photo's lower edge and, below the mouth.

    At its sides; 1 inside.
    """
    height, width = shape
    rows, columns = np.arange(height, dtype=np.float32)[:, None], np.arange(width, dtype=np.float32)[None]
    low = np.clip((height - 1 - rows) / (geometry.height * _BOTTOM_FADE), 0, 1)
    side = np.clip(np.minimum(columns, width - 1 - columns) / (geometry.height * _SIDE_FADE), 0, 1)
    return np.asarray(low * low * (3 - 2 * low) * side, np.float32)


def _padded(pixels: Pixels, unmixed: Unmixed, alpha: Share, points: NDArray[np.float32], shape: Points) -> HeadCutout:
    """Return the cutout with room round it.

    Hair that the upper edge cuts off is rounded off with its own image.
    """
    height = float(np.ptp(points[:, 1]))
    pad = int(height * _PAD)
    cut = float(alpha[2].sum() / height)
    wide = _with_border(alpha, pad)
    hair = _with_border(unmixed.hair, pad)
    if cut > CUT_OFF:
        _round_off(wide, np.flatnonzero(alpha[2] > 0.5) + pad, pad, height)
    hair[:pad] = np.maximum(hair[:pad], wide[:pad])
    relaxed = fade_folds(unmixed.colours, points, shape)
    colours = cv2.copyMakeBorder(relaxed, pad, pad, pad, pad, cv2.BORDER_REFLECT)
    moved = (points + np.float32(pad)).astype(np.float32)
    return HeadCutout(
        np.asarray(np.clip(colours, 0, 255), np.uint8), _to_bytes(wide), _to_bytes(hair), moved, shape,
        fit_picture_pose(moved, shape), cut, unmixed.busy,
    )  # fmt: skip


def _with_border(share: Share, pad: int) -> Share:
    return np.asarray(cv2.copyMakeBorder(share, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0), np.float32)


def _round_off(alpha: Share, columns: NDArray[np.intp], pad: int, height: float) -> None:
    """Add half an ellipse above the photo's upper edge.

    Over the columns where the head touches it; in place.
    """
    if len(columns) < 2:
        return
    middle, half = float(columns.mean()), max((columns[-1] - columns[0]) / 2, 4.0)
    rise = min(half * half / (_ROUND * height), pad - 2)
    rows, across = np.mgrid[0 : pad + 2, 0 : alpha.shape[1]].astype(np.float32)
    away = ((across - middle) / half) ** 2 + ((pad + 2 - rows) / max(rise, 1)) ** 2
    alpha[: pad + 2] = np.maximum(alpha[: pad + 2], np.clip((1 - away) * rise / 3, 0, 1))


def _to_bytes(share: Share) -> Mask:
    return np.asarray(np.round(np.clip(share, 0, 1) * 255), np.uint8)
