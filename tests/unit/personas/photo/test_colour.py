"""Photos with colours that are not sRGB: livecam shows the intended colour."""

import struct
import zlib

import cv2
import numpy as np
import pytest

from livecam.personas.photo.colour import icc_profile, read_profile, to_srgb
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.photo.kinds import profile_remark

# Primaries (x, y) of red, green and blue, white point, and gamma (None: that of sRGB).
D65, D50 = (0.3127, 0.3290), (0.3457, 0.3585)
SPACES = {
    "sRGB": (((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)), D65, None),
    "Display P3": (((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)), D65, None),
    "Adobe RGB": (((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), D65, 563 / 256),
    "ProPhoto": (((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001)), D50, 461 / 256),
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
COLOURS = np.array([[200, 120, 90], [128, 128, 128], [40, 60, 90], [230, 200, 180], [255, 255, 255], [0, 0, 0]])
"""Of skin, mostly: red, green and blue in sRGB."""


def xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def to_d50(name: str) -> np.ndarray:
    """(3, 3) from light of a space to XYZ at D50."""
    primaries, white, _ = SPACES[name]
    columns = np.array([xyz(*primary) for primary in primaries]).T
    native = columns * np.linalg.solve(columns, xyz(*white))
    cones = np.diag((BRADFORD @ xyz(*D50)) / (BRADFORD @ xyz(*white)))
    return np.linalg.inv(BRADFORD) @ cones @ BRADFORD @ native


def light(code: np.ndarray, gamma: float | None) -> np.ndarray:
    curve = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    return code**gamma if gamma else curve


def code_of(shown: np.ndarray, gamma: float | None) -> np.ndarray:
    curve = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    return shown ** (1 / gamma) if gamma else curve


def in_space(colours: np.ndarray, name: str) -> np.ndarray:
    """Code values (n, 3) of a space that mean these colours of sRGB."""
    there = np.linalg.inv(to_d50(name)) @ to_d50("sRGB") @ light(colours / 255, None).T
    return np.rint(255 * code_of(np.clip(there.T, 0, 1), SPACES[name][2])).astype(np.uint8)


def fixed(*values: float) -> bytes:
    return struct.pack(f">{len(values)}i", *(round(value * 65536) for value in values))


def curve_tag(gamma: float | None, form: str) -> bytes:
    if form == "table":
        table = np.rint(65535 * light(np.linspace(0, 1, 1024), gamma)).astype(">u2")
        return b"curv" + bytes(4) + struct.pack(">I", 1024) + table.tobytes()
    if gamma:
        return b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256))
    return b"para" + bytes(4) + struct.pack(">HH", 3, 0) + fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def made_profile(name: str, form: str = "formula", **other: bytes) -> bytes:
    """An ICC profile of a matrix and curves."""
    matrix = to_d50(name)
    tags = {f"{c}XYZ".encode(): b"XYZ " + bytes(4) + fixed(*matrix[:, n]) for n, c in enumerate("rgb")}
    tags |= {f"{c}TRC".encode(): curve_tag(SPACES[name][2], form) for c in "rgb"}
    tags |= {tag.encode(): content for tag, content in other.items()}
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += struct.pack(">4sII", tag, 132 + 12 * len(tags) + len(body), len(content))
        body += content
    header = bytearray(128)
    header[16:24], header[36:40] = b"RGB XYZ ", b"acsp"
    return bytes(header) + table + body


def photo(pixels: np.ndarray, icc: bytes, kind: str) -> bytes:
    data = cv2.imencode(kind, pixels, [cv2.IMWRITE_JPEG_QUALITY, 100] if kind == ".jpg" else [])[1].tobytes()
    if kind == ".jpg":
        body = b"ICC_PROFILE\x00\x01\x01" + icc
        return data[:2] + b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body + data[2:]
    body = b"iCCPicc\x00\x00" + zlib.compress(icc)
    return data[:33] + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + data[33:]


def stripes(colours: np.ndarray) -> np.ndarray:
    """(96, 96 * n, 3) BGR: a square of each colour (n, 3)."""
    return np.repeat(np.repeat(colours[None, :, ::-1], 96, 0), 96, 1).astype(np.uint8)


@pytest.mark.parametrize("kind", [".png", ".jpg"])
@pytest.mark.parametrize("form", ["formula", "table"])
@pytest.mark.parametrize("name", list(SPACES))
def test_the_colours_are_those_that_were_meant(name, form, kind):
    data = photo(stripes(in_space(COLOURS, name)), made_profile(name, form), kind)
    pixels = decode_photo(data, "me")
    shown = np.array([pixels[48, 96 * n + 48, ::-1] for n in range(len(COLOURS))], int)
    assert np.abs(shown - COLOURS).max() <= (3 if kind == ".png" else 6)
    assert profile_remark(data) is None
    if name != "sRGB":
        assert np.abs(in_space(COLOURS, name).astype(int) - COLOURS).max() > 8, "without the profile they differ"


def test_what_an_ordinary_screen_cannot_show_is_its_nearest():
    profile = read_profile(made_profile("Display P3"))
    assert profile is not None
    shown = to_srgb(stripes(np.array([[255, 0, 0], [0, 255, 0]])), profile)
    assert shown[0, 0].tolist() == [0, 0, 255] and shown[0, 100].tolist() == [0, 255, 0]


SPOILT = {
    "a table for print": made_profile("Display P3", A2B0=b"mft2" + bytes(100)),
    "another space": made_profile("Display P3").replace(b"RGB XYZ ", b"CMYKLab "),
    "no tag": made_profile("Display P3")[:128] + bytes(4),
    "very many tags": made_profile("Display P3")[:128] + b"\xff" * 4,
    "cut off": made_profile("Display P3", "table")[:1000],
    "an unknown curve": made_profile("Display P3", rTRC=b"para" + bytes(4) + b"\x00\x09" + bytes(40)),
    "another type": made_profile("Display P3", rTRC=b"text" + bytes(40)),
    "a curve that says too much": made_profile("Display P3", rTRC=b"curv" + bytes(4) + b"\xff" * 6),
    "huge numbers": made_profile("Display P3", rXYZ=b"XYZ " + bytes(4) + b"\x7f\xff\xff\xff" * 3),
    "a colour of another type": made_profile("Display P3", rXYZ=b"text" + bytes(16)),
    "nothing": b"",
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_profile_that_cannot_be_applied_is_remarked_and_the_photo_read(how):
    data = photo(stripes(COLOURS), SPOILT[how], ".png")
    assert np.array_equal(decode_photo(data, "me"), stripes(COLOURS))
    assert "is not applied" in str(profile_remark(data))


@pytest.mark.parametrize("data", [b"\xff\xd8\xff\xe2\x00\x00ICC_PROFILE\x00", b"\x89PNG....iCCP", b"RIFF....ICCP", b""])
def test_what_is_cut_off_holds_no_profile(data):
    assert not icc_profile(data)


@pytest.mark.parametrize("kind", range(5))
def test_every_parametric_curve_is_read(kind):
    given = (2.0, 0.5, 0.5, 0.25, 0.0, 0.0, 0.0)[: (1, 3, 4, 5, 7)[kind]]
    tag = b"para" + bytes(4) + struct.pack(">HH", kind, 0) + fixed(*given)
    profile = read_profile(made_profile("Display P3", rTRC=tag))
    assert profile is not None
    expected = {0: 0.25, 1: 0.5625, 2: 0.8125, 3: 0.5625, 4: 0.5625}[kind]
    assert profile.curves[0][255 // 2 + 1] == pytest.approx(expected, abs=0.01)
