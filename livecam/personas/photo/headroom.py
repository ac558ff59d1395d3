"""Check that a photo has room for a whole head.

Hair above the forehead, and ears and hair at the sides, must be visible.
"""

from typing import Final

import numpy as np

from livecam.core.texture import FaceTexture

ABOVE: Final = 0.25
"""Face heights between forehead and upper edge that hair needs at least."""
ASIDE: Final = 0.15
_FOREHEAD, _CHIN, _RIGHT, _LEFT = 10, 152, 234, 454


def has_headroom(photo: FaceTexture) -> bool:
    """Whether a photo shows enough round the face for mode "head"."""
    points, width = photo.points, photo.pixels.shape[1]
    height = max(float(np.linalg.norm(points[_FOREHEAD] - points[_CHIN])), 1.0)
    above = float(points[_FOREHEAD, 1]) / height
    aside = min(float(points[_RIGHT, 0]), width - 1 - float(points[_LEFT, 0])) / height
    return above >= ABOVE and aside >= ASIDE
