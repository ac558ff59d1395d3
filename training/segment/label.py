"""Label heads in photos and clips with the teachers, for WORK/heads.npz.

    python -m training.segment.label --data DIR --work WORK

Photos of generated faces, public-domain portraits and clips under CC BY 4.0. The archive holds `pixels`
(n, 192, 192, 3) BGR, `labels` (n, 192, 192, 5) background, hair, head skin, body skin, clothes in 0..255, `known`
(n, 192, 192) 255 where the source reaches, `points` (n, 468, 2) and `source`.
"""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import points_to_crop
from engines.face.finder import OnnxFaceFinder, open_finder
from engines.segment.square import fit_head_square, matrix_to_square, measure_height
from livecam.core import topology
from livecam.core.frame import Frame
from training.segment.rows import LABEL_HEIGHTS, LABEL_PX
from training.segment.teachers import Teacher

PHOTOS = ("stylegan_youthradio", "stylegan_basemax", "stylegan2_realorfake", "pd_congress")
CLIPS = "footage/intel_asl_ccby4/*.mkv"
EVERY_FRAMES = 12
LEAST_SCORE = 0.5
LOBES = (132, 361)
REACH = 0.5
SKIN_SPREAD = 9.0

Picture = NDArray[np.uint8]
Share = NDArray[np.float32]
Points = NDArray[np.float32]
Row = tuple[Picture, Picture, Picture, Points, str]


def read_photos(data: Path) -> Iterator[tuple[str, Picture]]:
    """Yield name and picture of every photo."""
    for folder in PHOTOS:
        for file in sorted((data / "train" / folder).glob("*.jpg")):
            yield folder, np.asarray(cv2.imread(str(file)), np.uint8)


def read_clips(data: Path) -> Iterator[tuple[str, Picture]]:
    """Yield name and every twelfth frame of the clips."""
    for file in sorted(data.glob(CLIPS)):
        clip, index = cv2.VideoCapture(str(file)), 0
        while (read := clip.read())[0]:
            if index % EVERY_FRAMES == 0:
                yield file.stem, np.asarray(read[1], np.uint8)
            index += 1


def head_zone(points: Points, size_px: int) -> Share:
    """Return what is above the line across the ear lobes or within the jaw.

    (n, n), of points in its pixels.
    """
    height = measure_height(points)
    up = (points[10] - points[152]) / height
    right = np.array([-up[1], up[0]]) * np.sign(-up[1])
    first, last = (list(topology.OVAL).index(k) for k in LOBES[::-1])
    jaw = points[topology.OVAL[first : last + 1]]
    side, far = right * height * REACH, up * height * 2
    corners = np.vstack([jaw[0] + side, jaw, jaw[-1] - side, jaw[-1] - side + far, jaw[0] + side + far])
    zone = np.zeros((size_px, size_px), np.uint8)
    cv2.fillPoly(zone, [np.round(corners * 16).astype(np.int32)], 255, shift=4)
    return np.asarray(cv2.GaussianBlur(zone, (5, 5), 0), np.float32) / 255


def guide(share: Share, picture: Picture) -> Share:
    """Return a map (n, n) with the edges of a picture (n, n, 3)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32) / 255
    mean, both = cv2.blur(grey, (5, 5)), cv2.blur(grey * share, (5, 5))
    slope = (both - mean * cv2.blur(share, (5, 5))) / (cv2.blur(grey * grey, (5, 5)) - mean**2 + 1e-3)
    offset = cv2.blur(share, (5, 5)) - slope * mean
    return np.asarray(np.clip(cv2.blur(slope, (5, 5)) * grey + cv2.blur(offset, (5, 5)), 0, 1), np.float32)


def skin_like(picture: Picture, points: Points) -> Share:
    """Return how near each pixel's colour is to the cheeks', brightness aside.

    (n, n).
    """
    lab = cv2.cvtColor(picture, cv2.COLOR_BGR2LAB).astype(np.float32)
    oval = np.zeros(picture.shape[:2], np.uint8)
    middle = points[topology.OVAL].mean(0)
    cv2.fillPoly(oval, [np.round(middle + (points[topology.OVAL] - middle) * 0.7).astype(np.int32)], 1)
    usual = np.median(lab[oval > 0], axis=0)
    away = np.linalg.norm((lab - usual)[..., 1:], axis=2)
    dark = np.clip((lab[..., 0] - usual[0] * 0.3) / 20, 0, 1)
    return np.asarray(np.exp(-((away / SKIN_SPREAD) ** 2)) * dark, np.float32)


def label_head(
    picture: Picture, finder: OnnxFaceFinder, teacher: Teacher
) -> tuple[Picture, Picture, Picture, Points] | None:
    """Return square, labels, known part and points (468, 2) of the surest face.

    None without one.
    """
    frame = Frame(picture, 0, 0)
    boxes = finder.detect(frame)
    mesh = finder.mesh(frame, boxes[0]) if boxes else None
    if mesh is None or mesh.score < LEAST_SCORE:
        return None
    square = fit_head_square(mesh.points, mesh.points[topology.OVAL], LABEL_HEIGHTS)
    matrix = matrix_to_square(square, LABEL_PX)
    size = (LABEL_PX, LABEL_PX)

    def cut(values: NDArray[np.generic], border: int = cv2.BORDER_CONSTANT) -> NDArray[np.generic]:
        flags = cv2.INTER_AREA if square.side_px > LABEL_PX else cv2.INTER_LINEAR
        return cv2.warpAffine(values, matrix, size, flags=flags, borderMode=border)

    pixels = np.asarray(cut(picture, cv2.BORDER_REPLICATE), np.uint8)
    points = points_to_crop(mesh.points, matrix)[:, :2]
    known = np.asarray(cut(np.full(picture.shape[:2], 255, np.uint8)), np.uint8)
    hair, person = (
        guide(np.asarray(cut(s), np.float32), pixels) for s in teacher.look(picture, mesh.points, LABEL_HEIGHTS)
    )
    hair = np.minimum(hair, np.clip(person * 1.3, 0, 1))
    zone, skin = head_zone(points, LABEL_PX), skin_like(pixels, points)
    rest = np.clip(person - hair, 0, 1)
    parts = [1 - np.maximum(person, hair), hair, rest * zone, rest * (1 - zone) * skin, rest * (1 - zone) * (1 - skin)]
    labels = np.dstack(parts)
    labels /= labels.sum(2, keepdims=True) + 1e-6
    return pixels, np.asarray(labels * 255, np.uint8), known, points


def label_all(data: Path, every: int) -> Iterator[Row]:
    """Yield a row of every picture with a face.

    Of the photos only every so many are read.
    """
    finder, teacher = open_finder(1, 1), Teacher(data)
    for pictures in (read_clips(data), islice(read_photos(data), 0, None, every)):
        for source, picture in pictures:
            found = label_head(picture, finder, teacher)
            if found is not None:
                yield *found, source


def save(rows: list[Row], out: Path) -> None:
    """Write the archive whole or not at all."""
    part = out.with_suffix(".part.npz")
    pixels, labels, known, points, source = zip(*rows, strict=True)
    np.savez(part, pixels=pixels, labels=labels, known=known, points=points, source=source)
    part.replace(out)


def main() -> None:
    """Read the arguments, label, save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()
    cv2.setNumThreads(1)
    rows = list(label_all(args.data, args.every))
    save(rows, args.work / "heads.npz")
    print(f"{len(rows)} heads labelled")


if __name__ == "__main__":
    main()
