"""Second faces in the sample's room, made from the built-in personas: rolled, cut by an edge, small, dim, blurred."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from livecam.core.face import Points, Side
from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.personas.built_in import builtin_names, find_recipe
from livecam.personas.generator.compose import draw_portrait

SIZE_WH = (1280, 720)
FREE_XY = (230.0, 330.0)
"""The middle of the room next to the head of the sample clip."""
DIM, BLUR_SHARE = 0.15, 0.03


@dataclass(frozen=True)
class SecondFace:
    """What a second face is like: height in pixels, roll in degrees, the edge that cuts it to a half, a change."""

    height_px: int
    roll_deg: int = 0
    edge: str = ""
    change: str = ""
    persona: int = 0

    def __str__(self) -> str:
        """In words, for the name of a test."""
        parts = (f"{self.height_px}px", f"roll{self.roll_deg}", self.edge, self.change)
        return "-".join(part for part in parts if part)


@cache
def room() -> Pixels:
    """The first picture of the sample clip, with the head that is followed."""
    there, picture = cv2.VideoCapture(str(SAMPLE_CLIP)).read()
    assert there
    return np.asarray(picture, np.uint8)


@cache
def _person(number: int) -> tuple[Pixels, Points]:
    return draw_portrait(find_recipe(builtin_names()[number % len(builtin_names())]))


def picture_with(face: SecondFace) -> Pixels:
    """The room with a second face in it."""
    return _changed(_pasted(face, _place(face)), face)


def entering(side: Side, share: float, height_px: int, persona: int) -> Pixels:
    """The room with so much of a second face in it, which comes in at an edge; the share of its width or height."""
    low, high = _person(persona)[1][:, :2].min(0), _person(persona)[1][:, :2].max(0)
    inside = (share - 0.5) * height_px * (high - low) / (high - low)[1]
    face, (x, y) = SecondFace(height_px, persona=persona), FREE_XY
    places = {
        Side.LEFT: (inside[0], y),
        Side.RIGHT: (SIZE_WH[0] - inside[0], y),
        Side.TOP: (x, inside[1]),
        Side.BOTTOM: (x, SIZE_WH[1] - inside[1]),
    }
    return _pasted(face, np.array(places[side]))


def _pasted(face: SecondFace, place: Points) -> Pixels:
    photo, mesh = _person(face.persona)
    low, high = mesh[:, :2].min(0), mesh[:, :2].max(0)
    middle, (width, height) = (low + high) / 2, high - low
    # Thin hairs and a little background stay around the head, as a careless cut leaves them.
    mask = np.zeros(photo.shape[:2], np.float32)
    axes = (int(width * 0.68), int(height * 0.72))
    cv2.ellipse(mask, (int(middle[0]), int(middle[1] - height * 0.08)), axes, 0, 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 6)
    roll, scale = np.radians(face.roll_deg), face.height_px / height
    turn = scale * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    matrix = np.c_[turn, place - turn @ middle]
    if scale < 0.5:
        photo = cv2.GaussianBlur(photo, (0, 0), 0.4 / scale)
    pasted = cv2.warpAffine(photo, matrix, SIZE_WH, flags=cv2.INTER_LINEAR)
    alpha = cv2.warpAffine(mask, matrix, SIZE_WH)
    picture = room().copy()
    x, y, width, height = cv2.boundingRect((alpha > 0).astype(np.uint8))
    part = np.s_[y : y + height, x : x + width]
    picture[part] = cv2.blendLinear(pasted[part], picture[part], alpha[part], 1 - alpha[part])
    return picture


def _changed(picture: Pixels, face: SecondFace) -> Pixels:
    if face.change == "dim":
        return np.asarray(cv2.convertScaleAbs(picture, alpha=DIM), np.uint8)
    if face.change == "blurred":
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), BLUR_SHARE * face.height_px), np.uint8)
    return picture


def _place(face: SecondFace) -> Points:
    width, height = SIZE_WH
    x, y = FREE_XY
    places = {"left": (0, y), "right": (width, y), "top": (x, 0), "bottom": (x, height)}
    return np.array(places.get(face.edge, (x, y)))


def alone(face: SecondFace) -> Pixels:
    """The room without the second face, in the same light."""
    return _changed(room().copy(), face)


HEIGHTS_PX = (60, 100, 200, 300, 400)
EDGES = ("left", "right", "top", "bottom")
CHANGES = ("dim", "blurred")


def all_kinds() -> list[SecondFace]:
    """Every kind that is promised."""
    faces = [SecondFace(h, roll) for h in HEIGHTS_PX for roll in range(0, 181, 15)]
    faces += [SecondFace(h, -roll) for h in HEIGHTS_PX for roll in (45, 90, 135)]
    faces += [SecondFace(h, 0, edge) for h in HEIGHTS_PX for edge in EDGES]
    faces += [SecondFace(h, roll, "", change) for h in HEIGHTS_PX for roll in (0, 90, 180) for change in CHANGES]
    faces += [SecondFace(h, 0, edge, change) for h in HEIGHTS_PX for edge in EDGES for change in CHANGES]
    return [SecondFace(f.height_px, f.roll_deg, f.edge, f.change, n) for n, f in enumerate(faces)]
