"""The in-sound mark's public pattern, version 1.

It says which band is louder in which half of which slot.

A slot lasts 64 ms. In its first half each of 28 bands between 300 and 3,800 Hz is raised or lowered slightly by its
sign, in its second half the opposite. Twenty slots make a cycle: sixteen carry the bits of the session's number, four
are pilots. A bit of 0 exchanges the halves.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.payload import key_stream, shuffle

RATE_HZ: Final = 48_000
HALF_SAMPLES: Final = 1_536
SLOTS: Final = 20
SESSION_BITS: Final = 16
PILOT: Final = SESSION_BITS
BANDS: Final = 28
LOWEST_HZ: Final = 300.0
BAND_HZ: Final = 125.0
PUBLIC_KEY: Final = 0x6C69766563616D53


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """What each slot of a cycle does.

    Attributes:
        bit: (SLOTS,) int8, the bit a slot carries, most significant first; PILOT for a pilot.
        sign: (SLOTS, BANDS) int8, +1 where a band is raised in the first half for a bit of 1.
    """

    bit: NDArray[np.int8]
    sign: NDArray[np.int8]

    def turns(self, session: int) -> NDArray[np.int8]:
        """Return (SLOTS,) int8, +1 or -1: whether a slot's halves stay or are exchanged."""
        bits = [session >> (SESSION_BITS - 1 - n) & 1 for n in range(SESSION_BITS)] + [1]
        return np.array([1 if bits[bit] else -1 for bit in self.bit], np.int8)


@lru_cache(maxsize=4)
def make_pattern(key: int = PUBLIC_KEY) -> Pattern:
    """Return the pattern of a key.

    A slot's signs are the lowest bits of one number of the stream, balanced over the bands.
    """
    stream = key_stream(key)
    bit = np.minimum(shuffle(SLOTS, stream), PILOT).astype(np.int8)
    sign = np.array([[1 if place < BANDS // 2 else -1 for place in shuffle(BANDS, stream)] for _ in range(SLOTS)])
    return Pattern(bit, sign.astype(np.int8))
