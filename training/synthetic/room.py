"""Paint a room behind the person, out of focus, in three lights.

It has a wall, a shelf with books, a window, a lamp and a plant.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.figure import linear

Floats = NDArray[np.float32]
Colour = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Room:
    """Linear BGR pictures (h, w, 3) of the room: ambient, lamp and window light."""

    diffuse: Floats
    lamp: Floats
    window: Floats

    def lit(self, diffuse: float, lamp: float, window: float) -> Floats:
        """Return the room with its three lights at these strengths."""
        return np.asarray(diffuse * self.diffuse + lamp * self.lamp + window * self.window, np.float32)


def _glow(size_wh: tuple[int, int], centre: tuple[float, float], reach_px: float) -> Floats:
    x, y = np.meshgrid(np.arange(size_wh[0]), np.arange(size_wh[1]))
    return np.asarray(1 / (1 + ((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / reach_px**2), np.float32)[..., None]


def _box(picture: Floats, box_xyxy: tuple[float, float, float, float], colour: Colour) -> None:
    x0, y0, x1, y1 = (round(v) for v in box_xyxy)
    cv2.rectangle(picture, (x0, y0), (x1, y1), colour, -1)


def _books(picture: Floats, x0: int, x1: int, floor_y: int, random: np.random.Generator) -> None:
    x = float(x0)
    while x < x1 - 12:
        width, height = random.uniform(11, 30), random.uniform(70, 112)
        if random.random() < 0.12:
            x += random.uniform(20, 60)
            continue
        hue = random.choice([8, 15, 20, 100, 110, 118, 170, 60])
        hsv = np.array([[[hue, random.integers(20, 105), random.integers(60, 170)]]], np.uint8)
        shade = tuple(float(c) for c in cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)[0, 0])
        _box(picture, (x, floor_y - height, x + width, floor_y), shade)
        _box(picture, (x + width - 3, floor_y - height, x + width, floor_y), tuple(0.6 * c for c in shade))
        label = tuple(min(1.35 * c + 25, 255.0) for c in shade)
        _box(picture, (x + 2, floor_y - 0.8 * height, x + width - 4, floor_y - 0.7 * height), label)
        x += width + 1


def _plant(picture: Floats, foot: tuple[int, int], random: np.random.Generator) -> None:
    for _ in range(46):
        angle, length = random.normal(-1.57, 0.75), random.uniform(70, 190)
        tip = (foot[0] + length * np.cos(angle), foot[1] + length * np.sin(angle))
        green = (40 + random.uniform(0, 30), 80 + random.uniform(0, 60), 50 + random.uniform(0, 40))
        middle = ((foot[0] + tip[0]) / 2, (foot[1] + tip[1]) / 2)
        cv2.ellipse(picture, (middle, (length, random.uniform(10, 22)), float(np.degrees(angle))), green, -1)
    _box(picture, (foot[0] - 42, foot[1] - 8, foot[0] + 42, foot[1] + 90), (92, 104, 128))


def _furniture(width: int, height: int, random: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return reflectance as screen values (h, w, 3), and two masks (h, w, 1).

    The masks are the lamp's shade and the window's panes.
    """
    picture = np.full((height, width, 3), (172, 186, 192), np.float32)
    picture += cv2.resize(random.normal(0, 5, (height // 60, width // 60, 1)), (width, height))[..., None]
    _box(picture, (0, height * 0.93, width, height), (70, 90, 112))
    for floor_y in (150, 290, 430, 570):
        _box(picture, (40, floor_y - 128, 400, floor_y), (60, 78, 98))
        _books(picture, 52, 390, floor_y, random)
        _box(picture, (30, floor_y, 410, floor_y + 12), (84, 112, 146))
    _box(picture, (24, 0, 42, height), (84, 112, 146))
    _box(picture, (398, 0, 414, height), (84, 112, 146))
    _box(picture, (560, 60, 716, 210), (52, 60, 70))
    _box(picture, (572, 72, 704, 198), (200, 206, 208))
    for k, colour in enumerate([(150, 120, 80), (110, 150, 190), (90, 110, 70)]):
        _box(picture, (586, 92 + 32 * k, 690, 118 + 32 * k), colour)
    panes, shade = np.zeros((height, width, 1), np.float32), np.zeros((height, width, 1), np.float32)
    _box(picture, (948, 20, 1226, 470), (225, 228, 230))
    for x0, x1 in ((962, 1080), (1094, 1212)):
        _box(panes, (x0, 34, x1, 236), (1.0, 0, 0))
        _box(panes, (x0, 250, x1, 456), (1.0, 0, 0))
    for x in range(1180, 1280, 9):
        _box(picture, (x, 0, x + 6, 600), (190 + 14 * (x % 4), 196 + 14 * (x % 4), 200 + 14 * (x % 4)))
        _box(panes, (x, 0, x + 9, 600), (0.0, 0, 0))
    _plant(picture, (880, 560), random)
    _box(picture, (770, 648, 1060, height), (96, 124, 156))
    _box(picture, (770, 648, 1060, 660), (120, 150, 182))
    cv2.fillPoly(shade, [np.array([(436, 150), (520, 150), (548, 250), (408, 250)], np.int32)], 1.0)
    _box(picture, (473, 250, 483, height), (60, 66, 74))
    picture = picture * (1 - shade) + shade * np.array((190, 214, 232), np.float32)
    return picture, shade, panes


def paint_room(width: int, height: int, seed: int, blur_px: float) -> Room:
    """Return a room of (height, width), always the same for one seed."""
    random = np.random.default_rng(seed)
    picture, shade, panes = _furniture(width, height, random)
    reflectance = linear(picture)
    warm, cool = np.array([0.42, 0.72, 1.0], np.float32), np.array([1.0, 0.93, 0.84], np.float32)
    corner = 0.75 + 0.25 * _glow((width, height), (width / 2, height / 3), width / 2)
    from_lamp = _glow((width, height), (478, 205), 190)
    from_window = _glow((width, height), (1080, 240), 420)
    outside = np.linspace(1.0, 0.72, height, dtype=np.float32)[:, None, None] * np.array([1.0, 0.97, 0.92], np.float32)
    pictures = (
        reflectance * corner * (1 - panes),
        reflectance * from_lamp * warm * (1 - panes) + shade * warm * 1.3,
        reflectance * from_window * cool * (1 - panes) + panes * outside * 1.5,
    )
    blurred = (cv2.GaussianBlur(np.asarray(p, np.float32), (0, 0), blur_px) for p in pictures)
    return Room(*(np.asarray(b, np.float32) for b in blurred))
