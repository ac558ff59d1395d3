"""Decode a photo for a persona, and check that its face is usable."""

from typing import Final

import cv2
import numpy as np

from livecam.box.process import ProcessDied, borrow, give_back
from livecam.core.errors import DeviceError, PhotoError
from livecam.core.face import FaceMesh
from livecam.core.frame import Pixels
from livecam.core.picture_size import picture_size_wh
from livecam.personas.photo.colour import icc_profile, is_srgb, read_profile, to_srgb
from livecam.personas.photo.kinds import find_damage, find_rare_jpeg, find_unsupported_kind
from livecam.personas.photo.quality import PhotoFinding, Severity, find_faults

LARGEST_PX: Final = 40_000_000
"""Pixels of a photo, at most: one of 40 megapixels needs 120 MB decoded."""
LONGEST_SIDE_PX: Final = 2560
"""Longest side; larger photos are reduced.

A face that fills a tenth of it is still large enough.
"""
SMALLEST_SIDE_PX: Final = 64
_BEHIND_TRANSPARENCY = 128
_TIFF: Final = b"II*\0", b"MM\0*"
_DECODER: Final = "livecam.devices.media.worker"


def decode_photo(data: bytes, name: str) -> Pixels:
    """Decode a photo file.

    The result is upright by its EXIF orientation, sRGB, eight bits, three channels, longest side at most 2560 px.

    Args:
        data: The file's bytes: JPEG, PNG, WebP, BMP or TIFF; any bit depth, grey, CMYK or with transparency.
        name: What to call it in errors.

    Raises:
        PhotoError: Not a picture, of a kind that cannot be read, damaged, too large or too small.
    """
    size_wh = picture_size_wh(data)
    if size_wh is None:
        raise _not_readable(data, name)
    width, height = size_wh
    if width * height > LARGEST_PX:
        raise PhotoError(
            f"{name} has {width} x {height} pixels, at most {LARGEST_PX // 1_000_000} million are read",
            advice="save a smaller copy, 2000 pixels wide is plenty",
        )
    if min(width, height) < SMALLEST_SIDE_PX:
        raise PhotoError(f"{name} has only {width} x {height} pixels", advice="use a photo at least 400 pixels wide")
    pixels = _decoded(data, name)
    longest = max(pixels.shape[:2])
    if longest > LONGEST_SIDE_PX:
        scale = LONGEST_SIDE_PX / longest
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    icc = icc_profile(data)
    profile = None if icc is None or is_srgb(icc) else read_profile(icc)
    return pixels if profile is None else to_srgb(pixels, profile)


def check_photo(pixels: Pixels, face: FaceMesh) -> tuple[PhotoFinding, ...]:
    """Return the faults of a usable photo, the worst first.

    Returns:
        The warnings.

    Raises:
        PhotoError: Something makes it useless; the hint says what would serve.
    """
    found = find_faults(pixels, face.points)
    refused = next((f for f in found if f.severity is Severity.REFUSED), None)
    if refused is not None:
        raise PhotoError(refused.says, advice=refused.hint)
    return found


def _not_readable(data: bytes, name: str) -> PhotoError:
    if not data:
        return PhotoError(f"{name} is empty", advice="use a JPEG or PNG photo")
    kind = find_unsupported_kind(data)
    if kind is not None:
        return _unread(name, kind)
    return PhotoError(f"{name} is not a picture", advice="use a JPEG, PNG, WebP, BMP or TIFF photo")


def _unread(name: str, kind: str) -> PhotoError:
    return PhotoError(f"{name} is of the kind {kind}, which is not read", advice="save it as JPEG or PNG")


def _damaged(name: str, how: str = "damaged or cut off") -> PhotoError:
    return PhotoError(f"{name} is {how}", advice="copy it again from where it came from")


def _decoded(data: bytes, name: str) -> Pixels:
    wrong = find_damage(data)
    if wrong is not None:
        raise _damaged(name, "damaged or cut off" if wrong == "cut off" else f"{wrong}: a part of the picture is lost")
    try:
        box = borrow(_DECODER)
        try:
            said, pixels = box.call({"do": "photo", "behind": _BEHIND_TRANSPARENCY}, data)
        finally:
            give_back(box)
    except (ProcessDied, DeviceError, OSError) as error:
        if data.startswith(_TIFF):
            raise PhotoError(
                f"{name} is damaged, or a TIFF of a kind that is not read", advice="save it as JPEG or PNG"
            ) from error
        kind = find_rare_jpeg(data)
        raise (_damaged(name) if kind is None else _unread(name, kind)) from error
    width, height = (int(side) for side in said["size"])
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)
