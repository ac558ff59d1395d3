"""The head drawer of the one followed face, and the room behind it.

For as long as they serve.
"""

from livecam.core.frame import Frame, Pixels
from livecam.core.ports import HeadSegmenter
from livecam.core.texture import FaceTexture
from livecam.timing.meter import Meter
from livecam.video.head.cutout import HeadCutout
from livecam.video.head.drawer import HeadDrawer
from livecam.video.head.masks import Rung
from livecam.video.head.room import Room
from livecam.video.parallel import Parallel
from livecam.video.tracking.tracks import TrackedFace


class HeadStage:
    """Makes a new drawer for another face or persona.

    And forgets the room when the picture is mirrored or resized.
    """

    def __init__(self, segmenter: HeadSegmenter, meter: Meter, parallel: Parallel | None = None) -> None:
        """Set up the stage; its drawers do a part of their work on `parallel`."""
        self._segmenter, self._meter, self._parallel = segmenter, meter, parallel
        self._room: Room | None = None
        self._mirror = False
        self._drawer: HeadDrawer | None = None
        self._drawn_for: tuple[int, HeadCutout] | None = None

    def draw(
        self,
        frame: Frame,
        tracked: TrackedFace,
        cutout: HeadCutout,
        texture: FaceTexture,
        mirror: bool,
        own_tone: bool = False,
    ) -> Pixels | str:
        """Return a new picture with the head replaced, or why it must not be shown.

        With `own_tone` the body takes the persona's tone of skin, else the persona takes the body's.
        """
        drawer = self._drawer_of(frame, tracked, cutout, mirror)
        out: Pixels = frame.pixels.copy()
        outcome = drawer.draw(frame, tracked.mesh, texture, out, own_tone)
        if outcome.reason is not None:
            return outcome.reason
        self._meter.add_share("head_left", outcome.left)
        self._meter.count("heads_guessed", by=outcome.rung is not Rung.SEEN)
        return out

    def _drawer_of(self, frame: Frame, tracked: TrackedFace, cutout: HeadCutout, mirror: bool) -> HeadDrawer:
        if self._room is None or self._room.size_wh != frame.size_wh or self._mirror != mirror:
            self._room, self._mirror, self._drawn_for = Room(frame.size_wh), mirror, None
        if (
            self._drawer is None
            or self._drawn_for is None
            or self._drawn_for[0] != tracked.track_id
            or self._drawn_for[1] is not cutout
        ):
            self._drawer = HeadDrawer(cutout, self._segmenter, self._room, self._parallel)
            self._drawn_for = tracked.track_id, cutout
        return self._drawer
