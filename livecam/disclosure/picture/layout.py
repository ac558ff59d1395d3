"""The public layout, version 1: which cell carries which bit, as which chip.

The picture is divided into 36 x 18 cells (18 x 36 when it is higher than wide), whatever its size. Six by six of them
form a block. Every block has each of the 32 bits once and four pilots, in its own order. So a part of the picture
that is covered or replaced affects all bits alike.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.payload import PAYLOAD_BITS, MarkPayload, key_stream, shuffle

LONG_CELLS: Final = 36
SHORT_CELLS: Final = 18
BLOCK_CELLS: Final = 6
PUBLIC_KEY: Final = 0x6C69766563616D31
PILOT: Final = PAYLOAD_BITS


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The cells of a picture.

    Attributes:
        grid_wh: Cells across and down.
        bit: (rows, columns) int8, the bit a cell carries, PILOT for a pilot.
        sign: (rows, columns) int8, +1 or -1: a cell's sign for a bit of 1; a bit of 0 inverts it.
        upright: (rows, columns) bool, True where the chip's halves are side by side, False where one is on top.
    """

    grid_wh: tuple[int, int]
    bit: NDArray[np.int8]
    sign: NDArray[np.int8]
    upright: NDArray[np.bool_]

    def signs(self, payload: MarkPayload) -> NDArray[np.int8]:
        """Return (rows, columns) int8, +1 or -1: every cell's sign for a message.

        A pilot's never changes.
        """
        turned = np.array([1 if bit else -1 for bit in payload.bits()] + [1], np.int8)
        return np.asarray(self.sign * turned[self.bit], np.int8)


@lru_cache(maxsize=8)
def choose_layout(tall: bool, key: int = PUBLIC_KEY) -> Layout:
    """Return the layout of wide pictures, or of tall ones.

    Args:
        tall: Whether the picture is higher than wide.
        key: Seed of the key stream; every public mark has PUBLIC_KEY.
    """
    columns, rows = (SHORT_CELLS, LONG_CELLS) if tall else (LONG_CELLS, SHORT_CELLS)
    stream = key_stream(key)
    bit = np.empty((rows, columns), np.int8)
    for top in range(0, rows, BLOCK_CELLS):
        for left in range(0, columns, BLOCK_CELLS):
            order = np.array(shuffle(BLOCK_CELLS**2, stream)).reshape(BLOCK_CELLS, BLOCK_CELLS)
            bit[top : top + BLOCK_CELLS, left : left + BLOCK_CELLS] = np.minimum(order, PILOT)
    draws = np.array([next(stream) >> 62 for _ in range(rows * columns)]).reshape(rows, columns)
    return Layout((columns, rows), bit, np.where(draws & 1, 1, -1).astype(np.int8), draws & 2 > 0)


def make_chips(layout_: Layout, u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unsigned chips on a raster.

    A chip is one wave across a cell and half a wave along it, 0 on its edges.

    Args:
        layout_: Which chips stand upright.
        u: (w,) places across, in cells from the picture's left edge.
        v: (h,) places down, in cells from its upper edge.

    Returns:
        (h, w) float32, -1..1.
    """
    columns, rows = layout_.grid_wh
    column = np.clip(u.astype(np.int32), 0, columns - 1)
    row = np.clip(v.astype(np.int32), 0, rows - 1)
    in_u, in_v = np.pi * (u - column)[None, :], np.pi * (v - row)[:, None]
    upright = layout_.upright[row[:, None], column[None, :]]
    wave = np.where(upright, np.sin(2 * in_u) * np.sin(in_v), np.sin(in_u) * np.sin(2 * in_v))
    return np.asarray(wave, np.float32)


def cell_positions(size_px: int, cells: int) -> NDArray[np.float32]:
    """Return the middle of every pixel along a side, in cells."""
    return ((np.arange(size_px, dtype=np.float32) + 0.5) * (cells / size_px)).astype(np.float32)
