"""Double compression: the codec's grid in the face and in the rest."""

from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue


def read_compression(window: FaceWindow) -> SignValue | str:
    """Return the strength of the 8 px grid in the face against the rest."""
    grids = np.array([look.blocks for look in window.looks]).reshape(-1, 2)
    known = np.isfinite(grids).all(1)
    if not known.any():
        return "the face is too small for the grid of a codec"
    apart = grids[known, 0] - grids[known, 1]
    face, rest = np.median(grids[known], axis=0)
    figures = {"grid in the face": f"{np.expm1(face):+.0%}", "grid in the rest": f"{np.expm1(rest):+.0%}"}
    at_ns = [look.at_ns for look, good in zip(window.looks, known, strict=True) if good]
    return SignValue(float(np.median(apart)), figures, at_ns[int(np.argmax(np.abs(apart)))] / NS_PER_S)


SIGN: Final = Sign(
    "compression",
    "Double compression",
    "Strength of the 8 px grid of block codecs in the face, compared with the rest of the picture.",
    "A face that was drawn into an encoded clip lacks the grid of the first encoding.",
    "Codecs smooth their grid, and every scaling removes it. Live pictures were encoded once only.",
    "the face has more of the codec's grid than the rest",
    "the face has less of the codec's grid than the rest",
    read_compression,
)
