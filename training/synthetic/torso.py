"""Shoulders in a plain shirt, under the head's neck."""

import numpy as np
from numpy.typing import NDArray

from training.synthetic.solids import Solid, loft

Floats = NDArray[np.float32]
SIDES = 160
# Height, half width, half depth, middle in depth, squareness: from inside the collar, over its rim, down to the waist.
RINGS_CM = [
    (-12.6, 7.1, 6.0, -2.4, 2.0),
    (-11.2, 7.5, 6.4, -2.4, 2.0),
    (-10.8, 7.9, 6.8, -2.4, 2.0),
    (-11.2, 8.4, 7.2, -2.4, 2.0),
    (-12.4, 8.9, 7.4, -2.4, 2.0),
    (-12.9, 9.6, 7.5, -2.5, 2.0),
    (-14.2, 13.2, 8.3, -2.9, 2.1),
    (-15.9, 16.8, 9.0, -3.3, 2.3),
    (-17.8, 19.4, 9.7, -3.5, 2.4),
    (-20.5, 21.4, 10.4, -3.4, 2.5),
    (-24.0, 22.6, 11.2, -3.0, 2.6),
    (-30.0, 23.0, 12.2, -2.4, 2.6),
    (-38.0, 22.4, 12.4, -2.2, 2.6),
    (-52.0, 21.5, 12.4, -2.2, 2.6),
]
RISE_BACK_CM = 2.4
STEPS_BETWEEN = 6


def _smoothed(rings: Floats) -> Floats:
    at = np.arange(len(rings))
    fine = np.linspace(0, len(rings) - 1, (len(rings) - 1) * STEPS_BETWEEN + 1)
    return np.stack([np.interp(fine, at, rings[:, k]) for k in range(rings.shape[1])], axis=1).astype(np.float32)


def torso(colour: Floats, random: np.random.Generator) -> Solid:
    """Return a wrinkled shirt of one linear BGR colour (3,).

    It is in the head's coordinates.
    """
    profile = _smoothed(np.array(RINGS_CM, np.float32))
    angle = np.linspace(0, 2 * np.pi, SIDES, endpoint=False)
    cosine, sine = np.cos(angle), -np.sin(angle)
    rings = np.empty((len(profile), SIDES, 3), np.float32)
    for k, (y, half_width, half_depth, middle, square) in enumerate(profile):
        rings[k, :, 0] = half_width * np.sign(cosine) * np.abs(cosine) ** (2 / square)
        rings[k, :, 2] = middle + half_depth * np.sign(sine) * np.abs(sine) ** (2 / square)
        near_collar = np.clip((y + 22) / 10, 0, 1)
        rings[k, :, 1] = y - RISE_BACK_CM * near_collar * (sine - 0.1)
    vertices, faces = loft(rings)
    vertices = vertices + _wrinkles(vertices, random)
    weave = 1 + random.normal(0, 0.05, len(vertices))
    count = len(vertices)
    cloth = (colour * weave[:, None]).astype(np.float32)
    return Solid(vertices, faces, cloth, np.full(count, 0.01, np.float32), np.zeros(count, np.float32))


def _wrinkles(vertices: Floats, random: np.random.Generator) -> Floats:
    """Return folds (v, 3) from the shoulders to the middle of the chest.

    There are none at the collar.
    """
    x, y, z = vertices.T
    slack = np.clip((-14.0 - y) / 8, 0, 1)
    folds = np.zeros(len(vertices))
    for _ in range(7):
        lean = random.uniform(-0.5, 0.5) + 0.6 * np.sign(x)
        phase = random.uniform(0, 6.28) + random.uniform(0.5, 1.5) * (y + lean * x)
        folds += np.sin(phase + 0.6 * np.sin(0.31 * x + random.uniform(0, 6.28))) ** 3
    return np.stack([0 * x, 0 * y, 0.16 * slack * folds * np.sign(z + 2)], axis=1).astype(np.float32)
