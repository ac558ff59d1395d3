"""A replay is every frame, the same every time."""

import numpy as np
import pytest

from livecam.app.components import Components, even
from livecam.app.peekable_source import PeekableSource
from livecam.app.replay import Replay
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import CameraError, EngineError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine, fake_face_points
from livecam.disclosure.picture import READABLE_HZ
from livecam.disclosure.picture_reader import read_marks
from tests.session.stage import EYE_DISTANCE_PX, SIZE_WH, Shot, picture_of, synthetic_persona

SHOTS = [Shot(faces=((150.0 + n, 100.0),)) for n in range(20)]


def replay(shots: list[Shot], rate_hz: float = 30.0) -> tuple[Replay, FakeSink]:
    sink = FakeSink(SIZE_WH)
    faces = [[fake_face_points(c, EYE_DISTANCE_PX) for c in shot.faces] for shot in shots]
    source = FakeSource([picture_of(shot) for shot in shots], rate_hz, ManualClock())
    parts = Components(
        persona=synthetic_persona(), finder=FakeFinder(faces), engine=FakeTextureEngine(), source=source, sink=sink
    )
    return Replay(Settings(persona="sam"), parts), sink


def test_every_frame_gives_a_picture_after_the_opening_card():
    played, sink = replay(SHOTS)
    pairs = list(played.run())
    assert [frame.seq for frame, _ in pairs] == list(range(20))
    assert [f.seq for f in sink.frames] == [-1] * 60 + list(range(20))
    assert played.report().frames.captured == 20


def test_two_replays_are_equal_to_the_last_pixel():
    (one, first), (two, second) = replay(SHOTS), replay(SHOTS)
    list(one.run()), list(two.run())
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(first.frames, second.frames, strict=True))


@pytest.mark.parametrize("rate_hz", [2, 5, 12])
def test_the_mark_of_a_slow_clip_is_read(rate_hz):
    """Pictures stand between its frames, with the sign the mark has by then."""
    played, sink = replay(SHOTS[:1] * 9 * rate_hz, rate_hz)
    assert len(list(played.run())) == 9 * rate_hz
    sent = [frame for frame in sink.frames if frame.seq >= 0]
    times_ns = [frame.captured_ns for frame in sent]
    assert max(np.diff(times_ns)) <= NS_PER_S / READABLE_HZ + NS_PER_MS
    found = list(read_marks((frame.pixels, frame.captured_ns) for frame in sent))
    assert found and all(reading.marked for reading in found)


def test_a_lost_face_is_held_in_a_replay_too():
    played, sink = replay([*SHOTS, *[Shot(faces=())] * 5])
    list(played.run())
    assert [f.seq for f in sink.frames[-5:]] == [19] * 5
    assert played.report().frames.held == 5


@pytest.mark.parametrize("lost", [1, 5, 90])
def test_a_clip_that_ends_without_a_face_is_shown_to_its_last_moment(lost):
    """A file takes the same picture once: the last one has the time of the last frame, whether it is held or a card."""
    played, sink = replay([*SHOTS, *[Shot(faces=())] * lost])
    last_ns = max(frame.captured_ns for frame, _ in played.run())
    assert sink.frames[-1].captured_ns == last_ns
    assert sink.frames[-1] is not sink.frames[-2]
    assert played.report().frames.captured == len(SHOTS) + lost


def test_the_first_frame_is_read_ahead_and_comes_out_first():
    source = PeekableSource(FakeSource([picture_of(SHOTS[0])] * 2))
    assert source.size_wh == SIZE_WH
    assert [source.read().seq, source.read().seq] == [0, 1]
    assert source.read() is None


def test_an_empty_source_says_so():
    with pytest.raises(CameraError, match="no pictures"):
        PeekableSource(FakeSource([]))


@pytest.mark.parametrize(("size", "wanted"), [((641, 361), (640, 360)), ((1, 1), (2, 2)), ((640, 480), (640, 480))])
def test_outputs_have_even_sides(size, wanted):
    assert even(size) == wanted


def test_a_replay_says_why_an_engine_failed():
    class Failing(FakeTextureEngine):
        def refresh(self, frame, face):
            raise EngineError("out of memory", advice="use a smaller model")

    source = FakeSource([picture_of(shot) for shot in SHOTS[:3]], 30.0, ManualClock())
    faces = [[fake_face_points(c, EYE_DISTANCE_PX) for c in shot.faces] for shot in SHOTS[:3]]
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(faces),
        engine=Failing(live=True),
        source=source,
        sink=FakeSink(SIZE_WH),
    )
    played = Replay(Settings(persona="sam"), parts)
    list(played.run())
    engine = played.report().engine
    assert engine.failures and "out of memory" in (engine.last_failure or "")
