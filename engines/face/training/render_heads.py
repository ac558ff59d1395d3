"""Render ICT-FaceKit heads with exactly known points, as shards for the training of the mesh network.

Each head is a random identity, expression and pose under random lamps, in the skin of generated photos, before a random
background. A shard holds `jpg` (n,) JPEG bytes of 192 px BGR crops, twice as wide as the face; `points` (n, 468, 3) in
crop pixels; `eyes_open` (n,), the mean of both eyes, 1 open, 0 closed.

    python -m engines.face.training.render_heads --data DIR --labels faces.npz --out DIR --count 4000
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.training.figure import Lamp, Lighting, Look, hair_at, linear, lit, mouth_lit, screen
from engines.face.training.head import Head, load_head
from engines.face.training.landmarks import in_pixels, on_head
from engines.face.training.posing import Pose, carried, head_share
from engines.face.training.raster import Camera, rasterize
from engines.face.training.shadow import reached, sky_share
from engines.face.training.skin import Unroller

Floats = NDArray[np.float32]
CROP_PX, SAMPLES, MARGIN = 192, 2, 2.0
SKIN_PX, HEADS_PER_SKIN = 384, 4
SHARD = 250
CLOSED = {"eyeBlink_L": 1.0, "eyeBlink_R": 1.0}
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
    """Skin pictures unrolled from nearly frontal photos, singly or two mixed, each used for a few heads."""

    def __init__(self, data: Path, labels: Path, head: Head, random: np.random.Generator) -> None:
        with np.load(labels, allow_pickle=False) as known:
            files, points = known["files"], known["points"]
        width = np.linalg.norm(points[:, 454, :2] - points[:, 234, :2], axis=1)
        turned = np.abs(points[:, 1, 0] - (points[:, 234, 0] + points[:, 454, 0]) / 2) / width
        usable = (turned < 0.07) & np.char.startswith(files, "train/stylegan")
        self._data, self._files, self._points = data, files[usable], points[usable]
        self._unroller, self._random = Unroller(head, SKIN_PX), random

    def __call__(self) -> Look:
        """A new look; nobody's, but in the colours of photos."""
        random = self._random
        mixed = [linear(self._one()) for _ in range(random.choice([1, 1, 2]))]
        skin = np.mean(mixed, axis=0) * random.uniform(0.6, 1.25) * random.uniform(0.9, 1.1, 3)
        skin = np.asarray(skin, np.float32)
        hair = random.uniform(0.005, 0.35) ** 1.7 * np.array([0.55, 0.75, 1.0]) * random.uniform(0.8, 1.2, 3)
        iris = random.choice([(0.03, 0.06, 0.12), (0.25, 0.16, 0.09), (0.08, 0.14, 0.11), (0.02, 0.03, 0.05)])
        colours = (np.asarray(c, np.float32) for c in (iris, hair, random.uniform(0.01, 0.7, 3)))
        return Look(skin, skin[int(0.6 * SKIN_PX), 12], *colours)

    def _one(self) -> Floats:
        k = int(self._random.integers(len(self._files)))
        photo = cv2.imread(str(self._data / str(self._files[k])))
        return self._unroller.unroll(np.asarray(photo, np.uint8), self._points[k])


def expression(random: np.random.Generator) -> tuple[dict[str, float], float]:
    """Random weights by the kit's names, and how open the eyes are (mean of both): a third half or fully closed."""
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


def pose_of(random: np.random.Generator) -> Pose:
    """A random pose: yaw to 70 degrees, pitch to 30, roll to 40, shoulders following in part."""
    yaw, pitch, roll = np.radians(random.uniform((-70, -30, -25), (70, 30, 25)))
    if random.random() < 0.4:
        yaw, pitch = 0.4 * yaw, 0.5 * pitch
    follow = random.uniform(0.2, 0.9)
    return Pose(yaw, pitch, roll, yaw * follow, 0.0, (0.0, 0.0, 0.0))


def lighting(random: np.random.Generator, posed: Floats, head: Head) -> Lighting:
    """One or two lamps anywhere before the head, mostly casting shadows, and the room's light."""
    lamps = []
    for strength in (random.uniform(0.2, 1.3), random.choice([0.0, random.uniform(0, 0.8)])):
        direction = random.normal((0, 0.4, 0.7), 0.7)
        direction = np.asarray(direction / np.linalg.norm(direction), np.float32)
        through = reached(posed, head.faces, direction, 2) if random.random() < 0.6 and strength > 0 else 1.0
        lamps.append(Lamp(direction, np.asarray(strength * random.uniform(0.75, 1.1, 3), np.float32), through))
    above = random.uniform(0.1, 0.7) * random.uniform(0.8, 1.1, 3)
    below = above * random.uniform(0.3, 0.9)
    return Lighting(tuple(lamps), above.astype(np.float32), below.astype(np.float32))


def background(random: np.random.Generator, files: list[Path], side: int) -> Floats:
    """A random cut (side, side, 3) of a picture without faces, in or out of focus."""
    picture = cv2.resize(np.asarray(cv2.imread(str(random.choice(np.array(files))))), (side * 3 // 2, side * 3 // 2))
    x, y = random.integers(0, side // 2, 2)
    picture = picture[y : y + side, x : x + side].astype(np.float32)
    blur = random.choice([0, random.uniform(1, 8)])
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture, np.float32)


def framed(posed: Floats, random: np.random.Generator) -> tuple[Floats, Camera]:
    """Put a head before a camera of its own so that the face fills 1 / MARGIN of the crop, a little off its middle."""
    side = CROP_PX * SAMPLES
    distance = random.uniform(38, 130)
    points = on_head(posed)
    middle = (points.max(0) + points.min(0)) / 2
    posed = posed - middle - np.array([0, 0, distance], np.float32)
    seen = on_head(posed)
    spread = seen[:, :2] / -seen[:, 2:]
    size = float((spread.max(0) - spread.min(0)).max()) * MARGIN * random.uniform(0.92, 1.08)
    posed[:, :2] += random.uniform(-0.04, 0.04, 2) * size * distance
    return posed, Camera(side, side, side / size)


def closing(head: Head, open_sky: Floats, closed_sky: Floats, weights: dict[str, float]) -> Floats:
    """Share of the sky (v,) with the lids' share as open or closed as the lids are."""
    shut = np.where(head.neutral[:, 0] > 0, weights["eyeBlink_L"], weights["eyeBlink_R"])
    return np.asarray(np.maximum(open_sky, open_sky + shut * (closed_sky - open_sky)), np.float32)


class Studio:
    """Draws one random head after the other."""

    def __init__(self, data: Path, labels: Path, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._head = load_head(data / "head3d/ict_facekit_light.npz")
        self._skins = Skins(data, labels, self._head, self._random)
        closed = self._head.vertices(np.zeros(100, np.float32), CLOSED)
        self._sky = mouth_lit(self._head, sky_share(self._head.neutral, self._head.faces, self._head.normals))
        self._closed_sky = mouth_lit(self._head, sky_share(closed, self._head.faces, self._head.normals))
        self._hair = hair_at(self._head.neutral)
        self._share = head_share(self._head.neutral)
        self._rooms = sorted((data / "negatives").rglob("*.jpg"))
        self._look = self._skins()

    def shot(self, number: int) -> tuple[NDArray[np.uint8], Floats, float]:
        """One crop (192, 192, 3), its points (468, 3) in crop pixels, and how open the eyes are."""
        random, head = self._random, self._head
        if number % HEADS_PER_SKIN == 0:
            self._look = self._skins()
        weights, eyes_open = expression(random)
        shape = head.vertices(random.normal(0, 0.8, 100).astype(np.float32), weights)
        hair_cm = random.choice([0.0, random.uniform(0.2, 2.5)])
        look = replace(self._look, hair_share=float(random.random() > 0.08))
        posed = carried(self._with_hair(shape, hair_cm), self._share, pose_of(random))
        posed, camera = framed(posed, random)
        seen = rasterize(posed[head.faces], camera)
        sky = closing(head, self._sky, self._closed_sky, weights)
        light = lit(head, posed, seen, look, sky, lighting(random, posed, head))
        picture = background(random, self._rooms, camera.width).reshape(-1, 3)
        picture[seen.pixel] = screen(light * random.uniform(0.55, 1.25))
        small = cv2.resize(
            picture.reshape(camera.height, camera.width, 3), (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA
        )
        points = in_pixels(posed, camera) / SAMPLES
        points[:, :2] -= (SAMPLES - 1) / (2 * SAMPLES)
        return small.clip(0, 255).astype(np.uint8), points.astype(np.float32), eyes_open

    def _with_hair(self, shape: Floats, thickness_cm: float) -> Floats:
        """The skull grown by a cap of hair, lumpy, thicker on top."""
        lumps = 0.75 + 0.25 * np.sin(self._head.neutral @ self._random.normal(0, 0.9, (3, 3))).mean(1)
        top = 0.35 + 0.65 * np.clip((self._head.neutral[:, 1] - 3) / 9, 0, 1)
        grown = (self._hair * thickness_cm * lumps * top)[:, None] * self._head.normals(shape)
        return np.asarray(shape + grown, np.float32)


def main() -> None:
    """Draw and write shard after shard; a shard appears under its name only when it is whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "labels", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    studio = Studio(options.data, options.labels, options.seed)
    for shard in range(options.count // SHARD):
        shots = [studio.shot(number) for number in range(SHARD)]
        jpg = np.empty(SHARD, object)
        jpg[:] = [cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes() for picture, _, _ in shots]
        points = np.array([p for _, p, _ in shots], np.float32)
        unfinished = options.out / f"unfinished_{shard:03d}.npz"
        np.savez(unfinished, jpg=jpg, points=points, eyes_open=np.array([e for _, _, e in shots], np.float32))
        unfinished.rename(options.out / f"shard_{shard:03d}.npz")


if __name__ == "__main__":
    main()
