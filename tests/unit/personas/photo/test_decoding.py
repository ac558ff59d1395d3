"""Photo files of every kind, and files that are none."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from livecam.core.errors import PhotoError
from livecam.core.picture_size import picture_size_wh
from livecam.personas.photo.decoding import LARGEST_PX, LONGEST_SIDE_PX, decode_photo

PICTURE = np.random.default_rng(3).integers(0, 256, (90, 120, 3), np.uint8)
SMOOTH = np.asarray(cv2.GaussianBlur(PICTURE, (0, 0), 9), np.uint8)


def encoded(suffix: str, pixels: np.ndarray = SMOOTH, flags: tuple[int, ...] = ()) -> bytes:
    return cv2.imencode(suffix, pixels, flags)[1].tobytes()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def jpeg_turned(orientation: int) -> bytes:
    """The picture with an EXIF note; 6 means turned a quarter to the left when taken."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    plain = encoded(".jpg", flags=(cv2.IMWRITE_JPEG_QUALITY, 95))
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + plain[2:]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_every_usual_kind_is_read_at_its_size(suffix):
    data = encoded(suffix)
    assert picture_size_wh(data) == (120, 90)
    pixels = decode_photo(data, "me")
    assert pixels.shape == (90, 120, 3)
    assert np.abs(pixels.astype(int) - SMOOTH).mean() < 4


def test_lossless_webp_and_progressive_jpeg_declare_their_size():
    assert picture_size_wh(encoded(".webp", flags=(cv2.IMWRITE_WEBP_QUALITY, 101))) == (120, 90)
    assert picture_size_wh(encoded(".jpg", flags=(cv2.IMWRITE_JPEG_PROGRESSIVE, 1))) == (120, 90)


def test_a_photo_taken_sideways_stands_upright():
    pixels = decode_photo(jpeg_turned(6), "me")
    assert pixels.shape == (120, 90, 3)
    assert np.abs(pixels.astype(int) - np.rot90(SMOOTH, -1)).mean() < 4


def test_sixteen_bits_and_grey_become_eight_bits_and_three_channels():
    deep = SMOOTH.astype(np.uint16) * 257
    assert np.abs(decode_photo(encoded(".png", deep), "me").astype(int) - SMOOTH).max() <= 1
    grey = decode_photo(encoded(".png", SMOOTH[..., 0]), "me")
    assert grey.shape == (90, 120, 3)
    assert (grey[..., 0] == SMOOTH[..., 0]).all()


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_what_is_transparent_becomes_grey(depth):
    full = np.iinfo(depth).max
    layers = np.dstack([SMOOTH, np.full((90, 120), 255, np.uint8)]).astype(depth) * (full // 255)
    layers[:45, :, 3] = 0
    pixels = decode_photo(encoded(".png", layers), "me")
    assert (pixels[:45] == 128).all()
    assert np.abs(pixels[45:].astype(int) - SMOOTH[45:]).max() <= 1


def test_a_large_photo_is_shrunk():
    wide = cv2.resize(SMOOTH, (4000, 1000))
    assert decode_photo(encoded(".jpg", wide), "me").shape == (LONGEST_SIDE_PX // 4, LONGEST_SIDE_PX, 3)


BAD = {
    "empty": (b"", "empty"),
    "text": (b"this is no picture at all, but text", "not a picture"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
    "header only": (b"\x89PNG\r\n\x1a\n", "not a picture"),
    "jpeg marker only": (b"\xff\xd8\xff", "not a picture"),
    "cut jpeg": (encoded(".jpg", PICTURE)[:-3000], "damaged or cut off"),
    "cut png": (encoded(".png", PICTURE)[:-3000], "damaged or cut off"),
    "bomb": (png_bomb(20_000, 10_000), "at most 40 million"),
    "thumbnail": (encoded(".png", SMOOTH[:32, :32]), "only 32 x 32 pixels"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_named_with_what_helps(name):
    data, says = BAD[name]
    with pytest.raises(PhotoError, match=says) as refusal:
        decode_photo(data, "me.jpg")
    assert refusal.value.help_text
    assert "\n" not in str(refusal.value)


def test_the_limit_lets_a_forty_megapixel_camera_through():
    assert LARGEST_PX >= 7728 * 5152


@pytest.mark.parametrize("length", range(0, 64, 3))
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tiff"])
def test_a_header_cut_anywhere_raises_nothing_but_photo_errors(suffix, length):
    with pytest.raises(PhotoError):
        decode_photo(encoded(suffix)[:length], "me")
