"""Draw a persona on a live face.

It has the moved shape, live light, live eyes and mouth. Things in front stay in front.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceMesh, Points, find_bounds
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceRefiner
from livecam.core.pose import Pose, find_pose
from livecam.core.texture import DETAIL_GAIN, FaceTexture
from livecam.video.parallel import InlineParallel, Parallel
from livecam.video.render import blend, masks
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import Canvas, CanvasView, choose_view
from livecam.video.render.contrast import ContrastMatch
from livecam.video.render.eyelids import Eyelids, draw_seams, shut_eyelids
from livecam.video.render.eyes import EyeMatch
from livecam.video.render.frontal import FrontalWatch
from livecam.video.render.lighting import LightEstimator, LiveLight, SkinSamples, read_log_colours, to_linear
from livecam.video.render.normals import NORMALS
from livecam.video.render.occlusion import Occluders
from livecam.video.render.refinement import Refinement
from livecam.video.render.shape import ShapeMover, smooth
from livecam.video.render.sharpness import SharpnessMatch
from livecam.video.render.skin import Skin

MIN_REPLACED: Final = 0.5
"""Least share of the inner face that is replaced in a picture that is shown."""
COVERED: Final = "the face is covered or turned away"
LEAST_BY_COLOUR: Final = 0.8
"""Least replaced share where the network finds nothing in front of the face."""
_FACING: Final = (0.08, 0.34)
_LASH_DETAIL: Final = 0.45 * DETAIL_GAIN
LASH_COLOUR: Final = 45.0
_FULL_DETAIL_AT: Final = 0.9
_LEAST_DETAIL: Final = 0.4
_LEAST_SPAN_PX: Final = 8
_MOST_SPAN: Final = 4
_LIGHT_RANGE: Final = 1.4


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """How a persona is drawn.

    Attributes:
        strength: 0..1 how much of the persona is drawn: shape in proportion, detail in full from 0.9. The live face
            is covered at any strength.
    """

    strength: float = 0.9

    def __post_init__(self) -> None:
        if not 0 <= self.strength <= 1:
            raise ValueError(f"strength must be 0..1, got {self.strength}")


class FaceRenderer:
    """The renderer of one tracked face.

    It keeps that face's light, shape and sharpness between frames.

    Attributes:
        settings: May be replaced between frames.
        refining: Whether there is time to refine; it may change between frames.
    """

    def __init__(
        self,
        settings: RenderSettings | None = None,
        parallel: Parallel | None = None,
        refiner: FaceRefiner | None = None,
    ) -> None:
        """Set up the renderer.

        `parallel` lays out the texture while the light is read. `refiner` makes what is drawn from a photo look
        photographed.
        """
        self.refining = True
        self._refinement = None if refiner is None else Refinement(refiner)
        self.settings = settings or RenderSettings()
        self._parallel = parallel or InlineParallel()
        self._maker = light_maker()
        self._light = LiveLight(self._maker)
        self._mover = ShapeMover()
        self._occluders = Occluders()
        self._lids = Eyelids()
        self._eyes = EyeMatch()
        self._sharpness = SharpnessMatch()
        self._contrast = ContrastMatch()
        self._paster = blend.Paster()
        self._canvases: dict[int, Canvas] = {}
        self._view: CanvasView | None = None
        self._frontal = FrontalWatch()
        self._skin: Skin | None = None
        self._live_points = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._points = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._log_light = np.empty((mantle.POINT_COUNT, 3), np.float32)
        self._opacity = np.empty(mantle.POINT_COUNT, np.float32)

    def reset(self) -> None:
        """Forget the face, before another one or after a gap."""
        self._view = None
        of_the_face = (self._light, self._mover, self._occluders, self._sharpness, self._contrast)
        for part in (*of_the_face, self._lids, self._eyes):
            part.reset()
        if self._refinement is not None:
            self._refinement.reset()

    def draw(self, frame: Frame, face: FaceMesh, texture: FaceTexture, out: Pixels) -> float:
        """Draw the persona in place.

        Args:
            frame: The live picture.
            face: Its mesh, smoothed and predicted for this frame.
            texture: The persona; drawing the same object again saves its preparation.
            out: Writable (h, w, 3) of the frame's size: a copy of its pixels, perhaps with other faces drawn already.

        Returns:
            0..1 how much of the inner face in the frame was replaced, without its openings. 0 when the face is too
                small or outside, and when colour alone would leave more than a fifth of it open.
        """
        skin = self._skin_of(texture)
        pose = find_pose(face)
        moved = self._mover.move_points(face.points, pose, texture.shape, self.settings.strength)
        if not is_drawable(face.points, frame):
            return 0.0
        self._view, size_px = choose_view(np.concatenate([face.points, moved]), self._view)
        view = self._view
        canvas = self._canvas_of(size_px)
        canvas.cut(frame.pixels, view)
        live = mantle.add_rings(view.to_canvas(face.points), self._live_points)
        points = mantle.tie_rings(mantle.add_rings(view.to_canvas(moved), self._points), live)
        self._lids.update(face.points)
        shut_eyelids(points, self._lids.shut)
        facing = facing_of(pose)
        opacity = mantle.opacity_by_facing(facing, self._opacity)
        frontal = self._frontal.update(pose)
        with self._parallel.start(lambda: canvas.place_texture(points, skin.places, opacity, frontal=frontal)):
            canvas.warp(live, points, mantle.OUTLINE)
            log_light = self._light_over(canvas, points, facing)
        self._sharpness.update(canvas.live, points[:468], skin, canvas.uv)
        skin.soften(self._sharpness.softness)
        canvas.read_texture(skin.picture)
        dark = LASH_COLOUR if texture.tone is None else _LASH_DETAIL
        draw_seams(canvas.texture4, points, self._lids.shut, dark)
        covered = self._occluders.update(canvas, log_light, face, points, view)
        self._colour(canvas, points, log_light, skin)
        openings = self._openings(canvas, points, covered) if texture.eyes_and_mouth == "live" else []
        masks.finish_alpha(canvas, covered, openings)
        mask = masks.paste_mask(canvas, points)
        blend.mix(canvas.colour, canvas.live, canvas.alpha, mask, canvas.scratch, canvas.colour)
        if self._refinement is not None and texture.tone is not None:
            self._refinement.update(canvas, mask, points, facing, covered, self.refining)
        self._paster.paste(canvas.colour, mask, view, out)
        replaced = masks.measure_replaced_share(canvas, points, view, frame)
        return replaced if self._occluders.thing or replaced >= LEAST_BY_COLOUR else 0.0

    def _openings(self, canvas: Canvas, points: Points, covered: NDArray[np.float32]) -> list[NDArray[np.int32]]:
        """Return where live eyes and inner mouth stay.

        The eyes are matched to the persona's colours.
        """
        eyes = masks.eye_polygons(points, self._lids.shut)
        self._eyes.apply(canvas, eyes, covered)
        return [masks.mouth_polygon(points), *eyes.values()]

    def _skin_of(self, texture: FaceTexture) -> Skin:
        """Return the prepared texture; kept until another one comes."""
        if self._skin is None or self._skin.texture is not texture:
            self._skin = Skin(texture, self._maker)
        return self._skin

    def _canvas_of(self, size_px: int) -> Canvas:
        """Return the buffers of that size, allocated once."""
        if size_px not in self._canvases:
            self._canvases[size_px] = Canvas(size_px)
        return self._canvases[size_px]

    def _light_over(self, canvas: Canvas, points: Points, facing: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return log colour (q, q, 3) of plain live skin over the quarter-size canvas."""
        samples = self._maker.samples
        small = points[:468] * np.float32(0.25) - np.float32(0.375)
        places = samples.at(small[:, :2])
        weight = samples.at(facing[:, None])[:, 0]
        light = self._light.update(read_log_colours(canvas.small, places), weight)
        self._contrast.update(canvas.small, small, light)
        return canvas.spread_light(points, mantle.extend_values(light, self._log_light))

    def _colour(self, canvas: Canvas, points: Points, log_light: NDArray[np.float32], skin: Skin) -> None:
        """Write the drawn face in the live light into `canvas.colour`."""
        cv2.cvtColor(canvas.texture4, cv2.COLOR_BGRA2BGR, dst=canvas.detail)
        if skin.log_light is not None:
            change = self._log_light - mantle.extend_values(skin.log_light, np.empty_like(self._log_light))
            ratio = np.exp(np.clip(canvas.spread_light(points, change), -_LIGHT_RANGE, _LIGHT_RANGE))
            blend.light_colours(canvas.detail, ratio, canvas.light, canvas.colour)
            return
        assert skin.texture.tone is not None
        share = min(self.settings.strength / _FULL_DETAIL_AT, 1.0)
        strength = _LEAST_DETAIL + (1 - _LEAST_DETAIL) * share
        light = to_linear(log_light)
        gain = blend.detail_gain(light, skin.texture.tone, strength * self._contrast.share)
        blend.light_detail(canvas.detail, light, gain, canvas.scratch, canvas.colour)


@cache
def light_maker() -> LightEstimator:
    """Return the fixed operators, shared by all renderers."""
    return LightEstimator(SkinSamples())


def facing_of(pose: Pose) -> NDArray[np.float32]:
    """Return (468,) 0..1 how far each mesh point faces the camera at a pose."""
    low, high = _FACING
    return smooth(-(NORMALS @ pose.rotation[2]), low, high).astype(np.float32)


def is_drawable(points: Points, frame: Frame) -> bool:
    """Whether the face is in the frame, and neither too small nor too large."""
    width, height = frame.size_wh
    low, high = find_bounds(points)
    reaches = high[0] > 0 and high[1] > 0 and low[0] < width - 1 and low[1] < height - 1
    return bool(reaches and _LEAST_SPAN_PX <= max(high[0] - low[0], high[1] - low[1]) < _MOST_SPAN * max(width, height))
