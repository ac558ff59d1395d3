"""A virtual camera that is taken away in a run."""

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.errors import OutputError
from livecam.core.fakes import FakeSink
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FrameSink
from livecam.devices.virtual_camera.reconnecting import ReconnectingSink
from livecam.disclosure.picture import Marker

SIZE_WH = (320, 240)
FRAME = Marker(SIZE_WH).mark(np.zeros((240, 320, 3), np.uint8), 0, 0)


class Unpluggable(FakeSink):
    """Fails while its device is away."""

    def __init__(self, device: "Device") -> None:
        super().__init__(SIZE_WH)
        self._device = device

    def send(self, frame: MarkedFrame) -> None:
        if not self._device.plugged:
            raise OutputError("/dev/video10 takes no picture: No such device", command="livecam doctor")
        super().send(frame)
        self._device.arrived += 1


class Device:
    def __init__(self) -> None:
        self.plugged, self.arrived, self.opens = True, 0, 0

    def open(self) -> FrameSink:
        self.opens += 1
        if not self.plugged:
            raise OutputError("there is no /dev/video10", command="livecam doctor")
        return Unpluggable(self)


def test_pictures_are_dropped_and_counted_until_the_device_is_back() -> None:
    device, clock = Device(), ManualClock(1)
    sink = ReconnectingSink(device.open, clock)
    sink.send(FRAME)
    device.plugged = False
    for _ in range(30):
        sink.send(FRAME)
        clock.advance_ns(100 * NS_PER_MS)
    assert sink.dropped == 30
    assert sink.trouble == "there is no /dev/video10"
    assert device.opens <= 1 + 30 * 100 / 500 + 1
    device.plugged = True
    clock.advance_ns(500 * NS_PER_MS)
    sink.send(FRAME)
    assert (device.arrived, sink.trouble, sink.dropped) == (2, None, 30)


def test_one_that_never_opened_is_not_waited_for() -> None:
    device = Device()
    device.plugged = False
    with pytest.raises(OutputError, match="there is no"):
        ReconnectingSink(device.open, ManualClock(1))


def test_it_stays_closed() -> None:
    device = Device()
    sink = ReconnectingSink(device.open, ManualClock(1))
    sink.close()
    with pytest.raises(OutputError, match="is closed"):
        sink.send(FRAME)
    assert device.opens == 1


def test_closing_while_another_thread_sends_is_done_by_that_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    device = Device()
    sink = ReconnectingSink(device.open, ManualClock(1))
    closed: list[bool] = []
    monkeypatch.setattr(Unpluggable, "send", lambda *_: sink.close())
    monkeypatch.setattr(Unpluggable, "close", lambda *_: closed.append(True))
    sink.send(FRAME)
    assert closed == [True]
