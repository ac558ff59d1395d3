"""Who makes textures enhances them where there is room, and shows nothing that was not looked at."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeEnhancer, FakeTextureEngine, fake_face_points
from livecam.core.frame import Frame
from livecam.core.texture import FaceTexture
from livecam.core.topology import CANONICAL
from livecam.timing.meter import Meter
from livecam.video.pipeline.texture_maker import TextureMaker
from livecam.video.pipeline.texture_provider import TextureRequest
from livecam.video.tracking.tracks import TrackedFace
from tests.session.stage import synthetic_persona

FACE = TrackedFace(1, FaceMesh(fake_face_points((160, 110), 60), 1.0, 7))
GREY = np.random.default_rng(1).integers(90, 110, (240, 320, 3), np.uint8)


@pytest.fixture
def made():
    """Make one texture: what is drawn then, and the maker."""

    def make(enhancer: FakeEnhancer, room: bool):
        engine, clock = FakeTextureEngine(live=True), ManualClock(1)
        texture = engine.prepare(synthetic_persona())
        maker = TextureMaker(engine, Meter(clock), enhancer=enhancer)
        assert maker.make(TextureRequest(Frame(GREY, 7, 0), [FACE], texture, enhance=room))
        return int(maker.newest(1, texture, 7).pixels.astype(int).sum() - texture.pixels.astype(int).sum()), maker

    return make


@pytest.mark.parametrize(
    ("costly", "room", "enhanced"), [(True, True, True), (True, False, False), (False, False, True)]
)
def test_a_costly_enhancer_waits_for_room_and_a_cheap_one_does_not(made, costly, room, enhanced):
    brighter, maker = made(FakeEnhancer(costly), room)
    assert (brighter > 0) is enhanced
    assert maker.trouble is None


def test_a_failing_enhancer_leaves_the_texture_and_is_reported(made):
    brighter, maker = made(FakeEnhancer(error=EngineError("no memory", advice="")), room=True)
    assert brighter == 0
    assert maker.trouble == maker.last_failure == "not made finer: no memory"


def test_an_enhancer_that_opens_the_face_is_not_believed(made):
    class Opening(FakeEnhancer):
        def enhance(self, texture):
            return replace(super().enhance(texture), alpha=np.zeros(texture.pixels.shape[:2], np.uint8))

    brighter, maker = made(Opening(), room=True)
    assert brighter == 0 and "leaves too much of the face open" in maker.trouble


class Rolling(FakeTextureEngine):
    """Gives the live face back so many rows further down, from a frame on; the persona before."""

    def __init__(self, rows: int, after: int) -> None:
        super().__init__(live=True)
        self._rows, self._after = rows, after

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        if frame.seq < self._after:
            return super().refresh(frame, face)
        rolled = np.roll(frame.pixels, self._rows, 0)
        return FaceTexture(rolled, face.points[:, :2], CANONICAL, made_for_ns=frame.captured_ns)


@pytest.mark.parametrize("rows", [1, 3, 9, -6])
@pytest.mark.parametrize("after", [0, 3, 40])
def test_a_live_face_given_back_is_refused_within_a_fifth_of_a_second(rows, after):
    seen = cv2.GaussianBlur(np.random.default_rng(2).integers(0, 256, (240, 320, 3), np.uint8), (0, 0), 3)
    seen = cv2.normalize(seen, None, 0, 255, cv2.NORM_MINMAX)
    engine = Rolling(rows, after)
    persona = engine.prepare(synthetic_persona())
    maker = TextureMaker(engine, Meter(ManualClock(1)))
    refused_ns = []
    for seq in range(after + 12):
        at_ns = seq * NS_PER_S // 30
        made = maker.make(TextureRequest(Frame(seen, at_ns, seq), [FACE], persona))
        newest = maker.newest(1, persona, at_ns)
        if not made:
            refused_ns.append(at_ns)
            assert newest is persona
    assert refused_ns and refused_ns[0] - after * NS_PER_S // 30 <= NS_PER_S // 5
    assert len(refused_ns) >= 12 - 6 and "live face back" in maker.last_failure
