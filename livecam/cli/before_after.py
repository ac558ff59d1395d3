"""Pairs of pictures, before and after, on one sheet."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.own_files import png_with_comment
from livecam.core.writing import write_whole

_CELL_WIDTH_PX = 640
_GAP_PX = 8


def sheet(pairs: Sequence[tuple[Frame, MarkedFrame]]) -> Pixels:
    """One row per pair: the camera's picture and the marked one shown for it.

    Returns:
        (height, 2 * 640 + gap, 3) uint8 BGR, newly allocated.
    """
    rows = [_row(before.pixels, after.pixels) for before, after in pairs]
    gap = np.full((_GAP_PX, rows[0].shape[1], 3), 255, np.uint8)
    return np.concatenate([part for row in rows for part in (row, gap)][:-1])


def write_sheet(pairs: Sequence[tuple[Frame, MarkedFrame]], path: Path) -> None:
    """Write the sheet as PNG.

    Raises:
        OutputError: The file cannot be written.
    """
    write_whole(path, png_with_comment(cv2.imencode(".png", sheet(pairs))[1].tobytes()))


def _row(before: Pixels, after: Pixels) -> Pixels:
    height_px = round(_CELL_WIDTH_PX * after.shape[0] / after.shape[1])
    cells = [
        cv2.resize(pixels, (_CELL_WIDTH_PX, height_px), interpolation=cv2.INTER_AREA) for pixels in (before, after)
    ]
    gap = np.full((height_px, _GAP_PX, 3), 255, np.uint8)
    return np.concatenate([cells[0], gap, cells[1]], axis=1)
