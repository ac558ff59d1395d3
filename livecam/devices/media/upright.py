"""Turn a decoded picture into upright square pixels, as a player shows it."""

import struct
from fractions import Fraction
from functools import cache
from typing import Final

import cv2
import numpy as np
from av.sidedata.sidedata import Type
from av.video.frame import VideoFrame

from livecam.core.frame import Pixels

_PQ, _HLG = 16, 18
_TRANSFER: Final = {_PQ: "PQ", _HLG: "HLG"}
_WHITE_NITS: Final = 203.0
_BRIGHTEST_NITS: Final = 1000.0
_FLATTEST: Final = 8
_ONE: Final = 1 << 16
_CROOKED: Final = 0.05
"""Share of a matrix off the quarter turn, 3 degrees, below which it is not noticed."""


def to_upright_pixels(picture: VideoFrame, pixel_shape: Fraction) -> Pixels:
    """Return the picture, upright, (h, w, 3) uint8 BGR, newly allocated.

    Args:
        picture: As it was decoded.
        pixel_shape: Width by height of a pixel.

    Raises:
        FFmpegError, ValueError: It is of a format that cannot be converted.
    """
    width = max(1, round(picture.width * pixel_shape))
    pixels = np.asarray(picture.to_ndarray(format="bgr24", width=width, height=picture.height, threads=1), np.uint8)
    if picture.interlaced_frame and picture.height >= 4:
        pixels = _take_upper_field(pixels)
    if (name := find_transfer(picture)) is not None:
        pixels = np.asarray(cv2.LUT(pixels, _tone_curve(name)), np.uint8)
    return _turn(pixels, picture)


def find_transfer(picture: VideoFrame) -> str | None:
    """Return the transfer curve of a picture with high dynamic range, "PQ" or "HLG".

    None for others.
    """
    return _TRANSFER.get(int(getattr(picture, "color_trc", 0) or 0))


def usable_pixel_ratio(shape: Fraction | None) -> Fraction:
    """Return the usable pixel aspect ratio.

    1 where none is given, or an impossible one.
    """
    if not shape or not Fraction(1, _FLATTEST) <= Fraction(shape) <= _FLATTEST:
        return Fraction(1)
    return Fraction(shape)


def is_oblique(picture: VideoFrame) -> bool:
    """Whether the display matrix asks for another turn than quarter turns."""
    a, b, c, d = map(abs, _read_matrix(picture) or (1, 0, 0, 1))
    return min(a + d, b + c) > _CROOKED * (a + b + c + d)


def _read_matrix(picture: VideoFrame) -> tuple[int, int, int, int] | None:
    """Return the entries of the display matrix that turn; None without a usable one."""
    note = picture.side_data.get(Type.DISPLAYMATRIX)
    if note is None or len(bytes(note)) < 20:
        return None
    a, b, _, c, d = struct.unpack("5i", bytes(note)[:20])
    return None if max(map(abs, (a, b, c, d))) < _ONE // 16 else (a, b, c, d)


def _turn(pixels: Pixels, picture: VideoFrame) -> Pixels:
    """Turn and mirror by the display matrix, to the nearest quarter turn."""
    matrix = _read_matrix(picture)
    if matrix is None:
        return pixels
    a, b, c, d = matrix
    if abs(a) + abs(d) >= abs(b) + abs(c):
        turned = pixels[:, ::-1] if a < 0 else pixels
        turned = turned[::-1] if d < 0 else turned
    else:
        turned = pixels.transpose(1, 0, 2)
        turned = turned[:, ::-1] if c < 0 else turned
        turned = turned[::-1] if b < 0 else turned
    return np.ascontiguousarray(turned)


def _take_upper_field(pixels: Pixels) -> Pixels:
    """Return the upper field alone, scaled to the full height."""
    height, width = pixels.shape[:2]
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels[::2]), (width, height)), np.uint8)


@cache
def _tone_curve(transfer: str) -> Pixels:
    """Return (256,) uint8.

    A code value of PQ or HLG as one that an ordinary screen shows about alike.
    """
    code = np.arange(256) / 255.0
    nits = _pq_nits(code) if transfer == "PQ" else _hlg_nits(code)
    light = nits / _WHITE_NITS
    most = _BRIGHTEST_NITS / _WHITE_NITS
    mapped = np.clip(light * (1 + light / most**2) / (1 + light), 0, 1)
    mapped /= np.max(mapped)
    shown = np.where(mapped <= 0.0031308, 12.92 * mapped, 1.055 * mapped ** (1 / 2.4) - 0.055)
    return np.rint(255 * shown).astype(np.uint8)


def _pq_nits(code: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = code ** (1 / m2)
    return np.minimum(10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1), _BRIGHTEST_NITS)


def _hlg_nits(code: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100, shown at 1000 nits."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - c) / a) + b) / 12)
    return _BRIGHTEST_NITS * np.asarray(scene, np.float64) ** 1.2
