"""Render ICT-FaceKit heads with exactly known points, as shards for training.

Each head has a random identity, expression and pose under random lamps, the skin of generated photos, and a random
background. A shard has `jpg` (n,) JPEG bytes of 192 px BGR crops, twice as wide as the face; `points` (n, 468, 3) in
crop pixels; `eyes_open` (n,), the mean of both eyes, 1 open, 0 closed.

    python -m training.synthetic.render_heads --data DIR --labels faces.npz --out DIR --count 4000
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.synthetic import head_chance
from training.synthetic.figure import hair_at, lit, mouth_lit, screen
from training.synthetic.head import Head, load_head
from training.synthetic.landmarks import place_on_head, to_pixels
from training.synthetic.posing import carry_points, head_share
from training.synthetic.raster import PinholeCamera, rasterize
from training.synthetic.shadow import sky_share

Floats = NDArray[np.float32]
CROP_PX, SAMPLES, MARGIN = 192, 2, 2.0
HEADS_PER_SKIN = 4
SHARD = 250
CLOSED = {"eyeBlink_L": 1.0, "eyeBlink_R": 1.0}


def frame_head(posed: Floats, random: np.random.Generator) -> tuple[Floats, PinholeCamera]:
    """Place a head before a camera so that the face fills 1/MARGIN of the crop.

    It is slightly off the middle.
    """
    side = CROP_PX * SAMPLES
    distance = random.uniform(38, 130)
    points = place_on_head(posed)
    middle = (points.max(0) + points.min(0)) / 2
    posed = posed - middle - np.array([0, 0, distance], np.float32)
    seen = place_on_head(posed)
    spread = seen[:, :2] / -seen[:, 2:]
    size = float((spread.max(0) - spread.min(0)).max()) * MARGIN * random.uniform(0.92, 1.08)
    posed[:, :2] += random.uniform(-0.04, 0.04, 2) * size * distance
    return posed, PinholeCamera(side, side, side / size)


def closing(head: Head, open_sky: Floats, closed_sky: Floats, weights: dict[str, float]) -> Floats:
    """Return the share of the sky (v,), with the lids' share by how open they are."""
    shut = np.where(head.neutral[:, 0] > 0, weights["eyeBlink_L"], weights["eyeBlink_R"])
    return np.asarray(np.maximum(open_sky, open_sky + shut * (closed_sky - open_sky)), np.float32)


class Studio:
    """Draws one random head after the other."""

    def __init__(self, data: Path, labels: Path, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._head = load_head(data / "head3d/ict_facekit_light.npz")
        self._skins = head_chance.Skins(data, labels, self._head, self._random)
        closed = self._head.vertices(np.zeros(100, np.float32), CLOSED)
        self._sky = mouth_lit(self._head, sky_share(self._head.neutral, self._head.faces, self._head.normals))
        self._closed_sky = mouth_lit(self._head, sky_share(closed, self._head.faces, self._head.normals))
        self._hair = hair_at(self._head.neutral)
        self._share = head_share(self._head.neutral)
        self._rooms = sorted((data / "negatives").rglob("*.jpg"))
        self._look = self._skins()

    def shot(self, number: int) -> tuple[NDArray[np.uint8], Floats, float]:
        """Return a crop (192, 192, 3), its points (468, 3), and how open the eyes are.

        Points are in crop pixels.
        """
        random, head = self._random, self._head
        if number % HEADS_PER_SKIN == 0:
            self._look = self._skins()
        weights, eyes_open = head_chance.expression(random)
        shape = head.vertices(random.normal(0, 0.8, 100).astype(np.float32), weights)
        hair_cm = random.choice([0.0, random.uniform(0.2, 2.5)])
        look = replace(self._look, hair_share=float(random.random() > 0.08))
        posed = carry_points(self._with_hair(shape, hair_cm), self._share, head_chance.pose(random))
        posed, camera = frame_head(posed, random)
        seen = rasterize(posed[head.faces], camera)
        sky = closing(head, self._sky, self._closed_sky, weights)
        light = lit(head, posed, seen, look, sky, head_chance.lighting(random, posed, head))
        picture = head_chance.background(random, self._rooms, camera.width).reshape(-1, 3)
        picture[seen.pixel] = screen(light * random.uniform(0.55, 1.25))
        small = cv2.resize(
            picture.reshape(camera.height, camera.width, 3), (CROP_PX, CROP_PX), interpolation=cv2.INTER_AREA
        )
        points = to_pixels(posed, camera) / SAMPLES
        points[:, :2] -= (SAMPLES - 1) / (2 * SAMPLES)
        return small.clip(0, 255).astype(np.uint8), points.astype(np.float32), eyes_open

    def _with_hair(self, shape: Floats, thickness_cm: float) -> Floats:
        """Return the skull grown by a lumpy cap of hair, thicker on top."""
        lumps = 0.75 + 0.25 * np.sin(self._head.neutral @ self._random.normal(0, 0.9, (3, 3))).mean(1)
        top = 0.35 + 0.65 * np.clip((self._head.neutral[:, 1] - 3) / 9, 0, 1)
        grown = (self._hair * thickness_cm * lumps * top)[:, None] * self._head.normals(shape)
        return np.asarray(shape + grown, np.float32)


def main() -> None:
    """Draw and write shards; each gets its name only when it is complete."""
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
