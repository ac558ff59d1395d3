"""Render heads in profile for the detector, as no photo shows any.

    python -m training.face.detector_heads --data DIR --outlines outlines.npz --count 400 --out heads.npz

The file holds pictures (n, 320, 320, 3), meshes (n, 468, 3) and outlines (n, 128, 128) of the heads alone.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.face.detector_faces import OUTLINE_PX, FacePhoto, Picture, made_photo
from training.synthetic import head_chance
from training.synthetic.figure import hair_at, lit, mouth_lit, screen
from training.synthetic.head import load_head
from training.synthetic.landmarks import place_on_head, to_pixels
from training.synthetic.posing import Pose, carry_points, head_share
from training.synthetic.raster import PinholeCamera, rasterize
from training.synthetic.shadow import sky_share

Floats = NDArray[np.float32]
SIDE_PX, MARGIN, HEADS_PER_SKIN = 320, 1.9, 4
YAW_DEG, PITCH_DEG = (25.0, 100.0), 20.0


class ProfileStudio:
    """Draws heads that look to a side."""

    def __init__(self, data: Path, outlines: Path, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._head = load_head(data / "head3d/ict_facekit_light.npz")
        self._skins = head_chance.Skins(data, outlines, self._head, self._random)
        self._sky = mouth_lit(self._head, sky_share(self._head.neutral, self._head.faces, self._head.normals))
        self._hair = hair_at(self._head.neutral)
        self._share = head_share(self._head.neutral)
        self._rooms = sorted((data / "negatives").rglob("*.jpg"))
        self._look = self._skins()

    def shot(self, number: int, yaw_deg: float) -> tuple[Picture, Floats, Picture]:
        """Return a picture (320, 320, 3), its mesh (468, 3), and outline (128, 128)."""
        random, head = self._random, self._head
        if number % HEADS_PER_SKIN == 0:
            self._look = self._skins()
        weights, _ = head_chance.expression(random)
        shape = head.vertices(random.normal(0, 0.8, 100).astype(np.float32), weights)
        grown = (self._hair * random.uniform(0.2, 2.5))[:, None] * head.normals(shape)
        look = replace(self._look, hair_share=float(random.random() > 0.08))
        yaw, pitch = np.radians([yaw_deg, random.uniform(-PITCH_DEG, PITCH_DEG)])
        pose = Pose(yaw, pitch, 0.0, yaw * random.uniform(0.2, 0.9), 0.0, (0.0, 0.0, 0.0))
        posed = carry_points(np.asarray(shape + grown, np.float32), self._share, pose)
        posed, camera = frame_head(posed, random)
        seen = rasterize(posed[head.faces], camera)
        light = lit(head, posed, seen, look, self._sky, head_chance.lighting(random, posed, head))
        picture = head_chance.background(random, self._rooms, SIDE_PX).reshape(-1, 3)
        picture[seen.pixel] = screen(light * random.uniform(0.55, 1.25))
        mask = np.zeros(SIDE_PX * SIDE_PX, np.uint8)
        mask[seen.pixel] = 255
        outline = cv2.resize(mask.reshape(SIDE_PX, SIDE_PX), (OUTLINE_PX, OUTLINE_PX), interpolation=cv2.INTER_AREA)
        shown = picture.reshape(SIDE_PX, SIDE_PX, 3).clip(0, 255).astype(np.uint8)
        return shown, to_pixels(posed, camera).astype(np.float32), np.asarray(outline, np.uint8)


def frame_head(posed: Floats, random: np.random.Generator) -> tuple[Floats, PinholeCamera]:
    """Place a head before a camera so that the face fills about half of the picture."""
    distance = random.uniform(38, 130)
    points = place_on_head(posed)
    posed = posed - (points.max(0) + points.min(0)) / 2 - np.array([0, 0, distance], np.float32)
    seen = place_on_head(posed)
    spread = seen[:, :2] / -seen[:, 2:]
    size = float((spread.max(0) - spread.min(0)).max()) * MARGIN
    return np.asarray(posed, np.float32), PinholeCamera(SIDE_PX, SIDE_PX, SIDE_PX / size)


def profiles(file: Path) -> list[FacePhoto]:
    """Read what `main` wrote."""
    with np.load(file) as arrays:
        rows = zip(arrays["pictures"], arrays["points"], arrays["outlines"], strict=True)
        return [made_photo(picture, points, outline) for picture, points, outline in rows]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "outlines", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    studio, chance = ProfileStudio(args.data, args.outlines, args.seed), np.random.default_rng(args.seed)
    yaws = chance.uniform(*YAW_DEG, args.count) * chance.choice((-1, 1), args.count)
    shots = [studio.shot(number, float(yaw)) for number, yaw in enumerate(yaws)]
    pictures, points, outlines = (np.array(part) for part in zip(*shots, strict=True))
    np.savez(args.out, pictures=pictures, points=points, outlines=outlines, yaw_deg=yaws)


if __name__ == "__main__":
    main()
