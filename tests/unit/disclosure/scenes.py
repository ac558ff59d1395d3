"""A scene to mark and read: a textured wall, a person's blob that sways before it, and a camera's noise."""

from collections.abc import Iterator

import cv2
import numpy as np

from livecam.core.frame import Pixels

RATE_HZ = 30
PERIOD_NS = 1_000_000_000 // RATE_HZ


def scene(size_wh: tuple[int, int], count: int, level: float = 110, seed: int = 0) -> Iterator[Pixels]:
    """`count` pictures at RATE_HZ, each (h, w, 3) uint8 BGR."""
    width, height = size_wh
    rng = np.random.default_rng(seed)
    wall = cv2.GaussianBlur(rng.normal(level, 90, (height, width, 3)).astype(np.float32), None, height / 60)
    blob = cv2.GaussianBlur(rng.normal(level * 1.3, 160, (height, width, 3)).astype(np.float32), None, height / 40)
    noise = rng.normal(0, 2, (height, width, 1)).astype(np.float32)
    for n in range(count):
        sway = 0.06 * np.sin(2 * np.pi * 0.4 * n / RATE_HZ) + 0.02 * np.sin(2 * np.pi * 1.1 * n / RATE_HZ)
        mask = np.zeros((height, width), np.uint8)
        centre = round((0.5 + sway) * width), round(0.6 * height)
        cv2.ellipse(mask, centre, (width // 8, height // 3), 0, 0, 360, 1, cv2.FILLED)
        moved = np.roll(blob, round(sway * width), 1)
        picture = np.where(mask[..., None] > 0, moved, wall) + np.roll(noise, (7 * n, 13 * n), (0, 1))
        yield np.clip(picture, 0, 255).astype(np.uint8)
