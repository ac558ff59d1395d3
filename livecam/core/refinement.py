"""The planes that a refiner of drawn faces sees, and their size."""

from enum import IntEnum
from typing import Final

REFINE_PX: Final = 128
"""Side of the planes and of the answer."""


class RefinePlane(IntEnum):
    """What each plane holds, 0..1; the numbers are the network's."""

    BLUE = 0
    """The drawn face in its surroundings, three planes BGR."""
    LIGHT = 3
    """The live picture averaged over squares of `LIGHT_STEP_PX`, three planes BGR."""
    DRAWN = 6
    """How much of a pixel is the persona's."""
    FACING = 7
    """How far the surface faces the camera."""
    OPENING = 8
    """Eyes and inner mouth."""
    OVAL = 9
    """The face."""


PLANE_COUNT: Final = 10
LIGHT_STEP_PX: Final = 16
"""Of the live face itself a refiner sees no more than these means."""
