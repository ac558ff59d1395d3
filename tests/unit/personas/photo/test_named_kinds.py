"""What is not read is named for what it is: no picture of another kind is called none, or damaged."""

import cv2
import numpy as np
import pytest

from livecam.core.errors import PhotoError
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.photo.kinds import find_unsupported_kind

GREY = np.full((80, 80, 3), 127, np.uint8)


@pytest.mark.parametrize("begin", [f"P{n}{gap}" for n in range(1, 8) for gap in "\n \t"] + ["PF\n", "Pf\n"])
def test_every_portable_map_is_named(begin):
    assert find_unsupported_kind(begin.encode() + b"9 9\n255\n" + bytes(300)) == "PNM"


@pytest.mark.parametrize(
    "begin",
    [b"%!PS-Adobe", b"AT&TFORM", b"\x0a\x05\x01\x08", b"icns", b"SIMPLE  =", b"IIRO", b"FLIF", b"\x01\xda\x01\x01"],
)
def test_rare_kinds_are_named(begin):
    with pytest.raises(PhotoError, match="is of the kind"):
        decode_photo(begin + bytes(300), "a.jpg")


@pytest.mark.parametrize(
    ("begin", "kind"), [(b"\0\0\2" + bytes(9), "TGA"), (b"\0\0\2\0\1\0", "CUR"), (b"\0\1\1\0\0", "TGA")]
)
def test_a_targa_is_not_taken_for_a_cursor(begin, kind):
    assert find_unsupported_kind(begin + bytes(300)) == kind


@pytest.mark.parametrize("text", [b"hello", b"Print this", b"P", b"P8 1 1", b"\x89PN", bytes(300)])
def test_what_is_no_picture_is_not_given_a_kind(text):
    assert find_unsupported_kind(text) is None


def test_a_tiff_that_is_not_read_is_not_only_called_damaged():
    data = cv2.imencode(".tif", GREY)[1].tobytes()
    assert decode_photo(data, "a.tif").shape == GREY.shape
    spoiled = cv2.imencode(".tif", GREY.astype(np.float32))[1].tobytes()
    with pytest.raises(PhotoError, match="a TIFF of a kind that is not read"):
        decode_photo(spoiled, "a.tif")
