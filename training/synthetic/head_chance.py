"""Draw a random head: skin, expression, pose, light and background."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic.figure import FigureStyle, Lamp, Lighting, linear
from training.synthetic.head import Head
from training.synthetic.posing import Pose
from training.synthetic.shadow import find_reached
from training.synthetic.skin import Unroller

Floats = NDArray[np.float32]
SKIN_PX = 384
MOUTHS = [
    {},
    {"jawOpen": 0.7},
    {"jawOpen": 0.35, "mouthFunnel": 0.5},
    {"mouthPucker": 0.9},
    {"mouthSmile_L": 0.9, "mouthSmile_R": 0.9},
    {"mouthSmile_L": 0.8, "mouthSmile_R": 0.8, "jawOpen": 0.35, "mouthUpperUp_L": 0.4, "mouthUpperUp_R": 0.4},
    {"mouthFrown_L": 0.8, "mouthFrown_R": 0.8},
    {"mouthRollLower": 0.7, "mouthRollUpper": 0.7, "mouthPress_L": 0.4, "mouthPress_R": 0.4},
    {"jawLeft": 0.7, "mouthLeft": 0.6},
    {"jawRight": 0.7, "mouthRight": 0.6},
    {"mouthStretch_L": 0.8, "mouthStretch_R": 0.8, "jawOpen": 0.25},
    {"mouthShrugLower": 0.7, "mouthShrugUpper": 0.5},
    {"cheekPuff_L": 0.8, "cheekPuff_R": 0.8},
    {"mouthLowerDown_L": 0.7, "mouthLowerDown_R": 0.7, "mouthUpperUp_L": 0.6, "mouthUpperUp_R": 0.6, "jawOpen": 0.2},
]
BROWS = ["browDown", "browInnerUp", "browOuterUp", "cheekSquint", "noseSneer", "eyeSquint", "eyeWide"]


class Skins:
    """Skin textures unrolled from nearly frontal photos.

    One photo or a mix of two is used for a few heads.
    """

    def __init__(self, data: Path, labels: Path, head: Head, random: np.random.Generator) -> None:
        with np.load(labels, allow_pickle=False) as known:
            files, points = known["files"], known["points"]
        width = np.linalg.norm(points[:, 454, :2] - points[:, 234, :2], axis=1)
        turned = np.abs(points[:, 1, 0] - (points[:, 234, 0] + points[:, 454, 0]) / 2) / width
        usable = (turned < 0.07) & np.char.startswith(files, "train/stylegan")
        self._data, self._files, self._points = data, files[usable], points[usable]
        self._unroller, self._random = Unroller(head, SKIN_PX), random

    def __call__(self) -> FigureStyle:
        """Return a new look in the colours of photos; it is no real person's."""
        random = self._random
        mixed = [linear(self._one()) for _ in range(random.choice([1, 1, 2]))]
        skin = np.mean(mixed, axis=0) * random.uniform(0.6, 1.25) * random.uniform(0.9, 1.1, 3)
        skin = np.asarray(skin, np.float32)
        hair = random.uniform(0.005, 0.35) ** 1.7 * np.array([0.55, 0.75, 1.0]) * random.uniform(0.8, 1.2, 3)
        iris = random.choice([(0.03, 0.06, 0.12), (0.25, 0.16, 0.09), (0.08, 0.14, 0.11), (0.02, 0.03, 0.05)])
        colours = (np.asarray(c, np.float32) for c in (iris, hair, random.uniform(0.01, 0.7, 3)))
        return FigureStyle(skin, skin[int(0.6 * SKIN_PX), 12], *colours)

    def _one(self) -> Floats:
        k = int(self._random.integers(len(self._files)))
        photo = cv2.imread(str(self._data / str(self._files[k])))
        return self._unroller.unroll(np.asarray(photo, np.uint8), self._points[k])


def expression(random: np.random.Generator) -> tuple[dict[str, float], float]:
    """Return random weights by the kit's names, and the mean opening of the eyes.

    A third are half or fully closed.
    """
    weights: dict[str, float] = {}
    for mouth in random.choice(len(MOUTHS), 2, replace=False):
        strength = random.uniform(0, 1)
        for name, weight in MOUTHS[mouth].items():
            weights[name] = weights.get(name, 0.0) + weight * strength
    for brow in random.choice(BROWS, 2, replace=False):
        strength = random.uniform(0, 0.8)
        weights |= {f"{brow}_{side}": strength * random.uniform(0.7, 1) for side in "LR"}
    look_x, look_y = random.normal(0, 0.3, 2)
    weights |= {"eyeLookOut_L": look_x, "eyeLookIn_R": look_x, "eyeLookUp_L": look_y, "eyeLookUp_R": look_y}
    closed = random.choice([0.0, random.uniform(0.3, 0.8), 1.0], p=[0.66, 0.17, 0.17])
    blink = [closed, closed] if random.random() < 0.85 else [closed, 0.0]
    weights |= {"eyeBlink_L": float(blink[0]), "eyeBlink_R": float(blink[1])}
    return weights, 1 - float(np.mean(blink))


def pose(random: np.random.Generator) -> Pose:
    """Return a random pose: yaw to 70 degrees, pitch to 30, roll to 40.

    Shoulders follow in part.
    """
    yaw, pitch, roll = np.radians(random.uniform((-70, -30, -25), (70, 30, 25)))
    if random.random() < 0.4:
        yaw, pitch = 0.4 * yaw, 0.5 * pitch
    follow = random.uniform(0.2, 0.9)
    return Pose(yaw, pitch, roll, yaw * follow, 0.0, (0.0, 0.0, 0.0))


def lighting(random: np.random.Generator, posed: Floats, head: Head) -> Lighting:
    """Return one or two lamps before the head, and ambient light.

    Most lamps cast shadows.
    """
    lamps = []
    for strength in (random.uniform(0.2, 1.3), random.choice([0.0, random.uniform(0, 0.8)])):
        direction = random.normal((0, 0.4, 0.7), 0.7)
        direction = np.asarray(direction / np.linalg.norm(direction), np.float32)
        through = find_reached(posed, head.faces, direction, 2) if random.random() < 0.6 and strength > 0 else 1.0
        lamps.append(Lamp(direction, np.asarray(strength * random.uniform(0.75, 1.1, 3), np.float32), through))
    above = random.uniform(0.1, 0.7) * random.uniform(0.8, 1.1, 3)
    below = above * random.uniform(0.3, 0.9)
    return Lighting(tuple(lamps), above.astype(np.float32), below.astype(np.float32))


def background(random: np.random.Generator, files: list[Path], side: int) -> Floats:
    """Return a random crop (side, side, 3) of a picture without faces.

    It is in or out of focus.
    """
    picture = cv2.resize(np.asarray(cv2.imread(str(random.choice(np.array(files))))), (side * 3 // 2, side * 3 // 2))
    x, y = random.integers(0, side // 2, 2)
    picture = picture[y : y + side, x : x + side].astype(np.float32)
    blur = random.choice([0, random.uniform(1, 8)])
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture, np.float32)
