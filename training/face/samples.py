"""Make one training sample of a stored picture.

It is misplaced, relit, degraded, covered, or has no face at all.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import CROP_PX, Square, cut, fit_square_to_points, matrix_to_crop, points_to_crop
from livecam.core.topology import MIRROR
from training.face.mesh_net import MAP_PX
from training.face.occluders import Sprite, glasses, paste

Points = NDArray[np.float32]
Picture = NDArray[np.uint8]
LIKELY_COVERED, MOSTLY_HIDDEN, TOO_DIM = 0.15, 0.6, 5.0
PLAIN_SHARE = 0.12


@dataclass(slots=True)
class Sample:
    """A sample for the network, and its targets.

    crop (128, 128, 3) uint8; points (468, 3) in it; face 1 or 0, or -1 if either is right; cover (32, 32) 0..1 and
    cover_known (32, 32) 0 or 1. Points count only where face is 1.
    """

    crop: Picture
    points: Points
    face: float
    cover: NDArray[np.float32]
    cover_known: NDArray[np.float32]


def mirror_sample(picture: Picture, points: Points) -> tuple[Picture, Points]:
    """Mirror a picture (h, w, 3) and its points."""
    flipped = points[MIRROR].copy()
    flipped[:, 0] = picture.shape[1] - 1 - flipped[:, 0]
    return np.asarray(cv2.flip(picture, 1), np.uint8), flipped


def shake_sample(square: Square, rng: np.random.Generator) -> Square:
    """Misplace a crop as a track (seven in ten) or a detection does."""
    tight = rng.random() < 0.7
    turn_deg, growth, shift = (5.0, 0.045, 0.02) if tight else (13.0, 0.12, 0.05)
    angle = square.angle_rad + np.radians(np.clip(rng.normal(0, turn_deg), -25, 25))
    side = square.side_px * float(np.exp(np.clip(rng.normal(0, growth), -0.3, 0.3)))
    x, y = np.array(square.center_xy) + rng.normal(0, shift, 2) * square.side_px
    return Square((float(x), float(y)), side, float(angle))


def misplace_crop(square: Square, rng: np.random.Generator) -> Square:
    """Place a crop where no tracker should accept it.

    It is far aside, far too large or small, or rotated by 90 degrees.
    """
    x, y = square.center_xy
    side, angle = square.side_px, square.angle_rad
    kind = rng.random()
    if kind < 0.5:
        way = rng.uniform(0, 2 * np.pi)
        x, y = x + side * rng.uniform(0.5, 0.8) * np.cos(way), y + side * rng.uniform(0.5, 0.8) * np.sin(way)
    elif kind < 0.85:
        side *= rng.uniform(0.25, 0.45) if rng.random() < 0.7 else rng.uniform(2.4, 3.5)
        x, y = np.array([x, y]) + rng.normal(0, 0.15, 2) * side
    else:
        angle += rng.choice([-1, 1]) * rng.uniform(np.pi / 2.5, np.pi)
    return Square((float(x), float(y)), float(side), float(angle))


def relight_sample(crop: Picture, rng: np.random.Generator) -> Picture:
    """Change light, contrast, gamma and white balance.

    The result is sometimes grey, or lit from a side.
    """
    ramp = np.arange(256, dtype=np.float32) / 255
    gain, lift = np.exp(rng.normal(0, 0.25)), rng.normal(0, 0.06)
    if rng.random() < 0.1:
        gain *= rng.uniform(0.12, 0.4)
    curve = ramp ** np.exp(rng.normal(0, 0.25)) * gain + lift
    table = np.clip(curve[:, None] * np.exp(rng.normal(0, 0.07, 3)) * 255, 0, 255).astype(np.uint8)
    crop = np.asarray(cv2.LUT(crop, table[None]), np.uint8)
    if rng.random() < 0.06:
        crop = np.repeat(np.asarray(cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY), np.uint8)[..., None], 3, 2)
    if rng.random() < 0.15:
        way, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7)
        axis = np.linspace(-1, 1, crop.shape[0], dtype=np.float32)
        light = 1 + strength * (np.cos(way) * axis[None, :] + np.sin(way) * axis[:, None])
        crop = np.clip(crop * light[..., None], 0, 255).astype(np.uint8)
    return crop


def worsen_sample(crop: Picture, rng: np.random.Generator) -> Picture:
    """Blur, downscale and upscale, add noise, compress, each sometimes."""
    if rng.random() < 0.2:
        crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), rng.uniform(0.4, 1.8)), np.uint8)
    if rng.random() < 0.06:
        kernel = np.zeros((9, 9), np.float32)
        way = rng.uniform(0, np.pi)
        reach = np.array([np.cos(way), np.sin(way)]) * 4
        start, end = (tuple(round(4 + s * float(v)) for v in reach) for s in (-1, 1))
        cv2.line(kernel, start, end, 1.0)
        crop = np.asarray(cv2.filter2D(crop, -1, kernel / kernel.sum()), np.uint8)
    if rng.random() < 0.12:
        small = int(np.exp(rng.uniform(np.log(40), np.log(110))))
        tiny = cv2.resize(crop, (small, small), interpolation=cv2.INTER_AREA)
        crop = np.asarray(cv2.resize(tiny, (CROP_PX, CROP_PX), interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.3:
        deviation = np.full(3, rng.uniform(1, 9))
        noise = cv2.randn(np.empty(crop.shape, np.int16), np.zeros(3), deviation)
        crop = np.clip(crop + noise, 0, 255).astype(np.uint8)
    if rng.random() < 0.15:
        packed = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(20, 85))])[1]
        crop = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(crop, np.uint8)


def cut_off(crop: Picture, rng: np.random.Generator) -> Picture:
    """Blacken a strip at one side, as where the frame ends."""
    reach = int(rng.uniform(0.05, 0.3) * CROP_PX)
    turned = np.rot90(crop, int(rng.integers(4))).copy()
    turned[:reach] = 0
    return np.ascontiguousarray(np.rot90(turned, int(rng.integers(4))))


def cover_face(
    crop: Picture, points: Points, stock: list[Sprite], rng: np.random.Generator
) -> tuple[Picture, NDArray[np.float32]]:
    """Cover two samples of five; return the crop and its cover (128, 128)."""
    cover = np.zeros((CROP_PX, CROP_PX), np.float32)
    if rng.random() < 0.13:
        crop, cover = glasses(crop, cover, points, rng)
    if rng.random() < 0.3:
        for _ in range(1 + int(rng.random() < 0.3)):
            crop, cover = paste(crop, cover, stock[rng.integers(len(stock))], points, rng)
    return crop, cover


def face_sample(picture: Picture, points: Points, clean: bool, stock: list[Sprite], rng: np.random.Generator) -> Sample:
    """Return a face with points; `clean` says that nothing covers it."""
    matrix = matrix_to_crop(shake_sample(fit_square_to_points(points), rng))
    crop, inside = cut(picture, matrix), points_to_crop(points, matrix)
    if rng.random() < 0.5:
        crop, inside = mirror_sample(crop, inside)
    crop, cover = cover_face(crop, inside, stock, rng)
    crop = worsen_sample(relight_sample(crop, rng), rng)
    if rng.random() < 0.05:
        crop = cut_off(crop, rng)
    small = cv2.resize(cover, (MAP_PX, MAP_PX), interpolation=cv2.INTER_AREA)
    target = np.minimum(1.0, 2 * small).astype(np.float32)
    known = np.ones_like(target) if clean else (target > LIKELY_COVERED).astype(np.float32)
    place = np.clip(inside[:, :2], 0, CROP_PX - 1).astype(np.int32)
    hidden = float(cover[place[:, 1], place[:, 0]].mean())
    visible = hidden < MOSTLY_HIDDEN and crop.std() > TOO_DIM
    return Sample(crop, inside, 1.0 if visible else -1.0, target, known)


def faceless_sample(crop: Picture, stock: list[Sprite], rng: np.random.Generator) -> Sample:
    """Return a crop (128, 128, 3) without a well placed face.

    Things are pasted on it too.
    """
    if rng.random() < 0.3:
        anywhere = rng.uniform(0, CROP_PX, (20, 3)).astype(np.float32)
        cover = np.zeros((CROP_PX, CROP_PX), np.float32)
        crop, _ = paste(crop, cover, stock[rng.integers(len(stock))], anywhere, rng)
    nothing = np.zeros((MAP_PX, MAP_PX), np.float32)
    crop = worsen_sample(relight_sample(crop, rng), rng)
    return Sample(crop, np.zeros((468, 3), np.float32), 0.0, nothing, nothing)


def misplaced_sample(picture: Picture, points: Points, stock: list[Sprite], rng: np.random.Generator) -> Sample:
    """Return a face seen through a badly placed crop."""
    return faceless_sample(cut(picture, matrix_to_crop(misplace_crop(fit_square_to_points(points), rng))), stock, rng)


def backdrop_sample(picture: Picture, stock: list[Sprite], rng: np.random.Generator) -> Sample:
    """Return a part of a picture without faces.

    One in eight is a plain crop: one colour or a soft gradient.
    """
    if rng.random() < PLAIN_SHARE:
        return faceless_sample(plain(rng), stock, rng)
    height, width = picture.shape[:2]
    side = float(rng.uniform(0.3, 1.0) * min(height, width))
    center = (float(rng.uniform(side / 2, width - side / 2)), float(rng.uniform(side / 2, height - side / 2)))
    square = Square(center, side, float(rng.uniform(-np.pi, np.pi)) if rng.random() < 0.5 else 0.0)
    return faceless_sample(cut(picture, matrix_to_crop(square)), stock, rng)


def plain(rng: np.random.Generator) -> Picture:
    """Return a crop (128, 128, 3) of four random corner colours.

    They are often all alike, and often black.
    """
    corners = rng.uniform(0, 255, (2, 2, 3)) * rng.choice([0.0, 0.2, 1.0])
    if rng.random() < 0.5:
        corners[:] = corners[0, 0]
    return np.asarray(
        cv2.resize(corners.astype(np.uint8), (CROP_PX, CROP_PX), interpolation=cv2.INTER_LINEAR), np.uint8
    )
