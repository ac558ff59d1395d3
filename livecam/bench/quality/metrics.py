"""The figures of docs/metrics.md as functions of arrays.

Each has its best value on an unchanged picture.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import fit_pose, remove_pose
from livecam.video.head.geometry import HeadGeometry
from livecam.video.render.sampling import look_up

Floats = NDArray[np.float32]

KEPT_LEVELS: Final = 16
"""Grey levels by which a kept pixel may differ.

They cover camera noise, the mark and one step of rounding.
"""
_JAW: Final = np.array(
    [n for n in topology.OVAL if topology.CANONICAL[n, 1] > topology.CANONICAL[topology.EYE_CORNERS, 1].max()], np.intp
)
_INSIDE: Final = 0.9
_GREY: Final = 128
_SEARCH_FRAMES: Final = 3.0
_STEP_FRAMES: Final = 0.05


def flicker(values: Floats) -> float:
    """Return the RMS second difference in time of values (frames, places).

    It measures jitter, neither drift nor motion.
    """
    if len(values) < 3:
        return float("nan")
    second = values[1:-1] - (values[:-2] + values[2:]) / 2
    return float(np.sqrt((second**2).mean()))


def outline_error(before: Pixels, after: Pixels, points: Points) -> float:
    """Return the mean CIE76 distance of input and output inside the jaw.

    It is taken over a twentieth of the face; 0 is no seam.

    Args:
        before: The camera's picture (h, w, 3).
        after: What was made of it.
        points: (468, 3) mesh points in both.
    """
    oval = points[_JAW, :2]
    places = points[:, :2].mean(0) + (oval - points[:, :2].mean(0)) * np.float32(_INSIDE)
    sigma = max(float(np.ptp(points[:, 1])) / 40, 0.5)
    lab = [_lab_at(picture, places, sigma) for picture in (before, after)]
    return float(np.linalg.norm(lab[0] - lab[1], axis=1).mean())


def _lab_at(picture: Pixels, places: Points, sigma: float) -> Floats:
    """Return CIE L*a*b* (n, 3) of a blurred picture at places (n, 2)."""
    soft = cv2.GaussianBlur(picture, (0, 0), sigma)
    colours = look_up(np.asarray(soft, np.uint8), places[None].astype(np.float32))
    return np.asarray(cv2.cvtColor(colours.astype(np.float32) / 255, cv2.COLOR_BGR2Lab)[0], np.float32)


def sharpness(picture: Pixels, points: Points) -> float:
    """Return the RMS Laplacian of the grey picture inside the face (468, 3)."""
    low, high = points[:, :2].min(0).astype(int), points[:, :2].max(0).astype(int) + 1
    left, top = np.maximum(low, 0)
    right, bottom = np.minimum(high, [picture.shape[1], picture.shape[0]])
    if right - left < 8 or bottom - top < 8:
        return float("nan")
    grey = cv2.cvtColor(picture[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    mask = np.zeros(grey.shape, np.uint8)
    oval = points[topology.OVAL, :2]
    inner = oval.mean(0) + (oval - oval.mean(0)) * 0.85 - [left, top]
    cv2.fillPoly(mask, [np.round(inner).astype(np.int32)], 255)
    edges = cv2.Laplacian(grey, cv2.CV_32F)[mask > 0]
    return float(np.sqrt((edges**2).mean())) if edges.size else float("nan")


def kept_share(before: Pixels, after: Pixels, places: Points) -> float:
    """Return the share of hidden places (n, 2) where the camera's picture is kept."""
    if not len(places):
        return float("nan")
    rows = np.clip(np.round(places[:, 1]).astype(int), 0, before.shape[0] - 1)
    columns = np.clip(np.round(places[:, 0]).astype(int), 0, before.shape[1] - 1)
    change = np.abs(before[rows, columns].astype(np.int16) - after[rows, columns])
    return float((change.max(1) <= KEPT_LEVELS).mean())


def pose_error_deg(seen: Points, drawn: Points) -> float:
    """Return the angle between the poses of two meshes (468, 3), in degrees."""
    turn = fit_pose(seen).rotation.T @ fit_pose(drawn).rotation
    return float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))


def expression_error(seen: Floats, drawn: Floats) -> float:
    """Return the difference of drawn and seen expression, in % of eye distance.

    Both are runs (frames, 468, 3). Meshes are transformed to the frame of the head. The mean difference, which is the
    other person's shape, is removed.
    """
    change = np.stack([remove_pose(after) - remove_pose(before) for before, after in zip(seen, drawn, strict=True)])
    away = np.linalg.norm(change - change.mean(0), axis=2)
    return float(100 * away.mean())


def lag_frames(path: Floats, true: Floats) -> float:
    """Return by how many frames a path (frames, n) lags behind the true one.

    It is the shift with the least error; > 0 is late.
    """
    moments = np.arange(len(true), dtype=np.float64)
    shifts = np.arange(-_SEARCH_FRAMES, _SEARCH_FRAMES + _STEP_FRAMES / 2, _STEP_FRAMES)
    inner = slice(int(_SEARCH_FRAMES), len(true) - int(_SEARCH_FRAMES))
    errors = []
    for shift in shifts:
        moved = np.stack([np.interp(moments - shift, moments, column) for column in true.T], 1)
        away = (path - moved)[inner]
        errors.append(float(((away - away.mean(0)) ** 2).sum()))
    return round(float(shifts[int(np.argmin(errors))]), 2)


def grey_outside(picture: Pixels, points: Points) -> Pixels:
    """Return a picture (h, w, 3) with everything outside the face's oval grey."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points[topology.OVAL, :2] * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    out = np.full_like(picture, _GREY)
    cv2.copyTo(picture, mask, out)
    return out


def ring_round_skull(points: Points, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return (h, w) where hair and the room behind it are.

    In the skull's ellipse, above the chin, off the face.
    """
    geometry = HeadGeometry.of(points)
    skull, face = np.zeros(shape[:2], np.uint8), np.zeros(shape[:2], np.uint8)
    geometry.draw_skull(skull)
    geometry.draw_face(face)
    face = np.asarray(cv2.dilate(face, np.ones((9, 9), np.uint8)), np.uint8)
    return np.asarray((skull > 0) & (face == 0) & (np.arange(shape[0])[:, None] < points[152, 1]))
