"""Fill what the photo does not show.

The other side's detail, else plain skin with grain.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.skin import SkinMap
from engines.swap.photo.smooth import blur, dilate, filled_mean, smooth_step

Floats = NDArray[np.float32]
_GRAIN = 0.013
_FEATURE_SQUARE = 3.0
_BEARD_PX, _LEAST_BEARD = 14.0, 0.01
_STRAND_DARKER = (0.22, 0.42)
_HAIR_SHADE_PX = 8


@cache
def _grain() -> Floats:
    noise = np.random.default_rng(0).normal(0, 1, (atlas.HEIGHT, atlas.WIDTH)).astype(np.float32)
    noise = blur(noise + noise[:, ::-1], 0.9)
    return np.asarray(noise * (_GRAIN / noise.std()), np.float32)[..., None]


def remove_strands(detail: Floats, skin: SkinMap) -> Floats:
    """Replace strands inside the face by the mirrored side.

    Strands are darker than the other side. The shadow next to removed hair goes too.
    """
    luma = blur(detail.mean(2), 2.5)
    darker = smooth_step(luma[:, ::-1] - luma, *_STRAND_DARKER)
    brow_margins = ((atlas.BROW_BANDS > 0) & (atlas.BROWS == 0)).astype(np.float32)
    place = blur(np.maximum(atlas.SKIN, brow_margins), 2) * smooth_step(0.52 - atlas.DEPTH, 0, 0.12)
    strand = darker * place * smooth_step(0.16 - atlas.FROM_MOUTH, 0, 0.12) * skin.trusted[:, ::-1] * (1 - skin.beard)
    strand = blur(np.asarray(cv2.dilate(strand, np.ones((7, 7), np.uint8)), np.float32), 2)[..., None]
    detail = detail + strand * (detail[:, ::-1] - detail)
    shade = blur(dilate((skin.hair > 0.3).astype(np.uint8), _HAIR_SHADE_PX).astype(np.float32), 5)
    shade *= blur((atlas.BROWS == 0).astype(np.float32), 1.5) * (atlas.EYE_ZONES == 0) * (1 - skin.beard)
    return np.asarray(detail - shade[..., None] * np.minimum(blur(detail, 1.5), 0), np.float32)


def _inward(weight: Floats) -> Floats:
    """Return weights that reach 0 inside their border.

    So nothing of the other side bleeds in.
    """
    return np.clip(blur((weight > 0.5).astype(np.float32), 3) * 2 - 1, 0, 1) * weight


def _beard_beyond(detail: Floats, skin: SkinMap) -> Floats:
    """Return how dark the beard goes on where the camera did not see it."""
    bearded = skin.beard * skin.trusted
    if bearded.mean() < _LEAST_BEARD:
        return np.zeros((1, 1, 1), np.float32)
    return np.minimum(filled_mean(detail * skin.beard[..., None], np.asarray(skin.trusted, np.float32), _BEARD_PX), 0)


def fill(detail: Floats, square: Floats, skin: SkinMap) -> Floats:
    """Complete detail where hair covered the face or the camera did not see it.

    Brows, eyes and lips are whole features: they come from one side only, their own unless it was seen edge-on.

    Args:
        detail: (h, w, 3).
        square: (h, w) 0..1 where the surface squarely faced the camera.
        skin: Where it is trusted.
    """
    own, other = _inward(skin.trusted)[..., None], _inward(skin.trusted[:, ::-1])[..., None]
    plain = _grain() + _beard_beyond(detail, skin)
    beyond = detail[:, ::-1] * other + (1 - other) * plain
    filled = detail * own + (1 - own) * beyond
    features = (dilate(atlas.EYE_ZONES | atlas.BROW_BANDS | atlas.LIPS, 1) > 0).astype(np.float32)
    place = blur(features, 2)[..., None]
    usable = np.maximum(np.clip(_FEATURE_SQUARE * square, 0, 1), square >= square[:, ::-1])
    usable = blur(np.asarray(usable, np.float32), 3)[..., None]
    whole = detail * usable + detail[:, ::-1] * (1 - usable)
    return np.asarray(filled + place * (whole - filled), np.float32)
