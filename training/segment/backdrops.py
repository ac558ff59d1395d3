"""Paint backgrounds and clothes.

Gradients, noise of all sizes, shelves of boxes. No photo goes into them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Share = NDArray[np.float32]


def _noise(rng: np.random.Generator, size_px: int, cells: int, channels: int) -> Share:
    coarse = rng.normal(0, 1, (cells, cells, channels)).astype(np.float32)
    return cv2.resize(coarse, (size_px, size_px), interpolation=cv2.INTER_CUBIC).reshape(size_px, size_px, channels)


def _gradient(rng: np.random.Generator, size_px: int) -> Share:
    corners = rng.uniform(0, 255, 3) + rng.normal(0, 35, (2, 2, 3))
    return cv2.resize(corners.astype(np.float32), (size_px, size_px), interpolation=cv2.INTER_LINEAR)


def _shelves(rng: np.random.Generator, picture: Share) -> None:
    """Draw boxes, lines and discs over a picture (n, n, 3)."""
    size_px = len(picture)
    for _ in range(int(rng.integers(3, 26))):
        x, y = rng.integers(-20, size_px, 2)
        width, height = (int(v) for v in rng.uniform(4, size_px * rng.uniform(0.1, 0.7), 2))
        colour = tuple(float(v) for v in rng.uniform(0, 255, 3))
        kind = rng.random()
        if kind < 0.6:
            cv2.rectangle(picture, (int(x), int(y)), (int(x) + width, int(y) + height), colour, -1)
        elif kind < 0.8:
            cv2.line(picture, (int(x), int(y)), (int(x) + width, int(y) + height), colour, int(rng.integers(1, 9)))
        else:
            cv2.circle(picture, (int(x), int(y)), max(width // 3, 2), colour, -1)


def paint_backdrop(rng: np.random.Generator, size_px: int) -> Picture:
    """Return a room or a wall (n, n, 3), sharp or out of focus."""
    picture = _gradient(rng, size_px)
    if rng.random() < 0.65:
        _shelves(rng, picture)
    for cells in (3, 7, 17, 47):
        if rng.random() < 0.5:
            picture += _noise(rng, size_px, cells, 3) * rng.uniform(3, 38)
    if rng.random() < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), float(np.exp(rng.uniform(-0.7, 2.2))))
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def paint_cloth(rng: np.random.Generator, size_px: int) -> Picture:
    """Return cloth (n, n, 3) of one colour with folds, stripes or a knit."""
    hue = rng.uniform(0, 255, 3) * (rng.uniform(0.1, 1) if rng.random() < 0.5 else 1)
    grey = hue.mean()
    picture = np.empty((size_px, size_px, 3), np.float32)
    picture[:] = grey + (hue - grey) * rng.uniform(0, 1)
    picture *= 1 + 0.18 * _noise(rng, size_px, 6, 1) * rng.uniform(0.2, 1.5)
    if rng.random() < 0.4:
        step = rng.uniform(2, 14)
        across = np.arange(size_px) * (2 * np.pi / step)
        wave = np.sin(across[:, None] * rng.random() + across[None] * rng.random())
        picture += wave[..., None].astype(np.float32) * rng.normal(0, 25, 3).astype(np.float32)
    picture += rng.normal(0, rng.uniform(0, 9), picture.shape)
    return np.asarray(np.clip(picture, 0, 255), np.uint8)


def draw_shoulders(rng: np.random.Generator, points: NDArray[np.float32], size_px: int) -> tuple[Share, Share]:
    """Return masks (n, n) of a body under a head of mesh points (468, 2).

    And of its neck and neckline.
    """
    height = float(np.linalg.norm(points[10] - points[152]))
    x, y = points[152] + rng.normal(0, 0.04, 2) * height
    neck = height * rng.uniform(0.26, 0.38)
    wide, drop = height * rng.uniform(0.9, 1.5), height * rng.uniform(0.28, 0.6)
    left, right = wide * rng.uniform(0.85, 1.1), wide * rng.uniform(0.85, 1.1)
    low = size_px * 2.0
    outline = [
        (x - neck, y - 0.25 * height), (x - neck, y + 0.3 * drop), (x - 0.6 * left, y + 0.75 * drop),
        (x - left, y + drop + 0.1 * height), (x - left * 1.12, low), (x + right * 1.12, low),
        (x + right, y + drop + 0.1 * height), (x + 0.6 * right, y + 0.75 * drop), (x + neck, y + 0.3 * drop),
        (x + neck, y - 0.25 * height),
    ]  # fmt: skip
    body = np.zeros((size_px, size_px), np.uint8)
    cv2.fillPoly(body, [np.array(outline).astype(np.int32)], 255)
    body = cv2.GaussianBlur(body, (0, 0), 2.0)
    skin = np.zeros_like(body)
    depth = height * (rng.uniform(0.15, 0.75) if rng.random() < 0.5 else rng.uniform(0.05, 0.2))
    collar = [
        (x - neck * 1.3, y - 0.3 * height), (x - neck * rng.uniform(0.9, 1.4), y + 0.45 * drop), (x, y + depth),
        (x + neck * rng.uniform(0.9, 1.4), y + 0.45 * drop), (x + neck * 1.3, y - 0.3 * height),
    ]  # fmt: skip
    cv2.fillPoly(skin, [np.array(collar).astype(np.int32)], 255)
    return body.astype(np.float32) / 255, np.minimum(cv2.GaussianBlur(skin, (0, 0), 1.0), body).astype(np.float32) / 255
