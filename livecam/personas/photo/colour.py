"""Convert a photo to sRGB by an ICC profile of a matrix and three curves.

Display P3, Adobe RGB, ProPhoto RGB, Rec. 2020 and the profiles of nearly all cameras and phones are of this kind.
Profiles of tables (for print) are not applied.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels

Floats = NDArray[np.float64]

LARGEST_BYTES: Final = 64_000
"""Largest size of a profile; a longer one is not read."""
_MOST_TAGS: Final = 100
_LEVELS: Final = 4096
_ONE: Final = 65_536.0
_SRGB_TO_XYZ: Final = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
"""Matrix adapted to D50, the white point of profiles."""
_CHANNELS: Final = (b"r", b"g", b"b")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The meaning of code values of a photo.

    Attributes:
        curves: (3, 256) light of every code value of red, green and blue, 0..1.
        to_srgb: (3, 3) from that light to light in sRGB.
    """

    curves: Floats
    to_srgb: Floats


def icc_profile(data: bytes) -> bytes | None:
    """Return the ICC profile of a JPEG, PNG or WebP, or its first part."""
    if data.startswith(b"\xff\xd8"):
        place = data.find(b"ICC_PROFILE\x00", 4, 1_000_000)
        if place < 0:
            return None
        return data[place + 14 : place - 2 + int.from_bytes(data[place - 2 : place], "big")]
    if data.startswith(b"\x89PNG"):
        place = data.find(b"iCCP", 0, 10_000)
        name_end = data.find(b"\x00", place + 4)
        if place < 0 or name_end < 0:
            return None
        try:
            return zlib.decompressobj().decompress(data[name_end + 2 :], LARGEST_BYTES)
        except zlib.error:
            return None
    if data.startswith(b"RIFF"):
        place = data.find(b"ICCP", 0, 10_000)
        size = int.from_bytes(data[place + 4 : place + 8], "little")
        return None if place < 0 else data[place + 8 : place + 8 + min(size, LARGEST_BYTES)]
    return None


def is_srgb(icc: bytes) -> bool:
    """Whether a profile is named so: its photo needs no change."""
    return b"sRGB" in icc or "sRGB".encode("utf-16-be") in icc


def read_profile(icc: bytes) -> Profile | None:
    """Parse a profile of a matrix and curves; None for another or a truncated one."""
    if len(icc) < 132 or icc[16:20] != b"RGB " or icc[20:24] != b"XYZ " or icc[36:40] != b"acsp":
        return None
    try:
        tags = _tags(icc)
        if b"A2B0" in tags:
            return None
        columns = [_xyz(tags[channel + b"XYZ"]) for channel in _CHANNELS]
        curves = np.array([_curve(tags[channel + b"TRC"]) for channel in _CHANNELS])
    except (KeyError, ValueError, struct.error):
        return None
    matrix = np.linalg.inv(_SRGB_TO_XYZ) @ np.array(columns).T
    if not (np.isfinite(curves).all() and np.abs(matrix).max() < 10):
        return None
    return Profile(np.clip(curves, 0, 1), matrix)


def to_srgb(pixels: Pixels, profile: Profile) -> Pixels:
    """Return the photo (h, w, 3) uint8 BGR as sRGB, newly allocated and clipped."""
    light = cv2.LUT(pixels, profile.curves[::-1].T[None].astype(np.float32))
    # Rows and columns of blue, green and red instead of red, green and blue.
    shown = cv2.transform(light, profile.to_srgb[::-1, ::-1])
    codes = np.rint(np.clip(shown, 0, 1) * (_LEVELS - 1)).astype(np.uint16)
    return np.asarray(_srgb_codes()[codes], np.uint8)


def _srgb_codes() -> Pixels:
    light = np.arange(_LEVELS) / (_LEVELS - 1)
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(255 * code).astype(np.uint8)


def _tags(icc: bytes) -> dict[bytes, bytes]:
    """Return the content of every tag by its name."""
    (count,) = struct.unpack_from(">I", icc, 128)
    if count > _MOST_TAGS:
        raise ValueError(f"a profile has at most {_MOST_TAGS} tags, this one {count}")
    tags = {}
    for number in range(count):
        name, begin, size = struct.unpack_from(">4sII", icc, 132 + 12 * number)
        tags[name] = icc[begin : begin + size]
    return tags


def _xyz(tag: bytes) -> list[float]:
    """Return X, Y and Z of a colour."""
    if tag[:4] != b"XYZ ":
        raise ValueError("a colour is of the type XYZ")
    return [value / _ONE for value in struct.unpack_from(">3i", tag, 8)]


def _curve(tag: bytes) -> Floats:
    """Return (256,) light of every code value."""
    code = np.linspace(0, 1, 256)
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return code
        if count == 1:
            return np.asarray(code ** (struct.unpack_from(">H", tag, 12)[0] / 256))
        if 12 + 2 * count > len(tag):
            raise ValueError("a curve is cut off")
        table = np.frombuffer(tag, ">u2", count, 12) / (_ONE - 1)
        return np.asarray(np.interp(code, np.linspace(0, 1, count), table))
    if tag[:4] == b"para":
        return _formula(code, tag)
    raise ValueError("a curve is of the type curv or para")


def _formula(code: Floats, tag: bytes) -> Floats:
    """Return (256,) one of the five parametric curves of ICC.1:2022, 10.18."""
    (kind,) = struct.unpack_from(">H", tag, 8)
    count = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}.get(kind)
    if count is None:
        raise ValueError(f"there is no parametric curve {kind}")
    given = [value / _ONE for value in struct.unpack_from(f">{count}i", tag, 12)]
    given += [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0][count:]
    g, a, b, c, d, e, f = given
    if kind in (0, 1, 2):
        # Below -b/a the power has no base: light is 0 there, or c.
        return np.asarray(np.maximum(a * code + b, 0) ** g + c)
    power = np.maximum(a * code + b, 0) ** g + e
    return np.asarray(np.where(code >= d, power, c * code + f))
