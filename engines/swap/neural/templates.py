"""Five-point templates of the crops that swap networks were trained on.

The numbers are those the networks' authors publish: `arcface` and `arcface_v1` of InsightFace (112 px, the 128 px crop
is moved by eight pixels), `ffhq` and `mtcnn` as FaceFusion lists them, `whole_face` of DeepFaceLab. In shares of the
crop's side: eye centres (image-left, image-right), nose tip, mouth corners.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points

Matrix = NDArray[np.float32]

TEMPLATES: Final[dict[str, NDArray[np.float64]]] = {
    name: np.array(rows, np.float64).reshape(5, 2)
    for name, rows in {
        "arcface_112": np.array(
            [38.2946, 51.6963, 73.5318, 51.5014, 56.0252, 71.7366, 41.5493, 92.3655, 70.7299, 92.2041]
        )
        / 112,
        "arcface_112_v1": np.array([39.73, 51.138, 72.27, 51.138, 56.0, 68.493, 42.463, 87.01, 69.537, 87.01]) / 112,
        "arcface_128": np.array(
            [46.2946, 51.6963, 81.5318, 51.5014, 64.0252, 71.7366, 49.5493, 92.3655, 78.7299, 92.2041]
        )
        / 128,
        "ffhq": [0.37691676, 0.46864664, 0.62285697, 0.46912813, 0.50123859, 0.61331904, 0.39308822, 0.725411,
                 0.61150205, 0.72490465],
        "mtcnn": [0.36562865, 0.46733799, 0.63305391, 0.46585885, 0.50019127, 0.61942959, 0.39032951, 0.77598822,
                  0.61178945, 0.77476328],
        "whole_face": [0.35342266, 0.39285716, 0.62797622, 0.39285716, 0.48660713, 0.5401786, 0.38839287, 0.68750011,
                       0.59821427, 0.68750011],
    }.items()
}  # fmt: skip


def five_points(points: Points) -> NDArray[np.float64]:
    """Return the five points (5, 2) of a mesh (468, 2 or 3)."""
    xy = points[:, :2].astype(np.float64)
    return np.array([xy[[33, 133]].mean(0), xy[[362, 263]].mean(0), xy[1], xy[61], xy[291]])


def similarity(source: NDArray[np.float64], target: NDArray[np.float64]) -> Matrix:
    """Return the similarity (2, 3) float32 from points (n, 2) onto others.

    Least squared error.

    Raises:
        ValueError: All source points are one.
    """
    middle, aim = source.mean(0), target.mean(0)
    rel, wanted = source - middle, target - aim
    spread = float((rel**2).sum())
    if spread <= 0:
        raise ValueError("the source points are all in one place")
    a = float((rel * wanted).sum()) / spread
    b = float((rel[:, 0] * wanted[:, 1] - rel[:, 1] * wanted[:, 0]).sum()) / spread
    linear = np.array([[a, -b], [b, a]])
    return np.column_stack([linear, aim - linear @ middle]).astype(np.float32)


def matrix_to(template: str, points: Points, side_px: int) -> Matrix:
    """Return the matrix from picture to a template's crop, for a mesh (468, 2 or 3).

    Raises:
        ValueError: The mesh has no extent.
    """
    return similarity(five_points(points), TEMPLATES[template] * side_px)
