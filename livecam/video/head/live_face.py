"""What is read from the live face for a head.

Moved points, light, sharpness, lids, eyes, mouth, things in front.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.pose import RIGIDITY, Pose, find_pose
from livecam.core.texture import FaceTexture
from livecam.video.render import blend, masks
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import Canvas, CanvasView, choose_view
from livecam.video.render.eyelids import EYES, Eye, Eyelids, draw_seams, shut_eyelids
from livecam.video.render.eyes import EyeMatch
from livecam.video.render.lighting import LiveLight, read_log_colours
from livecam.video.render.occlusion import Occluders
from livecam.video.render.renderer import LASH_COLOUR, facing_of, light_maker
from livecam.video.render.shape import ShapeMover
from livecam.video.render.sharpness import EVERY_FRAMES, SharpnessMatch
from livecam.video.render.skin import Skin

Map = NDArray[np.float32]
_EDGE: Final = np.ones((5, 5), np.uint8)
_SOME_SHUT: Final = 0.02


class LiveFace(NamedTuple):
    """A live face of one frame.

    Attributes:
        drawn: (468, 3) the persona's points in the frame, lids shut as the live ones are.
        pose: The live pose.
        log_light: (468, 3) slow log colour of the live skin.
        softness: Of the live picture, in copies of `Skin`.
        covered: (q, q) 0..1 what is in front of the face, over the canvas.
        points: (POINT_COUNT, 3) the drawn points and rings on the canvas.
        view: Place of the canvas in the frame.
        canvas: Holds the live picture, bent; valid until the next frame.
    """

    drawn: Points
    pose: Pose
    log_light: Map
    softness: float
    covered: Map
    points: Points
    view: CanvasView
    canvas: Canvas

    @property
    def middle(self) -> Map:
        """(2,) where the bony part of the drawn face is in the frame.

        A jaw that drops does not move it.
        """
        return np.asarray(RIGIDITY @ self.drawn[:, :2], np.float32)


class LiveFaceReader:
    """Keeps a live face's light, shape and sharpness between frames."""

    def __init__(self) -> None:
        self._maker = light_maker()
        self._light = LiveLight(self._maker)
        self._mover = ShapeMover(outline_share=1.0)
        self._occluders = Occluders()
        self._lids, self._eyes = Eyelids(), EyeMatch()
        self._sharpness = SharpnessMatch()
        self._paster = blend.Paster()
        self._canvases: dict[int, Canvas] = {}
        self._view: CanvasView | None = None
        self._skin: Skin | None = None
        self._frames = 0
        self._live = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._points = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._log_light = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._opacity = np.empty(mantle.POINT_COUNT, np.float32)

    @property
    def thing(self) -> bool:
        """Whether a thing that the network saw came in front.

        Of the face in the last frame.
        """
        return self._occluders.thing

    def read(self, frame: Frame, face: FaceMesh, texture: FaceTexture) -> LiveFace:
        """Read a frame; the persona's shape is taken in full, its oval too."""
        skin = self._skin_of(texture)
        pose = find_pose(face)
        moved = self._mover.move_points(face.points, pose, texture.shape, 1.0)
        self._view, size_px = choose_view(np.concatenate([face.points, moved]), self._view)
        if size_px not in self._canvases:
            self._canvases[size_px] = Canvas(size_px)
        view, canvas = self._view, self._canvases[size_px]
        canvas.cut(frame.pixels, view)
        self._lids.update(face.points)
        drawn = moved.copy()
        shut_eyelids(drawn, self._lids.shut)
        live = mantle.add_rings(view.to_canvas(face.points), self._live)
        points = mantle.add_rings(view.to_canvas(moved), self._points)
        shut_eyelids(points, self._lids.shut)
        bent = mantle.tie_rings(points.copy(), live)
        canvas.warp(live, bent, _NO_HAIR)
        facing = facing_of(pose)
        log_light = self._light_over(canvas, points, facing)
        self._match_sharpness(canvas, points, skin, facing)
        covered = self._occluders.update(canvas, log_light, face, points, view)
        light = self._log_light[:468]
        return LiveFace(drawn, pose, light, self._sharpness.softness, covered, points, view, canvas)

    def open(self, seen: LiveFace, out: Pixels) -> None:
        """Write live eyes and inner mouth, and what is in front of the face.

        Over a drawn head, in place.
        """
        canvas, points, shut = seen.canvas, seen.points, self._lids.shut
        canvas.cut(out, seen.view)
        draw_seams(canvas.crop, points, shut, LASH_COLOUR)
        np.copyto(canvas.colour, canvas.crop)
        eyes = masks.eye_polygons(points, shut)
        self._eyes.apply(canvas, eyes, seen.covered)
        hole, changed = canvas.alpha, canvas.plane[0]
        hole.fill(0)
        for polygon in (masks.mouth_polygon(points), *eyes.values()):
            cv2.fillPoly(hole, [polygon], 255, shift=4)
        cv2.GaussianBlur(hole, (5, 5), max(0.7, canvas.size_px / 256 * 0.9), dst=hole)
        cv2.max(hole, cv2.resize(cv2.convertScaleAbs(seen.covered, alpha=255), hole.shape), dst=hole)
        np.copyto(changed, hole)
        for eye, share in zip(EYES, shut, strict=True):
            if share > _SOME_SHUT:
                cv2.fillConvexPoly(changed, _lid_hull(points, eye), 255, shift=4)
        mask = np.asarray(cv2.blur(cv2.dilate(changed, _EDGE), (3, 3)), np.uint8)
        blend.mix(canvas.live, canvas.crop, hole, mask, canvas.scratch, canvas.colour)
        self._paster.paste(canvas.colour, mask, seen.view, out)

    def measure_replaced(self, seen: LiveFace, frame: Frame) -> float:
        """Return 0..1 how much of the inner face in the frame is replaced.

        Its openings do not count.
        """
        canvas = seen.canvas
        cv2.resize(cv2.convertScaleAbs(seen.covered, alpha=-255, beta=255), canvas.alpha.shape, dst=canvas.alpha)
        return masks.measure_replaced_share(canvas, seen.points, seen.view, frame)

    def _skin_of(self, texture: FaceTexture) -> Skin:
        if self._skin is None or self._skin.texture is not texture:
            self._skin = Skin(texture, self._maker)
        return self._skin

    def _light_over(self, canvas: Canvas, points: Points, facing: Map) -> Map:
        """Log colour (q, q, 3) of plain live skin over the quarter-size canvas."""
        samples = self._maker.samples
        places = samples.at((points[:468] * np.float32(0.25) - np.float32(0.375))[:, :2])
        light = self._light.update(read_log_colours(canvas.small, places), samples.at(facing[:, None])[:, 0])
        return canvas.spread_light(points, mantle.extend_values(light, self._log_light))

    def _match_sharpness(self, canvas: Canvas, points: Points, skin: Skin, facing: Map) -> None:
        if self._frames % EVERY_FRAMES == 0:
            canvas.place_texture(points, skin.places, mantle.opacity_by_facing(facing, self._opacity))
        self._frames += 1
        self._sharpness.update(canvas.live, points[:468], skin, canvas.uv)


def _lid_hull(points: Points, eye: Eye) -> NDArray[np.int32]:
    """Return the polygon, in 1/16 pixels, of all that a shutting eye changes."""
    around = points[np.concatenate([eye.around, eye.below]), :2]
    return np.asarray(cv2.convexHull((around * 16).astype(np.int32)), np.int32)


_NO_HAIR: Final = np.zeros(mantle.POINT_COUNT, np.float32)
"""No live hair is kept in front of a head: it goes with the head that it grew on."""
