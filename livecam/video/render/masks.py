"""Masks of the canvas: the persona's pixels, the border, the replaced share."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Frame
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import Canvas, CanvasView

_EYE_SHARE: Final = np.array([0.72, 0.52], np.float32)
_INNER_FACE: Final = np.full(2, 0.85, np.float32)
SHIFT: Final = 4


def polygon(points: Points) -> NDArray[np.int32]:
    """Return points (n, 2 or 3) as OpenCV's fixed-point polygon."""
    return (points[:, :2] * np.float32(1 << SHIFT)).astype(np.int32)


def _shrunk(points: Points, share: NDArray[np.float32]) -> Points:
    """Return points (n, 2 or 3) shrunk towards their middle, (n, 2)."""
    edge = points[:, :2]
    middle = edge.sum(0) / np.float32(len(edge))
    return np.asarray(middle + (edge - middle) * share, np.float32)


def eye_polygons(points: Points, shut: NDArray[np.float32]) -> dict[int, NDArray[np.int32]]:
    """Return where the live eyes stay, as polygons by number (0 right, 1 left).

    Eyes are shut by `shut` (2,). Polygons are slightly smaller than the opening, so that the persona's rims and
    lashes stay.
    """
    rings = ((0, topology.RIGHT_EYE), (1, topology.LEFT_EYE))
    shares = {eye: _EYE_SHARE * np.array([1, 1 - shut[eye]], np.float32) for eye, _ in rings}
    return {eye: polygon(_shrunk(points[ring], shares[eye])) for eye, ring in rings if shut[eye] < 1}


def mouth_polygon(points: Points) -> NDArray[np.int32]:
    """Return where the live inner mouth stays, as a polygon."""
    return polygon(points[topology.INNER_LIPS])


def finish_alpha(canvas: Canvas, covered: NDArray[np.float32], openings: list[NDArray[np.int32]]) -> None:
    """Finish `canvas.alpha`.

    It is the texture's own, minus what covers the face, minus the openings (polygons).
    """
    size = (canvas.size_px, canvas.size_px)
    alpha, (other, _) = canvas.alpha, canvas.plane
    cv2.extractChannel(canvas.texture4, 3, dst=other)
    cv2.multiply(alpha, other, dst=alpha, scale=1 / 255)
    for polygon in openings:
        cv2.fillPoly(alpha, [polygon], 0, shift=SHIFT)
    free = cv2.convertScaleAbs(covered, alpha=-255, beta=255)
    cv2.resize(free, size, dst=other)
    cv2.multiply(alpha, other, dst=alpha, scale=1 / 255)
    cv2.GaussianBlur(alpha, (5, 5), max(0.7, canvas.size_px / 256 * 0.9), dst=alpha)


def paste_mask(canvas: Canvas, points: Points) -> NDArray[np.uint8]:
    """Return the mask where the canvas differs from the frame.

    It is inside the outer ring, with a soft edge.
    """
    mask = canvas.plane[1]
    mask.fill(0)
    cv2.fillPoly(mask, [polygon(points[mantle.OUTER_RING])], 255, shift=SHIFT)
    cv2.blur(mask, (5, 5), dst=mask, borderType=cv2.BORDER_CONSTANT)
    return mask


def measure_replaced_share(canvas: Canvas, points: Points, view: CanvasView, frame: Frame) -> float:
    """Return mean opacity over the inner face within the frame, without openings."""
    inner = canvas.inner
    inner.fill(0)
    small = points[:468, :2] * np.float32(0.25) - np.float32(0.375)
    cv2.fillPoly(inner, [polygon(_shrunk(small[topology.OVAL], _INNER_FACE))], 1, shift=SHIFT)
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE, topology.INNER_LIPS):
        cv2.fillPoly(inner, [polygon(small[ring])], 0, shift=SHIFT)
    width, height = frame.size_wh
    step = view.scale / 4
    left, right = -view.left * step, (width - view.left) * step
    top, bottom = -view.top * step, (height - view.top) * step
    inner[: max(int(top), 0)] = inner[max(int(np.ceil(bottom)), 0) :] = 0
    inner[:, : max(int(left), 0)] = inner[:, max(int(np.ceil(right)), 0) :] = 0
    alpha = cv2.resize(canvas.alpha, inner.shape[::-1], dst=canvas.small_alpha, interpolation=cv2.INTER_NEAREST)
    return float(cv2.mean(alpha, mask=inner)[0]) / 255
