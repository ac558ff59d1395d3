"""Photos that lie on their side, are covered, damaged, of another kind or longer than their picture."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from livecam.core.errors import PhotoError
from livecam.personas.built_in import open_builtin
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.photo.face import extract_texture
from livecam.personas.photo.kinds import profile_remark
from livecam.personas.photo.quality import Severity, find_faults
from livecam.plugins import open_face_finder

OTHERS = {
    "GIF": b"GIF89a", "Photoshop": b"8BPS\x00\x01", "JPEG 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n",
    "HEIC": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "AVIF": b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1",
    "JPEG XL": b"\xff\x0a\x00", "PDF": b"%PDF-1.7", "SVG": b"<?xml version='1.0'?>\n<svg xmlns='x'>",
    "QuickTime": b"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ", "ICO": b"\x00\x00\x01\x00\x01\x00",
}  # fmt: skip


@pytest.fixture(scope="module")
def finder():
    finder = open_face_finder()
    yield finder
    finder.close()


def portrait() -> np.ndarray:
    return np.array(open_builtin("kim").photo.pixels)


def jpeg(pixels: np.ndarray, *settings: int) -> bytes:
    return cv2.imencode(".jpg", pixels, list(settings))[1].tobytes()


def with_orientation(png: bytes, orientation: int) -> bytes:
    """A PNG with an EXIF note in front of its pixels."""
    exif = b"II*\x00\x08\x00\x00\x00\x01\x00" + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    return png[:33] + chunk + png[33:]


@pytest.mark.parametrize("kind", list(OTHERS))
def test_a_kind_that_is_not_read_is_named_with_what_to_do(kind):
    with pytest.raises(PhotoError, match=rf"of the kind .*{kind}.*, which is not read") as caught:
        decode_photo(OTHERS[kind] + bytes(500), "me.jpg")
    assert caught.value.help_text == "save it as JPEG or PNG"


@pytest.mark.parametrize("after", [bytes(200_000), b"\x00\x00\x00\x18ftypmp42" + bytes(90_000), b"\xff" * 70_000])
def test_what_follows_a_picture_is_not_looked_at(after):
    plain = decode_photo(jpeg(portrait()), "me.jpg")
    assert np.array_equal(decode_photo(jpeg(portrait()) + after, "me.jpg"), plain)


@pytest.mark.parametrize("settings", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_jpeg_that_is_cut_off_is_refused(settings, share):
    data = jpeg(portrait(), *settings)
    assert decode_photo(data, "me.jpg").shape == (640, 640, 3)
    with pytest.raises(PhotoError, match="damaged"):
        decode_photo(data[: int(len(data) * share)], "me.jpg")


@pytest.mark.parametrize("settings", [(), (cv2.IMWRITE_JPEG_PROGRESSIVE, 1), (cv2.IMWRITE_JPEG_RST_INTERVAL, 4)])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_jpeg_that_was_closed_after_it_was_cut_off_is_refused(settings, share, capfd):
    data = jpeg(portrait(), *settings)
    with pytest.raises(PhotoError, match="damaged"):
        decode_photo(data[: int(len(data) * share)] + b"\xff\xd9", "me.jpg")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
def test_a_stretch_of_zeros_inside_is_named_as_damage(share):
    data = bytearray(jpeg(portrait()))
    place = int(len(data) * share)
    data[place : place + 100] = bytes(100)
    with pytest.raises(PhotoError, match="damaged inside: a part of the picture is lost"):
        decode_photo(bytes(data), "me.jpg")


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_changed_byte_of_a_png_is_noticed_by_its_sum(share):
    data = bytearray(cv2.imencode(".png", portrait())[1].tobytes())
    data[int(len(data) * share)] ^= 0x55
    with pytest.raises(PhotoError, match="damaged"):
        decode_photo(bytes(data), "me.png")


@pytest.mark.parametrize("orientation", range(1, 9))
def test_transparency_is_turned_with_the_colours(orientation):
    shown = cv2.resize(portrait(), (96, 128))
    opaque = np.full(shown.shape[:2], 255, np.uint8)
    opaque[:30, :20] = 0
    png = with_orientation(cv2.imencode(".png", np.dstack([shown, opaque]))[1].tobytes(), orientation)
    upright = decode_photo(png, "me.png")
    colours = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert upright.shape == colours.shape
    kept = np.abs(upright.astype(int) - colours).max(2) == 0
    hole = np.abs(upright.astype(int) - 128).max(2) == 0
    assert (kept | hole).mean() > 0.999
    assert 0.03 < hole.mean() < 0.08


@pytest.mark.parametrize(("degrees", "turn"), [(90, cv2.ROTATE_90_COUNTERCLOCKWISE), (180, cv2.ROTATE_180),
                                               (270, cv2.ROTATE_90_CLOCKWISE)])  # fmt: skip
@pytest.mark.parametrize("name", ["kim", "robin", "noor"])
def test_a_portrait_on_its_side_or_head_is_turned_with_a_remark(finder, name, degrees, turn):
    upright = np.array(open_builtin(name).photo.pixels)
    texture, remarks = extract_texture(np.ascontiguousarray(cv2.rotate(upright, turn)), "me.jpg", finder)
    assert np.array_equal(texture.pixels, upright)
    assert remarks[0] == f"the photo lay on its side or head: livecam turned it by {degrees} degrees"


def test_an_upright_portrait_is_left_as_it_is(finder):
    texture, remarks = extract_texture(portrait(), "me.jpg", finder)
    assert np.array_equal(texture.pixels, portrait())
    assert not any("turned it" in remark for remark in remarks)


@pytest.mark.parametrize("colour", [(0, 0, 0), (128, 128, 128), (255, 255, 255), (110, 140, 190), (255, 0, 0)])
@pytest.mark.parametrize("place", ["eyes", "mouth", "cheek", "forehead", "half"])
def test_a_plain_area_over_a_part_of_the_face_is_refused(photo, colour, place):
    x0, y0 = photo.points[:, :2].min(0)
    width, height = photo.points[:, :2].max(0) - (x0, y0)
    left, top, right, bottom = {"eyes": (0.1, 0.25, 0.9, 0.45), "mouth": (0.25, 0.65, 0.75, 0.9),
                                "cheek": (0.6, 0.4, 0.95, 0.75), "forehead": (0.2, 0.05, 0.8, 0.25),
                                "half": (0.5, 0.0, 1.0, 1.0)}[place]  # fmt: skip
    pixels = photo.pixels.copy()
    corners = [(int(x0 + width * x), int(y0 + height * y)) for x, y in ((left, top), (right, bottom))]
    cv2.rectangle(pixels, *corners, colour, -1)
    for saved in (pixels, cv2.imdecode(np.frombuffer(jpeg(pixels), np.uint8), cv2.IMREAD_COLOR)):
        covered = [finding for finding in find_faults(saved, photo.points) if finding.code == "covered"]
        assert [finding.severity for finding in covered] == [Severity.REFUSED]


@pytest.mark.parametrize("name", ["robin", "kim", "sasha", "noor", "toni", "alex"])
def test_a_whole_face_is_not_taken_for_a_covered_one(name):
    photo = open_builtin(name).photo
    points = np.column_stack([photo.points, np.zeros(468, np.float32)])
    assert not [finding for finding in find_faults(photo.pixels, points) if finding.code == "covered"]


def with_profile(name: str, kind: str) -> bytes:
    """A photo with a made-up ICC profile of that name."""
    profile = bytes(128) + b"desc" + bytes(8) + name.encode() + bytes(300)
    if kind == "jpg":
        data = jpeg(portrait())
        body = b"ICC_PROFILE\x00\x01\x01" + profile
        return data[:2] + b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body + data[2:]
    body = b"icc\x00\x00" + zlib.compress(profile)
    png = cv2.imencode(".png", portrait())[1].tobytes()
    return (
        png[:33]
        + struct.pack(">I", len(body))
        + b"iCCP"
        + body
        + struct.pack(">I", zlib.crc32(b"iCCP" + body))
        + png[33:]
    )


@pytest.mark.parametrize("kind", ["jpg", "png"])
@pytest.mark.parametrize(("name", "said"), [("Display P3", "(Display P3)"), ("Adobe RGB (1998)", "(Adobe RGB)"),
                                            ("ACES", "(not sRGB)"), ("sRGB IEC61966-2.1", None)])  # fmt: skip
def test_a_colour_profile_that_is_not_applied_is_remarked(kind, name, said):
    data = with_profile(name, kind)
    assert decode_photo(data, "me").shape == (640, 640, 3)
    remark = profile_remark(data)
    assert remark is None if said is None else said in remark


def test_a_photo_without_a_profile_has_no_remark_about_it():
    assert profile_remark(jpeg(portrait())) is None


@pytest.mark.parametrize(("offset", "value", "kind"), [(4, 12, "JPEG of 12 bits"), (1, 0xC3, "lossless JPEG")])
def test_a_rare_jpeg_is_named_and_not_called_damaged(offset, value, kind):
    data = bytearray(jpeg(portrait()))
    data[data.index(b"\xff\xc0") + offset] = value
    with pytest.raises(PhotoError, match=kind):
        decode_photo(bytes(data), "me.jpg")
