"""The watching side of the PipeWire camera against a planted library; the real one is in tests/hardware."""

from threading import Event

import cv2
import numpy as np
import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError
from livecam.core.frame import Pixels
from livecam.devices.virtual_camera.pipewire_watch import watch_pipewire
from livecam.devices.virtual_camera.watch import watch
from tests.unit.devices.virtual_camera.test_pipewire import BYTES, SIZE_WH, FakePipewire, PlantedBuffer


def planted(fill: int, size: int = BYTES) -> PlantedBuffer:
    buffer = PlantedBuffer()
    np.frombuffer(buffer.memory, np.uint8)[:] = fill
    buffer.chunk.size = size
    return buffer


def watched(library: FakePipewire, most: int) -> list[Pixels]:
    seen: list[Pixels] = []
    stopping = Event()

    class Impatient(ManualClock):
        """Nothing more will come when a person has to wait."""

        def sleep_until_ns(self, deadline_ns: int) -> None:
            stopping.set()

    def on_picture(pixels: Pixels, _: int) -> None:
        seen.append(pixels)
        if len(seen) == most:
            stopping.set()

    watch_pipewire(SIZE_WH, 30.0, Impatient(), on_picture, stopping, library=library)
    return seen


def test_pictures_come_converted_and_their_buffers_go_back() -> None:
    library = FakePipewire()
    library.free = [planted(128), planted(90)]
    pictures = watched(library, 2)
    assert len(library.shown) == 2
    grey = np.full((SIZE_WH[1], SIZE_WH[0], 2), 128, np.uint8)
    assert np.array_equal(pictures[0], cv2.cvtColor(grey, cv2.COLOR_YUV2BGR_YUY2))
    assert library.calls[-3:] == ["pw_thread_loop_unlock", "pw_thread_loop_stop", "pw_thread_loop_destroy"]


def test_a_buffer_without_a_whole_picture_is_given_back_and_left_out() -> None:
    library = FakePipewire()
    library.free = [planted(128, size=BYTES - 1)]
    assert watched(library, 1) == []
    assert len(library.shown) == 1


def test_a_server_without_read_access_is_reported() -> None:
    with pytest.raises(OutputError, match="cannot watch through PipeWire"):
        watched(FakePipewire(connects=-1), 1)


def test_a_device_that_is_no_file_is_watched_through_pipewire(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(
        "livecam.devices.virtual_camera.pipewire_watch.watch_pipewire", lambda size_wh, *_: asked.append(size_wh)
    )
    watch("PipeWire camera livecam", SIZE_WH, 30.0, ManualClock(), lambda *_: None, Event())
    assert asked == [SIZE_WH]
