"""Synthetic things before a face, each with its exact cover.

They are hands, blobs, cups, microphones and glasses.

A sprite is (SPRITE_PX, SPRITE_PX, 4) uint8, BGR and cover; a skin sprite is grey and takes the face's own colour.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

SPRITE_PX = 160
RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS = (33, 133), (362, 263)
FOREHEAD, CHIN, EARS = 10, 152, (127, 356)

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Sprite:
    """A thing to paste; `skin` ones are tinted with the face's colour."""

    pixels: Picture
    skin: bool


def limb(canvas: Picture, start: NDArray[np.float64], end: NDArray[np.float64], width: float) -> None:
    """Draw a round-ended limb onto grey and cover (h, w, 2).

    It is bright along its middle and dark at its edges.
    """
    grey, cover = np.ascontiguousarray(canvas[..., 0]), np.ascontiguousarray(canvas[..., 1])
    a, b = (tuple(int(v * 8) for v in p) for p in (start, end))
    for share in np.linspace(1.0, 0.15, 6):
        tone = int(120 + 100 * (1 - share))
        cv2.line(grey, a, b, tone, max(1, int(width * share)), cv2.LINE_AA, 3)
    cv2.line(cover, a, b, 255, max(1, int(width)), cv2.LINE_AA, 3)
    canvas[..., 0], canvas[..., 1] = grey, cover


def hand(rng: np.random.Generator) -> Sprite:
    """Return a palm with up to five fingers and a forearm.

    Fingers are spread, bent or together.
    """
    canvas = np.zeros((SPRITE_PX, SPRITE_PX, 2), np.uint8)
    palm = np.array([SPRITE_PX / 2, SPRITE_PX * 0.62])
    size = rng.uniform(26, 36)
    limb(canvas, palm, palm + np.array([rng.uniform(-30, 30), SPRITE_PX * 0.5]), size * rng.uniform(1.0, 1.5))
    limb(canvas, palm - np.array([0, size * 0.3]), palm + np.array([0, size * 0.3]), size * rng.uniform(1.4, 1.9))
    spread, bend = rng.uniform(0.05, 0.3), rng.uniform(-0.5, 0.5)
    for finger in range(int(rng.integers(1, 6))):
        angle = (finger - 1.7) * spread + rng.normal(0, 0.06)
        root = palm + size * np.array([(finger - 1.7) * 0.36, -0.55])
        joint = root + size * rng.uniform(0.6, 0.9) * np.array([np.sin(angle), -np.cos(angle)])
        tip = joint + size * rng.uniform(0.3, 0.9) * np.array([np.sin(angle + bend), -np.cos(angle + bend)])
        for start, end in pairwise((root, joint, tip)):
            limb(canvas, start, end, size * rng.uniform(0.3, 0.42))
    grey = canvas[..., 0].astype(np.float32)
    grain = cv2.GaussianBlur(rng.normal(0, 60, grey.shape).astype(np.float32), (0, 0), 3.0)
    light = np.outer(np.linspace(-1, 1, SPRITE_PX), rng.normal(0, 18)) + np.linspace(-1, 1, SPRITE_PX) * rng.normal(
        0, 25
    )
    grey = np.clip(cv2.GaussianBlur(grey, (0, 0), 1.5) + grain + light, 0, 255)
    return Sprite(np.dstack([grey, grey, grey, canvas[..., 1]]).astype(np.uint8), True)


def blob(rng: np.random.Generator, texture: Picture) -> Sprite:
    """Return a rounded random patch of a picture."""
    angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 12))))
    radii = rng.uniform(0.25, 0.48, len(angles)) * SPRITE_PX
    corners = np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None] + SPRITE_PX / 2
    cover = np.zeros((SPRITE_PX, SPRITE_PX), np.uint8)
    cv2.fillPoly(cover, [corners.astype(np.int32)], 255)
    cover = np.where(cv2.GaussianBlur(cover, (0, 0), rng.uniform(1, 8)) > 127, 255, 0)
    return Sprite(np.dstack([random_patch(rng, texture), cover]).astype(np.uint8), False)


def cup(rng: np.random.Generator, texture: Picture) -> Sprite:
    """Return a can, cup or phone: a box of one colour or a picture, shaded across."""
    width, height = rng.uniform(0.2, 0.45, 2) * SPRITE_PX
    cover = np.zeros((SPRITE_PX, SPRITE_PX), np.uint8)
    low = (int(SPRITE_PX / 2 - width), int(SPRITE_PX / 2 - height))
    cv2.rectangle(cover, low, (int(SPRITE_PX / 2 + width), int(SPRITE_PX / 2 + height)), 255, -1)
    plain = np.broadcast_to(rng.uniform(0, 255, 3), (SPRITE_PX, SPRITE_PX, 3))
    pixels = plain if rng.random() < 0.6 else random_patch(rng, texture)
    shade = 1 + rng.uniform(-0.6, 0.6) * np.linspace(-1, 1, SPRITE_PX)[None, :, None]
    return Sprite(np.dstack([np.clip(pixels * shade, 0, 255), cover]).astype(np.uint8), False)


def microphone(rng: np.random.Generator, _: Picture) -> Sprite:
    """Return a ball on a stick, nearly black to grey."""
    canvas = np.zeros((SPRITE_PX, SPRITE_PX, 2), np.uint8)
    middle = np.array([SPRITE_PX / 2, SPRITE_PX / 2])
    limb(canvas, middle, middle + np.array([rng.uniform(-20, 20), SPRITE_PX]), rng.uniform(8, 26))
    limb(canvas, middle, middle + np.array([0.0, rng.uniform(1, 20)]), rng.uniform(25, 60))
    tint = rng.uniform(0.1, 1.0) * rng.uniform(0.8, 1.2, 3)
    mesh = rng.normal(0, 14, canvas.shape[:2])
    color = np.clip((canvas[..., 0] + mesh)[..., None] * tint, 0, 255)
    return Sprite(np.dstack([color, canvas[..., 1]]).astype(np.uint8), False)


def random_patch(rng: np.random.Generator, texture: Picture) -> Picture:
    """Cut a random part of a picture, resized to a sprite."""
    height, width = texture.shape[:2]
    side = int(rng.uniform(0.4, 1.0) * min(height, width))
    x, y = rng.integers(0, width - side + 1), rng.integers(0, height - side + 1)
    return np.asarray(cv2.resize(texture[y : y + side, x : x + side], (SPRITE_PX, SPRITE_PX)), np.uint8)


def sprites(rng: np.random.Generator, textures: list[Picture], count: int) -> list[Sprite]:
    """Make a stock of sprites, half of them hands."""
    stock = []
    for _ in range(count):
        kind = rng.random()
        texture = textures[rng.integers(len(textures))]
        if kind < 0.55:
            stock.append(hand(rng))
        else:
            stock.append((blob, cup, microphone)[int(rng.integers(3))](rng, texture))
    return stock


def paste(
    crop: Picture, cover: NDArray[np.float32], sprite: Sprite, points: Points, rng: np.random.Generator
) -> tuple[Picture, NDArray[np.float32]]:
    """Paste a sprite on a face; return the crop (n, n, 3) and its cover (n, n) 0..1."""
    side = crop.shape[0]
    size = np.exp(rng.uniform(np.log(0.3), np.log(1.0)))
    place = points[rng.integers(len(points)), :2] + rng.normal(0, 8, 2)
    matrix = cv2.getRotationMatrix2D((SPRITE_PX / 2, SPRITE_PX / 2), rng.normal(0, 50), size * side / SPRITE_PX)
    matrix[:, 2] += place - SPRITE_PX / 2
    pasted = cv2.warpAffine(sprite.pixels, matrix, (side, side), flags=cv2.INTER_LINEAR)
    color = pasted[..., :3].astype(np.float32)
    if sprite.skin:
        inside = np.clip(points[:, :2].astype(np.int32), 0, side - 1)
        skin = crop[inside[:, 1], inside[:, 0]].mean(0)
        color *= (skin / 190 * rng.uniform(0.6, 1.5) * rng.uniform(0.93, 1.07, 3)).astype(np.float32)
    alpha = cv2.GaussianBlur(pasted[..., 3], (0, 0), rng.uniform(0.4, 1.4)).astype(np.float32) / 255
    mixed = crop + (np.clip(color, 0, 255) - crop) * alpha[..., None]
    return mixed.astype(np.uint8), np.maximum(cover, alpha)


def glasses(
    crop: Picture, cover: NDArray[np.float32], points: Points, rng: np.random.Generator
) -> tuple[Picture, NDArray[np.float32]]:
    """Draw a pair of glasses on a face, in its pose.

    Tinted lenses count as cover by their tint.
    """
    rim, lens = np.zeros(crop.shape[:2], np.uint8), np.zeros(crop.shape[:2], np.uint8)
    across = points[LEFT_EYE_CORNERS[1]] - points[RIGHT_EYE_CORNERS[0]]
    unit = np.linalg.norm(across)
    across = across / unit
    down = points[CHIN] - points[FOREHEAD]
    down = (down - across * (down @ across)) / np.linalg.norm(down)
    ahead = np.cross(across, down) * -np.sign(np.cross(across, down)[2])
    outline = lens_outline(rng) * unit
    thickness = int(rng.integers(1, 4))
    inner = []
    for side, (a, b) in zip((-1, 1), (RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS), strict=True):
        center = (points[a] + points[b]) / 2 + ahead * 0.12 * unit + down * 0.03 * unit
        loop = center + outline[:, :1] * across * side + outline[:, 1:] * down
        drawn = np.round(loop[:, :2] * 8).astype(np.int32)
        cv2.polylines(rim, [drawn], True, 255, thickness, cv2.LINE_AA, 3)
        cv2.fillPoly(lens, [drawn], 255, cv2.LINE_AA, 3)
        inner.append(drawn[np.argmin(outline[:, 0])])
        hinge = tuple(int(v) for v in drawn[np.argmax(outline[:, 0])])
        ear = tuple(int(v * 8) for v in points[EARS[0] if side < 0 else EARS[1], :2])
        cv2.line(rim, hinge, ear, 255, thickness, cv2.LINE_AA, 3)
    bridge = [tuple(int(v) for v in p) for p in inner]
    cv2.line(rim, bridge[0], bridge[1], 255, thickness, cv2.LINE_AA, 3)
    tint = rng.uniform(0.5, 1.0) if rng.random() < 0.25 else rng.uniform(0, 0.12)
    dark = (lens / 255.0 * tint)[..., None]
    tinted = crop * (1 - dark) + rng.uniform(0, 60, 3) * dark
    solid = (rim / 255.0)[..., None]
    mixed = tinted * (1 - solid) + (rng.uniform(0, 90) + rng.normal(0, 15, 3)) * solid
    seen = np.maximum(rim / 255.0, lens / 255.0 * (tint if tint > 0.4 else 0))
    return np.clip(mixed, 0, 255).astype(np.uint8), np.maximum(cover, seen.astype(np.float32))


def lens_outline(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a lens (24, 2) between ellipse and rounded box.

    It is in eye distances, outer side positive.
    """
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    power = rng.uniform(0.5, 1.0)
    shape = np.stack([np.cos(angle), np.sin(angle)], 1)
    shape = np.sign(shape) * np.abs(shape) ** power
    return np.asarray(shape * [rng.uniform(0.24, 0.31), rng.uniform(0.13, 0.27)], np.float64)
