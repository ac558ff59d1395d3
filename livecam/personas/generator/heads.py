"""The shipped synthetic heads, read when first needed.

`training/personas/synth_model.py` makes them.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels

_FILE = "heads.npz"
_POINT_STEPS = np.float32(32)


@dataclass(frozen=True, slots=True, eq=False)
class HeadIndex:
    """Data of every head that need no decoding of its picture.

    Arrays have one row per head.

    Attributes:
        points: (n, 468, 3) float32 mesh in the portrait frame.
        tones: (n,) logarithm of the skin's brightness.
        women, beards: (n,) bool.
        years: (n,) apparent age of the head.
        names: (n,) short keys.
    """

    points: Points
    tones: NDArray[np.float32]
    women: NDArray[np.bool_]
    beards: NDArray[np.bool_]
    years: NDArray[np.int64]
    names: tuple[str, ...]
    jpegs: tuple[bytes, ...]

    def number(self, name: str) -> int:
        """Return the row of a head by its key."""
        return self.names.index(name)


@cache
def load_head_index() -> HeadIndex:
    """Return all heads, pictures still encoded."""
    with (files("livecam.personas.generator") / _FILE).open("rb") as file, np.load(file) as arrays:
        data, ends = arrays["pictures"].tobytes(), arrays["ends"].tolist()
        return HeadIndex(
            points=arrays["points"].astype(np.float32) / _POINT_STEPS,
            tones=arrays["tones"],
            women=arrays["women"],
            beards=arrays["beards"],
            years=arrays["years"].astype(np.int64),
            names=tuple(arrays["names"].tolist()),
            jpegs=tuple(data[a:b] for a, b in zip([0, *ends[:-1]], ends, strict=True)),
        )


@lru_cache(maxsize=8)
def load_head_picture(number: int) -> Pixels:
    """Return the portrait of a head, (640, 640, 3) uint8 BGR, read-only."""
    encoded = np.frombuffer(load_head_index().jpegs[number], np.uint8)
    picture = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)
    picture.flags.writeable = False
    return picture
