"""Eyes that look aside and raised brows, made of calm pictures.

A person looks to few places in a minute. Moved irises show the others.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.detail import GAIN
from trainer.faces import Faces
from trainer.irises import Moves, move_parts
from trainer.looks import COUNT, bend_looks, measure_looks

Floats = NDArray[np.float32]
_MOVES: Final[tuple[Moves, ...]] = (
    (-0.22, 0, 0),
    (-0.11, 0, 0),
    (0.11, 0, 0),
    (0.22, 0, 0),
    (0, -0.16, -0.1),
    (0, 0.16, 0.1),
    (-0.15, -0.1, -0.2),
    (0.15, -0.1, 0),
    (0, 0, -0.2),
    (0, 0, 0.2),
)
_PICTURES: Final = 6


def look_around(faces: Faces, openness: Floats) -> Faces:
    """Return pictures in which a person looks to all sides.

    They are made of the calmest. `openness` (k,) is how far the eyes of each picture are
    open. Other numbers stay those of the picture.
    """
    unrest = np.abs(faces.numbers).sum(1) + np.where(openness >= 1, 0, np.float32(np.inf))
    chosen = [number for number in np.argsort(unrest, kind="stable")[:_PICTURES] if np.isfinite(unrest[number])]
    which = np.repeat(np.array(chosen, np.intp), len(_MOVES))
    pictures, looks = faces.detail[which], np.empty((len(which), COUNT), np.float32)
    for number, place in enumerate(_MOVES * len(chosen)):
        moved = move_parts(pictures[number].astype(np.float32), place)
        pictures[number] = np.clip(np.rint(moved), 0, 255).astype(np.uint8)
        looks[number] = measure_looks(moved / np.float32(GAIN) - faces.calm)
    numbers = faces.numbers[which]
    numbers[:, -COUNT:] = bend_looks(looks, faces.spread)
    return replace(faces, detail=pictures, trust=faces.trust[which], numbers=numbers)


def join_faces(faces: Faces, more: Faces) -> Faces:
    """Return the pictures of both, of one person."""
    parts = {
        name: np.concatenate([getattr(faces, name), getattr(more, name)]) for name in ("detail", "trust", "numbers")
    }
    return replace(faces, **parts)
