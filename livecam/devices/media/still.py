"""Read a single picture from a file that may be anything."""

from typing import BinaryIO, Final

import cv2
import numpy as np

from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.core.picture_size import picture_size_wh
from livecam.devices.media.container import MOST_PIXELS

LARGEST_BYTES: Final = 100_000_000


def decode_still(file: BinaryIO, name: str, hint: str) -> Pixels:
    """A picture, (h, w, 3) uint8 BGR.

    Args:
        file: A PNG, JPEG, WebP, BMP or TIFF, open.
        name: What a person calls it, for messages.
        hint: What helps when it is none.

    Raises:
        CameraError: It cannot be read or decoded, or is larger than a picture is.
    """
    try:
        data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise CameraError(f"{name} cannot be read: {error.strerror}", hint=hint) from error
    width, height = picture_size_wh(data) or (0, 0)
    if len(data) > LARGEST_BYTES or width * height > MOST_PIXELS:
        raise CameraError(f"{name} is too large for a picture", hint=hint)
    if width * height <= 0:
        raise CameraError(f"{name} is no picture", hint=hint)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise CameraError(f"{name} cannot be decoded: {error.err}", hint=hint) from error
    if pixels is None:
        raise CameraError(f"{name} cannot be decoded", hint=hint)
    return np.asarray(pixels, np.uint8)
