"""Tell a file's kind by its first bytes, and list the kinds and codecs read."""

from collections.abc import Mapping
from typing import Final

from livecam.core.picture_size import picture_size_wh

HEAD_BYTES: Final = 1 << 16
"""Bytes of a file that are enough to know its kind."""

PICTURE: Final = "picture"
"""The kind of a PNG, JPEG, WebP, BMP or TIFF."""

CONTAINERS: Final = frozenset(
    ("aac", "aiff", "amr", "avi", "caf", "flac", "gif", "matroska", "mov", "mp3", "mpeg", "mpegts", "ogg", "wav", "w64")
)
"""The demuxers of FFmpeg that are used, by name; all others are disabled."""

VIDEO_CODECS: Final = frozenset(
    (
        *(
            "av1",
            "dnxhd",
            "dvvideo",
            "ffv1",
            "gif",
            "h263",
            "h264",
            "hevc",
            "huffyuv",
            "libdav1d",
            "mjpeg",
            "mpeg1video",
        ),
        *("mpeg2video", "mpeg4", "png", "prores", "rawvideo", "theora", "utvideo", "v210", "vp8", "vp9"),
        *("libvpx", "libvpx-vp9", "libaom-av1"),
    )
)
SOUND_CODECS: Final = frozenset(
    (
        *("aac", "aac_fixed", "ac3", "alac", "amrnb", "amrwb", "eac3", "flac", "libopus", "libopencore_amrnb"),
        *("libopencore_amrwb", "libvorbis", "mp2", "mp2float", "mp3", "mp3float", "opus", "vorbis", "adpcm_ima_wav"),
        *("adpcm_ms", "pcm_alaw", "pcm_mulaw", "pcm_f32be", "pcm_f32le", "pcm_f64be", "pcm_f64le", "pcm_s16be"),
        *("pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_s8", "pcm_u8", "pcm_dvd", "pcm_bluray"),
    )
)
READABLE: Final = "mp4, mov, mkv, webm, avi, ts, mpg, gif; wav, flac, ogg, opus, mp3, m4a, aac, aiff, caf, amr"

_HEIF_BRANDS: Final = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
_BOXES: Final = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"moof", b"styp", b"sidx", b"uuid")
_BEGINNINGS: Final[Mapping[bytes, str]] = {
    b"\x1a\x45\xdf\xa3": "matroska",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"GIF87a": "gif",
    b"GIF89a": "gif",
    b"caff": "caf",
    b"#!AMR": "amr",
    b"riff\x2e\x91\xcf\x11": "w64",
    b"\x00\x00\x01\xba": "mpeg",
    b"\x00\x00\x01\xb3": "mpeg",
}
# What is known by sight and stays shut, in words: (begin, bytes, name).
_REFUSED: Final = (
    (0, b"ffconcat", "a list of other files (ffconcat)"),
    (0, b"#EXTM3U", "a playlist"),
    (0, b"[playlist]", "a playlist"),
    (0, b"v=0", "a description of a stream (SDP)"),
    (0, b"<?xml", "a page or playlist (XML)"),
    (0, b"<MPD", "a playlist (DASH)"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\x30\x26\xb2\x75", "a Windows Media file"),
    (0, b".RMF", "a RealMedia file"),
    (0, b"8BPS", "a Photoshop picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"PK\x03\x04", "an archive"),
    (4, b"\x11\xaf", "a FLIC animation"),
    (4, b"\x12\xaf", "a FLIC animation"),
    (4, b"jP  ", "a JPEG 2000 picture"),
)
_PACKET_SIZES: Final = ((188, 0), (192, 4), (204, 0))


def detect_kind(head: bytes) -> str | None:
    """Return the demuxer for a file that begins with these bytes, or `PICTURE`.

    None for everything that is not read.
    """
    if explain_refusal(head) is not None:
        return None
    if picture_size_wh(head) is not None or head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n":
        return PICTURE
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head[:4] in (b"RIFF", b"RF64", b"BW64", b"RIFX"):
        return {b"AVI ": "avi", b"WAVE": "wav"}.get(head[8:12])
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
    if head[4:8] in _BOXES:
        return "mov"
    if _is_transport_stream(head):
        return "mpegts"
    return _raw_sound(head)


def explain_refusal(head: bytes) -> str | None:
    """Return the name of a known kind that is not read, as in "a playlist".

    None for any other.
    """
    if head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS:
        return "a HEIC or AVIF picture"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for begin, magic, name in _REFUSED:
        if (text if begin == 0 else head)[begin : begin + len(magic)] == magic:
            return name
    return None


def _is_transport_stream(head: bytes) -> bool:
    """Whether packets begin at regular distances, near the start."""
    for size, lead in _PACKET_SIZES:
        for begin in range(size):
            places = range(begin + lead, min(len(head), begin + lead + 8 * size), size)
            if len(places) >= 3 and all(head[place] == 0x47 for place in places):
                return True
    return False


def _raw_sound(head: bytes) -> str | None:
    """Return MP3, AAC or FLAC, also after an ID3 tag."""
    if head[:3] == b"ID3" and len(head) >= 10:
        size = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))
        if size + 4 > len(head):
            return "mp3"
        after = head[size:].lstrip(b"\0")
        return "flac" if after[:4] == b"fLaC" else _frame_kind(after) or "mp3"
    for begin in range(min(len(head) - 4, 2048)):
        if head[begin] == 0xFF and (kind := _frame_kind(head[begin:])) is not None:
            return kind
    return None


def _frame_kind(head: bytes) -> str | None:
    """Return AAC or MP3 where one frame begins and the next one follows it."""
    if len(head) < 7 or head[0] != 0xFF:
        return None
    if head[1] & 0xF6 == 0xF0:
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        follows = head[length : length + 2]
        return (
            "aac" if length > 7 and (len(follows) < 2 or (follows[0] == 0xFF and follows[1] & 0xF6 == 0xF0)) else None
        )
    if head[1] & 0xE0 != 0xE0 or head[1] & 0x18 == 0x08 or head[1] & 0x06 == 0:
        return None
    length = _mpeg_frame_bytes(head)
    follows = head[length : length + 2]
    good = length > 0 and (len(follows) < 2 or (follows[0] == 0xFF and follows[1] & 0xE0 == 0xE0))
    return "mp3" if good else None


def _mpeg_frame_bytes(head: bytes) -> int:
    """Return the length of a frame of MPEG audio, layers 1 to 3.

    It is 0 where its header is wrong.
    """
    newest, layer = head[1] & 0x08 != 0, 4 - (head[1] >> 1 & 3)
    tables = {
        (True, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
        (True, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
        (True, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
        (False, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    }
    low = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
    rate_index, bit_index = head[2] >> 2 & 3, head[2] >> 4
    if rate_index == 3 or not 0 < bit_index < 15:
        return 0
    kbit = tables.get((newest, layer), low)[bit_index - 1]
    rate_hz = (44_100, 48_000, 32_000)[rate_index] >> {3: 0, 2: 1, 0: 2}[head[1] >> 3 & 3]
    padding = head[2] >> 1 & 1
    if layer == 1:
        return (12_000 * kbit // rate_hz + padding) * 4
    return (144_000 if newest or layer == 2 else 72_000) * kbit // rate_hz + padding
