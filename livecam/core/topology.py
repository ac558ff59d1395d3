"""The 468-point face in MediaPipe's numbering: mean shape, triangles and regions.

The arrays come from `canonical_face.npz`, made by `training/face/canonical.py`. Region lists name points of
MediaPipe's published face mesh (google-ai-edge/mediapipe, Apache-2.0).
"""

import math
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

with (files("livecam.core") / "canonical_face.npz").open("rb") as _file, np.load(_file) as _arrays:
    CANONICAL: Final[NDArray[np.float32]] = _arrays["points"]
    """(468, 3) mean face: x right, y down, z away from the viewer; unit = outer eye distance; origin mid-eyes."""
    UV: Final[NDArray[np.float32]] = _arrays["uv"]
    """(468, 2) the face unrolled to 0..1."""
    MIRROR: Final[NDArray[np.int32]] = _arrays["mirror"].astype(np.int32)
    """(468,) each point's partner on the other side."""
    SKIN_TRIANGLES: Final[NDArray[np.int32]] = _arrays["skin_triangles"].astype(np.int32)
    """(852, 3) everything but the eye and lip openings."""
    OPENING_TRIANGLES: Final[NDArray[np.int32]] = np.concatenate(
        [_arrays[f"{k}_triangles"] for k in ("inner_lips", "right_eye", "left_eye")]
    ).astype(np.int32)
    """(46, 3) the openings."""

TRIANGLES: Final = np.concatenate([SKIN_TRIANGLES, OPENING_TRIANGLES])
for _array in (CANONICAL, UV, MIRROR, SKIN_TRIANGLES, OPENING_TRIANGLES, TRIANGLES):
    _array.flags.writeable = False


def _ring(text: str) -> NDArray[np.int32]:
    ring = np.array(text.split(), np.int32)
    ring.flags.writeable = False
    return ring


# Loops, in order. "Right" and "left" are the person's: the right eye is on the left of an unmirrored picture.
OVAL: Final = _ring(
    "10 338 297 332 284 251 389 356 454 323 361 288 397 365 379 378 400 377"
    " 152 148 176 149 150 136 172 58 132 93 234 127 162 21 54 103 67 109"
)
RIGHT_EYE: Final = _ring("33 7 163 144 145 153 154 155 133 173 157 158 159 160 161 246")
LEFT_EYE: Final = _ring("263 249 390 373 374 380 381 382 362 398 384 385 386 387 388 466")
INNER_LIPS: Final = _ring("78 95 88 178 87 14 317 402 318 324 308 415 310 311 312 13 82 81 80 191")
OUTER_LIPS: Final = _ring("61 146 91 181 84 17 314 405 321 375 291 409 270 269 267 0 37 39 40 185")
RIGHT_BROW: Final = _ring("70 63 105 66 107 55 65 52 53 46")
LEFT_BROW: Final = _ring("300 293 334 296 336 285 295 282 283 276")
RIGHT_UPPER_LID: Final = _ring("247 30 29 27 28 56 190 246 161 160 159 158 157 173")
LEFT_UPPER_LID: Final = _ring("467 260 259 257 258 286 414 466 388 387 386 385 384 398")
RIGHT_LOWER_LID: Final = _ring("25 110 24 23 22 26 112")
LEFT_LOWER_LID: Final = _ring("255 339 254 253 252 256 341")
EYE_CORNERS: Final = _ring("33 133 362 263")
NOSE_RIDGE: Final = _ring("168 6 197 195 5 4 1")

# Opposite points: their distance over the width says how open the eye or mouth is: (upper, lower, corner, corner).
RIGHT_EYE_OPENING: Final = (159, 145, 33, 133)
LEFT_EYE_OPENING: Final = (386, 374, 362, 263)
MOUTH_OPENING: Final = (13, 14, 78, 308)


def opening_ratio(points: NDArray[np.float32], four: tuple[int, int, int, int]) -> float:
    """Return the height over width of an eye or of the mouth."""
    upper, lower, a, b = points[list(four)].tolist()
    return math.dist(upper, lower) / max(math.dist(a, b), 1e-6)
