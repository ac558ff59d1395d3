"""The self test against a virtual camera that hands pictures on as it is told to."""

from pathlib import Path
from queue import Empty, Queue
from threading import Event

import numpy as np
import pytest

from livecam import self_test as module
from livecam.cli.doctor_command import as_finding
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeSink
from livecam.core.frame import MarkedFrame
from livecam.devices.finding import Health
from livecam.devices.timecode import write_number
from livecam.devices.watch import OnPicture
from livecam.self_test import Seen, self_test

SIZE_WH = (320, 180)


class Wire(FakeSink):
    """A virtual camera and the program that watches it."""

    def __init__(self, delivers: bool = True) -> None:
        super().__init__(SIZE_WH)
        self.name = "/dev/video10"
        self._pictures: Queue[MarkedFrame] = Queue()
        self._delivers = delivers

    def send(self, frame: MarkedFrame) -> None:
        super().send(frame)
        if self._delivers:
            self._pictures.put(frame)

    def watch(self, path: Path, clock: Clock, on_picture: OnPicture, stopping: Event) -> None:
        assert path == Path("/dev/video10")
        while not stopping.is_set():
            try:
                frame = self._pictures.get(timeout=0.02)
            except Empty:
                continue
            on_picture(frame.pixels, clock.now_ns())


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(module, "open_sink", lambda *_, **__: wire)
    monkeypatch.setattr(module, "watch", wire.watch)
    return wire


def test_what_a_program_sees_is_told_in_one_line(wire: Wire) -> None:
    found = self_test(SystemClock(), size_wh=SIZE_WH, rate_hz=100.0, watched_s=0.2)
    assert (found.device, found.size_wh, found.damaged) == ("/dev/video10", SIZE_WH, 0)
    assert found.pictures >= 5
    assert 0 <= found.latency_p50_ms <= found.latency_p95_ms < 200
    assert str(found).startswith("programs will see 320x180 at ")


def test_a_device_that_hands_nothing_on_is_a_failure(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    wire._delivers = False
    monkeypatch.setattr(module, "_OPENS_WITHIN_S", 0.1)
    with pytest.raises(OutputError, match="nothing that was sent"):
        self_test(SystemClock(), size_wh=SIZE_WH, watched_s=0.1)


def test_a_watcher_that_fails_ends_the_test_with_its_words(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OutputError("/dev/video10 lets nobody watch", hint="close other programs")

    monkeypatch.setattr(module, "watch", refuse)
    with pytest.raises(OutputError, match="lets nobody watch"):
        self_test(SystemClock(), size_wh=SIZE_WH, watched_s=5)


def test_elsewhere_there_is_nothing_to_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert as_finding(SystemClock()).health is Health.FAIL


def test_latency_and_damage_are_read_from_the_picture() -> None:
    seen = Seen(begin_ns=NS_PER_S)
    pixels = np.zeros((180, 320, 3), np.uint8)
    seen.picture(pixels, 2 * NS_PER_S)
    write_number(pixels, 500_000)
    seen.picture(pixels, 2 * NS_PER_S)
    assert seen.damaged == 1
    assert seen.latency_ns == [500 * NS_PER_MS]
    assert seen.size_wh == (320, 180)
