"""Prepare a face texture for drawing.

It has four bytes a pixel, its own light if it holds colours, and softer copies.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture
from livecam.video.render import mesh_border as mantle
from livecam.video.render.lighting import LightEstimator, read_log_colours

SOFT_PX: Final = (0.0, 0.8, 1.3, 2.0, 3.0, 4.5)
"""Blur of the softer copies, sigma in texture pixels."""


class Skin:
    """One texture for one renderer.

    Attributes:
        texture: What it was made from.
        places: (mesh_border.POINT_COUNT, 2) where the mesh and its rings read the texture.
        log_light: (468, 3) low-frequency log colour of a texture of colours; None for detail.
        picture: (h, w, 4) detail or colours and alpha, at the set softness.
    """

    def __init__(self, texture: FaceTexture, maker: LightEstimator) -> None:
        self.texture = texture
        self.places = mantle.add_rings(
            texture.points.astype(np.float32), np.empty((mantle.POINT_COUNT, 2), np.float32), inwards=True
        )
        alpha = np.full(texture.pixels.shape[:2], 255, np.uint8) if texture.alpha is None else texture.alpha
        self._sharp = np.dstack([texture.pixels, alpha])
        self._copies: list[Pixels | None] = [self._sharp] + [None] * (len(SOFT_PX) - 1)
        self.log_light = None if texture.tone is not None else read_own_light(texture, maker)
        self.picture = self._sharp.copy()
        self._softness = 0.0

    @property
    def span_px(self) -> float:
        """Height of the face in the texture."""
        return float(np.ptp(self.places[:468, 1]))

    def soften(self, softness: float) -> None:
        """Make `picture` a mixture of the two nearest copies.

        Softness counts copies; 0 is the texture itself.
        """
        softness = float(np.clip(softness, 0, len(SOFT_PX) - 1))
        if softness == self._softness:
            return
        self._softness = softness
        low = min(int(softness), len(SOFT_PX) - 2)
        share = softness - low
        cv2.addWeighted(self.copy(low), 1 - share, self.copy(low + 1), share, 0, dst=self.picture)

    def copy(self, index: int) -> Pixels:
        """Return the copy of that softness, made on first use."""
        picture = self._copies[index]
        if picture is None:
            picture = self._sharp.copy()
            cv2.GaussianBlur(picture, (0, 0), SOFT_PX[index], dst=picture, borderType=cv2.BORDER_REPLICATE)
            picture[..., 3] = self._sharp[..., 3]
            self._copies[index] = picture
        return picture


def read_own_light(texture: FaceTexture, maker: LightEstimator) -> NDArray[np.float32]:
    """Return the light (468, 3) in a texture of colours.

    Triangles seen from behind do not count.
    """
    triangles = texture.points[topology.TRIANGLES]
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    front = (first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0] > 0).astype(np.float32)
    counts = np.bincount(topology.TRIANGLES.ravel(), minlength=468)
    seen = np.bincount(topology.TRIANGLES.ravel(), np.repeat(front, 3), 468) / np.maximum(counts, 1)
    weight = maker.samples.at(seen[:, None].astype(np.float32))[:, 0] * maker.samples.bareness + np.float32(1e-6)
    places = maker.samples.at(texture.points.astype(np.float32))
    return maker.estimate(read_log_colours(texture.pixels, places), weight)
