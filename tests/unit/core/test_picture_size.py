"""Sizes read from headers, of files real encoders wrote and of headers with what encoders may put between."""

import cv2
import numpy as np
import pytest

from livecam.core.picture_size import picture_size_wh

PICTURE = np.random.default_rng(3).integers(0, 255, (38, 50, 3), np.uint8)


def written(suffix: str, *options: int) -> bytes:
    return cv2.imencode(suffix, PICTURE, list(options))[1].tobytes()


FILES = {
    "png": written(".png"),
    "jpeg": written(".jpg"),
    "lossy webp": written(".webp", cv2.IMWRITE_WEBP_QUALITY, 60),
    "lossless webp": written(".webp", cv2.IMWRITE_WEBP_QUALITY, 101),
    "bmp": written(".bmp"),
    "tiff": written(".tiff"),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_size_a_file_declares_is_read(kind: str) -> None:
    assert picture_size_wh(FILES[kind]) == (50, 38)


@pytest.mark.parametrize("between", [b"\xff", b"\xff\x01"], ids=["a fill byte", "a marker without a length"])
def test_a_jpeg_may_have_other_things_before_its_size(between: bytes) -> None:
    jpeg = FILES["jpeg"]
    assert picture_size_wh(jpeg[:2] + between + jpeg[2:]) == (50, 38)


def test_an_extended_webp_says_its_canvas() -> None:
    header = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00" + bytes(4)
    assert picture_size_wh(header + (49).to_bytes(3, "little") + (37).to_bytes(3, "little")) == (50, 38)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_cut_off_in_its_header_has_none(kind: str) -> None:
    assert picture_size_wh(FILES[kind][:9]) is None


def test_what_is_no_picture_has_none() -> None:
    assert picture_size_wh(b"") is None
    assert picture_size_wh(b"\xff\xd8" + bytes(9)) is None
    assert picture_size_wh(b"RIFF\x00\x00\x00\x00WEBPxxxx" + bytes(20)) is None
    assert picture_size_wh(b"II*\x00\x08\x00\x00\x00\x00\x00") is None
