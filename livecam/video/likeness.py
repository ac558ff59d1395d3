"""Is a texture fit to cover a face? It must lie over it, and must not be the live face itself."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.texture import FaceTexture

LEAST_COVER: Final = 0.6
"""Mean opacity over the face's points."""
MOST_LIKE: Final = 0.9
"""Correlation of detail with the live face: personas drawn on it reach 0.8, itself shrunk to 64 px has 0.93."""
_HEIGHT_PX: Final = 96
_LEAST_DETAIL: Final = 1e-6


def refused(texture: FaceTexture, frame: Frame, face: FaceMesh) -> str | None:
    """Why a texture made for this face of this frame cannot be drawn; None: it can."""
    if not np.isfinite(texture.points).all():
        return "the engine gave a texture without places"
    if cover(texture) < LEAST_COVER:
        return "the engine's texture leaves too much of the face open"
    if likeness(texture, frame, face) > MOST_LIKE:
        return "the engine gives the live face back instead of the persona's"
    return None


def cover(texture: FaceTexture) -> float:
    """Mean opacity 0..1 at the mesh points; points beyond the picture count as open."""
    x, y = np.rint(texture.points).astype(int).T
    height, width = texture.pixels.shape[:2]
    inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
    if texture.alpha is None:
        return float(inside.mean())
    return float(texture.alpha[y[inside], x[inside]].sum()) / 255 / len(x)


def likeness(texture: FaceTexture, frame: Frame, face: FaceMesh) -> float:
    """Correlation -1..1 of the texture's detail at the mesh points with that of the live face."""
    made = _detail(texture.pixels, texture.points)
    live = _detail(frame.pixels, face.points[:, :2])
    scale = float(np.linalg.norm(made) * np.linalg.norm(live))
    return 0.0 if scale < _LEAST_DETAIL else float(made @ live) / scale


def _slow() -> NDArray[np.float32]:
    """(468, 6) an orthonormal basis of what changes slowly over the unrolled face: light and colour."""
    u, v = (topology.UV - topology.UV.mean(0)).T
    basis, _ = np.linalg.qr(np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], 1).astype(np.float64))
    return basis.astype(np.float32)


_SLOW: Final = _slow()


def _detail(pixels: Pixels, points: Points) -> NDArray[np.float32]:
    """Log brightness (468,) at points of a picture, seen at a fixed size and without what changes slowly."""
    low = np.clip(np.floor(points.min(0)).astype(int) - 2, 0, None)
    high = np.minimum(np.ceil(points.max(0)).astype(int) + 3, pixels.shape[1::-1])
    if (high - low).min() < 4:
        return np.zeros(len(points), np.float32)
    part = cv2.cvtColor(pixels[low[1] : high[1], low[0] : high[0]], cv2.COLOR_BGR2GRAY)
    scale = np.float32(_HEIGHT_PX / part.shape[0])
    width = max(round(part.shape[1] * float(scale)), 1)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(part, (width, _HEIGHT_PX), interpolation=way)
    places = ((points - low + 0.5) * scale - 0.5).astype(np.float32)
    values = cv2.remap(grey, places[None, :, 0], places[None, :, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    brightness = np.log(values[0].astype(np.float32) + 4)
    return np.asarray(brightness - _SLOW @ (_SLOW.T @ brightness), np.float32)
