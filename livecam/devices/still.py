"""Read a single picture from a file that may be anything."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.core.picture_size import picture_size_wh

LARGEST_BYTES: Final = 100_000_000
MOST_PIXELS: Final = 50_000_000
"""A file that declares more is refused before anything is decoded."""


def read_still(path: Path, hint: str) -> Pixels:
    """A picture, (h, w, 3) uint8 BGR.

    Args:
        path: A PNG, JPEG, WebP, BMP or TIFF, whatever its name.
        hint: What helps when it is none.

    Raises:
        CameraError: It cannot be read or decoded, or is larger than a picture is.
    """
    try:
        large = path.stat().st_size > LARGEST_BYTES
        data = b"" if large else path.read_bytes()
    except OSError as error:
        raise CameraError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    width, height = picture_size_wh(data) or (0, 0)
    if large or width * height > MOST_PIXELS:
        raise CameraError(f"{path} is too large for a picture", hint=hint)
    if width * height <= 0:
        raise CameraError(f"{path} is no picture", hint=hint)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise CameraError(f"{path} cannot be decoded: {error.err}", hint=hint) from error
    if pixels is None:
        raise CameraError(f"{path} cannot be decoded", hint=hint)
    return np.asarray(pixels, np.uint8)
