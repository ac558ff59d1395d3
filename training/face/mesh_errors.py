"""Measure the error of points, in shares of the outer eye distance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engines.face.crop import cut, fit_square_to_points, matrix_to_crop, points_to_crop
from training.face.expressions import LEFT_LIDS, RIGHT_LIDS
from training.face.mesh_net import MeshNet
from training.face.shards import Shard

Points = NDArray[np.float32]
Looker = Callable[[NDArray[np.uint8]], tuple[Points, Points, Points]]
"""Crops (n, 128, 128, 3) in; points (n, 468, 3), presence (n,) and cover (n, 32, 32) out."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Per face: mean 2-D error of 468 points and error of the lid gaps.

    Both are in percent of the eye distance.
    """

    points: Points
    lids: Points

    def __str__(self) -> str:
        return f"{self.points.mean():.2f} % p95 {np.percentile(self.points, 95):.2f} lids {self.lids.mean():.2f}"


def eye_distance(points: Points) -> Points:
    """Return the distance (n,) of the outer eye corners of meshes (n, 468, 3).

    It is in three dimensions, so that a turn does not change it.
    """
    return np.asarray(np.linalg.norm(points[:, 33] - points[:, 263], axis=-1), np.float32)


def errors(points: Points, truth: Points, flat_eyes: bool = True) -> Errors:
    """Return errors of meshes (n, 468, 3).

    `flat_eyes` measures the eye distance in the picture, else in space.
    """
    unit = np.linalg.norm((truth[:, 33] - truth[:, 263])[:, :2], axis=-1) if flat_eyes else eye_distance(truth)
    away = np.linalg.norm((points - truth)[..., :2], axis=-1).mean(1)
    upper, lower = RIGHT_LIDS["upper"] + LEFT_LIDS["upper"], RIGHT_LIDS["lower"] + LEFT_LIDS["lower"]
    gaps = (points[:, upper] - points[:, lower] - truth[:, upper] + truth[:, lower])[..., :2]
    return Errors(100 * away / unit, 100 * np.linalg.norm(gaps, axis=-1).mean(1) / unit)


def crops_of(shard: Shard) -> tuple[NDArray[np.uint8], Points]:
    """Cut every face of a shard exactly by its points.

    Returns:
        Crops (n, 128, 128, 3), and points in them.
    """
    crops, points = [], []
    for i, q in enumerate(shard.points):
        matrix = matrix_to_crop(fit_square_to_points(q))
        crops.append(cut(shard.picture(i), matrix))
        points.append(points_to_crop(q, matrix))
    return np.stack(crops), np.stack(points)


@torch.no_grad()
def look(net: MeshNet, crops: NDArray[np.uint8]) -> tuple[Points, Points, Points]:
    """Return points, presence (n,) and cover (n, 32, 32) of crops (n, 128, 128, 3).

    Presence and cover are probabilities.
    """
    net.eval()
    pictures = torch.from_numpy(crops).permute(0, 3, 1, 2)
    outputs = [net(pictures[i : i + 32].float()) for i in range(0, len(crops), 32)]
    points, presence, cover = (torch.cat([o[k] for o in outputs]) for k in range(3))
    return points.numpy(), torch.sigmoid(presence[:, 0]).numpy(), torch.sigmoid(cover[:, 0]).numpy()


def errors_of(net: MeshNet, shard: Shard) -> Errors:
    """Return the errors on a shard, each face cut by its points."""
    crops, truth = crops_of(shard)
    return errors(look(net, crops)[0], truth, flat_eyes=not any(shard.yaw_deg))
