"""Sharpness: fine detail of the face against its surroundings."""

from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

_FLOOR: Final = 0.05
_NAMES: Final = ("fine", "middle", "coarse")


def read_sharpness(window: FaceWindow) -> SignValue | str:
    """Return the share of fine detail in the skin against that around it."""
    if not window.looks:
        return "no face large enough was looked at"
    bands = np.log(np.stack([look.bands for look in window.looks]) + _FLOOR)
    ratios = bands[:, 0] - bands[:, 1]
    scores = ratios[:, 0] - ratios[:, 2]
    typical = np.median(ratios, axis=0)
    figures = {
        f"{name} detail": f"{20 / np.log(10) * value:+.0f} dB" for name, value in zip(_NAMES, typical, strict=True)
    }
    score = float(np.median(scores))
    place = int(np.argmax(np.abs(scores)))
    return SignValue(score, figures, window.looks[place].at_ns / NS_PER_S)


SIGN: Final = Sign(
    "sharpness",
    "Sharpness",
    "Fine against coarse detail of the skin, compared with what is around the face, in three bands.",
    "A face drawn at a lower resolution, or blended, lacks fine detail that its surroundings have.",
    "Make-up, beauty filters, focus and strong compression do the same. Programs that match sharpness pass.",
    "the face has more fine detail than its surroundings",
    "the face is softer than its surroundings",
    read_sharpness,
)
