"""Measure the detector on data it was not trained on.

Figures are recall by size of face at one false face per 1,000 pictures, and recall as it is used. In use it has the
shipped score, and the mesh network confirms a face.

    python -m training.face.evaluate_detector --data DIR --outlines outlines.npz --weights detector.onnx

Positives: photos of the held-out source on held-out empty pictures, 640 x 384, tilted up to 35 degrees, shown whole, in
the weather of training unless `--fair`. Negatives: the held-out empty pictures, whole and in random parts enlarged to
640 px. A face counts as found if a detection overlaps it by 0.4 (intersection over union) or more.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from engines.face.detector import DetectorConfig
from engines.face.finder import OnnxFaceFinder
from engines.face.network import Network
from livecam.core.face import FaceBox
from livecam.core.frame import Frame
from livecam.video.tracking.plausibility import MeshLimits
from livecam.video.tracking.tracks import measure_overlap
from training.face.detector_clips import load_scenes
from training.face.detector_data import Composer, Scene, add_weather, move_box, paste, placement, view
from training.face.detector_faces import Picture
from training.face.train_detector import empty_pictures, photos

BUCKETS_PX = ((24, 32), (32, 40), (40, 64), (64, 128), (128, 250))
SIDE_PX, ROWS_PX = 640, 384
FOUND_OVERLAP = 0.4
FALSE_FACES_PER_PICTURE = 1e-3
SHIPPED_SCORE, PRESENCE = DetectorConfig().min_score, MeshLimits().min_score


@dataclass(frozen=True, slots=True)
class DetectorAnswer:
    """The answer about a true face.

    It is the best detection over it, its centre error, and whether the mesh agrees.
    """

    score: float = 0.0
    error_eye_distances: float = np.nan
    believed: bool = False


class Judge:
    """The detector under test, and the mesh network of the shipped finder."""

    def __init__(self, weights: Path) -> None:
        detector = Network("detector", weights.read_bytes(), 1)
        self._finder = OnnxFaceFinder(detector, Network.open_shipped("mesh", 1), DetectorConfig(min_score=0.05))

    def find(self, picture: Picture) -> list[FaceBox]:
        """Return every detection of at least a low score."""
        return list(self._finder.detect(Frame(picture, 0, 0)))

    def list_believed(self, picture: Picture, box: FaceBox) -> bool:
        """Whether a detection has the shipped score, and its mesh is a face."""
        return box.score >= SHIPPED_SCORE and self._finder.mesh(Frame(picture, 0, 0), box).score >= PRESENCE

    def answer(self, scene: Scene, index: int) -> DetectorAnswer:
        """Return what is found over one true face of a scene."""
        true = scene.boxes[index]
        best = max(self.find(scene.picture), key=lambda face: measure_overlap(face.box_xyxy, true), default=None)
        if best is None or measure_overlap(best.box_xyxy, true) < FOUND_OVERLAP:
            return DetectorAnswer()
        points = scene.points[index]
        away = np.linalg.norm(best.points - points, axis=1).mean()
        error = float(away / np.linalg.norm(points[0] - points[1]))
        return DetectorAnswer(best.score, error, self.list_believed(scene.picture, best))


def empty_views(pictures: list[Picture], count: int, rng: np.random.Generator) -> Iterator[Picture]:
    """Yield every picture whole, then random parts, up to `count`."""
    for i in range(count):
        picture = pictures[i % len(pictures)]
        yield picture if i < len(pictures) else view(picture, SIDE_PX, rng)[:ROWS_PX]


def face_scene(composer: Composer, size_px: float, fair: bool, rng: np.random.Generator) -> Scene:
    """Return one held-out face of a size, entirely inside a 640 x 384 picture."""
    scene = Scene(view(composer.empty[rng.integers(len(composer.empty))], SIDE_PX, rng))
    photo = composer.faces[rng.integers(len(composer.faces))]
    while True:
        matrix = placement(photo, SIDE_PX, size_px, rng, upright=True)
        box = move_box(photo, matrix)
        if (box[:2] >= 0).all() and (box[2:] <= (SIDE_PX, ROWS_PX)).all():
            break
    paste(scene, photo, matrix, box, rng)
    picture = scene.picture if fair else add_weather(scene.picture, rng)
    scene.picture = np.ascontiguousarray(picture[:ROWS_PX])
    return scene


def alarms(judge: Judge, pictures: list[Picture], count: int, rng: np.random.Generator) -> tuple[list[float], int]:
    """Return scores of false faces, highest first.

    Returns:
        The scores, and how many of the faces the mesh confirms at the shipped score.
    """
    scores, believed = [], 0
    for picture in empty_views(pictures, count, rng):
        found = judge.find(picture)
        scores += [face.score for face in found]
        believed += sum(judge.list_believed(picture, face) for face in found)
    return sorted(scores, reverse=True), believed


def recalls(answers: list[DetectorAnswer], threshold: float) -> dict[str, float]:
    """Return the shares of faces found.

    They are those at the threshold, at the shipped score, and there with the mesh's agreement.
    """
    scores = np.array([answer.score for answer in answers])
    return {
        "recall": round(float((scores >= threshold).mean()), 4),
        "recall_shipped": round(float((scores >= SHIPPED_SCORE).mean()), 4),
        "recall_believed": round(float(np.mean([answer.believed for answer in answers])), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--outlines", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--clips", type=Path, help="Held-out frames, made by detector_clips --held-out.")
    parser.add_argument("--negatives", type=int, default=2000)
    parser.add_argument("--faces", type=int, default=200, help="Pictures per size.")
    parser.add_argument("--fair", action="store_true", help="Leave out low light, blur, grain and compression.")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(20)
    composer = Composer(photos(args.data, args.outlines, True), empty_pictures(args.data, True), [], SIDE_PX)
    judge = Judge(args.weights)
    false_scores, believed = alarms(judge, list(composer.empty), args.negatives, rng)
    allowed = int(args.negatives * FALSE_FACES_PER_PICTURE)
    threshold = false_scores[allowed] + 1e-6 if len(false_scores) > allowed else 0.05
    report: dict[str, object] = {
        "negatives": args.negatives,
        "threshold": round(threshold, 3),
        "shipped": SHIPPED_SCORE,
        "alarms_shipped": sum(score >= SHIPPED_SCORE for score in false_scores),
        "alarms_believed": believed,
    }
    for low, high in BUCKETS_PX:
        answers = []
        for _ in range(args.faces):
            scene = face_scene(composer, float(np.exp(rng.uniform(np.log(low), np.log(high)))), args.fair, rng)
            answers.append(judge.answer(scene, 0))
        error = float(np.nanmedian([answer.error_eye_distances for answer in answers]))
        report[f"{low}-{high} px"] = recalls(answers, threshold) | {"points_error_eye_distances": round(error, 3)}
    if args.clips:
        answers = [judge.answer(scene, i) for scene in load_scenes(args.clips) for i in range(len(scene.boxes))]
        report["held-out clips"] = {"faces": len(answers)} | recalls(answers, threshold)
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
