"""Take the photo's light out.

Slow differences between the two sides are light, and so is sheen.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.skin import SkinMap
from engines.swap.photo.smooth import blur, filled_mean, smooth_step, weighted_mean

Floats = NDArray[np.float32]
SOFT_LIGHT, HARD_LIGHT = 0.12, 0.35
"""Spread of the side light (natural logarithm): soft photos have 0.03-0.13, hard sun 0.4."""
_SLOW, _FALLOFF, _FALLOFF_SHARE = 0.26, 0.12, 0.5
_BEARD_REACH_PX = 8.0
_FINE_SIDE, _BROAD_SIDE, _COLOUR_SIDE = 0.05, 0.14, 0.16


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A face without its light.

    Attributes:
        detail: (h, w, 3) logarithm of colour over slow skin colour.
        tone: (3,) skin colour BGR, 0..255.
    """

    detail: Floats
    tone: NDArray[np.float32]


def _one_sided(values: Floats, both: Floats, sigma: float) -> tuple[Floats, Floats]:
    mean, support = weighted_mean(0.5 * (values - values[:, ::-1]), both, sigma * atlas.UNIT_PX)
    return mean, np.clip(support / 0.15, 0, 1)[..., None]


def measure_side_light(log_colours: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Return what the light does to the left against the right.

    Returns:
        The logarithm of the light's odd part, (h, w, 3), and of its brightness alone at the finer scale, (h, w).
    """
    both = weight * weight[:, ::-1]
    luma = log_colours.mean(2, keepdims=True)
    fine, fine_sure = _one_sided(luma, both, _FINE_SIDE)
    broad, broad_sure = _one_sided(luma, both, _BROAD_SIDE)
    colour, colour_sure = _one_sided(log_colours - luma, both, _COLOUR_SIDE)
    seen_fine = fine * fine_sure
    return seen_fine + broad * broad_sure * (1 - fine_sure) + colour * colour_sure, seen_fine[..., 0]


def _nearer_to_flat(detail: Floats, shadow: Floats, trusted: Floats, strength: float) -> Floats:
    """Take the own or the mirrored pixel inside hard shadows.

    Whichever is nearer to plain skin.
    """
    edge = np.asarray(cv2.dilate(smooth_step(np.abs(shadow), 0.10, 0.28), np.ones((9, 9), np.uint8)), np.float32)
    edge = blur(np.maximum(edge, edge[:, ::-1]), 5) * blur(atlas.SKIN, 3) * np.float32(strength)
    vote = np.exp(-np.abs(blur(detail.mean(2), 2.5)) / 0.07) * trusted + 1e-4
    other = vote[:, ::-1]
    mixed = (detail * vote[..., None] + detail[:, ::-1] * other[..., None]) / (vote + other)[..., None]
    return np.asarray(detail + edge[..., None] * (mixed - detail), np.float32)


def _limit(x: Floats, limit: float) -> Floats:
    over = np.abs(x) - np.float32(limit)
    soft = limit + 0.5 * limit * np.tanh(over / (0.5 * limit))
    return np.asarray(np.where(over < 0, x, np.sign(x) * soft), np.float32)


def _remove_sheen(detail: Floats, strength: float) -> Floats:
    """Compress slow detail on bare skin beyond what faces have.

    Sheen more than hollows, casts most.
    """
    skin = blur(atlas.SKIN, 2.5)[..., None]
    slow = blur(detail, 2.0)
    cast = slow - slow.mean(2, keepdims=True)
    detail = detail - skin * (cast - _limit(cast, 0.06 / strength))
    luma = blur(detail, 4.0).mean(2, keepdims=True)
    limited = np.where(luma > 0, _limit(luma, 0.09 / strength), _limit(luma, 0.2 / strength))
    return np.asarray(detail - skin * (luma - limited), np.float32)


def _remove_falloff(detail: Floats, skin: SkinMap, square: Floats) -> Floats:
    """Remove half of the slow detail where the surface turns away.

    That half is light falling off.
    """
    weight = np.asarray(skin.trusted * atlas.SKIN, np.float32)
    slow, _ = weighted_mean(detail, weight, _FALLOFF * atlas.UNIT_PX)
    share = _FALLOFF_SHARE * (1 - square) * blur(atlas.SKIN, 2.5) * (1 - skin.beard)
    return np.asarray(detail - share[..., None] * slow, np.float32)


def flatten(log_colours: Floats, skin: SkinMap, square: Floats) -> Flat:
    """Divide a face by its light and its slow skin colour.

    Args:
        log_colours: (h, w, 3) natural logarithm of BGR in the atlas.
        skin: Where bare skin is trusted.
        square: (h, w) 0..1 where the surface squarely faced the camera.
    """
    usual = blur(np.exp(-np.clip(skin.odd_colour, 0, 60) / 4).astype(np.float32), 2)
    weight = np.asarray(
        skin.trusted * atlas.SKIN * np.clip(usual - 2 * blur(skin.beard, _BEARD_REACH_PX), 0.02, 1), np.float32
    )
    odd, shadow = measure_side_light(log_colours, weight)
    hardness = float(np.sqrt((shadow**2 * weight).sum() / max(float(weight.sum()), 1.0)))
    strength = float(smooth_step(hardness, SOFT_LIGHT, HARD_LIGHT))
    evened = log_colours - np.float32(0.35 + 0.65 * strength) * odd
    slow = filled_mean(evened, weight, _SLOW * atlas.UNIT_PX)
    detail = evened - slow
    if strength > 0:
        detail = _nearer_to_flat(detail, shadow, skin.trusted, strength)
    detail = _remove_falloff(_remove_sheen(detail, 0.4 + 0.6 * strength), skin, square)
    return Flat(detail, np.exp(np.median(slow[skin.core], axis=0)).astype(np.float32))
