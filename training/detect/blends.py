"""Blend a picture with a changed copy of itself, as a swap is blended.

After self-blended images (Shiohara and Yamasaki, CVPR 2022): the network learns the seam and no swap at all.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.detect.outline import MAP_PX
from engines.face.crop import CROP_PX
from livecam.core import topology

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]
SIDES_PX = (72, 224)
"""The face is blended at one of these sizes, as it would be in a small or a large picture."""
SHARES = (0.5, 0.75, 1.0, 1.0, 1.0, 1.0)
STRENGTHS = (0.15, 0.3, 1.0)
"""How far colours change: programs that take over the live light leave little but detail to see."""
CAMERA, CLEAN = 0.6, 0.5
"""Chance that a picture came through a camera and a codec before, and that its changed copy did not."""
UPPER = np.concatenate([topology.RIGHT_BROW, topology.LEFT_BROW])
HOLES = (topology.RIGHT_EYE, topology.LEFT_EYE, topology.OUTER_LIPS)


@dataclass(frozen=True, slots=True, eq=False)
class OutlineSample:
    """A crop, whether it was blended, and where the seam is.

    Attributes:
        crop: (128, 128, 3) uint8 BGR.
        blended: Whether it was.
        seam: (16, 16) float32, 0..1.
    """

    crop: Picture
    blended: bool
    seam: Floats


def make_sample(face: Picture, points: Floats, blended: bool, rng: np.random.Generator) -> OutlineSample:
    """Return a sample of a face (n, n, 3) with points (468, 2) in its pixels."""
    side = int(rng.uniform(*SIDES_PX))
    scale = side / len(face)
    picture = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    points = (points + 0.5) * np.float32(scale) - 0.5
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
        points = points[topology.MIRROR] * np.float32([-1, 1]) + np.float32([side - 1, 0])
    clean = change(picture, rng, gentle=True)
    picture = degrade(clean, rng) if rng.random() < CAMERA else clean
    seam = np.zeros((side, side), np.float32)
    if blended:
        copy = clean if rng.random() < CLEAN else picture
        picture, seam = blend_with_itself(picture, change(copy, rng), points, rng)
    picture = degrade(picture, rng)
    matrix = placing(side, rng)
    crop = cv2.warpAffine(
        picture, matrix, (CROP_PX, CROP_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    )
    moved = cv2.warpAffine(seam, matrix, (CROP_PX, CROP_PX))
    small = cv2.resize(moved, (MAP_PX, MAP_PX), interpolation=cv2.INTER_AREA)
    return OutlineSample(np.asarray(crop, np.uint8), blended, np.clip(small * 2, 0, 1).astype(np.float32))


def blend_with_itself(
    picture: Picture, changed: Picture, points: Floats, rng: np.random.Generator
) -> tuple[Picture, Floats]:
    """Return a picture blended with its changed copy, and the seam (n, n).

    The seam is strong where the mask is half.
    """
    one, other = (picture, changed) if rng.random() < 0.5 else (changed, picture)
    side = len(picture)
    move = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-2, 2), rng.uniform(0.95, 1.05))
    move[:, 2] += rng.uniform(-0.03, 0.03, 2) * side
    face = cv2.warpAffine(one, move, (side, side), borderMode=cv2.BORDER_REFLECT_101)
    mask = blend_mask(points, side, rng)
    share = mask[..., None] * float(rng.choice(SHARES))
    blended = face * share + other * (1 - share)
    return np.asarray(np.rint(blended), np.uint8), np.asarray(4 * mask * (1 - mask), np.float32)


def blend_mask(points: Floats, side: int, rng: np.random.Generator) -> Floats:
    """Return a soft mask (side, side) of a region of the face, bent by chance."""
    kind = rng.integers(4)
    inner = np.concatenate([points[UPPER], points[_lower()]])
    ring = points[topology.OVAL] if kind != 1 else cv2.convexHull(inner)[:, 0]
    middle = ring.mean(0)
    ring = middle + (ring - middle) * np.float32(rng.uniform(0.75, 1.12))
    mask = np.zeros((side, side), np.uint8)
    cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], 255, shift=4)
    if kind == 2:
        for part in HOLES:
            hole = points[part].mean(0) + (points[part] - points[part].mean(0)) * np.float32(rng.uniform(0.9, 1.5))
            cv2.fillPoly(mask, [np.round(cv2.convexHull(hole) * 16).astype(np.int32)], 0, shift=4)
    bend = rng.normal(0, 1, (2, 5, 5)).astype(np.float32) * np.float32(side * rng.uniform(0, 0.04))
    bent = np.dstack([cv2.resize(part, (side, side), interpolation=cv2.INTER_CUBIC) for part in bend])
    columns, rows = np.meshgrid(np.arange(side, dtype=np.float32), np.arange(side, dtype=np.float32))
    mask = cv2.remap(mask, columns + bent[..., 0], rows + bent[..., 1], cv2.INTER_LINEAR)
    soft = float(rng.uniform(0.004, 0.07)) * side
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(soft, 0.4)), np.float32) / np.float32(255)


def _lower() -> NDArray[np.int32]:
    """Return the part of the oval below the eyes."""
    return topology.OVAL[6:31]


def change(picture: Picture, rng: np.random.Generator, gentle: bool = False) -> Picture:
    """Return a copy in other colours; unless gentle, light and sharpness differ."""
    strength = np.float32(0.5 if gentle else rng.choice(STRENGTHS))
    out = picture.astype(np.float32)
    out = out * (1 + _drawn(rng, 3) * 0.07 * strength) + _drawn(rng, 3) * 7 * strength
    grey = out.mean(2, keepdims=True)
    out = grey + (out - grey) * (1 + _drawn(rng) * 0.15 * strength)
    out = 128 + (out - 128) * (1 + _drawn(rng) * 0.08 * strength)
    if not gentle:
        out = _sharpen_or_soften(_light(out, rng), rng)
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def _drawn(rng: np.random.Generator, count: int = 1) -> Floats:
    """Return normal deviates (count,)."""
    return rng.standard_normal(count, np.float32)


def _light(picture: Floats, rng: np.random.Generator) -> Floats:
    """Return a picture (n, n, 3), sometimes in light from another side."""
    if rng.random() < 0.7:
        return picture
    corners = 1 + 0.1 * _drawn(rng, 4).reshape(2, 2)
    return np.asarray(picture * cv2.resize(corners, picture.shape[1::-1])[..., None], np.float32)


def _sharpen_or_soften(picture: Floats, rng: np.random.Generator) -> Floats:
    """Return a picture (n, n, 3) that is softer, sharper, or has noise."""
    kind, side = rng.integers(5), len(picture)
    if kind == 0:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.3))
    elif kind == 1:
        picture = picture + (picture - cv2.GaussianBlur(picture, (0, 0), 1.0)) * np.float32(rng.uniform(0.2, 0.9))
    elif kind == 2:
        small = max(16, round(side * rng.uniform(0.35, 0.85)))
        less = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(less, (side, side), interpolation=cv2.INTER_CUBIC)
    elif kind == 3:
        picture = picture + _drawn(rng, picture.size).reshape(picture.shape) * np.float32(rng.uniform(1, 6))
    return np.asarray(picture, np.float32)


def degrade(picture: Picture, rng: np.random.Generator) -> Picture:
    """Return what a camera and a codec leave of a picture; the same for both kinds.

    WebP codes a picture as video codecs code a key frame: predicted blocks with smoothed borders.
    """
    out = picture
    if rng.random() < 0.3:
        small = round(len(out) * rng.uniform(0.45, 0.9))
        less = cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA)
        out = cv2.resize(less, (len(out), len(out)), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.3:
        out = cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.0))
    if rng.random() < 0.5:
        noise = _drawn(rng, out.size).reshape(out.shape) * np.float32(rng.uniform(0.5, 4))
        out = np.clip(out + noise, 0, 255).astype(np.uint8)
    codec = rng.random()
    if codec < 0.4:
        out = _coded(out, ".jpg", cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(25, 95)))
    elif codec < 0.8:
        out = _coded(out, ".webp", cv2.IMWRITE_WEBP_QUALITY, int(rng.uniform(15, 95)))
    return np.asarray(out, np.uint8)


def _coded(picture: Picture, kind: str, setting: int, quality: int) -> Picture:
    return np.asarray(cv2.imdecode(cv2.imencode(kind, picture, [setting, quality])[1], cv2.IMREAD_COLOR), np.uint8)


def placing(side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the matrix (2, 3) to the network's crop, placed as roughly as a mesh is."""
    scale = CROP_PX / side
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), rng.uniform(-6, 6), scale * rng.uniform(0.92, 1.08))
    matrix[:, 2] += (CROP_PX - side) / 2 + rng.uniform(-0.03, 0.03, 2) * CROP_PX
    return np.asarray(matrix, np.float64)
