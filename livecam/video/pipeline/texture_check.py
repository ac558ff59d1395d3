"""Check that a texture can cover a face.

It must be over the face, and must not be the live face itself.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.texture import FaceTexture
from livecam.video.pipeline.echo_check import LivePatches

Floats = NDArray[np.float32]

LEAST_COVER: Final = 0.6
"""Mean opacity over the face's points."""
MOST_LIKE: Final = 0.9
"""Correlation of detail from which a texture is the live face.

Personas drawn on it reach 0.8; itself reduced to 64 px has 0.93.
"""
_HEIGHT_PX: Final = 96
_LEAST_DETAIL: Final = 1e-6
_ONE_COLOUR: Final = 0.2
"""Least norm of the log brightness detail over all points.

Drawn personas have 4.5 at least, one colour has 0.0001.
"""


class LiveFace:
    """A face of a frame, against which its textures are judged."""

    def __init__(self, frame: Frame, face: FaceMesh) -> None:
        self._pixels, self._points = frame.pixels, face.points[:, :2]
        self._detail = measure_detail(frame.pixels, self._points)
        self._patches: LivePatches | None = None

    def reject_reason(self, texture: FaceTexture, search: bool = True) -> str | None:
        """Return why a texture made for this face cannot be drawn; None if it can.

        `search` looks for the live face in other places, sizes and blurs too, which takes some milliseconds.
        """
        if not np.isfinite(texture.points).all():
            return "the engine gave a texture without places"
        if measure_cover(texture) < LEAST_COVER:
            return "the engine's texture leaves too much of the face open"
        made = measure_detail(texture.pixels, texture.points)
        if float(np.linalg.norm(made)) < _ONE_COLOUR:
            return "the engine gave a picture of one colour"
        if abs(correlate(made, self._detail)) > MOST_LIKE or (search and self._has_echo(texture)):
            return "the engine gives the live face back instead of the persona's"
        return None

    def _has_echo(self, texture: FaceTexture) -> bool:
        if self._patches is None:
            self._patches = LivePatches(self._pixels, self._points)
        return self._patches.has_echo(texture.pixels, texture.points)


def measure_cover(texture: FaceTexture) -> float:
    """Return the mean opacity 0..1 at the mesh points.

    Points beyond the picture count as transparent.
    """
    x, y = np.ascontiguousarray(texture.points.T)
    if texture.alpha is None:
        height, width = texture.pixels.shape[:2]
        return float(((x > -0.5) & (y > -0.5) & (x < width - 0.5) & (y < height - 0.5)).mean())
    opacity = cv2.remap(texture.alpha, x[None], y[None], cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    return float(opacity.sum()) / 255 / opacity.size


def correlate(made: Floats, live: Floats) -> float:
    """Return the correlation -1..1 of two details (468,)."""
    scale = float(np.linalg.norm(made) * np.linalg.norm(live))
    return 0.0 if scale < _LEAST_DETAIL else float(made @ live) / scale


def _slow() -> NDArray[np.float32]:
    """Return an orthonormal basis (468, 6) of low frequencies over the face.

    They are light and colour.
    """
    u, v = (topology.UV - topology.UV.mean(0)).T
    basis, _ = np.linalg.qr(np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], 1).astype(np.float64))
    return basis.astype(np.float32)


_SLOW: Final = _slow()


def measure_detail(pixels: Pixels, points: Points) -> Floats:
    """Return high-passed log brightness (468,) at points of a picture.

    It is measured at a fixed size.
    """
    x, y = np.ascontiguousarray(points.T)
    left, top = max(int(x.min()) - 2, 0), max(int(y.min()) - 2, 0)
    right, bottom = min(int(x.max()) + 4, pixels.shape[1]), min(int(y.max()) + 4, pixels.shape[0])
    # Halving takes a fraction of the time that other scales take: what is left is less than twice as large.
    times = 1
    while (bottom - top) // (2 * times) >= _HEIGHT_PX:
        times *= 2
    wide, tall = (right - left) // times, (bottom - top) // times
    if min(wide, tall) < 4:
        return np.zeros(len(points), np.float32)
    grey = cv2.cvtColor(pixels[top : top + tall * times, left : left + wide * times], cv2.COLOR_BGR2GRAY)
    for halved in range(times.bit_length() - 2, -1, -1):
        grey = cv2.resize(grey, (wide << halved, tall << halved), interpolation=cv2.INTER_AREA)
    scale = _HEIGHT_PX / tall
    grey = cv2.resize(grey, (max(round(wide * scale), 1), _HEIGHT_PX), interpolation=cv2.INTER_LINEAR)
    scale /= times
    across, down = ((v + 0.5) * np.float32(scale) - 0.5 for v in (x - left, y - top))
    values = cv2.remap(grey, across[None], down[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    brightness = np.log(values[0].astype(np.float32) + 4)
    return np.asarray(brightness - _SLOW @ (_SLOW.T @ brightness), np.float32)
