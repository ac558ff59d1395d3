"""Pairs to learn from.

A drawn face with what the refiner sees, and the photo it should look like.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import FaceMesh, Points
from livecam.core.fakes import FakeRefiner
from livecam.core.frame import Frame, Pixels
from livecam.core.pose import find_pose
from livecam.core.refinement import PLANE_COUNT, REFINE_PX
from livecam.core.texture import FaceTexture
from livecam.video.render import masks
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import CanvasView, choose_view
from livecam.video.render.eyelids import Eyelids, shut_eyelids
from livecam.video.render.renderer import FaceRenderer, RenderSettings
from livecam.video.render.shape import ShapeMover

LEAST_REPLACED = 0.8
JITTER_PX = 0.3
_FEATURES = (topology.RIGHT_EYE, topology.LEFT_EYE, topology.OUTER_LIPS)

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pair:
    """One drawn face.

    Planes (PLANE_COUNT, 128, 128) as the refiner sees them and target (3, 128, 128) BGR, both as bytes; zone (128, 128)
    is 1 in eyes, mouth and seam; crossed is 1 where the live person is another than the persona.
    """

    planes: Bytes
    target: Bytes
    zone: Bytes
    crossed: Bytes


@dataclass(frozen=True, slots=True)
class Pairs:
    """Many pairs, stacked along the first axis."""

    planes: Bytes
    target: Bytes
    zone: Bytes
    crossed: Bytes

    def __len__(self) -> int:
        return len(self.planes)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A face drawn by our renderer.

    Where the canvas is in the picture, the mesh with its rings (POINT_COUNT, 3) on it, and the refiner's planes.
    """

    view: CanvasView
    mesh: Points
    planes: Bytes


def draw_persona(live: Pixels, points: Points, texture: FaceTexture, random: np.random.Generator) -> Drawing | None:
    """Draw a persona on a live picture.

    None where too little is replaced or the face is no small one.
    """
    shaken = points.copy()
    shaken[:, :2] += random.normal(0, JITTER_PX, 2).astype(np.float32)
    face, watcher = FaceMesh(shaken, 1.0, 0), FakeRefiner(0.0)
    replaced = FaceRenderer(refiner=watcher).draw(Frame(live, 0, 0), face, texture, live.copy())
    moved = ShapeMover().move_points(shaken, find_pose(face), texture.shape, RenderSettings().strength)
    view, size_px = choose_view(np.concatenate([shaken, moved]), None)
    if replaced < LEAST_REPLACED or watcher.seen is None or size_px != REFINE_PX:
        return None
    return Drawing(view, _on_canvas(view, shaken, moved), np.rint(watcher.seen * 255).astype(np.uint8))


def _on_canvas(view: CanvasView, live: Points, moved: Points) -> Points:
    """Return the drawn mesh with its rings, lids shut as the live ones are."""
    ringed = [mantle.add_rings(view.to_canvas(p), np.empty((mantle.POINT_COUNT, 3), np.float32)) for p in (moved, live)]
    mesh, lids = mantle.tie_rings(*ringed), Eyelids()
    lids.update(live)
    shut_eyelids(mesh, lids.shut)
    return mesh


def make_pair(drawing: Drawing, target: Pixels, crossed: bool) -> Pair:
    """Return the pair of a drawing and the picture (128, 128, 3) it should be."""
    zone = zone_of(drawing.mesh)
    return Pair(drawing.planes, target.transpose(2, 0, 1).copy(), zone, np.array(crossed, np.uint8))


def zone_of(points: Points) -> Bytes:
    """Return 1 in eyes, mouth and seam of a mesh, (128, 128)."""
    features, oval = np.zeros((2, REFINE_PX, REFINE_PX), np.uint8)
    for ring in _FEATURES:
        cv2.fillPoly(features, [masks.polygon(points[ring])], 1, shift=masks.SHIFT)
    cv2.fillPoly(oval, [masks.polygon(points[topology.OVAL])], 1, shift=masks.SHIFT)
    seam = cv2.dilate(oval, np.ones((9, 9), np.uint8)) - cv2.erode(oval, np.ones((7, 7), np.uint8))
    return np.asarray(cv2.dilate(features, np.ones((7, 7), np.uint8)) | seam, np.uint8)


def save_pairs(pairs: Sequence[Pair], path: Path) -> None:
    """Write pairs whole or not at all; none writes nothing."""
    if not pairs:
        return
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, **{each.name: np.stack([getattr(p, each.name) for p in pairs]) for each in fields(Pairs)})
    part.replace(path)


def load_pairs(files: Sequence[Path]) -> Pairs:
    """Return the pairs of several files."""
    parts = [np.load(file) for file in files]
    return Pairs(*(np.concatenate([part[each.name] for part in parts]) for each in fields(Pairs)))


def as_floats(planes: Bytes) -> NDArray[np.float32]:
    """Return planes (n, PLANE_COUNT, h, w) as the network takes them, 0..1."""
    assert planes.shape[1] == PLANE_COUNT
    return np.asarray(planes.astype(np.float32) / 255, np.float32)
