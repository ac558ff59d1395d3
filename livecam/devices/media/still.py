"""Read a single picture from a file of unknown content."""

import os
import sys
from contextlib import suppress
from typing import BinaryIO, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import CameraError, remedy
from livecam.core.frame import Pixels
from livecam.core.picture_size import picture_size_wh
from livecam.devices.media.container import MOST_PIXELS

LARGEST_BYTES: Final = 100_000_000
_LOSSES: Final = (b"premature end", b"Premature end", b"bad Huffman code")
"""What libjpeg writes where it fills a part of the picture."""
_LONGEST_COMPLAINT_BYTES: Final = 1 << 16


def decode_still(file: BinaryIO, name: str, hint: str) -> Pixels:
    """Return a picture, (h, w, 3) uint8 BGR.

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
        raise CameraError(f"{name} cannot be read: {error.strerror}", **remedy(hint)) from error
    width, height = picture_size_wh(data) or (0, 0)
    if len(data) > LARGEST_BYTES or width * height > MOST_PIXELS:
        raise CameraError(f"{name} is too large for a picture", **remedy(hint))
    if width * height <= 0:
        raise CameraError(f"{name} is no picture", **remedy(hint))
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise CameraError(f"{name} cannot be decoded: {error.err}", **remedy(hint)) from error
    if pixels is None:
        raise CameraError(f"{name} cannot be decoded", **remedy(hint))
    return np.asarray(pixels, np.uint8)


def decode_photo(data: bytes | bytearray, behind: int) -> Pixels:
    """Return a photo's pixels, upright, (h, w, 3) uint8 BGR.

    Transparent parts show the grey `behind`.

    Raises:
        CameraError: It cannot be decoded.
    """
    encoded = np.frombuffer(data, np.uint8)
    layered = None
    try:
        whole, complaint = _decode_heard(encoded)
        if bytes(data[:2]) in (b"\x89P", b"RI"):
            layered = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise CameraError(f"the photo cannot be decoded: {error.err}", advice="use a JPEG or PNG photo") from error
    if whole is None or any(loss in complaint for loss in _LOSSES):
        raise CameraError("the photo cannot be decoded", advice="use a JPEG or PNG photo")
    pixels = np.asarray(whole, np.uint8)
    if layered is not None and layered.ndim == 3 and layered.shape[2] == 4:
        full = 255 if layered.dtype == np.uint8 else 65535
        opaque = _as_upright(np.asarray(layered, np.float32) * np.float32(255 / full), pixels)
        return np.ascontiguousarray(pixels) if opaque is None else _on_grey(pixels, opaque, behind)
    return np.ascontiguousarray(pixels)


def _decode_heard(encoded: NDArray[np.uint8]) -> tuple[NDArray[np.uint8] | None, bytes]:
    """Decode a picture; return what the decoder writes on standard error too.

    libjpeg fills what a file lacks with grey, and says so there alone.
    """
    sys.stderr.flush()
    kept, (reading, writing) = os.dup(2), os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    os.dup2(writing, 2)
    try:
        whole = cv2.imdecode(encoded, cv2.IMREAD_COLOR)
        complaint = b""
        with suppress(BlockingIOError):
            complaint = os.read(reading, _LONGEST_COMPLAINT_BYTES)
    finally:
        os.dup2(kept, 2)
        for each in (kept, reading, writing):
            os.close(each)
    return None if whole is None else np.asarray(whole, np.uint8), complaint


def _as_upright(layered: NDArray[np.float32], pixels: Pixels) -> NDArray[np.float32] | None:
    """Return the transparency (h, w) 0..1, turned by the EXIF orientation.

    The decoder turns only pictures without transparency. So the turn is found by comparing the colours.
    """
    turned = [np.rot90(side, quarters) for side in (layered, layered[:, ::-1]) for quarters in range(4)]
    fitting = [each for each in turned if each.shape[:2] == pixels.shape[:2]]
    if not fitting:
        return None
    nearest = min(fitting, key=lambda each: float(np.abs(each[::4, ::4, :3] - pixels[::4, ::4]).mean()))
    return np.asarray(nearest[..., 3] / 255, np.float32)


def _on_grey(pixels: Pixels, opaque: NDArray[np.float32], behind: int) -> Pixels:
    share = opaque[..., None]
    return np.asarray(np.rint(pixels * share + behind * (1 - share)), np.uint8)
