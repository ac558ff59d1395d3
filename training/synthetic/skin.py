"""Transfer the skin of photos to the head's texture.

The result mixes faces; it is no person's face.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.topology import MIRROR, OVAL, SKIN_TRIANGLES
from training.synthetic.head import Head
from training.synthetic.landmarks import VERTICES, WEIGHTS
from training.synthetic.raster import PinholeCamera, rasterize

Floats = NDArray[np.float32]
FLAT_FOCAL, FLAT_DEPTH = 10.0, 10.0
RIM, FADE = 0.012, 0.04
"""Distance inside the face's outline at which the photo begins, and its fade.

Both are in shares of the texture.
"""
SKIN_SPREAD = 45.0
HOLE_DARKENING = 0.75


def points_in_texture(head: Head) -> Floats:
    """Return places (468, 2) of the points in the head's texture, 0..1, v upwards."""
    uv = np.zeros((len(head.neutral), 2), np.float32)
    face = head.triangles_of("face")
    uv[head.faces[face]] = head.uv[face]
    return np.asarray(np.einsum("pk,pkc->pc", WEIGHTS, uv[VERTICES]), np.float32)


class Unroller:
    """Unrolls photos with known points into textures of one size."""

    def __init__(self, head: Head, size_px: int) -> None:
        self.size_px = size_px
        place = points_in_texture(head)
        place = (place + place[MIRROR] * (-1, 1) + (1, 0)) / 2
        flat = np.column_stack([place - 0.5, np.full(len(place), -FLAT_DEPTH)]).astype(np.float32)
        camera = PinholeCamera(size_px, size_px, FLAT_FOCAL * size_px)
        self._seen = rasterize(flat[SKIN_TRIANGLES], camera, both_sides=True)
        inside = np.zeros(size_px * size_px, np.float32)
        inside[self._seen.pixel] = 1
        inside = inside.reshape(size_px, size_px)
        rim = place[OVAL] * (size_px, -size_px) + (0, size_px)
        within = cv2.fillPoly(np.zeros_like(inside), [rim.astype(np.int32)], 1.0)
        reach = cv2.distanceTransform(within.astype(np.uint8), cv2.DIST_L2, 5) / size_px
        ramp = np.clip((reach - RIM) / FADE, 0, 1)
        self._trust: Floats = (ramp * ramp * (3 - 2 * ramp))[..., None].astype(np.float32)
        self._inside: Floats = inside[..., None]
        self._holes = np.asarray((reach > RIM) & (inside == 0))
        self._cheeks = np.zeros((size_px, size_px), np.uint8)
        for x in (0.33, 0.67):
            cv2.circle(self._cheeks, (int(x * size_px), int(0.47 * size_px)), size_px // 22, 1, -1)

    def unroll(self, photo_bgr: NDArray[np.uint8], points: Floats) -> Floats:
        """Return a texture (size, size, 3) in 0..255 of a photo.

        It is the photo where it shows the face, and its skin tone elsewhere.

        Args:
            photo_bgr: Picture (h, w, 3).
            points: The face in it (468, 2 or more), pixels.
        """
        corners = points[SKIN_TRIANGLES][..., :2].astype(np.float32)
        source = np.full((self.size_px * self.size_px, 2), -1, np.float32)
        source[self._seen.pixel] = self._seen.blend(corners)
        texture = cv2.remap(
            photo_bgr,
            source.reshape(self.size_px, self.size_px, 2),
            None,
            cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.float32)
        return self._extend(texture)

    def _extend(self, texture: Floats) -> Floats:
        """Fill what no photo shows: holes from around them, the rest with skin tone."""
        tone = np.median(texture[self._cheeks > 0], axis=0)
        like_skin = np.exp(-np.square((texture - tone) / SKIN_SPREAD).sum(2, keepdims=True)) * (self._trust > 0.3)
        near = _spread(texture, like_skin * self._inside, self.size_px / 14, tone)
        lips = _spread(texture, self._inside, self.size_px / 80, tone) * HOLE_DARKENING
        filled = np.where(self._holes[..., None], lips, texture * self._trust + near * (1 - self._trust))
        return np.asarray(filled, np.float32)


def _spread(texture: Floats, weight: Floats, sigma_px: float, far: Floats) -> Floats:
    """Return a weighted blur (h, w, 3) that fades to `far` (3,) without weight."""
    total = cv2.GaussianBlur(weight, (0, 0), sigma_px)[..., None] + 0.02
    return np.asarray((cv2.GaussianBlur(texture * weight, (0, 0), sigma_px) + 0.02 * far) / total, np.float32)
