"""Draw the persona's whole head on one live body.

And hold whenever the live one could be seen.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import HeadSegmenter
from livecam.core.segmentation import HeadParts
from livecam.core.texture import FaceTexture
from livecam.video.head.body import BodyFill
from livecam.video.head.calm import CalmPose
from livecam.video.head.cutout import HeadCutout
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import FACE_PX, HeadGrid
from livecam.video.head.layer import LayerDrawer
from livecam.video.head.live_face import LiveFace, LiveFaceReader
from livecam.video.head.masks import HeadMask, Rung, recall, ring_round, soften
from livecam.video.head.room import Room
from livecam.video.head.shell import Shell
from livecam.video.head.skin_tone import SkinTone
from livecam.video.head.takeout import keep_front, measure_left, put_in, take_out
from livecam.video.head.tone import HeadColours
from livecam.video.parallel import InlineParallel, Parallel
from livecam.video.render.frontal import FrontalWatch
from livecam.video.render.renderer import COVERED, LEAST_BY_COLOUR, MIN_REPLACED, is_drawable, light_maker

LEARNING: Final = "learning the room"
UNKNOWN: Final = "the head cannot be found in the room"
OUTSIDE: Final = "the head is outside the picture"
TURNED: Final = "the head is turned too far"
LEARN_NS: Final = NS_PER_S
KNOWN_ENOUGH: Final = 0.8
MOST_TURN_DEG: Final = 50.0


@dataclass(frozen=True, slots=True)
class HeadOutcome:
    """What became of a frame.

    Attributes:
        reason: Why it must not be shown; None: it may.
        rung: How the live head was known.
        left: Share of the live head that was neither taken out nor covered.
    """

    reason: str | None
    rung: Rung = Rung.LOST
    left: float = 0.0


class HeadDrawer:
    """The drawer of one tracked face.

    Args:
        cutout: The persona's head.
        segmenter: Tells the live head from body and room.
        room: What is behind it, shared by all drawers of a camera.
        parallel: Runs the network while the live face is read, and guesses the body while the head is drawn.
    """

    def __init__(
        self, cutout: HeadCutout, segmenter: HeadSegmenter, room: Room, parallel: Parallel | None = None
    ) -> None:
        self._segmenter, self._room, self._parallel = segmenter, room, parallel or InlineParallel()
        shell = Shell(cutout)
        self._shell, self._layers = shell, LayerDrawer(shell)
        self._colours = HeadColours(cutout, light_maker())
        self._face, self._calm, self._frontal = LiveFaceReader(), CalmPose(), FrontalWatch()
        self._mask, self._body, self._tone = HeadMask(), BodyFill(), SkinTone()
        self._last: NDArray[np.float32] | None = None
        self._step: int | None = None
        self._begun_ns: int | None = None
        self._learned = False

    def draw(
        self, frame: Frame, face: FaceMesh, texture: FaceTexture, out: Pixels, own_tone: bool = False
    ) -> HeadOutcome:
        """Draw the head in place.

        Args:
            frame: The live picture.
            face: Its mesh, smoothed and predicted for this frame.
            texture: The persona's face: its shape is used, the colours are the cutout's.
            out: Writable (h, w, 3), a copy of the frame's pixels.
            own_tone: Whether the body takes the persona's tone of skin, not the persona the body's.

        Returns:
            Why the picture must not be shown, if it must not; `out` is not to be used then.
        """
        if not is_drawable(face.points, frame):
            return HeadOutcome(OUTSIDE)
        height = HeadGeometry.of(face.points).height
        grid = HeadGrid.cut(frame.pixels, face.points, height, self._step, frame.half, frame.quarter)
        if grid is None:
            return HeadOutcome(OUTSIDE)
        self._step = grid.step
        on_grid = grid.to_grid(face.points)
        geometry = HeadGeometry.of(on_grid)
        with self._parallel.start(lambda: self._segment(grid, on_grid)) as segmented:
            seen = self._face.read(frame, face, texture)
            found = segmented()
        mask = self._mask.update(found, grid, geometry, frame.captured_ns)
        parts, rung = self._mask.parts, self._mask.rung
        if parts is not None:
            self._room.learn(frame.pixels, grid, parts, geometry)
        if rung is Rung.LOST:
            return HeadOutcome(UNKNOWN)
        if self._still_learning(grid, mask, geometry, frame.captured_ns):
            return HeadOutcome(LEARNING)
        if abs(seen.pose.yaw_deg) > MOST_TURN_DEG:
            return HeadOutcome(TURNED)
        change, small, live = seen.log_light - self._colours.own_light, grid.small, frame.pixels
        if own_tone:
            look = None if parts is None else found
            small, live = self._give_tone(frame, seen, change, look, grid, geometry, out)
        self._colours.update(np.median(change, axis=0), seen.softness)
        placed = self._shell.place(seen.drawn, *self._calm.update(seen.pose, seen.middle, frame.captured_ns))
        level = _level_of(self._shell.face_px, grid)
        picture, residue = self._colours.shrink(level), change - self._colours.change
        frontal = self._frontal.update(seen.pose)
        with self._parallel.start(lambda: self._body.guess(small, mask, parts, geometry)) as guessed:
            layer = self._layers.draw(placed, picture, residue, grid, frame.size_wh, level, frontal=frontal)
            body = guessed()
        if layer is None:
            return HeadOutcome(OUTSIDE)
        wide = soften(mask, geometry.height)
        take_out(out, self._room.colours, wide, body, grid)
        put_in(out, layer)
        if parts is not None:
            keep_front(out, live, parts, geometry, grid)
        self._face.open(seen, out)
        left = measure_left(wide, parts, layer, geometry, grid)
        replaced = self._face.measure_replaced(seen, frame)
        least = MIN_REPLACED if self._face.thing else LEAST_BY_COLOUR
        return HeadOutcome(None if replaced >= least else COVERED, rung, left)

    def _give_tone(
        self,
        frame: Frame,
        seen: LiveFace,
        change: NDArray[np.float32],
        look: HeadParts | None,
        grid: HeadGrid,
        geometry: HeadGeometry,
        out: Pixels,
    ) -> tuple[Pixels, Pixels]:
        """Give the body the persona's tone.

        In place: `out` gets the tone, and it is taken out of the change of light (468, 3).

        Returns:
            The grid's copy and the live picture, with the body in that tone.
        """
        skin = np.median(seen.log_light, axis=0)
        change -= self._tone.learn(np.median(change, axis=0), frame.pixels)
        share, small = self._tone.find(grid.small, look, geometry, skin), grid.small.copy()
        for part in (small, out[grid.box]):
            self._tone.tint(part, share, skin)
        self._tone.tint_thing(seen.canvas.live, seen.covered, skin)
        return small, out.copy()

    def _segment(self, grid: HeadGrid, points: NDArray[np.float32]) -> HeadParts | None:
        """Return what the network says; None where it fails.

        Then the mesh alone decides, and soon the output holds.
        """
        try:
            found = self._segmenter.segment(grid.small, points, self._last)
        except EngineError:
            self._last = None
            return None
        self._last = recall(found)
        return found

    def _still_learning(self, grid: HeadGrid, mask: NDArray[np.uint8], geometry: HeadGeometry, now_ns: int) -> bool:
        """Whether the room round the head is not known yet, in the first second."""
        if self._learned:
            return False
        if self._begun_ns is None:
            self._begun_ns = now_ns
        known = self._room.known_share(grid, ring_round(mask, geometry))
        self._learned = known >= KNOWN_ENOUGH or now_ns - self._begun_ns >= LEARN_NS
        return not self._learned


def _level_of(photo_px: float, grid: HeadGrid) -> int:
    """Return how often a photo with a face of this height is halved.

    It is less than twice as large then.
    """
    return max(int(np.log2(photo_px / (FACE_PX * grid.step))), 0)
