"""The shipped fakes behave as real parts do, so that a test with them means something."""

import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError, OutputError, SoundError
from livecam.core.face import FaceMesh
from livecam.core.fakes import (
    FakeEnhancer,
    FakeFinder,
    FakeRefiner,
    FakeSink,
    FakeSoundSink,
    FakeSoundSource,
    FakeSource,
    FakeTextureEngine,
    FakeVoiceEngine,
    alternate_sign,
    fake_face_points,
)
from livecam.core.frame import Frame
from livecam.core.persona import ConsentRecord, Persona, PersonaKind
from livecam.core.ports import (
    FaceFinder,
    FaceRefiner,
    FrameSink,
    FrameSource,
    SoundSink,
    SoundSource,
    TextureEngine,
    VoiceEngine,
)
from livecam.core.refinement import PLANE_COUNT, REFINE_PX
from livecam.core.texture import FaceTexture
from livecam.disclosure.picture import Marker
from livecam.disclosure.sound.marker import SoundMarker

PIXELS = np.zeros((90, 160, 3), np.uint8)


def frame(seq: int = 0) -> Frame:
    return Frame(PIXELS.copy(), seq * 33, seq)


def test_each_fake_fits_its_port():
    assert isinstance(FakeSource([]), FrameSource)
    assert isinstance(FakeSink((160, 90)), FrameSink)
    assert isinstance(FakeFinder(), FaceFinder)
    assert isinstance(FakeTextureEngine(), TextureEngine)
    assert isinstance(FakeVoiceEngine(), VoiceEngine)


def test_the_source_keeps_time_raises_in_turn_and_ends():
    clock = ManualClock()
    source = FakeSource([PIXELS, CameraError("gone", command="livecam devices"), PIXELS], 10.0, clock)
    assert source.read().captured_ns == 10**8
    with pytest.raises(CameraError):
        source.read()
    assert (source.read().seq, clock.now_ns()) == (1, 3 * 10**8)
    assert source.read() is None
    source.close()
    assert source.closed


def test_the_sink_takes_marked_frames_of_its_size_only():
    sink, marker = FakeSink((160, 90), fail_at=[1], keep=1), Marker((160, 90))
    with pytest.raises(TypeError, match="MarkedFrame"):
        sink.send(frame())
    with pytest.raises(ValueError, match="size"):
        sink.send(Marker((80, 60)).make_card("a", "b", 0))
    sink.send(marker.make_card("a", "b", 0))
    with pytest.raises(OutputError, match="fail"):
        sink.send(marker.make_card("a", "b", 0))
    sink.send(marker.make_card("a", "b", 5))
    assert [f.captured_ns for f in sink.frames] == [5]
    sink.close()
    with pytest.raises(OutputError, match="closed"):
        sink.send(marker.make_card("a", "b", 0))


def test_the_finder_returns_the_given_faces():
    left, right = fake_face_points((30, 40), 12), fake_face_points((120, 40), 12)
    finder = FakeFinder([[], [left], [left, right]])
    assert finder.detect(frame(0)) == []
    assert len(finder.detect(frame(1))) == 1
    two = finder.detect(frame(9))
    assert len(two) == 2 and finder.detections == 3
    np.testing.assert_allclose(finder.mesh(frame(9), two[1]).points, right)
    assert finder.mesh(frame(0), two[1]).score == 0
    assert finder.mesh(frame(1), FaceMesh(right, 1.0, 0)).score == 0
    assert FakeFinder().detect(frame())[0].score > 0.9
    finder.close()
    assert finder.closed


def test_the_texture_engine_hands_out_the_photo():
    now = ManualClock()
    photo = FaceTexture(PIXELS, np.zeros((468, 2), np.float32))
    record = ConsentRecord(PersonaKind.SYNTHETIC, "", "sam", None, None)
    engine = FakeTextureEngine(live=True)
    face = FaceMesh(fake_face_points((30, 40), 12), 1.0, 0)
    with pytest.raises(RuntimeError, match="prepare"):
        engine.refresh(frame(), face)
    assert engine.prepare(Persona("sam", PersonaKind.SYNTHETIC, photo, record)) is photo
    assert engine.refresh(frame(3), face).made_for_ns == 99
    assert engine.refreshes == 1 and now.now_ns() == 0
    engine.close()
    assert engine.closed


@pytest.mark.parametrize("hop", [1, 7, 256, 4096])
def test_the_voice_engine_gives_the_same_samples_for_any_block(hop):
    engine, wave = FakeVoiceEngine(480), np.sin(np.arange(8192, dtype=np.float32))[:, None]
    engine.prepare(48000, hop)
    blocks = [AudioBlock(wave[i : i + hop], 48000, i, 0) for i in range(0, len(wave), hop)]
    out = np.concatenate([engine.process(b).samples for b in blocks])
    np.testing.assert_array_equal(alternate_sign(out[480:]), wave[:-480])
    stereo = AudioBlock(np.zeros((10, 2), np.float32), 48000, 0, 0)
    assert engine.process(stereo).samples.shape == (10, 2)


def test_the_microphone_plays_its_sound_in_real_time_and_fails_where_asked():
    now = ManualClock(5)
    microphone = FakeSoundSource(np.arange(500, dtype=np.float32), now, fail_at=(1,))
    block = microphone.read(240)
    assert block is not None and (block.first_sample, block.captured_ns) == (0, 5)
    assert now.now_ns() == 5 + 5_000_000
    with pytest.raises(SoundError, match="gone"):
        microphone.read(240)
    rest = microphone.read(240)
    assert rest is not None and rest.samples[:, 0].tolist() == list(range(480, 500))
    assert microphone.read(240) is None
    microphone.close()
    assert microphone.closed and isinstance(microphone, SoundSource)


def test_the_virtual_microphone_keeps_what_it_is_sent_in_real_time():
    now = ManualClock()
    sink = FakeSoundSink(now, fail_at=(1,), waiting_ns=7)
    assert len(sink.samples) == 0
    silence = AudioBlock(np.zeros((480, 1), np.float32), 48_000, 0, 0)
    blocks = [SoundMarker(1).mark(silence) for _ in range(3)]
    sink.send(blocks[0])
    with pytest.raises(OutputError, match="gone"):
        sink.send(blocks[1])
    sink.send(blocks[2])
    assert now.now_ns() == 20_000_000
    assert (len(sink.samples), sink.waiting_ns, sink.xruns) == (960, 7, 0)
    sink.close()
    assert sink.closed and isinstance(sink, SoundSink)


def test_a_fake_enhancer_brightens_and_closes():
    enhancer = FakeEnhancer()
    brighter = enhancer.enhance(FaceTexture(np.full((4, 4, 3), 255, np.uint8), np.zeros((468, 2), np.float32)))
    assert brighter.pixels.max() == 255 and enhancer.enhanced == 1
    enhancer.close()
    assert enhancer.closed


def test_a_fake_refiner_keeps_what_it_saw_and_closes():
    refiner = FakeRefiner(0.1)
    planes = np.ones((PLANE_COUNT, REFINE_PX, REFINE_PX), np.float32)
    change = refiner.refine(planes)
    assert isinstance(refiner, FaceRefiner) and change.shape == (3, REFINE_PX, REFINE_PX)
    assert refiner.refined == 1 and np.array_equal(refiner.seen, planes)
    refiner.close()
    assert refiner.closed
