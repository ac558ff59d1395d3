"""Recognise unsupported photo files by their first bytes, and damaged ones."""

import re
import zlib
from typing import Final

from livecam.personas.photo.colour import icc_profile, is_srgb, read_profile

_BRANDS: Final = {
    b"heic": "HEIC", b"heix": "HEIC", b"hevc": "HEIC", b"heim": "HEIC", b"heis": "HEIC", b"mif1": "HEIC",
    b"msf1": "HEIC", b"avif": "AVIF", b"avis": "AVIF", b"crx ": "camera raw (CR3)", b"qt  ": "QuickTime video",
    b"isom": "MP4 video", b"mp41": "MP4 video", b"mp42": "MP4 video", b"iso2": "MP4 video", b"M4V ": "MP4 video",
}  # fmt: skip
_STARTS: Final = (
    (b"GIF8", "GIF"), (b"8BPS", "Photoshop (PSD)"), (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"), (b"\x00\x00\x00\x0cJXL ", "JPEG XL"), (b"\xff\x0a", "JPEG XL"),
    (b"%PDF", "PDF"), (b"\x00\x00\x01\x00", "ICO"), (b"gimp xcf", "GIMP (XCF)"), (b"\x1aE\xdf\xa3", "Matroska video"),
    (b"#?RADIANCE", "Radiance (HDR)"), (b"v/1\x01", "OpenEXR"), (b"DDS ", "DDS"),
    (b"FUJIFILMCCD-RAW", "camera raw (RAF)"), (b"IIRO", "camera raw (ORF)"), (b"IIU\0", "camera raw (RW2)"),
    (b"FORM", "IFF"), (b"%!PS", "PostScript"), (b"AT&TFORM", "DjVu"), (b"\x0a\x05\x01", "PCX"), (b"icns", "ICNS"),
    (b"SIMPLE  =", "FITS"), (b"\x01\xda", "SGI"),
    *((bytes((0, colours, kind, 0, 0, 0, 0)), "TGA") for colours, kind in ((0, 2), (0, 3), (0, 10), (0, 11))),
    *((bytes((0, 1, kind, 0, 0)), "TGA") for kind in (1, 9)),
    (b"BPG\xfb", "BPG"), (b"FLIF", "FLIF"), (b"\x01\x00\x00\x00", "EMF"),
    (b"\xd7\xcd\xc6\x9a", "WMF"), (b"\x00\x00\x02\x00", "CUR"), (b"qoif", "QOI"), (b"PK\x03\x04", "ZIP"),
)  # fmt: skip
_PROFILES: Final = ("Display P3", "Adobe RGB", "ProPhoto", "Rec. 2020", "Rec2020", "ROMM", "FOGRA", "SWOP")
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD8)))
_LONGEST_RUN: Final = 64
_NO_FRAMES: Final = frozenset((0xC4, 0xC8, 0xCC))
_RARE_FRAMES: Final = {
    0xC3: "lossless JPEG", 0xC5: "JPEG in layers", 0xC6: "JPEG in layers", 0xC7: "JPEG in layers",
    0xCB: "lossless JPEG", 0xCD: "JPEG in layers", 0xCE: "JPEG in layers", 0xCF: "JPEG in layers",
}  # fmt: skip


def find_unsupported_kind(data: bytes) -> str | None:
    """Return the name of a format that livecam does not read.

    None where the bytes look like none of these formats.
    """
    if data[4:8] == b"ftyp":
        brands = [data[8:12], *(data[place : place + 4] for place in range(16, min(len(data), 64), 4))]
        named = (_BRANDS[brand] for brand in brands if brand in _BRANDS)
        return next((name for name in named if name == "AVIF"), None) or _BRANDS.get(data[8:12], "HEIC or AVIF")
    if re.match(rb"P[1-7]\s", data) or re.match(rb"P[Ff]\n", data):
        return "PNM"
    if re.match(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg", data[:2000], re.DOTALL):
        return "SVG"
    return next((name for start, name in _STARTS if data.startswith(start)), None)


def find_rare_jpeg(data: bytes) -> str | None:
    """Return what is rare about a JPEG: 12 bits a colour, lossless, or in layers.

    None where it is an ordinary one, or no JPEG.
    """
    place = 2
    while data.startswith(b"\xff\xd8") and place + 5 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in _NO_FRAMES:
            bits = data[place + 4]
            return f"JPEG of {bits} bits" if bits != 8 else _RARE_FRAMES.get(marker)
        if marker == 0xDA or length < 2:
            return None
        place += 2 + length
    return None


def find_damage(data: bytes) -> str | None:
    """Return what is wrong with the bytes of a JPEG or PNG.

    None where nothing is, or it is another format. Data after the picture (the film of a motion photo, padding) is
    ignored.
    """
    if data.startswith(b"\xff\xd8"):
        return _jpeg_damage(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png_damage(data)
    return None


def _jpeg_damage(data: bytes) -> str | None:
    place, seen_scan = 2, False
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return "cut off"
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker == 0xD9:
            return None if seen_scan else "cut off"
        elif marker in _ALONE or marker == 0:
            place += 2
        else:
            length = int.from_bytes(data[place + 2 : place + 4], "big")
            if length < 2 or place + 2 + length > len(data):
                return "damaged inside" if seen_scan else "cut off"
            place += 2 + length
            if marker == 0xDA:
                seen_scan = True
                end = _scan_end(data, place)
                if _plain_run(data, place, end):
                    return "damaged inside"
                place = end


def _scan_end(data: bytes, place: int) -> int:
    """Return where the entropy-coded bytes of a scan end.

    That is at the next marker outside the scan.
    """
    while True:
        place = data.find(b"\xff", place)
        if place < 0 or place + 1 >= len(data):
            return len(data)
        if data[place + 1] not in _ALONE and data[place + 1] != 0:
            return place
        place += 2


def _plain_run(data: bytes, begin: int, end: int) -> bool:
    """Whether a part of a scan was overwritten with zeros.

    Coded pictures never have 64 of them.
    """
    return data.find(bytes(_LONGEST_RUN), begin, end) >= 0


def _png_damage(data: bytes) -> str | None:
    place = 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4], "big")
        end = place + 12 + length
        if end > len(data):
            return "cut off"
        name = data[place + 4 : place + 8]
        sum_there = int.from_bytes(data[end - 4 : end], "big")
        if name in (b"IHDR", b"PLTE", b"IDAT") and zlib.crc32(data[place + 4 : end - 4]) != sum_there:
            return "damaged inside"
        if name == b"IEND":
            return None
        place = end
    return "cut off"


def profile_remark(data: bytes) -> str | None:
    """Return a remark on a colour profile that cannot be applied.

    None where it can, or there is none.
    """
    profile = icc_profile(data)
    if profile is None or is_srgb(profile) or read_profile(profile):
        return None
    known = next((name for name in _PROFILES if name.encode() in profile or name.encode("utf-16-be") in profile), None)
    return (
        f"the photo's colour profile ({known or 'not sRGB'}) is not applied: colours are a little off, save it as sRGB"
    )
