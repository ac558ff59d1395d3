"""Label frames of clips for the detector.

YuNet finds the faces, and the mesh teacher finds their exact bounds.

    python -m training.face.detector_clips --data DIR --out clips.npz

A face YuNet is unsure of, or in which the teacher finds no mesh, is kept as unclear: neither right nor wrong.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from training.face.detector_data import Scene
from training.face.detector_faces import Picture, Points, five_points
from training.face.label import TASK_FILE
from training.face.teacher import Teacher

YUNET_FILE = "models/yunet/yunet_n_dynamic.onnx"
CLIPS = "footage/intel_asl_ccby4"
HELD_OUT = ("eat", "night", "sister")
"""One of the three people."""
EVERY, ENLARGED = 3, 2
SURE, POSSIBLE = 0.75, 0.3
CUT_SHARE, CUT_PX = 2.2, 384


class Labeller:
    """Finds the faces of a frame with both teachers."""

    def __init__(self, data: Path, teacher: Teacher) -> None:
        self._yunet = cv2.FaceDetectorYN.create(str(data / YUNET_FILE), "", (320, 320), POSSIBLE, 0.3)
        self._teacher = teacher

    def candidates(self, picture: Picture) -> list[tuple[Points, float]]:
        """Return boxes (4,) x, y, width, height and scores by YuNet at twice the size."""
        large = cv2.resize(picture, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LINEAR)
        self._yunet.setInputSize((large.shape[1], large.shape[0]))
        rows = self._yunet.detect(large)[1]
        return [] if rows is None else [(row[:4] / ENLARGED, float(row[14])) for row in rows]

    def mesh_in(self, picture: Picture, box: Points) -> Points | None:
        """Return the teacher's mesh around a candidate, in pixels of the picture."""
        centre = box[:2] + box[2:] / 2
        scale = CUT_PX / (CUT_SHARE * max(box[2:]))
        matrix = np.array([[scale, 0, CUT_PX / 2 - scale * centre[0]], [0, scale, CUT_PX / 2 - scale * centre[1]]])
        cut = cv2.warpAffine(picture, matrix, (CUT_PX, CUT_PX), flags=cv2.INTER_CUBIC)
        face = next(self._teacher.faces(np.asarray(cut, np.uint8)), None)
        if face is None:
            return None
        return np.asarray((face.points - [*matrix[:, 2], 0]) / scale, np.float32)

    def scene(self, picture: Picture) -> Scene:
        """Return the picture with its faces."""
        scene = Scene(picture)
        for box, score in self.candidates(picture):
            mesh = self.mesh_in(picture, box) if score >= SURE else None
            if mesh is None:
                scene.unclear.append(np.concatenate([box[:2], box[:2] + box[2:]]).astype(np.float32))
            else:
                scene.boxes.append(np.concatenate([mesh[:, :2].min(0), mesh[:, :2].max(0)]))
                scene.points.append(five_points(mesh))
        return scene


def frames(clip: Path, every: int = EVERY) -> Iterator[Picture]:
    """Yield every n-th frame of a clip."""
    capture = cv2.VideoCapture(str(clip))
    for number in range(int(capture.get(cv2.CAP_PROP_FRAME_COUNT))):
        there, picture = capture.read()
        if there and number % every == 0:
            yield np.asarray(picture, np.uint8)


def rows(scenes: list[Scene], kind: str, shape: tuple[int, ...]) -> dict[str, np.ndarray]:  # type: ignore[type-arg]
    """Return all entries of one kind in one array, and the scene of each."""
    entries = [(i, entry) for i, scene in enumerate(scenes) for entry in getattr(scene, kind)]
    values = np.array([entry for _, entry in entries], np.float32).reshape(-1, *shape)
    return {kind: values, f"{kind}_of": np.array([i for i, _ in entries], np.int32)}


def save_scenes(scenes: list[Scene], out: Path) -> None:
    """Write scenes of one size; `load_scenes` reads them."""
    shapes = {"boxes": (4,), "points": (5, 2), "unclear": (4,)}
    arrays = {k: v for kind, shape in shapes.items() for k, v in rows(scenes, kind, shape).items()}
    np.savez(out, pictures=np.array([s.picture for s in scenes]), **arrays)


def load_scenes(file: Path) -> list[Scene]:
    """Read what `save_scenes` wrote."""
    with np.load(file) as arrays:
        pictures = arrays["pictures"]
        parts = {k: (arrays[k], arrays[f"{k}_of"]) for k in ("boxes", "points", "unclear")}
    return [Scene(p, *(list(v[of == i]) for v, of in parts.values())) for i, p in enumerate(pictures)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--held-out", action="store_true", help="Label the held-out clips instead.")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    clips = sorted(c for c in (args.data / CLIPS).glob("*.mkv") if (c.stem in HELD_OUT) == args.held_out)
    with Teacher(args.data / TASK_FILE) as teacher:
        labeller = Labeller(args.data, teacher)
        scenes = [labeller.scene(picture) for clip in clips for picture in frames(clip)]
    save_scenes(scenes, args.out)
    faces, unclear = sum(len(s.boxes) for s in scenes), sum(len(s.unclear) for s in scenes)
    print(f"{len(scenes)} frames, {faces} faces, {unclear} unclear")


if __name__ == "__main__":
    main()
