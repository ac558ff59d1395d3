"""Measure which second faces the detector finds, by roll, size, edge and light.

Profiles and blur are measured too.

    python -m training.face.detector_kinds --data DIR --outlines outlines.npz --heads heads.npz --out kinds.json

Faces of the held-out source on held-out empty pictures, sizes as in a picture of 1280 x 720 (the network sees half of
that in a full look). A face is seen if a candidate of the shipped score overlaps its visible part by 0.3 or more: in
the small picture, or in the large one where the small one at least suspects it or the face is small. The file holds the
scores of each face in both.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.detector import Detector, DetectorConfig
from engines.face.finder import LARGE_SHARE
from engines.face.network import Network
from livecam.video.tracking.tracks import measure_overlap
from training.face.detector_data import Scene, move_box, paste, view
from training.face.detector_faces import FacePhoto, Picture
from training.face.detector_heads import profiles
from training.face.train_detector import empty_pictures, photos

SIDE_PX, ROWS_PX, SCALE = 640, 360, 0.5
SIZES_PX = (60, 100, 200, 400)
ROLLS_DEG = tuple(range(0, 181, 15))
EDGES = ("left", "right", "top", "bottom")
YAWS_DEG = ((30, 45), (45, 60), (60, 75), (75, 90))
DIM, BLUR_SHARE, SEEN_OVERLAP = 0.15, 0.03, 0.3


@dataclass(frozen=True, slots=True)
class Kind:
    """Properties of a second face.

    Attributes:
        size_px: Side of a square of the same area as its box, in a picture of 1280 x 720.
        roll_deg: Its roll, to either side.
        edge: The edge of the picture that cuts it in half.
        yaw_deg: Its yaw, least and most; rendered heads.
        change: "dim", "blurred" or nothing.
    """

    size_px: int
    roll_deg: int = 0
    edge: str = ""
    yaw_deg: tuple[int, int] | None = None
    change: str = ""

    @property
    def name(self) -> str:
        """Name in words."""
        yaw = f"yaw {self.yaw_deg[0]}-{self.yaw_deg[1]}" if self.yaw_deg else ""
        cut = f"half at the {self.edge}" if self.edge else ""
        roll = f"roll {self.roll_deg}" if not (self.edge or self.yaw_deg) or self.roll_deg else ""
        return ", ".join(part for part in (f"{self.size_px} px", roll, cut, yaw, self.change) if part)


def kinds() -> Iterator[Kind]:
    """Yield all kinds that are measured."""
    for size_px in SIZES_PX:
        yield from (Kind(size_px, roll_deg) for roll_deg in ROLLS_DEG)
        yield from (Kind(size_px, 0, edge) for edge in EDGES)
        yield from (Kind(size_px, 0, "", yaw) for yaw in YAWS_DEG)
        for change in ("dim", "blurred"):
            yield from (Kind(size_px, roll_deg, change=change) for roll_deg in (0, 45, 90, 135, 180))
            yield from (Kind(size_px, 0, edge, change=change) for edge in EDGES)


def place_face(photo: FacePhoto, kind: Kind, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a (2, 3) matrix that places a photo whole, or halfway over an edge."""
    sides = np.array([SIDE_PX, ROWS_PX])
    roll = np.radians(kind.roll_deg + rng.uniform(-5, 5)) * rng.choice((-1, 1))
    scale = kind.size_px * SCALE / photo.size_px
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    matrix = np.c_[turn @ np.diag([scale * rng.choice((-1, 1)), scale]), np.zeros(2)]
    box = move_box(photo, matrix)
    size = box[2:] - box[:2]
    centre = size / 2 + rng.uniform(0, 1, 2) * np.maximum(sides - size, 0)
    if kind.edge:
        axis = 0 if kind.edge in ("left", "right") else 1
        centre[axis] = 0 if kind.edge in ("left", "top") else sides[axis]
    matrix[:, 2] = centre - (box[:2] + box[2:]) / 2
    return matrix


def scene_of(kind: Kind, faces: list[FacePhoto], empty: list[Picture], rng: np.random.Generator) -> Scene:
    """Return one face of a kind on an empty picture, (360, 640, 3)."""
    photo = faces[rng.integers(len(faces))]
    scene = Scene(view(empty[rng.integers(len(empty))], SIDE_PX, rng))
    matrix = place_face(photo, kind, rng)
    paste(scene, photo, matrix, move_box(photo, matrix), rng)
    picture = np.ascontiguousarray(scene.picture[:ROWS_PX])
    if kind.change == "dim":
        picture = cv2.convertScaleAbs(picture, alpha=DIM)
    if kind.change == "blurred":
        picture = cv2.GaussianBlur(picture, (0, 0), BLUR_SHARE * kind.size_px * SCALE)
    scene.picture = np.asarray(picture, np.uint8)
    scene.boxes[-1] = np.clip(scene.boxes[-1], 0, [SIDE_PX, ROWS_PX] * 2).astype(np.float32)
    return scene


class DetectorScores:
    """The detector under test."""

    def __init__(self, weights: Path, quick_px: int, score: float) -> None:
        rules = replace(DetectorConfig(), min_score=score, quick_px=quick_px)
        self._detector = Detector(Network("detector", weights.read_bytes(), 1), rules)

    def score(self, scene: Scene, quick: bool) -> float:
        """Return the best score of a candidate over the face, or 0."""
        limit = np.float32([SIDE_PX, ROWS_PX] * 2)
        found = self._detector.find(scene.picture, quick)
        over = [
            f.score for f in found if measure_overlap(np.clip(f.box_xyxy, 0, limit), scene.boxes[-1]) >= SEEN_OVERLAP
        ]
        return max(over, default=0.0)


def count_found(scores: NDArray[np.float64], kind: Kind, looked_at: bool) -> float:
    """Return the share of faces (n, 2) found as the finder does.

    It uses the quick look, or the full one where it looks in full.
    """
    rules = DetectorConfig()
    quick, whole = scores[:, 0], scores[:, 1] > rules.min_score
    suspected = quick > rules.suspected
    small = kind.size_px * SCALE < LARGE_SHARE * SIDE_PX
    return float(((quick > rules.min_score) | (whole & (suspected | (looked_at and small)))).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "outlines", "heads", "weights"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--faces", type=int, default=40, help="Pictures per kind.")
    parser.add_argument("--quick-px", type=int, default=DetectorConfig().quick_px)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    faces, heads = photos(args.data, args.outlines, True), profiles(args.heads)
    with np.load(args.heads) as arrays:
        yaws_deg = np.abs(arrays["yaw_deg"])
    empty, looks = empty_pictures(args.data, True), DetectorScores(args.weights, args.quick_px, 0.05)
    report = {}
    for number, kind in enumerate(kinds()):
        rng = np.random.default_rng(number)
        low, high = kind.yaw_deg or (0, 0)
        stock = [h for h, yaw in zip(heads, yaws_deg, strict=True) if low <= yaw < high] if kind.yaw_deg else faces
        scenes = (scene_of(kind, stock, empty, rng) for _ in range(args.faces))
        scores = np.array([[looks.score(scene, True), looks.score(scene, False)] for scene in scenes])
        report[kind.name] = scores.round(3).T.tolist()
        print(
            f"{kind.name}: {count_found(scores, kind, False):.2f} at a glance, "
            f"{count_found(scores, kind, True):.2f} looked at",
            flush=True,
        )
        args.out.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
