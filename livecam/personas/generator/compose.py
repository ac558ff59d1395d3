"""Make a synthetic persona from a seed or a recipe."""

import hashlib
from datetime import UTC, datetime
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.consent.face_warp import compute_offsets, warp
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.core.topology import CANONICAL, MIRROR, OVAL
from livecam.personas.generator.head_frame import FRAME_PX
from livecam.personas.generator.heads import load_head_index, load_head_picture
from livecam.personas.generator.recipe import FEATURES, Recipe, draw_recipe
from livecam.personas.vouch import accept_always, vouch_for

Floats = NDArray[np.float32]
STATEMENT: Final = (
    "This face was put together by livecam from averages of generated faces. It shows and imitates no real person."
)
_GIVEN, _EXPIRES = datetime(2025, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
_PLACES: Final = {
    "eyes": ((0.0, -0.08), (0.66, 0.25)),
    "nose": ((0.0, 0.36), (0.27, 0.28)),
    "mouth": ((0.0, 0.80), (0.42, 0.22)),
}
"""Middle and half axes of each feature's ellipse on the canonical face, in outer eye distances."""
_SLOW_PX, _SHRINK, _SKIN_SPREAD = 34.0, 4, 0.4
_MARGIN_PX, _DARKEST = 24, 6.0


def _shares() -> dict[str, Floats]:
    """Return the share (468, 1) of each mesh point that a feature's head determines.

    Shares never sum to more than one.
    """
    raw = {}
    for feature, (middle, half) in _PLACES.items():
        distance = np.linalg.norm((CANONICAL[:, :2] - middle) / half, axis=1)
        t = np.clip((1.45 - distance) / 0.6, 0, 1)
        raw[feature] = t * t * (3 - 2 * t)
    total = np.maximum(np.sum(list(raw.values()), axis=0), 1)
    return {feature: (share / total).astype(np.float32)[:, None] for feature, share in raw.items()}


_SHARES: Final = _shares()


def place_mesh(recipe: Recipe) -> Points:
    """Return the face's points (468, 3) in the portrait frame."""
    index = load_head_index()
    points = index.points[recipe.head]
    mixed = points + np.sum([_SHARES[f] * (index.points[getattr(recipe, f)] - points) for f in FEATURES], axis=0)
    sex = index.women == index.women[recipe.head]
    mean = index.points[sex].mean(0)
    return np.asarray(mean + recipe.strength * (mixed - mean), np.float32)


def _warp_square(number: int, mesh: Points, corner_xy: tuple[int, int], size_px: int) -> Floats:
    """Return a square of a head's picture, warped onto the mesh.

    It is (size_px, size_px, 3) float32 0..255.
    """
    corner = np.array(corner_xy, np.float32)
    offset = compute_offsets(load_head_index().points[number][:, :2] - corner, mesh[:, :2] - corner, size_px)
    bent = warp(load_head_picture(number).astype(np.float32), offset, corner_xy)
    return np.asarray(np.clip(bent, 0, 255), np.float32)


def _slow(log_colours: Floats, inside: Floats) -> Floats:
    """Return the low-frequency colour of the skin within the outline.

    Hair, brows, eyes and lips hardly count.
    """
    small_wh = (log_colours.shape[1] // _SHRINK, log_colours.shape[0] // _SHRINK)
    sigma = _SLOW_PX / _SHRINK
    small = np.asarray(cv2.resize(log_colours, small_wh, interpolation=cv2.INTER_AREA), np.float32)
    weight = np.asarray(cv2.resize(inside, small_wh, interpolation=cv2.INTER_AREA), np.float32)
    luma = small.mean(2)
    usual = np.median(luma[weight > 0.5])
    weight = weight * np.exp(-(((luma - usual) / _SKIN_SPREAD) ** 2))
    colour = small * weight[..., None]
    mean = cv2.GaussianBlur(colour, (0, 0), sigma) / (cv2.GaussianBlur(weight, (0, 0), sigma)[..., None] + 1e-3)
    return np.asarray(cv2.resize(mean, log_colours.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _filled(mesh: Points, ring: NDArray[np.int32], feather_px: float) -> Floats:
    mask = np.zeros((FRAME_PX, FRAME_PX), np.uint8)
    cv2.fillPoly(mask, [np.rint(mesh[ring, :2]).astype(np.int32)], 1)
    return np.asarray(cv2.GaussianBlur(mask.astype(np.float32), (0, 0), feather_px), np.float32)


def _feature_mask(feature: str, mesh: Points) -> Floats:
    """Return the mask (n, n) 0..1 of a feature.

    It is the hull of the points that its head determines.
    """
    chosen = np.flatnonzero(_SHARES[feature][:, 0] > 0.5).astype(np.int32)
    hull = np.asarray(cv2.convexHull(mesh[chosen, :2], returnPoints=False), np.int32).ravel()
    return _filled(mesh, chosen[hull], 8.0)


def _square_around(mesh: Points) -> tuple[tuple[int, int], int]:
    """Return the upper left corner and side of a square around the face."""
    low, high = mesh[OVAL, :2].min(0) - _MARGIN_PX, mesh[OVAL, :2].max(0) + _MARGIN_PX
    size = min(int(np.ceil(np.max(high - low))), FRAME_PX)
    x, y = np.clip(np.rint((low + high - size) / 2), 0, FRAME_PX - size).astype(int).tolist()
    return (x, y), size


def _mirrored(pixels: Pixels, mesh: Points) -> tuple[Pixels, Points]:
    last = np.array([FRAME_PX - 1, 0, 0], np.float32)
    return np.ascontiguousarray(pixels[:, ::-1]), mesh[MIRROR] * np.array([-1, 1, 1], np.float32) + last


def draw_portrait(recipe: Recipe) -> tuple[Pixels, Points]:
    """Return a recipe's picture (640, 640, 3) uint8 BGR and mesh (468, 3)."""
    mesh = place_mesh(recipe)
    whole = _warp_square(recipe.head, mesh, (0, 0), FRAME_PX)
    corner, size = _square_around(mesh)
    box = (slice(corner[1], corner[1] + size), slice(corner[0], corner[0] + size))
    inside = _filled(mesh, OVAL, 3.0)[box]
    own = np.log(whole[box] + np.float32(_DARKEST))
    detail = own - _slow(own, inside)
    result = own
    for feature in FEATURES:
        other = np.log(_warp_square(getattr(recipe, feature), mesh, corner, size) + np.float32(_DARKEST))
        mask = _feature_mask(feature, mesh)[box][..., None]
        result = result + mask * (other - _slow(other, inside) - detail)
    whole[box] = np.exp(result) - _DARKEST
    pixels = np.clip(np.rint(whole), 0, 255).astype(np.uint8)
    return _mirrored(pixels, mesh) if recipe.mirrored else (pixels, mesh)


def make_persona(recipe: Recipe, name: str) -> VerifiedPersona:
    """Return the persona of a recipe."""
    pixels, mesh = draw_portrait(recipe)
    digest = hashlib.sha256(pixels.tobytes()).hexdigest()
    record = ConsentRecord(PersonaKind.SYNTHETIC, digest, STATEMENT, _GIVEN, _EXPIRES)
    texture = FaceTexture(pixels, np.ascontiguousarray(mesh[:, :2]), remove_pose(mesh))
    return vouch_for(Persona(name, PersonaKind.SYNTHETIC, texture, record), accept_always)


def make_random_persona(seed: int) -> VerifiedPersona:
    """Return a synthetic adult persona; the same face for the same seed.

    Raises:
        ValueError: The seed is negative.
    """
    if seed < 0:
        raise ValueError(f"a seed is zero or more, got {seed}")
    return make_persona(draw_recipe(seed), f"synthetic-{seed}")
