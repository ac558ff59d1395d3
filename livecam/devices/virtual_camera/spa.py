"""Write PipeWire's parameter blocks ("SPA pods") byte by byte.

Numbers are from spa/utils/type.h, spa/pod and spa/param. A pod is its size and type, 4 bytes each, then its body,
padded to 8 bytes. PipeWire makes them by inline C functions, which no library exports.
"""

import struct

_ID, _INT, _RECTANGLE, _FRACTION, _OBJECT, _CHOICE = 3, 4, 10, 11, 15, 19
_FORMAT_OBJECT, _BUFFERS_OBJECT, _META_OBJECT = 0x40003, 0x40004, 0x40005
_ENUM_FORMAT, _BUFFERS, _META = 3, 5, 6
_RANGE, _FLAGS = 1, 4

_MEDIA_TYPE, _MEDIA_SUBTYPE, _VIDEO_FORMAT, _VIDEO_SIZE, _VIDEO_RATE = 1, 2, 0x20001, 0x20003, 0x20004
_VIDEO, _RAW, _YUY2 = 2, 1, 4
_COUNT, _BLOCKS, _SIZE, _STRIDE, _MEMORY = 1, 2, 3, 4, 6
_SHARED_MEMORY = 1 << 2
_META_TYPE, _META_SIZE = 1, 2
_FEWEST, _WANTED = 2, 4
_PER_MILLE = 1000

MOST_BUFFERS = 8
META_HEADER = 1
HEADER_BYTES = 32


def _pod(kind: int, body: bytes) -> bytes:
    return struct.pack("II", len(body), kind) + body + bytes(-len(body) % 8)


def _id(value: int) -> bytes:
    return _pod(_ID, struct.pack("I", value))


def _int(value: int) -> bytes:
    return _pod(_INT, struct.pack("i", value))


def _choice(how: int, *values: int) -> bytes:
    """Return a choice: the first value is wanted, the others are allowed."""
    return _pod(_CHOICE, struct.pack(f"IIII{len(values)}i", how, 0, 4, _INT, *values))


def _object(kind: int, purpose: int, values: dict[int, bytes]) -> bytes:
    fields = b"".join(struct.pack("II", key, 0) + value for key, value in values.items())
    return _pod(_OBJECT, struct.pack("II", kind, purpose) + fields)


def offered_format(size_wh: tuple[int, int], rate_hz: float) -> bytes:
    """Return the format of YUY2 pictures of one size, at one rate."""
    rate = round(rate_hz * _PER_MILLE)
    return _object(
        _FORMAT_OBJECT,
        _ENUM_FORMAT,
        {
            _MEDIA_TYPE: _id(_VIDEO),
            _MEDIA_SUBTYPE: _id(_RAW),
            _VIDEO_FORMAT: _id(_YUY2),
            _VIDEO_SIZE: _pod(_RECTANGLE, struct.pack("II", *size_wh)),
            _VIDEO_RATE: _pod(_FRACTION, struct.pack("II", *_reduced(rate, _PER_MILLE))),
        },
    )


def _reduced(numerator: int, denominator: int) -> tuple[int, int]:
    """Return the rate as a reduced fraction.

    Programs compare rates by their two numbers: 30/1 is not 30000/1000 to them.
    """
    return (numerator // denominator, 1) if numerator % denominator == 0 else (numerator, denominator)


def picture_buffers(size_wh: tuple[int, int]) -> bytes:
    """Return a few buffers in shared memory, each for one whole YUY2 picture."""
    return _object(
        _BUFFERS_OBJECT,
        _BUFFERS,
        {
            _COUNT: _choice(_RANGE, _WANTED, _FEWEST, MOST_BUFFERS),
            _BLOCKS: _int(1),
            _SIZE: _int(size_wh[0] * size_wh[1] * 2),
            _STRIDE: _int(size_wh[0] * 2),
            _MEMORY: _choice(_FLAGS, _SHARED_MEMORY),
        },
    )


def stamped_buffers() -> bytes:
    """Return the metadata of a buffer: room for the picture's time and number."""
    return _object(_META_OBJECT, _META, {_META_TYPE: _id(META_HEADER), _META_SIZE: _int(HEADER_BYTES)})
