"""Shards: training pictures as JPEG with their points, in one `.npz` each.

So costly views are drawn once.
"""

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import MARGIN, Square, cut, fit_square_to_points, matrix_to_crop, points_to_crop

SHARD_PX = 256
SHARD_MARGIN = 1.4
JPEG_QUALITY = 93

Points = NDArray[np.float32]
Picture = NDArray[np.uint8]


@dataclass(slots=True)
class Shard:
    """Pictures with one face each.

    jpg: JPEG bytes of BGR squares; points (n, 468, 3) in their pixels; eyes_open (n,) 0 shut .. 1 as found; yaw_deg
    (n,) the added turn; clean (n,) true where nothing is known to cover the face.
    """

    jpg: list[bytes] = field(default_factory=list)
    points: list[Points] = field(default_factory=list)
    eyes_open: list[float] = field(default_factory=list)
    yaw_deg: list[float] = field(default_factory=list)
    clean: list[bool] = field(default_factory=list)

    def add(self, picture: Picture, points: Points, eyes_open: float, yaw_deg: float, clean: bool) -> None:
        """Append one picture (h, w, 3) with points in its pixels."""
        self.jpg.append(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())
        self.points.append(points.astype(np.float32))
        self.eyes_open.append(eyes_open)
        self.yaw_deg.append(yaw_deg)
        self.clean.append(clean)

    def picture(self, index: int) -> Picture:
        """Decode one picture, newly allocated."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.jpg[index], np.uint8), cv2.IMREAD_COLOR), np.uint8)

    def save(self, path: Path) -> None:
        """Write the shard whole or not at all."""
        part = path.with_suffix(".part")
        jpg = np.empty(len(self.jpg), object)
        jpg[:] = self.jpg
        with part.open("wb") as file:
            np.savez(
                file,
                jpg=jpg,
                points=np.array(self.points, np.float32),
                eyes_open=np.array(self.eyes_open, np.float32),
                yaw_deg=np.array(self.yaw_deg, np.float32),
                clean=np.array(self.clean),
            )
        part.replace(path)


def load(path: Path) -> Shard:
    """Read a shard.

    One without `clean` has no covered face, one without `yaw_deg` has no added turn.
    """
    with np.load(path, allow_pickle=True) as arrays:
        count = len(arrays["jpg"])
        return Shard(
            [bytes(j) for j in arrays["jpg"]],
            list(arrays["points"].astype(np.float32)),
            arrays["eyes_open"].tolist(),
            arrays["yaw_deg"].tolist() if "yaw_deg" in arrays else [0.0] * count,
            arrays["clean"].tolist() if "clean" in arrays else [True] * count,
        )


def surroundings(picture: Picture, points: Points) -> tuple[Picture, Points]:
    """Cut a face with more around it than the network sees.

    A crop can then be moved within it.
    """
    tight = fit_square_to_points(points)
    wide = Square(tight.center_xy, tight.side_px * SHARD_MARGIN, tight.angle_rad)
    matrix = matrix_to_crop(wide, SHARD_PX)
    return cut(picture, matrix, SHARD_PX), points_to_crop(points, matrix)


def face_px(points: Points) -> float:
    """Return the longer side of a face, in the pixels of its points."""
    return fit_square_to_points(points).side_px / MARGIN
