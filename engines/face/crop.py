"""Cut the square, upright crop for the mesh network, and map its points back.

Coordinates count pixel centres as whole numbers, as OpenCV does: the middle of a crop of n pixels is (n - 1) / 2.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

CROP_PX = 128
MARGIN = 1.5
RIGHT_EYE_OUTER, LEFT_EYE_OUTER = 33, 263
FOREHEAD, CHIN = 10, 152
_PLAIN_WARP_LIMIT = 1.5
_GRID_PX = 8

Matrix = NDArray[np.float32]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square in the frame.

    Centre and side in frame pixels, angle of its upper edge in radians.
    """

    center_xy: tuple[float, float]
    side_px: float
    angle_rad: float

    def __post_init__(self) -> None:
        if not (all(map(math.isfinite, (*self.center_xy, self.side_px, self.angle_rad))) and self.side_px > 0):
            raise ValueError(f"a square needs finite numbers and a positive side, got {self}")


def fit_square_to_points(points: Points) -> Square:
    """Return the crop square of mesh points (468, 2 or 3) in frame pixels.

    Upright, centred on the face, 1.5 times its longer side.
    """
    angle = measure_roll(points)
    level = _turn(angle) @ np.ascontiguousarray(points[:, :2].T, np.float64)
    (left, top), (right, bottom) = level.min(1).tolist(), level.max(1).tolist()
    u, v, cos, sin = (left + right) / 2, (top + bottom) / 2, math.cos(angle), math.sin(angle)
    return Square((cos * u - sin * v, sin * u + cos * v), MARGIN * max(right - left, bottom - top), angle)


def measure_roll(points: Points) -> float:
    """Return the face's roll in radians, from eye to eye and forehead to chin.

    Seen from the side the eyes lie almost behind each other and their line alone says little.
    """
    left_eye, right_eye, chin, forehead = (
        points[k].tolist() for k in (LEFT_EYE_OUTER, RIGHT_EYE_OUTER, CHIN, FOREHEAD)
    )
    across_x, across_y = left_eye[0] - right_eye[0], left_eye[1] - right_eye[1]
    down_x, down_y = chin[0] - forehead[0], chin[1] - forehead[1]
    return math.atan2(across_y - down_x, across_x + down_y)


def fit_square_to_box(box_xyxy: ArrayLike, five_points: ArrayLike) -> Square:
    """Return the crop square of a detection.

    Box (4,) around the face, points (5, 2) with image-left and image-right eye first.

    It is as good as the detection; crop once more around the points the network finds in it.
    """
    left, top, right, bottom = np.asarray(box_xyxy, np.float64)
    eyes = np.asarray(five_points, np.float64).reshape(5, 2)
    across = eyes[1] - eyes[0]
    center = (float((left + right) / 2), float((top + bottom) / 2))
    return Square(center, MARGIN * float(max(right - left, bottom - top)), float(np.arctan2(across[1], across[0])))


def matrix_to_crop(square: Square, size_px: int = CROP_PX) -> Matrix:
    """Return the matrix (2, 3) float32 from frame to pixels of a crop of size_px."""
    scale, (x, y), middle = size_px / square.side_px, square.center_xy, (size_px - 1) / 2
    a, b = math.cos(square.angle_rad) * scale, math.sin(square.angle_rad) * scale
    return np.array([[a, b, middle - (a * x + b * y)], [-b, a, middle - (a * y - b * x)]], np.float32)


def cut(
    pixels: NDArray[np.uint8],
    matrix: Matrix,
    size_px: int = CROP_PX,
    *,
    plain: bool = False,
    halved: NDArray[np.uint8] | None = None,
) -> NDArray[np.uint8]:
    """Cut a crop (size_px, size_px, 3) uint8 out of a BGR frame, black outside it.

    Newly allocated.

    A face larger than the crop is halved until it is less than three times as large, then sampled twice as densely and
    averaged, so that noise and fine texture do not alias into trembling points. `plain`: for pictures to be looked at,
    halved until it is hardly larger and sampled once, in half the time. `halved` is the whole frame at half its size
    where it is known; the crop is the same.
    """
    limit = 1.0 if plain else 2.0
    left, top, right, bottom = _find_read_part(pixels, matrix, size_px)
    part, matrix = pixels[top:bottom, left:right], _matrix_from_part(matrix, left, top)
    if halved is not None and min(part.shape[:2]) > 1 and matrix_scale(matrix) * limit * _PLAIN_WARP_LIMIT < 1:
        part, matrix = halved[top // 2 : bottom // 2, left // 2 : right // 2], _matrix_from_half(matrix)
    while matrix_scale(matrix) * limit * _PLAIN_WARP_LIMIT < 1 and min(part.shape[:2]) > 1:
        part, matrix = _halve(part, matrix)
    # Four channels are warped in a third of the time of three.
    part = cv2.cvtColor(part, cv2.COLOR_BGR2BGRA).astype(np.uint8, copy=False)
    times = 1 if plain or matrix_scale(matrix) * _PLAIN_WARP_LIMIT > 1 else 2
    dense = matrix * times
    dense[:, 2] += (times - 1) / 2
    side = size_px * times
    crop = cv2.warpAffine(part, dense, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    if times > 1:
        crop = cv2.resize(crop, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGRA2BGR), np.uint8)


def _find_read_part(pixels: NDArray[np.uint8], matrix: Matrix, size_px: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of the part of a frame that a crop reads.

    The part has at least one pixel. It begins on a grid that halving keeps, so that a still picture stays still
    whatever the crop does.
    """
    (a, b, right_by), (c, d, down_by) = matrix.tolist()
    scale = a * a + c * c
    ends = -0.5, size_px - 0.5
    corners = [((u - right_by) / scale, (v - down_by) / scale) for u in ends for v in ends]
    left, right = _on_grid([a * u + c * v for u, v in corners], pixels.shape[1])
    top, bottom = _on_grid([b * u + d * v for u, v in corners], pixels.shape[0])
    return left, top, right, bottom


def _matrix_from_part(matrix: Matrix, left: int, top: int) -> Matrix:
    """Return the matrix from a part of the frame, given that from the frame."""
    (a, b, right_by), (c, d, down_by) = matrix.tolist()
    return np.array([[a, b, right_by + a * left + b * top], [c, d, down_by + c * left + d * top]], np.float32)


def _on_grid(places: list[float], end: int) -> tuple[int, int]:
    """Return where the rows or columns that hold places begin and end, up to `end`."""
    low = min(max((math.floor(min(places)) // _GRID_PX - 1) * _GRID_PX, 0), (end - 1) // _GRID_PX * _GRID_PX)
    high = min(max((math.ceil(max(places)) // _GRID_PX + 2) * _GRID_PX, low + 1), end)
    return low, high


def _matrix_from_half(matrix: Matrix) -> Matrix:
    """Return the matrix from a picture halved, given that from the picture itself."""
    moved = matrix * 2
    moved[:, 2] = matrix[:, 2] + matrix[:, :2].sum(1) / 2
    return moved


def _halve(part: NDArray[np.uint8], matrix: Matrix) -> tuple[NDArray[np.uint8], Matrix]:
    """Return a picture at half its size, and the matrix from there.

    A last odd row or column is left out.
    """
    height, width = part.shape[0] // 2, part.shape[1] // 2
    half = cv2.resize(part[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.uint8), _matrix_from_half(matrix)


def points_to_crop(points: Points, matrix: Matrix) -> Points:
    """Carry points (n, 3) in frame pixels into the crop; z is scaled alike."""
    xy = points[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([xy, points[:, 2] * matrix_scale(matrix)]).astype(np.float32)


def points_to_frame(points: Points, matrix: Matrix) -> Points:
    """Carry points (n, 3) in crop pixels back to frame pixels; z is scaled alike."""
    linear = matrix[:, :2]
    scale = matrix_scale(matrix)
    found = np.empty((len(points), 3), np.float32)
    found[:, :2] = (points[:, :2] - matrix[:, 2]) @ linear / scale**2
    found[:, 2] = points[:, 2] / scale
    return found


def matrix_scale(matrix: Matrix) -> float:
    """Crop pixels per frame pixel of a turning and scaling matrix (2, 3)."""
    return math.hypot(matrix[0, 0], matrix[1, 0])


def _turn(angle_rad: float) -> NDArray[np.float64]:
    """Rotation (2, 2) that lays a line of this angle level."""
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    return np.array([[cos, sin], [-sin, cos]])
