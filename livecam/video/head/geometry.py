"""Where a head is by its mesh alone.

The face, the jaw, the skull's ellipse, the zone above the ear lobes.
"""

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points

Mask = NDArray[np.uint8]
FOREHEAD, CHIN, EARS, NOSE = 10, 152, [127, 356], 1
_LOBE_FIRST: Final = list(topology.OVAL).index(361)
_LOBE_LAST: Final = list(topology.OVAL).index(132)
_JAW: Final = topology.OVAL[_LOBE_FIRST : _LOBE_LAST + 1]
_OVAL_GROWN: Final = 1.03
_JAW_GROWN: Final = 1.04
_SKULL: Final = (0.82, 0.92)
_CORE: Final = (0.6, 0.72)
_BONE: Final = (0.48, 0.58)
_SKULL_UP: Final = 0.12
_UNDER_SKULL: Final = 0.6
"""Where the neck is between the chin of a turned head and the middle of its skull."""
_SHIFT: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class HeadGeometry:
    """A head in the pixels of some picture.

    Attributes:
        points: (468, 2) float32 mesh.
        height: Of the face, forehead to chin.
        up, right: (2,) unit vectors of the upright head.
        middle: (2,) of the oval.
    """

    points: NDArray[np.float32]
    height: float
    up: NDArray[np.float32]
    right: NDArray[np.float32]
    middle: NDArray[np.float32]

    @classmethod
    def of(cls, points: Points) -> Self:
        """Return the geometry of mesh points (468, 2 or 3)."""
        flat = np.ascontiguousarray(points[:, :2], np.float32)
        up = flat[FOREHEAD] - flat[CHIN]
        height = max(float(np.linalg.norm(up)), 1e-3)
        up = up / np.float32(height)
        right = np.array([-up[1], up[0]], np.float32)
        return cls(flat, height, up, right, np.asarray(flat[topology.OVAL].mean(0), np.float32))

    @property
    def _skull_side(self) -> NDArray[np.float32]:
        """(2,) from the chin to the middle between the ears, aside in a turned head."""
        return np.asarray(self.points[EARS].mean(0) - self.points[CHIN], np.float32)

    def jaw(self, grown: float = 1.0) -> NDArray[np.float32]:
        """(n, 2) the outline from lobe to lobe below the chin.

        Grown about the oval's middle.
        """
        middle = self.middle
        return np.asarray(middle + (self.points[_JAW] - middle) * np.float32(grown), np.float32)

    def draw_face(self, mask: Mask) -> None:
        """Draw the face and its jaw, a little grown.

        What must never be seen, by the mesh alone.
        """
        middle = self.middle
        oval = middle + (self.points[topology.OVAL] - middle) * np.float32(_OVAL_GROWN)
        for outline in (self.jaw(_JAW_GROWN), oval):
            cv2.fillPoly(mask, [to_fixed(outline)], 255, shift=_SHIFT)

    def draw_skull(self, mask: Mask, core: bool = False) -> None:
        """Draw the skull's ellipse; `core` draws what is in most heads."""
        self._draw_ellipse(mask, _CORE if core else _SKULL)

    def draw_bone(self, mask: Mask) -> None:
        """Draw what is in any head, bald or not, whatever a network says."""
        self._draw_ellipse(mask, _BONE)

    def _draw_ellipse(self, mask: Mask, size: tuple[float, float]) -> None:
        across, along = size
        centre = self.points[EARS].mean(0) + self.up * np.float32(self.height * _SKULL_UP)
        turn = float(np.degrees(np.arctan2(self.right[1], self.right[0])))
        axes = (max(round(self.height * across), 1), max(round(self.height * along), 1))
        cv2.ellipse(mask, (round(float(centre[0])), round(float(centre[1]))), axes, turn, 0, 360, 255, -1)

    def draw_zone(self, mask: Mask, grown: float = _JAW_GROWN) -> None:
        """Draw what is above the line across the ear lobes, or within the jaw."""
        jaw, height = self.jaw(grown), np.float32(self.height)
        # The jaw runs from the picture's right lobe to its left one.
        side = self.right * height * np.sign((jaw[0] - jaw[-1]) @ self.right)
        far = self.up * height * 2
        outline = np.vstack([jaw[0] + side, jaw, jaw[-1] - side, jaw[-1] - side + far, jaw[0] + side + far])
        cv2.fillPoly(mask, [to_fixed(outline)], 255, shift=_SHIFT)

    def below_chin(self, shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(h, w) how far each pixel is below the chin.

        And how far aside of the line down from it, in face heights.
        """
        rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        start = self.points[CHIN] + self.right * np.float32(_UNDER_SKULL) * (self._skull_side @ self.right)
        x, y = columns - start[0], rows - start[1]
        height = np.float32(self.height)
        return -(x * self.up[0] + y * self.up[1]) / height, np.abs(x * self.right[0] + y * self.right[1]) / height


def to_fixed(points: NDArray[np.float32]) -> NDArray[np.int32]:
    """Return points (n, 2) as OpenCV's fixed-point polygon."""
    return np.round(points * (1 << _SHIFT)).astype(np.int32)


def frame_of(geometry: HeadGeometry) -> NDArray[np.float64]:
    """Return (3, 3) from the upright head of height one to the picture."""
    x, y = geometry.middle
    across, along = geometry.right * geometry.height, -geometry.up * geometry.height
    return np.array([[across[0], along[0], x], [across[1], along[1], y], [0, 0, 1]], np.float64)
