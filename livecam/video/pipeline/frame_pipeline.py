"""Turn a camera's picture into a marked one, or into none to hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS, Clock, process_age_ns
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.label import Mode
from livecam.core.payload import MarkPayload
from livecam.core.ports import FaceRefiner, HeadSegmenter
from livecam.core.texture import FaceTexture
from livecam.disclosure.picture import Marker
from livecam.timing.budget import Budget, Level, Plan
from livecam.timing.meter import Meter
from livecam.video.head.cutout import HeadCutout
from livecam.video.head.stage import HeadStage
from livecam.video.parallel import InlineParallel, Parallel
from livecam.video.pipeline.texture_provider import NoTextures, TextureProvider, TextureRequest
from livecam.video.render.face_compositor import FaceDrawer
from livecam.video.render.puppet import Puppet
from livecam.video.render.renderer import COVERED, MIN_REPLACED
from livecam.video.tracking.finding import NOTHING_KNOWN, FaceFinding
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracks import TrackedFace

NO_HEAD: Final = "this persona has no head to draw"
LEAST_OFTEN_NS = 400 * NS_PER_MS


@dataclass(frozen=True, slots=True, eq=False)
class Appearance:
    """What is drawn at present.

    It is replaced as a whole, so a change never splits a picture.

    Attributes:
        name: The persona's name, for the status line.
        texture: The persona's face, as its engine made it.
        photo: The persona's whole photo, for the puppet.
        strength: How much of the persona's identity is drawn, 0..1.
        mirror: Whether the picture is mirrored.
        mode: Whether the face is swapped, the whole head is, or the photo moves instead of the camera's picture.
        own_tone: Whether mode "head" gives the body the persona's tone of skin, not the persona the body's.
        head: The persona's head; needed in mode "head".
        payload: What the mark of these pictures says; None keeps the marker's payload.
    """

    name: str
    texture: FaceTexture
    photo: FaceTexture
    strength: float = 0.9
    mirror: bool = False
    mode: Mode = "swap"
    own_tone: bool = False
    head: HeadCutout | None = None
    payload: MarkPayload | None = None


class FramePipeline:
    """Tracks, renders and marks a frame.

    It decides by the budget, and holds whenever the real face could be visible.

    Attributes:
        finding: What the last detection says about the pictures before it.
    """

    def __init__(
        self,
        tracker: FaceTracker,
        marker: Marker,
        budget: Budget,
        look: Appearance,
        meter: Meter,
        clock: Clock,
        parallel: Parallel | None = None,
        textures: TextureProvider | None = None,
        segmenter: HeadSegmenter | None = None,
        refiner: FaceRefiner | None = None,
    ) -> None:
        """Join the parts of the pipeline.

        The renderers do a part of their work on `parallel`. `textures` provides those of a live engine. `segmenter`
        separates a head from the background, for mode "head". `refiner` makes drawn faces look photographed.
        """
        self.look = look
        self.level, self.reason = Level.HOLD, "starting"
        self.finding: FaceFinding = NOTHING_KNOWN
        self._tracker, self._marker = tracker, marker
        self._budget, self._meter, self._clock = budget, meter, clock
        self._parallel = parallel or InlineParallel()
        self._textures = textures or NoTextures()
        self._refiner = refiner
        self._offered_ns = 0
        self._drawers: dict[int, FaceDrawer] = {}
        self._puppet: Puppet | None = None
        self._puppet_photo: FaceTexture | None = None
        self._heads = None if segmenter is None else HeadStage(segmenter, meter, self._parallel)

    def process(self, frame: Frame) -> MarkedFrame | None:
        """Return the picture for this frame; None means hold.

        Raises:
            EngineError: A network failed on this frame.
        """
        begin_ns = self._clock.now_ns()
        look, self.finding = self.look, NOTHING_KNOWN
        plan = self._budget.plan(begin_ns, frame.captured_ns, self._tracker.seen_ns)
        if plan.level is Level.HOLD:
            return self._hold(plan.reason)
        with self._meter.stage("fit"):
            frame = add_half(conform(frame, self._marker.size_wh, look.mirror))
        with self._meter.stage("carry" if plan.level is Level.CARRY else "find"):
            faces = self._track_faces(frame, plan.level)
        self.finding = self._tracker.finding
        if not faces or self._tracker.trouble:
            nothing = "no face" if plan.level > Level.CARRY else "a face that cannot be guessed"
            return self._hold(self._tracker.trouble or nothing)
        if not self._budget.can_show(frame.captured_ns, self._tracker.seen_ns):
            return self._hold("track is stale")
        waited_ns = self._offer(frame, faces, plan.level, look)
        drawing_ns = self._clock.now_ns()
        with self._meter.stage("render"):
            pixels = self._draw(frame, faces, look)
        if isinstance(pixels, str):
            return self._hold(pixels)
        with self._meter.stage("mark"):
            self._marker.set_payload(look.payload or self._marker.payload)
            boxes = [] if look.mode == "puppet" else [tracked.mesh.box_xyxy for tracked in faces]
            picture = self._marker.mark(pixels, frame.captured_ns, frame.seq, boxes)
        self._budget.observe_draw(self._clock.now_ns() - drawing_ns)
        self._finish(plan, begin_ns + waited_ns, frame.captured_ns + waited_ns)
        return picture

    def _track_faces(self, frame: Frame, level: Level) -> Sequence[TrackedFace]:
        faces = self._tracker.glance(frame) if level is Level.CARRY else self._tracker.detect(frame)
        known = self._drawers
        self._drawers = {t.track_id: known.get(t.track_id) or FaceDrawer(self._parallel, self._refiner) for t in faces}
        for drawer in self._drawers.values():
            drawer.refining = level >= Level.REFINE
        return faces

    def _offer(self, frame: Frame, faces: Sequence[TrackedFace], level: Level, look: Appearance) -> int:
        """Offer the frame to the engine when there is time, and sometimes without.

        Another thread makes textures; without any new one, the one in use would expire.

        Returns:
            Nanoseconds to wait for a quick engine: as long as the frame can still be drawn in time.
        """
        due = frame.captured_ns - self._offered_ns >= LEAST_OFTEN_NS
        if look.mode != "swap" or not (level >= Level.REFRESH or (level >= Level.RENDER and due)):
            return 0
        begin_ns = self._clock.now_ns()
        self._textures.offer(TextureRequest(frame, faces, look.texture, enhance=level is Level.ENHANCE))
        self._offered_ns = frame.captured_ns
        if level >= Level.REFRESH:
            self._textures.wait(frame.captured_ns, self._budget.wait_until_ns(frame.captured_ns))
        return self._clock.now_ns() - begin_ns

    def _draw(self, frame: Frame, faces: Sequence[TrackedFace], look: Appearance) -> Pixels | str:
        """Draw a picture with every face replaced.

        Returns:
            The new picture, or the reason why there is none.
        """
        if look.mode == "puppet":
            return self._move_photo(faces[0].mesh, frame, look)
        if look.mode == "head":
            return self._draw_head(frame, faces, look)
        out: Pixels = frame.pixels.copy()
        for tracked in faces:
            drawer = self._drawers[tracked.track_id]
            newest = self._textures.newest(tracked.track_id, look.texture, frame.captured_ns)
            if drawer.draw(frame, tracked.mesh, look.texture, newest, look.strength, out) < MIN_REPLACED:
                return COVERED
        return out

    def _draw_head(self, frame: Frame, faces: Sequence[TrackedFace], look: Appearance) -> Pixels | str:
        """Draw a picture with the one head replaced; never a swapped face."""
        if self._heads is None or look.head is None:
            return NO_HEAD
        if len(faces) != 1:
            return "two faces"
        return self._heads.draw(frame, faces[0], look.head, look.texture, look.mirror, look.own_tone)

    def _move_photo(self, mesh: FaceMesh, frame: Frame, look: Appearance) -> Pixels:
        if self._puppet is None or self._puppet_photo is not look.photo:
            self._puppet, self._puppet_photo = Puppet(look.photo, self._marker.size_wh), look.photo
        out = np.empty_like(frame.pixels)
        self._puppet.draw(mesh, out)
        return out

    def _hold(self, reason: str) -> MarkedFrame | None:
        self.level, self.reason = Level.HOLD, reason
        self._meter.count_decision(Level.HOLD.name, reason)
        if reason == "no face":
            self._meter.count("face_lost")
        return None

    def _finish(self, plan: Plan, begin_ns: int, captured_ns: int) -> None:
        """Count a frame, without its deliberate wait for a texture."""
        now_ns = self._clock.now_ns()
        level, reason = self.level, self.reason = plan.level, plan.reason
        self._budget.observe(level, now_ns - begin_ns, in_time=now_ns - captured_ns <= self._budget.rules.period_ns)
        self._meter.count_decision(level.name, reason)
        self._meter.add("process", now_ns - begin_ns)
        if self._meter.first_picture_age_ns is None:
            self._meter.first_picture_age_ns = process_age_ns()


def conform(frame: Frame, size_wh: tuple[int, int], mirror: bool) -> Frame:
    """Return the frame at the output's size, mirrored if asked.

    It is scaled, and cropped evenly. A frame that fits is returned itself.
    """
    pixels = frame.pixels
    if frame.size_wh != size_wh:
        pixels = _filled(pixels, size_wh)
    if mirror:
        pixels = cv2.flip(pixels, 1).astype(np.uint8, copy=False)
    return frame if pixels is frame.pixels else Frame(pixels, frame.captured_ns, frame.seq)


def add_half(frame: Frame) -> Frame:
    """Return the frame with its smaller copies, for all that search it."""
    half = _halved(frame.pixels)
    return replace(frame, half=half, quarter=None if half is None else _halved(half))


def _halved(pixels: Pixels) -> Pixels | None:
    """Return the mean of 2 x 2 pixels each; None where there is no such four."""
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    if min(height, width) < 1:
        return None
    half = cv2.resize(pixels[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.uint8)


def _filled(pixels: Pixels, size_wh: tuple[int, int]) -> Pixels:
    height, width = pixels.shape[:2]
    scale = max(size_wh[0] / width, size_wh[1] / height)
    cut_w, cut_h = min(width, round(size_wh[0] / scale)), min(height, round(size_wh[1] / scale))
    left, top = (width - cut_w) // 2, (height - cut_h) // 2
    part = pixels[top : top + cut_h, left : left + cut_w]
    resized = cv2.resize(part, size_wh, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return resized.astype(np.uint8, copy=False)
