"""How strong a step may be before an eye sees it flicker on an even wall.

The eye's threshold for gratings in space and time: D. H. Kelly, Motion and vision II: stabilized spatio-temporal
threshold surface, J. Opt. Soc. Am. 69 (1979) 1340-1349, equation 8. A pattern that changes its sign in place is two
gratings drifting against each other, each with half the contrast, so its threshold is twice theirs. The viewer sits
three picture heights away; the screen has gamma 2.2 and one per cent of its white as stray light.
"""

from math import atan, degrees, exp, log10, pi
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.disclosure.picture.carrier import CARRIER_HZ
from livecam.disclosure.picture.layout import SHORT_CELLS

VIEWING_HEIGHTS: Final = 3.0
GAMMA: Final = 2.2
STRAY_LIGHT: Final = 0.01
_SQUARE_WAVE = 4 / pi


def sensitivity(cycles_per_degree: float, hertz: float) -> float:
    """Return the contrast sensitivity to a drifting grating (Kelly's equation 8).

    It is one over the contrast at which the grating is seen.
    """
    velocity = hertz / cycles_per_degree
    alpha = 2 * pi * cycles_per_degree
    height = 6.1 + 7.3 * abs(log10(velocity / 3)) ** 3
    return height * velocity * alpha**2 * exp(-2 * alpha * (velocity + 2) / 45.9)


def mark_cycles_per_degree() -> float:
    """Return the spatial frequency of an upright picture's cell.

    It is one cycle in an eighteenth of the picture's height.
    """
    picture_degrees = degrees(2 * atan(0.5 / VIEWING_HEIGHTS))
    return SHORT_CELLS / picture_degrees


def threshold_contrast() -> float:
    """Return the contrast at which the mark just flickers on an even field."""
    return 2 / sensitivity(mark_cycles_per_degree(), CARRIER_HZ)


def contrast_of(step: float, level: float) -> float:
    """Return the contrast of the mark's fundamental.

    It is for a step of so many grey levels, up and down, on an even field.
    """
    level = max(level, 1.0)
    light: float = (level / 255) ** GAMMA + STRAY_LIGHT
    slope: float = GAMMA * (level / 255) ** (GAMMA - 1) / 255
    return _SQUARE_WAVE * step * slope / light


def find_unseen_step(levels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the threshold step in grey levels on an even field of each level."""
    return np.array([threshold_contrast() / contrast_of(1.0, float(level)) for level in levels], np.float32)
