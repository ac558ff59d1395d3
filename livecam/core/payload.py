"""The 32 bits of a mark, and the public key stream that scatters them.

`docs/mark-format.md` has test vectors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from livecam.core.label import Label

VERSION: Final = 1
FACE, VOICE, SYNTHETIC, GENERATED = 1, 2, 4, 8
PAYLOAD_BITS: Final = 32
_MASK_64 = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class MarkPayload:
    """The message of a mark.

    Attributes:
        flags: Sum of FACE (the face is altered), VOICE (the voice is), SYNTHETIC (the persona depicts no one),
            GENERATED (nothing live is in the picture; without FACE: the sound is not based on a voice).
        session: Number of the run, 0..65535; picture and sound of a run carry the same.
        version: Layout of the mark, 0..15.
    """

    flags: int
    session: int
    version: int = VERSION

    def __post_init__(self) -> None:
        for name, value, limit in (
            ("flags", self.flags, 16),
            ("session", self.session, 1 << 16),
            ("version", self.version, 16),
        ):
            if not 0 <= value < limit:
                raise ValueError(f"{name} must be 0..{limit - 1}, got {value}")

    @property
    def label(self) -> Label:
        """What plate, cards, metadata and manifest say of such an output."""
        return Label.GENERATED if self.flags & GENERATED else Label.MODIFIED

    def bits(self) -> tuple[int, ...]:
        """Return 32 bits, most significant first.

        They are version 4, flags 4, session 16, CRC 8.
        """
        return tuple(self.word >> (PAYLOAD_BITS - 1 - n) & 1 for n in range(PAYLOAD_BITS))

    @property
    def word(self) -> int:
        """The 32 bits as one number."""
        head = self.version << 20 | self.flags << 16 | self.session
        return head << 8 | crc8(head.to_bytes(3, "big"))

    @classmethod
    def from_bits(cls, bits: tuple[int, ...]) -> Self | None:
        """Return the message of 32 bits, or None.

        None means that the CRC does not match or the version is unknown.

        Raises:
            ValueError: Another number of bits.
        """
        if len(bits) != PAYLOAD_BITS:
            raise ValueError(f"a payload has {PAYLOAD_BITS} bits, got {len(bits)}")
        word = sum(bit << (PAYLOAD_BITS - 1 - n) for n, bit in enumerate(bits))
        head = word >> 8
        if crc8(head.to_bytes(3, "big")) != word & 0xFF or head >> 20 != VERSION:
            return None
        return cls(flags=head >> 16 & 0xF, session=head & 0xFFFF, version=head >> 20)


def crc8(data: bytes) -> int:
    """Return the CRC-8 with polynomial 0x07 and start 0x5A.

    The start makes the code of a zero message differ from zero.
    """
    code = 0x5A
    for byte in data:
        code ^= byte
        for _ in range(8):
            code = (code << 1 ^ 0x07) & 0xFF if code & 0x80 else code << 1
    return code


def key_stream(seed: int) -> Iterator[int]:
    """Yield 64-bit numbers of SplitMix64 from a public seed.

    The algorithm is by Steele, Lea and Flood 2014; it is the same in every language.
    """
    state = seed & _MASK_64
    while True:
        state = (state + 0x9E3779B97F4A7C15) & _MASK_64
        mixed = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & _MASK_64
        mixed = ((mixed ^ mixed >> 27) * 0x94D049BB133111EB) & _MASK_64
        yield mixed ^ mixed >> 31


def shuffle(count: int, stream: Iterator[int]) -> list[int]:
    """Return the numbers 0..count-1 in the order a key stream gives them.

    The algorithm is Fisher-Yates, from the end.
    """
    order = list(range(count))
    for last in range(count - 1, 0, -1):
        other = next(stream) % (last + 1)
        order[last], order[other] = order[other], order[last]
    return order
