"""The self test against a virtual camera that hands pictures on as a test sets it."""

from dataclasses import replace
from itertools import repeat
from queue import Empty, Queue
from threading import Condition, Event

import numpy as np
import pytest

from livecam.app.components import Components
from livecam.cli import doctor_command
from livecam.cli.doctor_command import as_finding
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.finding import Health
from livecam.core.frame import Frame, MarkedFrame, OnPicture
from livecam.doctor import self_test as module
from livecam.doctor.self_test import SeenPictures, SelfTest, TimedSource, open_sample_components, run_self_test
from livecam.doctor.timecode import read_at_edge, write_at_edge
from tests.session.stage import SIZE_WH, Shot, picture_of, synthetic_persona

TIMES = 10
FOUND = SelfTest("/dev/video10", (1280, 720), 30.0, 34.0, 41.0, 90, 0)


class Hurried(SystemClock):
    """Ten times as fast as the machine's: a run opens with two seconds of card."""

    def now_ns(self) -> int:
        return TIMES * super().now_ns()

    def sleep_until_ns(self, deadline_ns: int) -> None:
        super().sleep_until_ns(deadline_ns // TIMES)

    def wait_until_ns(self, changed: Condition, deadline_ns: int) -> None:
        super().wait_until_ns(changed, deadline_ns // TIMES)


class Wire(FakeSink):
    """A virtual camera and the program that watches it."""

    def __init__(self, delivers: bool = True) -> None:
        super().__init__(SIZE_WH, keep=1)
        self.name = "/dev/video10"
        self._pictures: Queue[MarkedFrame] = Queue()
        self.delivers = delivers

    def send(self, frame: MarkedFrame) -> None:
        super().send(frame)
        if self.delivers:
            self._pictures.put(frame)

    def watch(
        self,
        device: str,
        size_wh: tuple[int, int],
        rate_hz: float,
        clock: Clock,
        on_picture: OnPicture,
        stopping: Event,
    ) -> None:
        assert (device, size_wh) == (self.name, SIZE_WH)
        while not stopping.is_set():
            try:
                frame = self._pictures.get(timeout=0.02)
            except Empty:
                continue
            on_picture(frame.pixels, clock.now_ns())

    def parts(self, sink: str, size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> Components:
        self.closed, self._pictures = False, Queue()
        camera = FakeSource(repeat(picture_of(Shot())), rate_hz, clock)
        finder = FakeFinder()
        return Components(
            persona=synthetic_persona(), finder=finder, engine=FakeTextureEngine(), source=camera, sink=self
        )


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(module, "watch", wire.watch)
    return wire


def watched(wire: Wire, watched_s: float = 3.0, seen_within_s: float = 600.0) -> SelfTest:
    return run_self_test(
        Hurried(), size_wh=SIZE_WH, rate_hz=15.0, watched_s=watched_s, seen_within_s=seen_within_s, parts=wire.parts
    )


def test_what_a_program_sees_is_one_line(wire: Wire) -> None:
    for watched_s in (3.0, 30.0, 600.0):  # a busy machine may show one picture only in the first of these times
        found = watched(wire, watched_s)
        if found.pictures >= 2 and not found.damaged:
            break
    assert (found.device, found.size_wh) == ("/dev/video10", SIZE_WH)
    # A busy machine shows the card in between, which has no time to read.
    assert found.damaged < found.pictures
    assert found.pictures >= 2
    assert 0 <= found.latency_p50_ms <= found.latency_p95_ms
    assert str(found).startswith("Zoom and other programs will see 320x240 at ")
    assert wire.closed


def test_a_device_that_hands_nothing_on_is_a_failure(wire: Wire) -> None:
    wire.delivers = False
    with pytest.raises(OutputError, match="nothing that was sent"):
        watched(wire, seen_within_s=0.1)


def test_a_watcher_that_fails_ends_the_test_with_its_words(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("/dev/video10 allows no reader", advice="close other programs")

    monkeypatch.setattr(module, "watch", refuse)
    with pytest.raises(OutputError, match="allows no reader"):
        watched(wire)
    assert wire.closed


def test_elsewhere_there_is_nothing_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert as_finding(Settings(), SystemClock()).health is Health.FAIL


@pytest.mark.parametrize(
    ("asked", "devices", "sink"),
    [
        ("auto", [object()], "auto"),
        ("auto", [], "pipewire"),
        ("virtualcam:/dev/video11", [], "virtualcam:/dev/video11"),
        ("pipewire", [object()], "pipewire"),
    ],
)
def test_it_is_the_run_of_the_sample_camera(
    monkeypatch: pytest.MonkeyPatch, asked: str, devices: list[object], sink: str
) -> None:
    opened: list[tuple[Settings, bool]] = []
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(module, "list_loopbacks", lambda: devices)
    monkeypatch.setattr(module, "open_parts", lambda settings, clock, paced: opened.append((settings, paced)))
    open_sample_components(asked, (640, 360), 15.0, SystemClock())
    ((settings, paced),) = opened
    assert (settings.camera, settings.sink, settings.size_wh, settings.fps) == ("sample", sink, (640, 360), 15.0)
    assert paced


def test_a_file_is_no_camera_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    finding = as_finding(Settings(sink="file:out.mp4"), SystemClock())
    assert (finding.health, finding.found) == (Health.FAIL, "no program watches --sink file:out.mp4")


def test_the_settings_are_those_of_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[dict[str, object]] = []
    monkeypatch.setattr(doctor_command, "run_self_test", lambda clock, **settings: given.append(settings) or FOUND)
    as_finding(Settings(sink="pipewire", size_wh=(640, 360), fps=24.0), SystemClock())
    as_finding(Settings(), SystemClock())
    assert given == [
        {"sink": "pipewire", "size_wh": (640, 360), "rate_hz": 24.0},
        {"sink": "auto", "size_wh": (1280, 720), "rate_hz": 30.0},
    ]


def test_who_will_see_it_depends_on_the_device() -> None:
    assert str(FOUND).startswith("Zoom and other programs will see")
    assert str(replace(FOUND, device="PipeWire camera livecam")).startswith("programs that ask PipeWire will see")


def test_the_time_of_capture_is_written_into_a_copy() -> None:
    first = Frame(np.zeros((180, 320, 3), np.uint8), 2 * NS_PER_S, 0)
    frames = iter([first])

    class Camera(FakeSource):
        def read(self) -> Frame | None:
            return next(frames, None)

    source = TimedSource(Camera([]), NS_PER_S)
    frame = source.read()
    assert frame is not None
    assert read_at_edge(frame.pixels) == 1_000_000
    assert not first.pixels.any()
    assert source.read() is None


def seen(*latencies_ms: float | None) -> SeenPictures:
    """Pictures that arrive two seconds after the beginning; None for one with an unreadable time."""
    found = SeenPictures(begin_ns=NS_PER_S)
    for latency_ms in latencies_ms:
        pixels = np.zeros((180, 320, 3), np.uint8)
        if latency_ms is not None:
            write_at_edge(pixels, round((1000 - latency_ms) * 1000))
        found.count_picture(pixels, 2 * NS_PER_S)
    return found


def test_latency_and_damage_are_read_from_the_picture() -> None:
    found = seen(500, None)
    assert (found.damaged, found.latency_ns, found.size_wh) == (1, [500 * NS_PER_MS], (320, 180))


def test_the_opening_card_is_no_damaged_picture() -> None:
    assert seen(None, None, 500).damaged == 0


def test_a_picture_that_is_shown_again_is_not_late() -> None:
    found = seen(500, 500, 400)
    assert len(found.arrived_ns) == 3
    assert found.latency_ns == [500 * NS_PER_MS, 400 * NS_PER_MS]


@pytest.mark.parametrize(
    ("found", "now_s", "enough"), [(seen(), 4, False), (seen(), 6, True), (seen(500), 4, False), (seen(500), 6, True)]
)
def test_it_is_watched_for_its_time_or_given_up(found: SeenPictures, now_s: int, enough: bool) -> None:
    assert found.has_enough(now_s * NS_PER_S, watched_ns=3 * NS_PER_S, limit_ns=5 * NS_PER_S) is enough
