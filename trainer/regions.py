"""The parts of a face that move by themselves, and the numbers of each.

A raised brow with a smile is recalled even where a person never showed both at once.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.expression import KINDS
from livecam.video.atlas.layout import LAYOUT
from trainer.looks import BROWS, EYES, MOUTH

Floats = NDArray[np.float32]
_SOFT: Final = 0.025
"""How softly one part goes over into the next, in sides of the atlas."""
_BELOW_EYES: Final = 0.35


@dataclass(frozen=True, slots=True)
class Region:
    """One part of the face.

    Attributes:
        name: For people.
        axes: Count of numbers of the mesh's points in it.
        kinds: Named kinds of expression that are its own.
        also: Named kinds of another part that change its look too.
        looks: Which of the looks are its own.
        variations: Count of its variations.
    """

    name: str
    axes: int
    kinds: tuple[str, ...]
    also: tuple[str, ...] = ()
    looks: tuple[int, ...] = ()
    variations: int = 12


REGIONS: Final = (
    Region("brows", 6, ("brows_up", "frown"), (), BROWS, variations=8),
    Region("eyes", 6, ("blink", "squint"), ("brows_up", "frown"), EYES, variations=16),
    Region("mouth", 12, ("smile", "upper_lip", "lower_lip", "jaw", "pucker"), (), MOUTH),
)
"""From the top of the face downwards."""
AXES: Final = sum(region.axes for region in REGIONS)


def own_columns(number: int) -> NDArray[np.intp]:
    """Return which numbers are a region's own.

    They are of mesh, kinds and looks. Each number is that of one region.
    """
    begin = sum(region.axes for region in REGIONS[:number])
    region = REGIONS[number]
    looks = [AXES + len(KINDS) + look for look in region.looks]
    return np.array([*range(begin, begin + region.axes), *_columns_of(region.kinds), *looks], np.intp)


def read_columns(number: int) -> NDArray[np.intp]:
    """Return which numbers say what a region shows.

    These are its own, and those of other regions that change its look.
    """
    return np.array([*own_columns(number), *_columns_of(REGIONS[number].also)], np.intp)


def _columns_of(kinds: tuple[str, ...]) -> list[int]:
    return [AXES + KINDS.index(kind) for kind in kinds]


def share_points() -> Floats:
    """Return how much of each region every mesh point is (regions, 468)."""
    return _shares(LAYOUT[:, 1])


@cache
def share_texels(side_px: int) -> Floats:
    """Return how much of each region every texel is (regions, n, n), 1 in sum."""
    rows = np.asarray((np.arange(side_px) + 0.5) / side_px, np.float32)
    return np.ascontiguousarray(np.repeat(_shares(rows)[:, :, None], side_px, 2))


def _shares(heights: Floats) -> Floats:
    """Return the share of each region (regions, k) at heights in the atlas (k,).

    The regions are bands that overlap softly.
    """
    above, below = _borders()
    under_brows, under_eyes = (1 / (1 + np.exp((border - heights) / _SOFT * 2)) for border in (above, below))
    return np.asarray([1 - under_brows, under_brows * (1 - under_eyes), under_brows * under_eyes], np.float32)


def _borders() -> tuple[float, float]:
    """Return the heights between brows and eyes, and between eyes and the rest."""
    heights = LAYOUT[:, 1]
    brows = heights[np.concatenate([topology.RIGHT_BROW, topology.LEFT_BROW])].max()
    eyes = heights[np.concatenate([topology.RIGHT_EYE, topology.LEFT_EYE])]
    return float((brows + eyes.min()) / 2), float(eyes.max() + _BELOW_EYES * np.ptp(eyes))
