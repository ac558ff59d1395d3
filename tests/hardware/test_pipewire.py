"""The camera through PipeWire: a real server, and GStreamer as the program that watches."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS
from livecam.core.errors import NoVirtualCamera
from livecam.core.frame import MarkedFrame, Pixels
from livecam.devices.pixel_formats.yuy2 import Yuy2Buffer
from livecam.devices.sink import choose_sink
from livecam.devices.virtual_camera.reconnecting import ReconnectingSink
from livecam.devices.virtual_camera.setup import NODE
from livecam.disclosure.picture import Marker
from livecam.doctor.self_test import run_self_test
from livecam.doctor.timecode import read_number
from tests.hardware.client import CLOCK, numbered, until
from tests.hardware.pipewire_server import NoServer, PipewireServer, Watcher, missing_packages
from tests.hardware.test_doctor import parts

SIZE_WH = (640, 360)
WITHIN_S = 120
PERIOD_NS = 33 * NS_PER_MS
MARKER = Marker(SIZE_WH)
REQUIRED = bool(os.environ.get("LIVECAM_HARDWARE_REQUIRED"))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipewireServer]:
    absent = pytest.fail if REQUIRED else pytest.skip
    if missing := missing_packages():
        absent(f"PipeWire's packages are not installed: sudo apt install {' '.join(missing)}")
    with tempfile.TemporaryDirectory(prefix="livecam-") as folder:  # short: a socket's path holds 107 bytes
        server = PipewireServer(Path(folder))
        for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR"):
            monkeypatch.setenv(name, server.environment[name])
        try:
            server.start()
        except NoServer as error:
            absent(f"no PipeWire server of our own: {error}")
        yield server
        server.stop()


class Running:
    """Sends numbered pictures all the time, as a session does."""

    def __init__(self, sink: ReconnectingSink) -> None:
        self.sink = sink
        self.sent: dict[int, MarkedFrame] = {}
        self._stopping = Event()
        self._thread = Thread(target=self._send, daemon=True)
        self._thread.start()

    def _send(self) -> None:
        while not self._stopping.is_set():
            number = len(self.sent)
            self.sent[number] = numbered(MARKER, SIZE_WH, number)
            self.sink.send(self.sent[number])
            CLOCK.sleep_until_ns(CLOCK.now_ns() + PERIOD_NS)

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(30)
        self.sink.close()


@contextmanager
def running(spec: str = "pipewire") -> Iterator[Running]:
    sink = choose_sink(spec, SIZE_WH, 30.0, clock=CLOCK).sink
    assert isinstance(sink, ReconnectingSink)
    run = Running(sink)
    try:
        yield run
    finally:
        run.stop()


def number_in(picture: Pixels) -> int | None:
    bgr = cv2.cvtColor(picture.reshape(SIZE_WH[1], SIZE_WH[0], 2), cv2.COLOR_YUV2BGR_YUY2)
    return read_number(np.asarray(bgr, np.uint8))


def sees_pictures(server: PipewireServer) -> bool:
    """Whether a program that starts now gets one; it may have come while the node was renewed."""
    with Watcher(server, NODE, SIZE_WH) as watcher:
        return watcher.read() is not None


def test_a_program_sees_a_camera_and_gets_every_byte_in_order(server: PipewireServer) -> None:
    packed = Yuy2Buffer(SIZE_WH)
    with running() as run:
        (node,) = (node for node in server.nodes() if node.get("node.name") == NODE)
        assert (node["media.class"], node["media.role"]) == ("Video/Source", "Camera")
        with Watcher(server, NODE, SIZE_WH) as watcher:
            pictures = [watcher.read() for _ in range(40)]
    numbers = []
    for picture in pictures:
        assert picture is not None
        number = number_in(picture)
        assert number is not None
        assert np.array_equal(picture, packed.fill(run.sent[number].pixels).reshape(-1))
        numbers.append(number)
    assert numbers == sorted(set(numbers))


def test_programs_that_crash_do_not_use_up_the_camera(server: PipewireServer) -> None:
    with running():
        for _ in range(12):
            assert until(lambda: sees_pictures(server), within_s=WITHIN_S)


def test_a_server_that_ends_and_comes_back_does_not_end_the_run(server: PipewireServer) -> None:
    with running() as run:
        assert until(lambda: sees_pictures(server), within_s=WITHIN_S)
        server.stop()
        assert until(lambda: run.sink.trouble is not None, within_s=WITHIN_S)
        server.start()
        assert until(lambda: run.sink.trouble is None, within_s=WITHIN_S)
        assert until(lambda: sees_pictures(server), within_s=WITHIN_S)
    assert run.sink.dropped > 0
    assert until(lambda: NODE not in [node.get("node.name") for node in server.nodes()], within_s=WITHIN_S)


def test_auto_takes_it_where_there_is_no_kernel_module(
    server: PipewireServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("livecam.devices.camera.listing.list_video_nodes", lambda *_: [])
    chosen = choose_sink("auto", SIZE_WH, 30.0)
    assert NODE in chosen.sink.name
    assert "v4l2loopback" in chosen.remarks[0]
    assert "Zoom and Teams do not" in chosen.remarks[1]
    chosen.sink.close()
    server.stop()
    with pytest.raises(NoVirtualCamera, match="does not run for this user"):
        choose_sink("pipewire", SIZE_WH, 30.0)


def test_the_doctor_watches_it_as_a_program_does(server: PipewireServer) -> None:
    found = run_self_test(CLOCK, sink="pipewire", size_wh=SIZE_WH, rate_hz=30.0, seen_within_s=WITHIN_S, parts=parts)
    assert (found.device, found.size_wh) == (f"PipeWire camera {NODE}", SIZE_WH)
    assert found.pictures > 1
    assert 0 < found.latency_p50_ms <= found.latency_p95_ms
