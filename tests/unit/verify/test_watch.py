"""Marks on a camera and on a screen, also where a meeting takes only a part of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from livecam.core.clock import ManualClock, SystemClock
from livecam.core.errors import CameraError
from livecam.core.fakes import FakeSource
from livecam.core.frame import Pixels
from livecam.core.payload import FACE, MarkPayload
from livecam.devices.camera.screen import ScreenSource
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from livecam.disclosure.picture_reader.motion_regions import MotionRegions
from livecam.verify import verify_screen
from livecam.verify.verdict import judge_pictures
from livecam.verify.watch import read_frames, verify_camera
from tests.unit.disclosure.scenes import PERIOD_NS, scene

PAYLOAD = MarkPayload(FACE, 0xCAFE)
SMALL_WH = (384, 216)


def marked(count: int = 150) -> Iterator[Pixels]:
    marker = Marker(SMALL_WH, payload=PAYLOAD)
    for n, pixels in enumerate(scene(SMALL_WH, count)):
        yield marker.mark(pixels, n * PERIOD_NS, n).pixels


def on_a_desk(shown: Iterator[Pixels]) -> list[Pixels]:
    """The pictures in a window, on a still desk with a text and a clock that ticks."""
    desk = np.full((540, 960, 3), (90, 70, 40), np.uint8)
    desk[40:500, 20:300] = np.random.default_rng(3).integers(0, 255, (460, 280, 1), np.uint8)
    desks = []
    for n, pixels in enumerate(shown):
        desks.append(desk.copy())
        desks[-1][180 : 180 + SMALL_WH[1], 400 : 400 + SMALL_WH[0]] = pixels
        desks[-1][5:15, 900 : 910 + n // 30] = 255
    return desks


def played(pictures: list[Pixels]) -> FakeSource:
    return FakeSource(pictures, 30.0, ManualClock())


def test_a_window_that_is_a_sixth_of_the_screen_is_found():
    found = verify_screen(60, played(on_a_desk(marked())))
    assert found.is_marked and found.payload == PAYLOAD


def test_the_parts_that_move_are_the_windows_of_a_call():
    mover = MotionRegions()
    assert mover.find_regions() == []
    for pixels, at_ns in read_frames(played(on_a_desk(marked(20))), 60):
        mover.keep(pixels, at_ns)
    assert mover.whole == (0, 0, 960, 540)
    (part,) = mover.find_regions()
    assert np.abs(np.array(part) - (400, 180, *SMALL_WH)).max() <= 4


def test_a_desk_on_which_nothing_is_shown_is_not_marked():
    found = verify_screen(60, played(on_a_desk(iter([np.zeros((216, 384, 3), np.uint8)] * 20))))
    assert not found.is_marked


def test_a_camera_is_watched_for_the_seconds_given(monkeypatch: pytest.MonkeyPatch):
    source, asked = played(list(marked(200))), []
    monkeypatch.setattr("livecam.verify.watch.open_source", lambda spec, clock: asked.append(spec) or source)
    found = verify_camera("camera:1", 4.9)
    assert asked == ["1"] and source.closed
    assert found.payload == PAYLOAD and len(found.readings) == 1


@pytest.mark.parametrize("sparing", [False, True])
def test_a_mark_is_read_of_half_of_the_pictures_too(sparing: bool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("livecam.verify.watch.open_source", lambda spec, clock: played(list(marked(150))))
    seen: list[int] = []
    found = verify_camera("camera:1", 60, on_picture=lambda pixels, at_ns: seen.append(at_ns), sparing=sparing)
    assert found.payload == PAYLOAD and len(seen) == 150


def test_a_sparing_look_at_the_screen_finds_the_window_of_a_call():
    seen: list[int] = []
    found = verify_screen(
        60, played(on_a_desk(marked())), on_picture=lambda pixels, at_ns: seen.append(at_ns), sparing=True
    )
    assert found.is_marked and found.payload == PAYLOAD and len(seen) > 60


def test_sparing_reads_fifteen_pictures_a_second_at_any_rate(monkeypatch: pytest.MonkeyPatch):
    read: list[int] = []
    monkeypatch.setattr("livecam.verify.verdict.MarkReader.add", lambda self, pixels, at_ns: read.append(at_ns))
    monkeypatch.setattr("livecam.verify.verdict.MarkReader.finish", lambda self: None)
    pixels = np.zeros((48, 64, 3), np.uint8)
    for rate_hz in (10, 25, 30, 60):
        read.clear()
        judge_pictures(((pixels, round(n * 1e9 / rate_hz)) for n in range(4 * rate_hz)), sparing=True, plates=False)
        assert 4 * min(rate_hz, 14) <= len(read) <= 4 * 15 + 1


def test_a_camera_that_shows_nothing_says_so():
    with pytest.raises(CameraError, match="shows nothing"):
        judge_pictures(read_frames(played([]), 3))


@pytest.mark.skipif(sys.platform != "linux", reason="DISPLAY is X's")
def test_without_a_screen_it_is_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(CameraError, match="no screen to watch") as reported:
        verify_screen(1)
    assert "where the meeting is shown" in reported.value.help_text


NEEDED = ("Xvfb", "ffplay")


@pytest.fixture
def display(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An X server of the test's own; its number is chosen by the server."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as numbers:
            monkeypatch.setenv("DISPLAY", f":{numbers.readline().strip()}")
        yield
        server.terminate()


@pytest.mark.slow
@pytest.mark.skipif(
    any(shutil.which(program) is None for program in NEEDED), reason="Xvfb and ffplay are not installed"
)
def test_a_player_on_a_real_screen_is_seen(tmp_path: Path, display: None):
    size_wh = (640, 360)
    sink, marker = FileSink(tmp_path / "a.mp4", size_wh, 30), Marker(size_wh, payload=PAYLOAD)
    for n, pixels in enumerate(scene(size_wh, 150)):
        sink.send(marker.mark(pixels, n * PERIOD_NS, n))
    sink.close()
    play = ["ffplay", "-v", "error", "-loop", "0", "-an", "-noborder", str(tmp_path / "a.mp4")]
    environment = {**os.environ, "SDL_AUDIODRIVER": "dummy"}
    with subprocess.Popen(play, env=environment, stdin=subprocess.DEVNULL) as player:
        try:
            wait_until_something_is_shown()
            found = verify_screen(6)
        finally:
            player.terminate()
    assert found.is_marked, "neither the mark nor, on a machine too busy for it, the plate"


def wait_until_something_is_shown(patience_s: float = 600) -> None:
    clock = SystemClock()
    screen = ScreenSource(clock)
    end_ns = clock.now_ns() + int(patience_s * 1e9)
    while clock.now_ns() < end_ns:
        frame = screen.read()
        assert frame is not None
        if frame.pixels.any():
            break
    screen.close()
