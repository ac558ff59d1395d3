"""Measure a face photo on a level crop with 96 px between the outer eye corners."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import fit_pose
from livecam.core.topology import (
    CANONICAL,
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_EYE_OPENING,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    MIRROR,
    MOUTH_OPENING,
    OUTER_LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_EYE_OPENING,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    opening_ratio,
)

Floats = NDArray[np.float32]
CROP_PX: Final = 256
UNIT_PX: Final = 96.0
EYES_XY: Final = (127.5, 104.0)
_BURNT = 250
_DARKER = 0.45
_PLAIN_SPREAD = 2.0
_LIT = 130
_SMALLEST_PLAIN_PX = 40
_SHARP_EDGE = 30


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of a photo.

    Attributes:
        height_px: From hairline to chin in the photo.
        outside: Share of mesh points beyond the photo's edges.
        brightest: 95th percentile of the face's grey levels, whatever the skin.
        burnt: Share of the face at 250 and above.
        sharpness: Energy of fine against middle structure around eyes and mouth.
        yaw_deg, pitch_deg: Turn to the side and up or down, without sign.
        side_light: Difference of low-frequency brightness between the two sides, natural logarithm.
        bridge_edge: Strongest level edge across the bridge of the nose, natural logarithm per pixel.
        fringe: Share of places just above the brows that are much darker than the cheeks.
        mouth_open, eyes_open: Height over width.
        plain: Share of the face in the largest area of one colour; skin always varies.
    """

    height_px: float
    outside: float
    brightest: float
    burnt: float
    sharpness: float
    yaw_deg: float
    pitch_deg: float
    side_light: float
    bridge_edge: float
    fringe: float
    mouth_open: float
    eyes_open: float
    plain: float


@dataclass(frozen=True, slots=True, eq=False)
class _Level:
    """The level crop.

    It has grey levels (256, 256) float32, their logarithm, the mesh points (468, 2) in it, and its scale.
    """

    grey: Floats
    log: Floats
    points: Points
    scale: float


def _level(pixels: Pixels, points: Points) -> _Level:
    across = points[263, :2] - points[33, :2]
    scale = UNIT_PX / max(float(np.hypot(*across)), 1.0)
    angle = float(np.arctan2(across[1], across[0]))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cos, sin], [-sin, cos]])
    offset = EYES_XY - linear @ points[[33, 263], :2].mean(0)
    matrix = np.column_stack([linear, offset]).astype(np.float32)
    shrink = max(1, int(0.7 / scale))
    if shrink > 1:
        pixels = np.asarray(
            cv2.resize(pixels, None, fx=1 / shrink, fy=1 / shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    dense = matrix.copy()
    dense[:, :2] *= shrink
    dense[:, 2] += matrix[:, :2].sum(1) * (shrink - 1) / 2
    crop = cv2.warpAffine(pixels, dense, (CROP_PX, CROP_PX), borderMode=cv2.BORDER_REPLICATE)
    grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.float32)
    return _Level(grey, np.log(grey + 8), (points[:, :2] @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32), scale)


def _at(values: Floats, places: Points) -> Floats:
    column, row = np.clip(np.rint(places), 0, CROP_PX - 1).astype(int).T
    return np.asarray(values[row, column], np.float32)


def _face_mask(points: Points) -> NDArray[np.bool_]:
    mask = np.zeros((CROP_PX, CROP_PX), np.uint8)
    cv2.fillPoly(mask, [np.rint(points[OVAL]).astype(np.int32)], 1)
    return mask > 0


def _energy(values: Floats, fine_px: float, coarse_px: float, mask: NDArray[np.bool_]) -> float:
    fine = cv2.GaussianBlur(values, (0, 0), fine_px) if fine_px else values
    return float(((fine - cv2.GaussianBlur(values, (0, 0), coarse_px)) ** 2)[mask].mean())


_FEATURES: Final = np.unique(np.concatenate([RIGHT_EYE, LEFT_EYE, RIGHT_BROW, LEFT_BROW, INNER_LIPS, OUTER_LIPS]))
_NOT_SKIN: Final = np.concatenate([_FEATURES, RIGHT_UPPER_LID, LEFT_UPPER_LID, RIGHT_LOWER_LID, LEFT_LOWER_LID, OVAL])
_SKIN: Final = np.setdiff1d(np.flatnonzero(np.abs(CANONICAL[:, 0]) < 0.62), _NOT_SKIN)
_CHEEKS: Final = np.array([50, 280, 101, 330, 36, 266, 205, 425])
_ABOVE_BROWS: Final = np.array([104, 333, 69, 299, 108, 337, 66, 296, 105, 334, 9])


def _sharpness(level: _Level) -> float:
    mask = np.zeros((CROP_PX, CROP_PX), np.uint8)
    for place in np.rint(level.points[_FEATURES]).astype(int):
        cv2.circle(mask, (int(place[0]), int(place[1])), 5, 1, -1)
    return _energy(level.log, 0, 1.2, mask > 0) / (_energy(level.log, 1.2, 4.8, mask > 0) + 1e-4)


def _side_light(level: _Level) -> float:
    """Return the odd part of low-frequency log brightness over the skin points.

    It is smoothed over the face's neighbourhood.
    """
    slow = np.asarray(cv2.GaussianBlur(level.log, (0, 0), 4.0), np.float32)
    values = _at(slow, level.points[_SKIN]) - _at(slow, level.points[MIRROR[_SKIN]])
    places = CANONICAL[_SKIN, :2]
    near = np.exp(-((places[:, None] - places[None]) ** 2).sum(2) / (2 * 0.12**2))
    smooth = near @ values / near.sum(1) / 2
    return float(np.sqrt((smooth**2).mean()))


def _bridge_edge(level: _Level) -> float:
    smooth = cv2.GaussianBlur(level.log, (0, 0), 1.0)
    down = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1), np.float32) / 8
    left, right = int(EYES_XY[0] - 0.09 * UNIT_PX), int(EYES_XY[0] + 0.09 * UNIT_PX)
    top, bottom = int(EYES_XY[1] - 0.14 * UNIT_PX), int(EYES_XY[1] + 0.16 * UNIT_PX)
    return float(np.abs(down[top:bottom, left:right].mean(1)).max())


def _fringe(level: _Level) -> float:
    slow = np.asarray(cv2.GaussianBlur(level.log, (0, 0), 2.0), np.float32)
    places = level.points[_ABOVE_BROWS] - np.array([0, 0.06 * UNIT_PX], np.float32)
    return float((_at(slow, places) < np.median(_at(slow, level.points[_CHEEKS])) - _DARKER).mean())


def _plain(level: _Level) -> float:
    """Return the largest area without structure, as share of the face.

    Of 250 portraits it is 2 % at most; in 99 of 100 it is below 0.4 %.
    """
    face = _face_mask(level.points)
    side = 2 * int(np.ceil(2 * max(1.0, level.scale))) + 1  # an enlarged photo varies more slowly
    window = np.ones((side, side), np.uint8)
    spread = cv2.dilate(level.grey, window) - cv2.erode(level.grey, window)
    light = min(1.0, float(np.percentile(level.grey[face], 95)) / _LIT)  # a dim face has less structure
    flat = ((spread <= _PLAIN_SPREAD * light) & face).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    areas = [
        int(stats[number, cv2.CC_STAT_AREA])
        for number in range(1, count)
        if stats[number, cv2.CC_STAT_AREA] > _SMALLEST_PLAIN_PX and not _burns_out(level.grey, labels == number)
    ]
    return max(areas, default=0) / max(int(face.sum()), 1)


def _burns_out(grey: Floats, area: NDArray[np.bool_]) -> bool:
    """Whether a plain area is overexposed.

    It is white, and nearly white around it.
    """
    if float(grey[area].mean()) < _BURNT:
        return False
    wide = cv2.dilate(area.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    near = cv2.dilate(area.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    ring = grey[wide & ~near]
    return ring.size == 0 or float(np.median(ring)) > _BURNT - _SHARP_EDGE


def measure_photo(pixels: Pixels, points: Points) -> Measures:
    """Measure a photo (h, w, 3) uint8 BGR with mesh points (468, 3) in its pixels."""
    level = _level(pixels, points)
    face = level.grey[_face_mask(level.points)]
    pose = fit_pose(points)
    size = np.array(pixels.shape[1::-1])
    beyond = ((points[:, :2] < 0) | (points[:, :2] > size - 1)).any(1)
    eyes = (opening_ratio(points, RIGHT_EYE_OPENING) + opening_ratio(points, LEFT_EYE_OPENING)) / 2
    return Measures(
        height_px=float(np.linalg.norm(points[10, :2] - points[152, :2])),
        outside=float(beyond.mean()),
        brightest=float(np.percentile(face, 95)),
        burnt=float((face >= _BURNT).mean()),
        sharpness=_sharpness(level),
        yaw_deg=abs(pose.yaw_deg),
        pitch_deg=abs(float(np.degrees(np.arcsin(np.clip(pose.rotation[1, 2], -1, 1))))),
        side_light=_side_light(level),
        bridge_edge=_bridge_edge(level),
        fringe=_fringe(level),
        mouth_open=opening_ratio(points, MOUTH_OPENING),
        eyes_open=eyes,
        plain=_plain(level),
    )
