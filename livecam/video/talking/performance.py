"""The movement of a calm person: blinks and a small sway of the head.

It is a function of time alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S

_BLINK_S: Final = 0.22
_BETWEEN_S: Final = (2.4, 5.6)
_SLOT_S: Final = _BETWEEN_S[1] + 0.4
# Radians and seconds of the sway's slow waves, about the axes across, upright, and towards the viewer.
_SWAYS: Final = ((0.020, 7.1), (0.030, 11.3), (0.012, 9.2))
_SECOND: Final = ((0.008, 3.3), (0.012, 4.7), (0.005, 3.9))
_SHIFT: Final = 0.012
"""In eye distances."""


@dataclass(frozen=True, slots=True)
class Stance:
    """The head at one time.

    Attributes:
        turn: (3,) radians about the axes across, upright and towards the viewer.
        shift: (2,) to the right and down, in eye distances.
        lids: How far the eyes are shut, 0..1.
    """

    turn: NDArray[np.float64]
    shift: NDArray[np.float64]
    lids: float


def stance_at(t_ns: int, seed: int) -> Stance:
    """Return the head's stance at a time since the start.

    Another seed gives another person's movement.
    """
    t_s = t_ns / NS_PER_S
    phases = np.random.default_rng(seed).uniform(0, 2 * np.pi, 8)
    waves = [
        size * np.sin(2 * np.pi * t_s / period + phase) + less * np.sin(2 * np.pi * t_s / quick + 2 * phase)
        for (size, period), (less, quick), phase in zip(_SWAYS, _SECOND, phases, strict=False)
    ]
    shift = _SHIFT * np.sin(2 * np.pi * t_s / np.array([8.3, 5.9]) + phases[3:5])
    # At the start the face is at rest: what follows it learns that first.
    rise = min(1.0, t_s / 2.0)
    return Stance(rise * np.array(waves), rise * shift, _lids_at(t_s, seed))


def _lids_at(t_s: float, seed: int) -> float:
    """Return how far the eyes are shut.

    There is one blink in every slot, at a random time in it.
    """
    slot = int(t_s // _SLOT_S)
    begin_s = slot * _SLOT_S + float(np.random.default_rng((seed, slot)).uniform(*_BETWEEN_S)) - _BLINK_S
    place = (t_s - begin_s) / _BLINK_S
    return float(np.sin(np.pi * place) ** 2) ** 0.5 if 0 < place < 1 else 0.0
