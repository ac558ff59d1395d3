"""Whether a picture that came out at the other end still has the plate."""

import numpy as np

from livecam.core.frame import Pixels
from livecam.disclosure.picture import Marker


def plate_of(size_wh: tuple[int, int]) -> tuple[tuple[slice, slice], Pixels]:
    """Where the plate is and how it looks."""
    black = Marker(size_wh).mark(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), 0, 0).pixels
    rows, columns = np.nonzero(black[: size_wh[1] // 2].max(axis=2))  # the badge stands in the other half
    place = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    return place, black[place]


def plated(pixels: Pixels, place: tuple[slice, slice], plate: Pixels) -> bool:
    return float(np.abs(pixels[place].astype(int) - plate).mean()) < 12
