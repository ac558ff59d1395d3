"""Cut the face out of every training picture, with its mesh.

    python -m training.detect.faces --data DIR --out WORK/outline_faces.npz

No altered picture is among them.
"""

import argparse
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import cut, fit_square_to_points, matrix_to_crop, points_to_crop
from engines.face.finder import open_finder
from livecam.core.frame import Frame

SETS = ("pd_congress", "stylegan_youthradio", "stylegan_basemax", "stylegan2_realorfake")
HELD_OUT_SET, PORTRAITS, HELD_OUT_EVERY = "stylegan2_realorfake", "pd_congress", 8
FACE_PX = 224
LEAST_SCORE, LEAST_EYES_PX = 0.9, 40.0


def is_held_out(names: list[str]) -> NDArray[np.bool_]:
    """Return whether each picture (n,) is never trained on.

    One set as a whole, and every eighth portrait.
    """
    portraits = {name for number, name in enumerate(n for n in names if PORTRAITS in n) if number % HELD_OUT_EVERY == 0}
    return np.array([HELD_OUT_SET in name or name in portraits for name in names])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    crops, meshes, names = [], [], []
    with closing(open_finder()) as finder:
        for number, file in enumerate(f for name in SETS for f in sorted((args.data / "train" / name).glob("*.jpg"))):
            pixels = np.asarray(cv2.imread(str(file)), np.uint8)
            frame = Frame(pixels, number, number)
            found = finder.detect(frame)
            if not found:
                continue
            mesh = finder.mesh(frame, max(found, key=lambda face: face.area_px))
            if mesh.score < LEAST_SCORE or mesh.eye_distance_px < LEAST_EYES_PX:
                continue
            matrix = matrix_to_crop(fit_square_to_points(mesh.points), FACE_PX)
            crops.append(cut(pixels, matrix, FACE_PX))
            meshes.append(points_to_crop(mesh.points, matrix)[:, :2])
            names.append(f"{file.parent.name}/{file.name}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(args.out, crops=np.array(crops), points=np.array(meshes, np.float32), files=np.array(names))
    print(f"{len(crops)} faces in {args.out}")


if __name__ == "__main__":
    main()
