"""The PipeWire camera against a library that plants what the real one does; the real one is in tests/hardware."""

import ctypes
from errno import EHOSTDOWN
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import NoVirtualCamera
from livecam.devices.sink import choose_sink
from livecam.devices.virtual_camera import pipewire_library as pw
from livecam.devices.virtual_camera.pipewire import PipewireOutput, open_pipewire
from livecam.devices.virtual_camera.spa import MOST_BUFFERS

SIZE_WH = (8, 4)
BYTES = 64


class PlantedBuffer:
    """One of the server's buffers."""

    def __init__(self, room: int = BYTES) -> None:
        self.memory = (ctypes.c_ubyte * BYTES)()
        self.chunk, self.header = pw.Chunk(), pw.Header()
        self.data = pw.Data(maxsize=room, data=ctypes.addressof(self.memory), chunk=ctypes.pointer(self.chunk), type=2)
        self.metas = (pw.Meta * 2)(
            pw.Meta(type=7, size=8), pw.Meta(type=1, size=32, data=ctypes.addressof(self.header))
        )
        self.buffer = pw.Buffer(2, 1, self.metas, ctypes.pointer(self.data))
        self.pointer = ctypes.pointer(pw.StreamBuffer(ctypes.pointer(self.buffer)))


class FakePipewire:
    """The library: `state` and `free` are what the server would say; `calls` is what was asked of it."""

    def __init__(self, state: int = pw.STATE_PAUSED, connects: int = 0, reason: bytes | None = None) -> None:
        self.state, self.connects, self.reason = state, connects, reason
        self.free: list[PlantedBuffer | None] = []
        self.waiting = 0
        self.shown: list[PlantedBuffer] = []
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *_: self.calls.append(name) or 1

    def pw_stream_connect(self, *_: object) -> int:
        self.calls.append("pw_stream_connect")
        return self.connects

    def pw_stream_get_state(self, _: int, reason: Any) -> int:
        reason._obj.value = self.reason
        return self.state

    def pw_stream_get_time_n(self, _: int, moment: Any, size: int) -> int:
        assert size == 56
        moment._obj.queued_buffers = self.waiting
        return 0

    def pw_stream_dequeue_buffer(self, _: int) -> Any:
        self.taken = self.free.pop(0) if self.free else None
        return self.taken.pointer if self.taken else None

    def pw_stream_queue_buffer(self, _: int, pointer: Any) -> int:
        assert self.taken is not None
        assert pointer is self.taken.pointer
        self.shown.append(self.taken)
        return 0


def picture(value: int = 7) -> np.ndarray:
    return np.full(BYTES, value, np.uint8)


def watched(library: FakePipewire, clock: ManualClock) -> PipewireOutput:
    output = PipewireOutput(SIZE_WH, 30.0, clock, library=library)
    library.state = pw.STATE_STREAMING
    return output


def test_a_picture_arrives_whole_with_its_time_and_number() -> None:
    library, clock = FakePipewire(), ManualClock(5 * NS_PER_S)
    output = watched(library, clock)
    for value in (7, 8):
        library.free = [PlantedBuffer()]
        output.send(picture(value))
    _, shown = library.shown
    assert bytes(shown.memory) == bytes([8]) * BYTES
    assert (shown.chunk.offset, shown.chunk.size, shown.chunk.stride) == (0, BYTES, 16)
    assert (shown.header.pts, shown.header.seq) == (5 * NS_PER_S, 1)
    assert library.calls.count("pw_stream_trigger_process") == 2


def test_a_small_buffer_is_shown_empty_and_never_overrun() -> None:
    library = FakePipewire()
    output = watched(library, ManualClock())
    library.free = [PlantedBuffer(room=BYTES - 1)]
    output.send(picture())
    (shown,) = library.shown
    assert (shown.chunk.size, bytes(shown.memory)) == (0, bytes(BYTES))


def test_nothing_is_sent_without_a_reader_or_while_the_last_one_waits() -> None:
    library = FakePipewire()
    output = watched(library, ManualClock())
    library.free, library.state = [PlantedBuffer()], pw.STATE_PAUSED
    output.send(picture())
    library.state, library.waiting = pw.STATE_STREAMING, 1
    output.send(picture())
    assert not library.shown


def test_buffers_that_killed_programs_kept_are_passed_over() -> None:
    library = FakePipewire()
    output = watched(library, ManualClock())
    library.free = [None, None, PlantedBuffer()]
    output.send(picture())
    assert len(library.shown) == 1


@pytest.mark.parametrize("state", [pw.STATE_STREAMING, pw.STATE_PAUSED])
def test_the_node_is_renewed_when_buffers_are_lost_unseen(state: int) -> None:
    library, clock = FakePipewire(), ManualClock(NS_PER_S)
    output = watched(library, clock)
    library.free = [None, PlantedBuffer()]
    output.send(picture())
    library.state, library.free = state, [None] * MOST_BUFFERS
    clock.advance_ns(500 * NS_PER_MS)
    output.send(picture())
    assert "pw_stream_destroy" not in library.calls
    clock.advance_ns(600 * NS_PER_MS)
    output.send(picture())
    assert library.calls.count("pw_stream_destroy") == 1
    assert library.calls.count("pw_stream_connect") == 2
    clock.advance_ns(5 * NS_PER_S)
    library.state = pw.STATE_PAUSED
    output.send(picture())
    assert library.calls.count("pw_stream_connect") == 2


def test_a_server_that_goes_away_is_an_error_for_the_next_picture() -> None:
    library = FakePipewire()
    output = watched(library, ManualClock())
    library.state = pw.STATE_UNCONNECTED
    with pytest.raises(OSError, match="the PipeWire server is gone"):
        output.send(picture())
    library.state, library.reason = pw.STATE_ERROR, b"connection error"
    with pytest.raises(OSError, match="connection error"):
        output.send(picture())
    output.close()
    assert library.calls[-3:] == ["pw_thread_loop_unlock", "pw_thread_loop_stop", "pw_thread_loop_destroy"]


@pytest.mark.parametrize(
    ("library", "said"),
    [
        (FakePipewire(connects=-EHOSTDOWN), "it does not run for this user"),
        (FakePipewire(state=pw.STATE_ERROR, reason=b"no permission"), "no permission"),
        (FakePipewire(state=pw.STATE_CONNECTING), "PipeWire does not take the camera"),
    ],
)
def test_a_camera_that_does_not_come_up_is_reported_and_released(library: FakePipewire, said: str) -> None:
    with pytest.raises(NoVirtualCamera, match=said) as refusal:
        open_pipewire(SIZE_WH, 30.0, ManualClock(), library=library)
    assert "systemctl --user" in refusal.value.help_text
    assert library.calls[-1] == "pw_thread_loop_destroy"


def test_a_library_that_is_absent_or_too_old_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OSError, match="nowhere"):
        pw.load_library("libnowhere.so.0")
    monkeypatch.setattr(pw, "load_library", lambda: ctypes.CDLL("libnowhere.so.0"))
    with pytest.raises(NoVirtualCamera, match="nowhere") as refusal:
        open_pipewire(SIZE_WH, 30.0, ManualClock())
    assert "install" in refusal.value.help_text
    monkeypatch.setattr(pw, "load_library", lambda: SimpleNamespace().pw_init)
    with pytest.raises(NoVirtualCamera, match="pw_init"):
        open_pipewire(SIZE_WH, 30.0, ManualClock())


def test_the_functions_get_their_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    class Library:
        def __getattr__(self, name: str) -> Any:
            setattr(self, name, SimpleNamespace())
            return getattr(self, name)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    assert pw.load_library().pw_stream_connect.restype is ctypes.c_int


def test_auto_takes_pipewire_before_a_file_and_says_who_will_not_see_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("livecam.devices.camera.listing.list_video_nodes", lambda *_: [])
    monkeypatch.setattr(pw, "load_library", FakePipewire)
    chosen = choose_sink("auto", SIZE_WH, 30.0, clock=ManualClock())
    assert chosen.sink.name == "PipeWire camera livecam"
    assert ["v4l2loopback" in chosen.remarks[0], "Zoom" in chosen.remarks[1]] == [True, True]
    assert choose_sink("pipewire", SIZE_WH, 30.0, clock=ManualClock()).sink.size_wh == SIZE_WH
