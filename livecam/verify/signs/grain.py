"""Grain: the camera's noise in the face against that around it."""

from typing import Final

import numpy as np

from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

_LEAST: Final = 8
_FLOOR: Final = 0.02
_MEASURABLE: Final = 0.08


def read_grain(window: FaceWindow) -> SignValue | str:
    """Return the fine change of the skin against that around it."""
    grain = np.array([reading.grain for reading in window.readings])
    grain = grain[np.isfinite(grain).all(1)]
    # Repeated pictures change nothing anywhere.
    grain = grain[grain.max(1) > 0] if len(grain) else grain
    if len(grain) < _LEAST:
        return "needs a second of video that moves"
    skin, around = np.median(grain, axis=0)
    if max(skin, around) < _MEASURABLE:
        return "compression has removed the grain of the whole picture"
    score = float(np.log((skin + _FLOOR) / (around + _FLOOR)))
    figures = {"grain of the face": f"{skin:.2f} levels", "grain around it": f"{around:.2f} levels"}
    return SignValue(score, figures, window.begin_s + window.length_s / 2)


SIGN: Final = Sign(
    "grain",
    "Grain",
    "Fine change from picture to picture in the skin, compared with what is around the face.",
    "A drawn face often lacks the camera's noise, or carries its own.",
    "Codecs remove grain first where little moves. A face that moves more than its surroundings has more of it.",
    "the face has more grain than its surroundings",
    "the face has less grain than its surroundings",
    read_grain,
)
