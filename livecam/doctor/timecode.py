"""A number in a picture that a receiver can read, for tests of other programs."""

from zlib import crc32

import numpy as np

from livecam.core.frame import Pixels

_VALUE_BITS, _CHECK_BITS = 32, 16
_BLOCKS = _VALUE_BITS + _CHECK_BITS
_SMALLEST_PX = 4
_BLACK, _WHITE = 16, 235
_THRESHOLD = 128
_NOT_PLAIN = 0xA5A5  # without it a white row would be a number


def write_number(pixels: Pixels, number: int) -> None:
    """Draw 32 bits and a checksum as a row of blocks across the middle, in place.

    Args:
        pixels: (h, w, 3) uint8, at least 192 wide.
        number: Not negative.

    Raises:
        ValueError: The picture is too narrow.
    """
    size_px = _block_px(pixels)
    top = pixels.shape[0] // 2
    for place, bit in enumerate(_bits(number % 2**_VALUE_BITS)):
        pixels[top : top + size_px, place * size_px : (place + 1) * size_px] = _WHITE if bit else _BLACK


def read_number(pixels: Pixels) -> int | None:
    """Return the number in a picture of the size it was written in.

    None where there is none, or it is damaged.
    """
    size_px = _block_px(pixels)
    row = pixels[pixels.shape[0] // 2 + size_px // 2, size_px // 2 : _BLOCKS * size_px : size_px]
    bits = row.mean(axis=1) > _THRESHOLD
    number = int(sum(1 << place for place in range(_VALUE_BITS) if bits[place]))
    return number if np.array_equal(bits, _bits(number)) else None


def write_at_edge(pixels: Pixels, number: int) -> None:
    """Draw the number at the lower edge, away from label and face.

    There it passes through a session.
    """
    write_number(pixels[-2 * _block_px(pixels) :], number)


def read_at_edge(pixels: Pixels) -> int | None:
    """Return the number that `write_at_edge` wrote."""
    return read_number(pixels[-2 * _block_px(pixels) :])


def _block_px(pixels: Pixels) -> int:
    size_px: int = pixels.shape[1] // _BLOCKS
    if size_px < _SMALLEST_PX:
        raise ValueError(f"pixels must be at least {_BLOCKS * _SMALLEST_PX} wide, got {pixels.shape[1]}")
    return size_px


def _bits(number: int) -> list[bool]:
    check = crc32(number.to_bytes(_VALUE_BITS // 8, "little")) ^ _NOT_PLAIN
    return [bool(number >> n & 1) for n in range(_VALUE_BITS)] + [bool(check >> n & 1) for n in range(_CHECK_BITS)]
