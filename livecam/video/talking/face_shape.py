"""The mean face with a moving mouth and lids.

The jaw is a hinge; lips round or spread.
"""

from typing import Final

import numpy as np

from livecam.core import topology
from livecam.core.face import Points

_DROP: Final = 0.20
"""Eye distances by which the lower lip falls in the widest opening."""
_LIFT: Final = 0.03
_CHIN_SHARE: Final = 0.85
_SPREAD: Final = 0.10
_ROUND: Final = 0.22
_POUT: Final = 0.06
_SHUT_SHARE: Final = 0.97


def _smooth(value: Points) -> Points:
    """Return 0 below 0, 1 above 1, and a smooth step between."""
    part = np.clip(value, 0, 1)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


def _lips() -> tuple[Points, Points]:
    """Return where the lips meet (3,), and half their width."""
    upper, lower, left, right = topology.MOUTH_OPENING
    ends = topology.CANONICAL[[left, right]]
    middle = (topology.CANONICAL[upper] + topology.CANONICAL[lower]) / 2
    return middle, np.abs(ends[:, 0] - ends[:, 0].mean()).mean()


_MIDDLE, _HALF = _lips()
_LOWER_LIP: Final = np.unique(np.concatenate([topology.INNER_LIPS[1:10], topology.OUTER_LIPS[1:10]]))
_UPPER_LIP: Final = np.unique(np.concatenate([topology.INNER_LIPS[11:], topology.OUTER_LIPS[11:]]))
_ALL_LIPS: Final = np.unique(np.concatenate([topology.INNER_LIPS, topology.OUTER_LIPS]))


def _jaw() -> Points:
    """Return (468, 3): the movement of every point when the jaw opens fully."""
    away = topology.CANONICAL - _MIDDLE
    across, down = away[:, 0] / _HALF, away[:, 1]
    # The further below the lips, the wider the jaw that goes along.
    reach = 1.0 + 3.0 * np.clip(down / 0.4, 0, 1)
    share = np.clip(1 - (across / reach) ** 2, 0, 1) * _smooth(down / 0.08)
    moved = np.zeros_like(topology.CANONICAL)
    moved[:, 1] = _DROP * _CHIN_SHARE * share
    arch = np.clip(1 - across**2, 0, 1)
    moved[_LOWER_LIP, 1] = _DROP * arch[_LOWER_LIP] ** 0.7
    moved[_UPPER_LIP, 1] = -_LIFT * arch[_UPPER_LIP]
    moved[:, 2] = 0.25 * np.clip(moved[:, 1], 0, None)
    return moved.astype(np.float32)


def _wide() -> Points:
    """Return (468, 3): the movement of every point when the lips spread by one."""
    away = topology.CANONICAL - _MIDDLE
    near = np.exp(-((away[:, 0] / (1.6 * _HALF)) ** 2) - (away[:, 1] / 0.22) ** 2)
    near[_ALL_LIPS] = 1.0
    moved = np.zeros_like(topology.CANONICAL)
    moved[:, 0] = away[:, 0] * near
    return moved.astype(np.float32)


JAW: Final[Points] = _jaw()
WIDE: Final[Points] = _wide()


def _lids() -> Points:
    """Return (468, 3): the movement of the upper lids when the eyes shut."""
    moved = np.zeros_like(topology.CANONICAL)
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE):
        upper, lower = ring[:8:-1], ring[1:8]
        moved[upper] = _SHUT_SHARE * (topology.CANONICAL[lower] - topology.CANONICAL[upper])
    return moved.astype(np.float32)


LIDS: Final[Points] = _lids()


def make_shape(opening: float, width: float, lids: float) -> Points:
    """Return the mean face (468, 3), unposed, with this mouth and these lids.

    Args:
        opening: 0 shut, 1 as open as in a clear "ah".
        width: -1 rounded, 1 spread.
        lids: 0 open, 1 shut.
    """
    spread = _SPREAD * max(width, 0.0) + _ROUND * min(width, 0.0)
    shape = topology.CANONICAL + np.float32(opening) * JAW + np.float32(spread) * WIDE + np.float32(lids) * LIDS
    shape[_ALL_LIPS, 2] += np.float32(_POUT * min(width, 0.0))
    return np.asarray(shape, np.float32)
