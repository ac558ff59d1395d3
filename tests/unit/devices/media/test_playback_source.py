from livecam.core.clock import ManualClock
from livecam.core.frame import Pixels
from livecam.devices.media.playback_source import PlaybackSource
from tests.clips import number_of, numbered

MS = 1_000_000


class Numbers:
    """A reel of numbered pictures at 100 Hz that counts what is decoded."""

    name = "numbers"
    rate_hz = 100.0

    def __init__(self, count: int, grab_takes_ms: int = 0, clock: ManualClock | None = None) -> None:
        self.count, self.at, self.retrieved = count, -1, 0
        self.grab_takes_ms, self.clock = grab_takes_ms, clock

    remarks = ()

    def grab(self, wanted_ns: int = 0) -> int | None:
        if self.clock is not None:
            self.clock.advance_ns(self.grab_takes_ms * MS)
        self.at += 1
        return self.at * 10 * MS if self.at < self.count else None

    def retrieve(self) -> Pixels:
        self.retrieved += 1
        return numbered(self.at)

    def rewind(self) -> None:
        self.at = -1

    def close(self) -> None:
        self.count = 0


def test_pictures_come_at_their_time_and_are_stamped_with_it() -> None:
    clock = ManualClock(5 * MS)
    source = PlaybackSource(Numbers(3), clock)
    for expected_ms in (5, 15, 25):
        frame = source.read()
        assert frame is not None
        assert frame.captured_ns == expected_ms * MS == clock.now_ns()
    assert source.read() is None


def test_pictures_not_read_in_time_are_dropped_and_leave_a_gap() -> None:
    clock = ManualClock()
    reel = Numbers(10)
    source = PlaybackSource(reel, clock)
    source.read()
    clock.advance_ns(47 * MS)
    frame = source.read()
    assert frame is not None
    assert (frame.seq, number_of(frame.pixels), frame.captured_ns) == (4, 4, 40 * MS)
    assert reel.retrieved == 2


def test_a_decoder_that_is_too_slow_still_delivers() -> None:
    clock = ManualClock()
    source = PlaybackSource(Numbers(20, grab_takes_ms=25, clock=clock), clock)
    delivered = 0
    while source.read() is not None:
        delivered += 1
    assert delivered >= 5


def test_a_loop_goes_on_at_the_same_pace() -> None:
    clock = ManualClock()
    source = PlaybackSource(Numbers(3), clock, loop=True)
    frames = [source.read() for _ in range(7)]
    assert [frame.captured_ns // MS for frame in frames if frame] == [0, 10, 20, 30, 40, 50, 60]
    assert [frame.seq for frame in frames if frame] == sorted({frame.seq for frame in frames if frame})


def test_an_empty_loop_ends() -> None:
    assert PlaybackSource(Numbers(0), ManualClock(), loop=True).read() is None


class ClosedWhileDecoding(Numbers):
    """Whoever closes comes while a picture is being decoded."""

    def __init__(self) -> None:
        super().__init__(3)
        self.source: PlaybackSource | None = None
        self.closed = 0

    def retrieve(self) -> Pixels:
        assert self.source is not None
        self.source.close()
        assert self.closed == 0
        return super().retrieve()

    def close(self) -> None:
        self.closed += 1


def test_a_clip_is_not_closed_under_its_decoder() -> None:
    reel = ClosedWhileDecoding()
    source = reel.source = PlaybackSource(reel, ManualClock())
    assert source.read() is not None
    assert reel.closed == 1
    assert source.read() is None
