"""Label the training photos with the teacher's points.

Six views are averaged, to cancel its noise and its sideways bias.

    python -m training.face.label --data DIR --out WORK/faces.npz

The archive holds `files` (relative to DIR), `set`, `points` (n, 468, 3) in photo pixels, `blendshapes` (n, 52) and
`spread` (n,), the mean distance of single views from the average in eye distances.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.topology import MIRROR
from training.face.teacher import TaughtFace, Teacher

TASK_FILE = "models/mediapipe/face_landmarker_v2_with_blendshapes__7749e04.task"
SETS = ("stylegan_youthradio", "stylegan_basemax", "pd_congress", "stylegan2_realorfake")
VIEW_PX = 512
MIN_VIEWS = 4
MAX_SPREAD = 0.04

Points = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LabelView:
    """One view of a photo for the teacher.

    It is the share of the canvas it fills, its rotation in degrees, and whether it is mirrored.
    """

    fill: float
    angle_deg: float
    mirrored: bool

    def matrix(self, width: int, height: int) -> NDArray[np.float32]:
        """Return the (2, 3) affine from photo pixels to the canvas.

        Pixel centres are whole numbers.
        """
        turn = np.radians(self.angle_deg)
        scale = self.fill * VIEW_PX / max(width, height)
        linear = scale * np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        if self.mirrored:
            linear = linear @ np.diag([-1.0, 1.0])
        middle = np.array([(width - 1) / 2, (height - 1) / 2])
        return np.column_stack([linear, (VIEW_PX - 1) / 2 - linear @ middle]).astype(np.float32)


VIEWS = tuple(
    LabelView(fill, angle, m) for fill, angle in ((0.9, 0.0), (0.75, 7.0), (0.62, -7.0)) for m in (False, True)
)


def read_through(view: LabelView, photo: Picture, teacher: Teacher) -> TaughtFace | None:
    """Return the teacher's face of one view in photo pixels; None without a face."""
    matrix = view.matrix(photo.shape[1], photo.shape[0])
    canvas = cv2.warpAffine(photo, matrix, (VIEW_PX, VIEW_PX), flags=cv2.INTER_AREA)
    face = next(teacher.faces(np.asarray(canvas, np.uint8)), None)
    if face is None:
        return None
    points = face.points[MIRROR] if view.mirrored else face.points
    back = cv2.invertAffineTransform(matrix).astype(np.float32)
    scale = np.hypot(back[0, 0], back[1, 0])
    xyz = np.column_stack([points[:, :2] @ back[:, :2].T + back[:, 2], points[:, 2] * scale])
    return TaughtFace(xyz.astype(np.float32), face.blendshapes)


def average_points(photo: Picture, teacher: Teacher) -> tuple[TaughtFace, float] | None:
    """Average the views of one face; None if too few show it or they disagree.

    Blendshapes are those of the unmirrored views.
    """
    seen = [(v, f) for v in VIEWS if (f := read_through(v, photo, teacher)) is not None]
    plain = [f.blendshapes for v, f in seen if not v.mirrored]
    turned = [f.points for v, f in seen if v.mirrored]
    if len(seen) < MIN_VIEWS or not plain or not turned:
        return None
    straight = [f.points for v, f in seen if not v.mirrored]
    points = (np.mean(straight, axis=0) + np.mean(turned, axis=0)) / 2
    distances = np.linalg.norm(np.array([f.points for _, f in seen])[..., :2] - points[:, :2], axis=-1)
    spread = float(distances.mean() / np.linalg.norm(points[33, :2] - points[263, :2]))
    if spread > MAX_SPREAD:
        return None
    return TaughtFace(points.astype(np.float32), np.mean(plain, axis=0).astype(np.float32)), spread


def label_picture(data: Path, teacher: Teacher) -> Iterator[tuple[str, str, TaughtFace, float]]:
    """Yield file, set, face and spread of every photo the teacher is sure of."""
    for name in SETS:
        for file in sorted((data / "train" / name).glob("*.jpg")):
            photo = cv2.imread(str(file))
            found = average_points(np.asarray(photo, np.uint8), teacher)
            if found is not None:
                yield str(file.relative_to(data)), name, *found


def save(rows: list[tuple[str, str, TaughtFace, float]], out: Path) -> None:
    """Write the archive whole or not at all."""
    part = out.with_suffix(".part.npz")
    np.savez(
        part,
        files=np.array([r[0] for r in rows]),
        set=np.array([r[1] for r in rows]),
        points=np.array([r[2].points for r in rows]),
        blendshapes=np.array([r[2].blendshapes for r in rows]),
        spread=np.array([r[3] for r in rows], np.float32),
    )
    part.replace(out)


def main() -> None:
    """Read the arguments, label, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with Teacher(args.data / TASK_FILE) as teacher:
        rows = list(label_picture(args.data, teacher))
    save(rows, args.out)


if __name__ == "__main__":
    main()
