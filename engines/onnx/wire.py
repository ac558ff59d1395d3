"""Protobuf's wire format, read and written.

Enough for ONNX files and small messages without another package.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class BrokenFile(ValueError):
    """The bytes are no protobuf message, or end in the middle of one."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Its number, and its value as a number or as the place of its bytes.

    Attributes:
        number: As the message's definition has it.
        value: A varint; 0 for other kinds.
        begin, end: Where its bytes lie.
    """

    number: int
    value: int
    begin: int
    end: int


def fields(data: memoryview, begin: int, end: int) -> Iterator[Field]:
    """Yield the fields of the message between two places, in order.

    Raises:
        BrokenFile: A field reaches beyond the end or has an unknown kind.
    """
    at = begin
    while at < end:
        tag, at = varint(data, at, end)
        number, kind = tag >> 3, tag & 7
        value, start = 0, at
        if kind == VARINT:
            value, at = varint(data, at, end)
        elif kind == BYTES:
            length, start = varint(data, at, end)
            at = start + length
        elif kind in (FIXED64, FIXED32):
            at += 8 if kind == FIXED64 else 4
        else:
            raise BrokenFile(f"a field of unknown kind {kind} at byte {start}")
        if number == 0 or at > end:
            raise BrokenFile(f"a field at byte {start} reaches beyond byte {end}")
        yield Field(number, value, start, at)


def varint(data: memoryview, at: int, end: int) -> tuple[int, int]:
    """Return a number of variable length, and where it ends.

    Raises:
        BrokenFile: It does not end.
    """
    value = 0
    for count in range(_LONGEST_VARINT):
        if at + count >= end:
            break
        byte = data[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, at + count + 1
    raise BrokenFile(f"a number at byte {at} does not end")


def text(data: memoryview, field: Field) -> str:
    """Return the bytes of a field as text."""
    return bytes(data[field.begin : field.end]).decode("utf-8", "replace")


def numbers(data: memoryview, field: Field) -> list[int]:
    """Return the number of a field, or all of a packed one."""
    found, at = [], field.begin
    while at < field.end:
        value, at = varint(data, at, field.end)
        found.append(value)
    return found


def put_varint(value: int) -> bytes:
    """Return a number of variable length; a negative one as 64 bits."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def put_number(number: int, value: int) -> bytes:
    """Return a field that is a number."""
    return put_varint(number << 3 | VARINT) + put_varint(value)


def put_bytes(number: int, content: bytes) -> bytes:
    """Return a field of bytes, or one that is a message."""
    return put_varint(number << 3 | BYTES) + put_varint(len(content)) + content


def put_text(number: int, words: str) -> bytes:
    """Return a field of text."""
    return put_bytes(number, words.encode())


def put_packed(number: int, values: Iterable[int]) -> bytes:
    """Return a field of many numbers."""
    return put_bytes(number, b"".join(map(put_varint, values)))
