"""Give labelled hair and skin other colours.

So that a network learns what hair is, and not which colour it has.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Share = NDArray[np.float32]

HAIR_COLOURS = (
    (18, 16, 16), (28, 30, 38), (40, 52, 74), (52, 78, 112), (95, 135, 170), (130, 175, 205), (40, 62, 125),
    (150, 152, 155), (205, 208, 210), (110, 60, 60), (90, 60, 150),
)  # fmt: skip
"""BGR: black, browns, blonds, red, greys, and two dyed ones."""
SKIN_GAINS = (0.35, 1.15)
_FLOOR = 6.0


def recolour_hair(pixels: Share, hair: Share, rng: np.random.Generator) -> Share:
    """Return a picture (n, n, 3) in which hair (n, n) 0..1 has another colour.

    Its locks and lights stay.
    """
    usual = _mean(pixels, hair)
    colour = np.array(HAIR_COLOURS[rng.integers(len(HAIR_COLOURS))], np.float32) * rng.uniform(0.75, 1.3)
    contrast = np.float32(rng.uniform(0.7, 1.3))
    grey = np.asarray(cv2.cvtColor(np.clip(pixels, 0, 255).astype(np.uint8), cv2.COLOR_BGR2GRAY), np.float32)
    lights = ((grey + _FLOOR) / np.float32(usual.mean() + _FLOOR))[..., None] ** contrast
    return np.asarray(pixels + hair[..., None] * (np.clip(lights * colour, 0, 255) - pixels), np.float32)


def recolour_skin(pixels: Share, skin: Share, rng: np.random.Generator) -> Share:
    """Return a picture (n, n, 3) in which skin (n, n) 0..1 is darker or lighter."""
    gain = rng.uniform(*SKIN_GAINS) * rng.uniform(0.94, 1.06, 3)
    return np.asarray(pixels * (1 + np.clip(skin, 0, 1)[..., None] * (gain - 1)), np.float32)


def _mean(pixels: Share, share: Share) -> Share:
    return np.asarray((pixels * share[..., None]).sum((0, 1)) / (share.sum() + 1), np.float32)
