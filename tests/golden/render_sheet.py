"""The drawn persona on a drawn face, posed and lit, as one picture; `python -m tests.golden.render_sheet` writes it."""

from pathlib import Path

import cv2
import numpy as np

from livecam.core.frame import Pixels
from livecam.video.render.puppet import Puppet
from livecam.video.render.renderer import FaceRenderer
from tests.unit.video.drawn import colour_texture, detail_texture, frame_of, mesh, picture, points_at
from tests.unit.video.render.test_puppet import photo, with_eyes_shut, with_mouth_open

FILE = Path(__file__).with_name("render_sheet.png")
CELL_WH = (128, 96)
PART = 0.75


def swapped(points, texture, light: float = 1.0) -> Pixels:
    pixels, renderer = picture(points, light), FaceRenderer()
    for seq in range(3):
        out = pixels.copy()
        renderer.draw(frame_of(pixels, seq), mesh(points), texture, out)
    return out


def middle(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    margin_y, margin_x = (round(side * (1 - PART) / 2) for side in (height, width))
    return pixels[margin_y : height - margin_y, margin_x : width - margin_x]


def acted(points) -> Pixels:
    out = np.zeros((240, 320, 3), np.uint8)
    puppet = Puppet(photo(), (320, 240))
    for live in (points_at(), points):
        puppet.draw(mesh(live), out)
    return out


def sheet() -> Pixels:
    detail, front = detail_texture(), points_at()
    cells = [
        swapped(front, detail),
        swapped(points_at(yaw_deg=35), detail),
        swapped(points_at((90, 60)), detail),
        swapped(front, detail, light=0.4),
        swapped(with_mouth_open(front), detail),
        swapped(with_eyes_shut(front), detail),
        swapped(front, colour_texture(0.6)),
        swapped(points_at(height_px=60), detail),
        acted(front),
        acted(points_at(yaw_deg=20)),
        acted(with_mouth_open(front)),
        acted(with_eyes_shut(front)),
    ]
    small = [cv2.resize(middle(cell), CELL_WH, interpolation=cv2.INTER_AREA) for cell in cells]
    return np.vstack([np.hstack(small[row : row + 4]) for row in (0, 4, 8)])


if __name__ == "__main__":
    cv2.imwrite(str(FILE), sheet(), [cv2.IMWRITE_PNG_COMPRESSION, 9])
