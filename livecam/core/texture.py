"""A face as a picture with its mesh.

Engines make it, and the renderer draws it.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import POINT_COUNT, Points
from livecam.core.frame import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class FaceTexture:
    """A picture of a face, and the positions of its mesh points in it.

    Attributes:
        pixels: (h, w, 3) uint8 BGR. Colours, or detail relative to skin when `tone` is given.
        points: (468, 2) float32 in its pixels.
        shape: (468, 3) float32 the face's own shape, unposed in the canonical frame (x right, y down, z away from the
            viewer, unit = outer eye distance); None when it is not known.
        alpha: (h, w) uint8 how far each pixel belongs to the face and can be trusted; None = everywhere.
        tone: (3,) float32 mean skin colour BGR. When given, `pixels` hold `DETAIL_GAIN * (1 + d)` with d the detail
            relative to the low-frequency skin colour, so the live light can be put under it; None = plain colours.
        made_for_ns: `captured_ns` of the frame it was made for; 0 for a photo.
        eyes_and_mouth: "live" keeps the camera's eyes and inner mouth, "own" draws the texture's.
    """

    pixels: Pixels
    points: Points
    shape: Points | None = None
    alpha: NDArray[np.uint8] | None = None
    tone: NDArray[np.float32] | None = None
    made_for_ns: int = 0
    eyes_and_mouth: Literal["live", "own"] = "live"

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise ValueError(f"pixels must be (h, w, 3) uint8, got {self.pixels.shape} {self.pixels.dtype}")
        if self.points.shape != (POINT_COUNT, 2):
            raise ValueError(f"points must be ({POINT_COUNT}, 2), got {self.points.shape}")
        if self.alpha is not None and self.alpha.shape != self.pixels.shape[:2]:
            raise ValueError(f"alpha must be {self.pixels.shape[:2]}, got {self.alpha.shape}")


DETAIL_GAIN = 150
