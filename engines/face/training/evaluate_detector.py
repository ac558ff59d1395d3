"""Measure the detector on what it was not trained on: recall by size of face at one false face per 1,000 pictures.

    python -m engines.face.training.evaluate_detector --data DIR --outlines outlines.npz --weights detector.onnx

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

from engines.face.detector import Detector, DetectorRules
from engines.face.network import Network
from engines.face.training.detector_clips import loaded
from engines.face.training.detector_data import Composer, Scene, moved_box, paste, placement, view, weathered
from engines.face.training.detector_faces import Picture
from engines.face.training.train_detector import empty_pictures, photos
from livecam.core.face import FaceBox
from livecam.video.followed import overlap

BUCKETS_PX = ((24, 32), (32, 40), (40, 64), (64, 128), (128, 250))
SIDE_PX, ROWS_PX = 640, 384
FOUND_OVERLAP = 0.4
FALSE_FACES_PER_PICTURE = 1e-3


@dataclass(frozen=True, slots=True)
class Answer:
    """What the detector said about a scene: best score over each true face, and the centre error in box sizes."""

    scores: list[float]
    errors: list[float]


def empty_views(pictures: list[Picture], count: int, rng: np.random.Generator) -> Iterator[Picture]:
    """Every picture whole, then random parts, up to `count`."""
    for i in range(count):
        picture = pictures[i % len(pictures)]
        yield picture if i < len(pictures) else view(picture, SIDE_PX, rng)[:ROWS_PX]


def face_scene(composer: Composer, size_px: float, fair: bool, rng: np.random.Generator) -> Scene:
    """One held-out face of a size, entirely inside a 640 x 384 picture."""
    scene = Scene(view(composer.empty[rng.integers(len(composer.empty))], SIDE_PX, rng))
    photo = composer.faces[rng.integers(len(composer.faces))]
    while True:
        matrix = placement(photo, SIDE_PX, size_px, rng)
        box = moved_box(photo, matrix)
        if (box[:2] >= 0).all() and (box[2:] <= (SIDE_PX, ROWS_PX)).all():
            break
    paste(scene, photo, matrix, box, rng)
    picture = scene.picture if fair else weathered(scene.picture, rng)
    scene.picture = np.ascontiguousarray(picture[:ROWS_PX])
    return scene


def answered(found: list[FaceBox], scene: Scene) -> Answer:
    """Match detections with true faces."""
    scores, errors = [], []
    for box in scene.boxes:
        best = max(found, key=lambda face: overlap(face.box_xyxy, box), default=None)
        hit = best is not None and overlap(best.box_xyxy, box) >= FOUND_OVERLAP
        scores.append(best.score if best is not None and hit else 0.0)
        if best is not None and hit:
            points = scene.points[scene.boxes.index(box)] if len(scene.boxes) == 1 else None
            if points is not None:
                away = np.linalg.norm(best.points - points, axis=1).mean()
                errors.append(float(away / np.linalg.norm(points[0] - points[1])))
    return Answer(scores, errors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--outlines", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--clips", type=Path, help="held-out frames, made by detector_clips --held-out")
    parser.add_argument("--negatives", type=int, default=2000)
    parser.add_argument("--faces", type=int, default=200, help="per size")
    parser.add_argument("--fair", action="store_true", help="no low light, blur, grain or compression")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(20)
    composer = Composer(photos(args.data, args.outlines, True), empty_pictures(args.data, True), [], SIDE_PX)
    detector = Detector(Network("detector", args.weights.read_bytes(), 1), DetectorRules(min_score=0.05))
    alarms = sorted(
        (
            face.score
            for picture in empty_views(list(composer.empty), args.negatives, rng)
            for face in detector.find(picture)
        ),
        reverse=True,
    )
    allowed = int(args.negatives * FALSE_FACES_PER_PICTURE)
    threshold = alarms[allowed] + 1e-6 if len(alarms) > allowed else 0.05
    report: dict[str, object] = {"threshold": round(threshold, 3), "negatives": args.negatives}
    for name, cut in (("alarms_at_0.4", 0.4), ("alarms_at_0.5", 0.5), ("alarms_at_0.6", 0.6)):
        report[name] = sum(score >= cut for score in alarms)
    for low, high in BUCKETS_PX:
        answers = []
        for _ in range(args.faces):
            scene = face_scene(composer, float(np.exp(rng.uniform(np.log(low), np.log(high)))), args.fair, rng)
            answers.append(answered(detector.find(scene.picture), scene))
        scores = np.array([score for a in answers for score in a.scores])
        report[f"{low}-{high} px"] = {
            "recall": round(float((scores >= threshold).mean()), 4),
            "recall_at_0.5": round(float((scores >= 0.5).mean()), 4),
            "points_error_eye_distances": round(float(np.median([e for a in answers for e in a.errors])), 3),
        }
    if args.clips:
        answers = [answered(detector.find(s.picture), s) for s in loaded(args.clips)]
        scores = np.array([score for a in answers for score in a.scores])
        report["held-out clips"] = {"faces": len(scores), "recall": round(float((scores >= threshold).mean()), 4)}
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
