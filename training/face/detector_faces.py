"""The photographed faces a detector is trained on.

Each has a picture, the person's outline, a box and five points.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Points = NDArray[np.float32]

LONGEST_SIDE_PX, OUTLINE_PX = 400, 128
EYE_CORNERS = ((33, 133), (362, 263))
NOSE_TIP, MOUTH_CORNERS = 4, (61, 291)


def five_points(mesh: Points) -> Points:
    """Convert a (468, 3) mesh to (5, 2): eye centres, nose tip and mouth corners.

    Image-left comes before image-right.
    """
    eyes = [mesh[list(corners), :2].mean(0) for corners in EYE_CORNERS]
    points = np.stack([*eyes, mesh[NOSE_TIP, :2], *mesh[list(MOUTH_CORNERS), :2]])
    return left_first(points.astype(np.float32))


def left_first(points: Points) -> Points:
    """Swap eyes and mouth corners of a mirrored face, so that image-left comes first."""
    along = points[1] + points[4] - points[0] - points[3]
    return points if along[0] >= 0 else points[[1, 0, 2, 4, 3]]


@dataclass(frozen=True, slots=True)
class FacePhoto:
    """One photo with one face.

    Attributes:
        levels: The picture at full size, half, quarter and eighth.
        outline: (128, 128) uint8 0..255, where the person is; the picture fills its top left, longest side 128.
        box_xyxy: Bounds of the mesh, pixels of the first level.
        points: (5, 2) pixels of the first level.
    """

    levels: tuple[Picture, ...]
    outline: Picture
    box_xyxy: Points
    points: Points

    @property
    def size_px(self) -> float:
        """Side of a square of the same area as the box."""
        width, height = self.box_xyxy[2:] - self.box_xyxy[:2]
        return float(np.sqrt(width * height))


def load_photo(file: Path, mesh: Points, outline: Picture) -> FacePhoto:
    """Read a photo, scaled down to at most 400 px."""
    picture = cv2.imread(str(file))
    scale = min(1.0, LONGEST_SIDE_PX / max(picture.shape[:2]))
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return made_photo(np.asarray(small, np.uint8), mesh * np.float32(scale), outline)


def made_photo(picture: Picture, mesh: Points, outline: Picture) -> FacePhoto:
    """Return a photo of its picture, mesh (468, 3) and outline."""
    levels = [picture]
    for _ in range(3):
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    box = np.concatenate([mesh[:, :2].min(0), mesh[:, :2].max(0)])
    return FacePhoto(tuple(levels), outline, box.astype(np.float32), five_points(mesh))


def outline_of(picture: Picture, mesh: Points) -> Picture:
    """Cut the person out by GrabCut.

    The mesh, an ellipse for the hair and a block for the shoulders are the seeds.
    """
    scale = OUTLINE_PX / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:OUTLINE_PX, :OUTLINE_PX]
    xy = mesh[:, :2] * scale
    (x, y), (rx, ry) = (xy.min(0) + xy.max(0)) / 2, np.ptp(xy, axis=0) / 2
    height, width = small.shape[:2]
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    cv2.ellipse(labels, (int(x), int(y - ry / 4)), (int(rx * 1.5), int(ry * 1.6)), 0, 0, 360, cv2.GC_PR_FGD, -1)
    shoulders = (int(x - 2.2 * rx), int(y + 1.5 * ry)), (int(x + 2.2 * rx), height)
    cv2.rectangle(labels, *shoulders, cv2.GC_PR_FGD, -1)
    labels[:3][labels[:3] == cv2.GC_PR_BGD] = cv2.GC_BGD
    cv2.fillConvexPoly(labels, cv2.convexHull(xy.astype(np.int32)), cv2.GC_FGD)
    cv2.grabCut(small, labels, None, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_MASK)
    person = np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    person = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    person = cv2.morphologyEx(person, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    parts = cv2.connectedComponents(person)[1]
    own = parts[np.clip(int(y), 0, height - 1), np.clip(int(x), 0, width - 1)]
    outline = np.zeros((OUTLINE_PX, OUTLINE_PX), np.uint8)
    outline[:height, :width] = (parts == own) * np.uint8(255) if own else person * np.uint8(255)
    return outline


def main() -> None:
    """Write the outlines of all labelled photos next to their labels."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--labels", type=Path, required=True, help="NPZ file with files and points (n, 468, 3).")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with np.load(args.labels) as labels:
        files, points = labels["files"], labels["points"]
    masks = [outline_of(cv2.imread(str(args.data / f)), p) for f, p in zip(files, points, strict=True)]
    np.savez_compressed(args.out, files=files, points=points, masks=np.array(masks))


if __name__ == "__main__":
    main()
