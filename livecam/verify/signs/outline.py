"""Outline: traces of blending round the face, as a network sees them."""

from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

OUTLINE: Final = "outline"


def read_outline(window: FaceWindow) -> SignValue | str:
    """Return the median logit of the outline network."""
    looks = [(look.at_ns, look.outline) for look in window.looks if look.outline is not None]
    if not looks:
        return "no outline network is installed"
    logits = np.array([logit for _, logit in looks])
    at_ns = looks[int(np.argmax(logits))][0]
    score = float(np.median(logits))
    return SignValue(score, {"median": f"{score:+.1f}", "most": f"{logits.max():+.1f}"}, at_ns / NS_PER_S)


SIGN: Final = Sign(
    OUTLINE,
    "Outline",
    "What a small network, trained on unaltered pictures and blends of them with themselves, sees of a seam.",
    "A face that was pasted or blended into a picture leaves a seam.",
    "It is blind to pictures that were generated whole, and compression hides seams.",
    "traces like those of a seam",
    "no traces of a seam",
    read_outline,
)
