"""Repeats: pictures in which the face stands still while the rest moves."""

from typing import Final

import numpy as np

from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sign import Sign, SignValue

_LEAST: Final = 20
_STILL, _MOVES = 0.25, 1.0
_SHARE: Final = 0.2


def read_repeats(window: FaceWindow) -> SignValue | str:
    """Return the share of moving pictures in which the face alone stands still."""
    change = np.array([reading.change for reading in window.readings])
    known = np.isfinite(change).all(1)
    moving = known & (change[:, 1] > _MOVES)
    if moving.sum() < _LEAST:
        return "hardly anything moves around the face"
    held = moving & (change[:, 0] < np.maximum(_STILL, _SHARE * change[:, 1]))
    share = float(held.sum()) / float(moving.sum())
    place = int(np.flatnonzero(held)[0]) if held.any() else 0
    return SignValue(
        share, {"held": f"{share:.0%} of {int(moving.sum())} pictures that move"}, float(window.times_s[place])
    )


SIGN: Final = Sign(
    "repeats",
    "Repeated faces",
    "Share of pictures in which the face stays the same while hair, neck and room around it move.",
    "Programs that are too slow show an old face in a new picture.",
    "Video calls repeat whole pictures; those do not count. A head at rest before a moving room does.",
    "the face stands still while its surroundings move",
    "face and surroundings move together",
    read_repeats,
)
