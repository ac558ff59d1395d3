"""What every sink promises, whatever is behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeSink
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.ports import FrameSink
from livecam.devices import open_sink
from livecam.devices.virtual_camera.native import VirtualCameraSink
from livecam.devices.virtual_camera.reconnecting import ReconnectingSink
from livecam.disclosure.picture import Marker

SIZE_WH = (200, 120)


class FakeOutput:
    """pyvirtualcam's camera without a device."""

    device = "fake device"

    def send(self, frame: np.ndarray) -> None:
        assert frame.shape == (SIZE_WH[0] * SIZE_WH[1] * 3 // 2,)

    def close(self) -> None:
        pass


def virtual_camera(monkeypatch: pytest.MonkeyPatch) -> FrameSink:
    monkeypatch.setattr("sys.platform", "win32")
    return VirtualCameraSink(SIZE_WH, 30.0, open_output=lambda *_: FakeOutput())


SINKS: dict[str, Callable[[Path, pytest.MonkeyPatch], FrameSink]] = {
    "fake": lambda folder, patch: FakeSink(SIZE_WH),
    "null": lambda folder, patch: open_sink("null", SIZE_WH, 30.0),
    "mp4": lambda folder, patch: open_sink(f"file:{folder / 'a.mp4'}", SIZE_WH, 30.0),
    "mkv": lambda folder, patch: open_sink(f"file:{folder / 'a.mkv'}", SIZE_WH, 30.0),
    "virtual camera": lambda folder, patch: virtual_camera(patch),
    "returning": lambda folder, patch: ReconnectingSink(lambda: FakeSink(SIZE_WH), ManualClock(1)),
}


def marked(number: int, size_wh: tuple[int, int] = SIZE_WH) -> MarkedFrame:
    pixels = np.full((size_wh[1], size_wh[0], 3), number, np.uint8)
    return Marker(size_wh).mark(pixels, number * 33_000_000, number)


@pytest.fixture(params=SINKS)
def sink(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FrameSink]:
    opened = SINKS[request.param](tmp_path, monkeypatch)
    yield opened
    opened.close()


def test_it_is_a_sink_with_a_name_and_a_size(sink: FrameSink) -> None:
    assert isinstance(sink, FrameSink)
    assert sink.name
    assert sink.size_wh == SIZE_WH


def test_it_takes_marked_frames_and_the_same_one_again(sink: FrameSink) -> None:
    for number in (0, 1, 2):
        sink.send(marked(number))
    last = marked(3)
    sink.send(last)
    sink.send(last)


def test_it_takes_no_frame_that_is_not_marked(sink: FrameSink) -> None:
    plain = Frame(np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8), 0, 0)
    with pytest.raises(TypeError, match="MarkedFrame"):
        sink.send(plain)  # type: ignore[arg-type]


def test_it_takes_no_other_size(sink: FrameSink) -> None:
    with pytest.raises(ValueError, match=r"\(200, 120\)"):
        sink.send(marked(0, (120, 200)))


def test_it_closes_twice_and_takes_nothing_afterwards(sink: FrameSink) -> None:
    sink.send(marked(0))
    sink.close()
    sink.close()
    with pytest.raises(OutputError) as refusal:
        sink.send(marked(1))
    assert refusal.value.help_text
