"""A face as detail over its low-frequency skin colour, without pose and light.

1 is plain skin, less is darker; teeth and the whites of eyes have up to 2.8. Bytes store `GAIN` times that.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.pose import fit_pose
from livecam.video.atlas.unroll import SIDE_PX, Atlas, atlas_of
from livecam.video.render.lighting import LightEstimator, SkinSamples, read_log_colours
from livecam.video.render.normals import NORMALS

Floats = NDArray[np.float32]
GAIN: Final = 90
"""Stored value of plain skin."""
_FLOOR: Final = 4.0
_LIGHT_STEP: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class FaceDetail:
    """One face of one picture in the atlas.

    Attributes:
        detail: (n, n, 3) uint8 BGR, `GAIN` times colour over low-frequency skin colour.
        trust: (n, n) float32 0..1 how well each texel is seen.
        tone: (3,) float32 mean low-frequency skin colour BGR, 0..255.
    """

    detail: NDArray[np.uint8]
    trust: Floats
    tone: Floats


def read_detail(picture: Pixels, points: Points, size_px: int = SIDE_PX) -> FaceDetail:
    """Return the face of a picture in the atlas, without its light.

    The picture is (h, w, 3), its mesh (468, 3).
    """
    atlas = atlas_of(size_px)
    facing = np.asarray(-(NORMALS @ fit_pose(points).rotation[2]), np.float32)
    light = estimate_light(picture, points, facing)
    colours = atlas.read(picture, points)
    relative = (colours + _FLOOR) * (GAIN / _spread_light(atlas, light))
    detail = np.clip(np.rint(relative), 0, 255).astype(np.uint8)
    tone = np.exp(np.median(light, axis=0)).astype(np.float32) - np.float32(_FLOOR)
    return FaceDetail(detail, atlas.measure_trust(points, facing), np.maximum(tone, 1))


def estimate_light(picture: Pixels, points: Points, facing: Floats) -> Floats:
    """Return the log light (468, 3) on the face of a picture.

    Args:
        picture: (h, w, 3) uint8 BGR.
        points: (468, 3) mesh in its pixels.
        facing: (468,) how frontal the surface is to the camera.
    """
    estimator = _estimator()
    samples = estimator.samples
    weight = samples.at(facing[:, None].clip(0, 1))[:, 0] * samples.bareness + np.float32(1e-6)
    places = samples.at(points[:, :2].astype(np.float32))
    return estimator.estimate(read_log_colours(picture, places), weight)


def _spread_light(atlas: Atlas, log_light: Floats) -> Floats:
    """Return the light as colours (n, n, 3) over the atlas.

    It is computed at a quarter of the size, as light has low frequencies.
    """
    small = atlas_of(atlas.size_px // _LIGHT_STEP).spread(np.exp(log_light).astype(np.float32))
    return np.asarray(cv2.resize(small, (atlas.size_px, atlas.size_px), interpolation=cv2.INTER_LINEAR), np.float32)


@cache
def _estimator() -> LightEstimator:
    """Return the fixed operators, computed once."""
    return LightEstimator(SkinSamples())
