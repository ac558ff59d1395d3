"""The pictures of one enrolment.

Faces in the atlas and their meshes, as bytes and back.
"""

import io
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.errors import PersonaError
from livecam.core.face import POINT_COUNT
from livecam.core.files.errors import reason_of
from livecam.core.pose import fit_pose
from livecam.video.atlas.layout import LAYOUT_SHA256
from livecam.video.atlas.openings import settle
from livecam.video.atlas.unroll import atlas_of
from livecam.video.render.normals import NORMALS

Floats = NDArray[np.float32]
BLOCK_NS: Final = 2 * NS_PER_S
HELD_EVERY: Final = 4
"""Every fourth block of two seconds is held out: learned from the others, judged by these."""
_AGAIN: Final = "livecam train enrol NAME --clip FILE"


@dataclass(frozen=True, eq=False)
class Material:
    """Faces of one person.

    Attributes:
        points: (k, 468, 3) float32 meshes in the pictures' pixels.
        detail: (k, n, n, 3) uint8 BGR faces in the atlas, without their light.
        at_ns: (k,) int64 times in their clips; clips follow each other.
        tone: (3,) float32 mean skin colour BGR.
        crops: (k, 96, 96, 3) uint8 BGR upright faces, for the classic method; None: enrolled without.
    """

    points: Floats
    detail: NDArray[np.uint8]
    at_ns: NDArray[np.int64]
    tone: Floats
    crops: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.points)

    @property
    def side_px(self) -> int:
        """Side of the atlas."""
        return int(self.detail.shape[1])

    @cached_property
    def shapes(self) -> Floats:
        """(k, 468, 3) the unposed meshes."""
        return np.array([fit_pose(points).undo(points) for points in self.points], np.float32)

    @cached_property
    def yaw_deg(self) -> Floats:
        """(k,) turn to the side."""
        return np.array([fit_pose(points).yaw_deg for points in self.points], np.float32)

    @property
    def is_held(self) -> NDArray[np.bool_]:
        """(k,) which pictures are held out."""
        return is_held_out(self.at_ns)

    def trust(self, index: int) -> Floats:
        """Return how well each texel of one picture is seen (n, n), 0..1."""
        points = self.points[index]
        facing = np.asarray(-(NORMALS @ fit_pose(points).rotation[2]), np.float32)
        return atlas_of(self.side_px).measure_trust(points, facing)

    def settled(self, index: int) -> tuple[NDArray[np.uint8], Floats]:
        """Return one picture (n, n, 3) with shut openings closed.

        And how well each texel is known (n, n).
        """
        return settle(self.detail[index], self.trust(index), self.points[index])

    def select(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> "Material":
        """Return some of the pictures."""
        crops = None if self.crops is None else self.crops[which]
        return Material(self.points[which], self.detail[which], self.at_ns[which], self.tone, crops)


def is_held_out(at_ns: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether pictures of these times are held out (k,).

    Whole blocks, spread over the clip.
    """
    return np.asarray(at_ns // BLOCK_NS % HELD_EVERY == HELD_EVERY - 1)


def material_to_bytes(material: Material) -> bytes:
    """Return the pictures as a NumPy archive; the same pictures give the same bytes."""
    buffer = io.BytesIO()
    np.savez(
        buffer,
        points=material.points,
        detail=material.detail,
        at_ns=material.at_ns,
        tone=material.tone,
        layout=np.array(LAYOUT_SHA256),
        allow_pickle=False,
        **({} if material.crops is None else {"crops": material.crops}),
    )
    return buffer.getvalue()


def material_from_bytes(data: bytes, name: str) -> Material:
    """Return the pictures again; `data` has a hash that the caller has checked.

    Raises:
        PersonaError: They are of another layout, or none.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            layout = str(arrays["layout"])
            crops = arrays.get("crops", None)
            material = Material(arrays["points"], arrays["detail"], arrays["at_ns"], arrays["tone"], crops)
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        raise PersonaError(f"the pictures of {name} cannot be read: {reason_of(error)}", command=_AGAIN) from error
    if layout != LAYOUT_SHA256 or material.points.shape[1:] != (POINT_COUNT, 3):
        raise PersonaError(f"the pictures of {name} were enrolled for another layout of the face", command=_AGAIN)
    return material
