"""Find what is not skin.

Hair, hats and background that reach into the face from outside. A beard stays.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.smooth import blur, dilate, filled_mean, smooth_step

Floats = NDArray[np.float32]
_SPREAD_LOW = np.array([0.07, 0.06, 0.12], np.float32)
_SPREAD_HIGH = np.array([0.11, 0.10, 0.30], np.float32)
_GROWTH_PX = 11
_BEARD_DARKER = (0.28, 0.55)


@dataclass(frozen=True, slots=True, eq=False)
class SkinMap:
    """What is skin in the atlas.

    Attributes:
        trusted: (h, w) 0..1 seen by the camera and not covered by hair.
        hair: (h, w) 0..1 covered by hair, a hat or background.
        odd_colour: (h, w) how far the colour is from the face's own, in spreads, both chroma axes squared and summed.
        core: (h, w) bool bare skin of the inner face.
        beard: (h, w) 0..1 hair of the lower face: dark on both sides.
    """

    trusted: Floats
    hair: Floats
    odd_colour: Floats
    core: NDArray[np.bool_]
    beard: Floats


def _chroma_and_light(log_colours: Floats) -> Floats:
    blue, green, red = (log_colours[..., k] for k in range(3))
    return np.dstack([red - green, green - blue, log_colours.mean(2)])


def _beyond(x: Floats) -> Floats:
    return np.asarray(np.clip(x - 1, 0, 9) ** 2, np.float32)


def _touching_outline(bad: NDArray[np.bool_]) -> NDArray[np.bool_]:
    _, labels = cv2.connectedComponents(bad.astype(np.uint8))
    labels = np.asarray(labels)
    outside = np.unique(labels[(atlas.DEPTH < 0.03) & bad])
    return np.asarray(np.isin(labels, outside[outside > 0]))


def _beard(luma: Floats, usual: float) -> Floats:
    slow = blur(luma, 3.0) - np.float32(usual)
    dark = smooth_step(-np.maximum(slow, slow[:, ::-1]), *_BEARD_DARKER)
    lower = smooth_step(atlas.FROM_MOUTH, -0.35, -0.2) * (blur((atlas.LIPS > 0).astype(np.float32), 2) < 0.3)
    return np.asarray(blur(np.asarray(dark * lower * (atlas.FACE > 0), np.float32), 2.0), np.float32)


def make_skin_map(log_colours: Floats, seen: Floats) -> SkinMap:
    """Tell skin from hair.

    Args:
        log_colours: (h, w, 3) natural logarithm of BGR.
        seen: (h, w) 0..1 how well the camera saw each place.
    """
    core = (atlas.SKIN > 0) & (atlas.DEPTH > 0.26) & (seen > 0.6)
    values = _chroma_and_light(log_colours)
    middle = np.median(values[core], axis=0)
    spread = np.clip(1.4826 * np.median(np.abs(values[core] - middle), axis=0), _SPREAD_LOW, _SPREAD_HIGH)
    off = np.asarray(np.abs(values - middle) / spread, np.float32)
    around = filled_mean(values[..., 2:], core.astype(np.float32), 0.2 * atlas.UNIT_PX)[..., 0]
    darker = np.asarray((around - values[..., 2]) / np.float32(0.22), np.float32)
    lighter = np.clip(values[..., 2] - around - 0.35, 0, 9) ** 2 * 20
    doubt = _beyond(off[..., 0]) + _beyond(off[..., 1]) + _beyond(darker) + lighter
    skin = blur(np.exp(-np.clip(doubt - 3, 0, 60) / 5).astype(np.float32), 2)
    bad = _touching_outline((skin < 0.5) & (atlas.FACE > 0)).astype(np.uint8)
    bad = dilate(bad, _GROWTH_PX) * (atlas.BROWS == 0)
    reach = 0.42 + 0.4 * smooth_step(-atlas.FROM_BROWS, 0, 0.1)
    hair = bad * smooth_step(reach - atlas.DEPTH, 0, 0.12) * smooth_step(0.16 - atlas.FROM_MOUTH, 0, 0.12)
    hair = blur(np.asarray(hair, np.float32), 2.5)
    odd = np.clip(off[..., 0] - 1.5, 0, 9) ** 2 + np.clip(off[..., 1] - 1.5, 0, 9) ** 2
    beard = _beard(values[..., 2], float(middle[2]))
    return SkinMap(seen * (1 - hair), hair, np.asarray(odd, np.float32), core, beard)
