"""What a program that watches sees of the virtual camera, on every driver."""

import os
from contextlib import closing
from threading import Thread

import pytest

from livecam.core.clock import NS_PER_MS
from livecam.core.errors import OutputError
from livecam.core.ports import FrameSink
from livecam.devices import open_sink
from livecam.devices.camera.v4l2 import VideoDevice, list_formats
from livecam.disclosure.picture import Marker
from tests.hardware.client import CLOCK, Client, numbered, until
from tests.hardware.drivers import (
    IN_GUEST,
    leave,
    load_loopback,
    loopback_version,
    loopback_versions,
    unload_loopback,
    without_privileges,
)
from tests.hardware.figures import percentiles
from tests.hardware.other_program import OtherProgram

SIZE_WH = (640, 360)
WITHIN_S = 120  # an emulated guest on a busy machine
PERIOD_NS = 33 * NS_PER_MS
MARKER = Marker(SIZE_WH)


class Sender:
    """Counts on from picture to picture, over restarts."""

    def __init__(self) -> None:
        self.number = 0

    def send(self, sink: FrameSink) -> None:
        self.number += 1
        sink.send(numbered(MARKER, SIZE_WH, self.number))
        CLOCK.sleep_until_ns(CLOCK.now_ns() + PERIOD_NS)

    def send_until(self, sink: FrameSink, true, within_s: float) -> bool:
        def turn() -> bool:
            self.send(sink)
            return bool(true())

        return until(turn, within_s)


def test_a_client_gets_every_picture_in_order_and_in_its_size(loopback: VideoDevice) -> None:
    sender = Sender()
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        sender.send(sink)
        with Client(loopback.path) as client:
            assert sender.send_until(sink, lambda: client.numbers, WITHIN_S)
            first = sender.number + 1
            for _ in range(30):  # one by one: a reader that falls behind by all its buffers sees them overwritten
                sender.send(sink)
                assert until(lambda: (client.numbers[-1] or 0) >= sender.number, WITHIN_S)
    assert client.numbers[-30:] == list(range(first, sender.number + 1))
    assert client.sizes_wh == {SIZE_WH}


def test_the_device_shows_up_as_a_camera_with_the_first_picture(loopback: VideoDevice) -> None:
    assert not list_formats(loopback.path)
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        Sender().send(sink)
        (offered,) = list_formats(loopback.path)
        assert (offered.fourcc, offered.size_wh) == ("YU12", SIZE_WH)
        assert offered.rate_hz == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize("times", [3, pytest.param(20, marks=pytest.mark.slow)])
def test_a_client_that_stays_gets_pictures_again_after_each_start(loopback: VideoDevice, times: int) -> None:
    sender = Sender()
    sink = open_sink("auto", SIZE_WH, 30.0)
    sender.send(sink)
    with Client(loopback.path) as client:
        assert sender.send_until(sink, lambda: client.numbers, WITHIN_S)
        back_ms = list[float]()
        for _ in range(times):
            sink.close()
            first, begin_ns = sender.number + 1, CLOCK.now_ns()
            sink = open_sink("auto", SIZE_WH, 30.0)
            assert sender.send_until(sink, lambda first=first: (client.numbers[-1] or 0) >= first, WITHIN_S)
            back_ms.append((CLOCK.now_ns() - begin_ns) / NS_PER_MS)
    sink.close()
    if IN_GUEST:
        leave(f"restarts-{times}-{loopback_version()}", {"back_ms": percentiles(back_ms), "of": len(back_ms)})


def test_another_size_is_refused_while_a_client_watches(loopback: VideoDevice) -> None:
    sender = Sender()
    sink = open_sink("auto", SIZE_WH, 30.0)
    sender.send(sink)
    with Client(loopback.path) as client:
        assert sender.send_until(sink, lambda: client.numbers, WITHIN_S)
        sink.close()
        with pytest.raises(OutputError, match="is held at 640x360") as refusal:
            open_sink("auto", (320, 240), 30.0)
        assert "--size 640x360" in refusal.value.help_text
    open_sink("auto", (320, 240), 30.0).close()


def refused(other_program: OtherProgram, size_wh: tuple[int, int]) -> str:
    """What it answers; asked again where the emulated guest stood still for longer than livecam looks for pictures."""
    for _ in range(3):
        said = other_program.asked(f"sink {size_wh[0]} {size_wh[1]}")
        if said != "done":
            return said
        other_program.asked("let-go")
    return said


@pytest.mark.parametrize("second_wh", [SIZE_WH, (320, 240)])
def test_a_second_livecam_is_refused_and_the_first_goes_on(
    loopback: VideoDevice, second_wh: tuple[int, int], other_program: OtherProgram
) -> None:
    sender, said = Sender(), list[str]()
    asking = Thread(target=lambda: said.append(refused(other_program, second_wh)), daemon=True)
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        sender.send(sink)
        with Client(loopback.path) as client:
            asking.start()
            assert sender.send_until(sink, lambda: said, WITHIN_S)
            before = len(client.numbers)
            assert sender.send_until(sink, lambda: len(client.numbers) > before + 5, WITHIN_S)
    assert f"{loopback.path} is in use by" in said[0] or f"{loopback.path} already gets pictures by" in said[0]
    assert f"({os.getpid()})" in said[0]
    assert {number for number in client.numbers if number is not None} <= set(range(sender.number + 1))


def test_two_clients_see_the_same_where_the_driver_lets_two_in(loopback: VideoDevice) -> None:
    sender = Sender()
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        sender.send(sink)
        with Client(loopback.path) as one:
            assert sender.send_until(sink, lambda: len(one.numbers) > 5, WITHIN_S)
            with Client(loopback.path) as other:
                before = len(one.numbers)
                assert sender.send_until(sink, lambda: len(one.numbers) > before + 20, WITHIN_S)
    # 0.13 and newer give the reading side to one program at a time; the second is refused by the driver itself.
    lets_two_in = loopback_version().startswith("0.12")
    assert bool(set(one.numbers) & set(other.numbers)) == lets_two_in


def test_a_client_that_pauses_or_leaves_does_not_hold_up_the_run(loopback: VideoDevice) -> None:
    sender = Sender()
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        sender.send(sink)
        with Client(loopback.path) as client:
            assert sender.send_until(sink, lambda: client.numbers, WITHIN_S)
            client.pause(True)
            sent = sender.number
            assert sender.send_until(sink, lambda: sender.number > sent + 20, WITHIN_S)
            last = sender.number
            client.pause(False)
            assert sender.send_until(sink, lambda: (client.numbers[-1] or 0) > last, WITHIN_S)
        for _ in range(5):
            sender.send(sink)


def test_a_device_closed_to_this_user_is_named_with_the_group(guest: None, loopback: VideoDevice) -> None:
    with (
        without_privileges(loopback.path),
        pytest.raises(OutputError, match="may not be opened by this user") as refusal,
    ):
        open_sink(f"virtualcam:{loopback.path}", SIZE_WH, 30.0)
    assert "usermod -aG video" in refusal.value.help_text


def test_a_device_that_is_gone_and_back_is_found_again(guest: None, loopback: VideoDevice) -> None:
    open_sink("virtualcam", SIZE_WH, 30.0).close()
    unload_loopback()
    with pytest.raises(OutputError, match="no virtual camera on this system"):
        open_sink("virtualcam", SIZE_WH, 30.0)
    with pytest.raises(OutputError, match=f"there is no {loopback.path}"):
        open_sink(f"virtualcam:{loopback.path}", SIZE_WH, 30.0)
    load_loopback(loopback_versions()[0])
    with closing(open_sink("virtualcam", SIZE_WH, 30.0)) as sink:
        Sender().send(sink)


def test_the_driver_stays_while_livecam_has_its_device_open(guest: None, loopback: VideoDevice) -> None:
    with closing(open_sink("auto", SIZE_WH, 30.0)) as sink:
        with pytest.raises(AssertionError, match="still open"):
            unload_loopback()
        Sender().send(sink)
