"""A page as camera: newest picture, one page at a time, nothing that is not a picture."""

import socket
import threading

import cv2
import numpy as np
import pytest
from starlette.websockets import WebSocketDisconnect

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import CameraError
from tests.unit.studio.conftest import HOST

PAGE = f"ws://{HOST}/api/v1/live/camera"
pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no such sockets")


def jpeg(width=64, height=48, grey=90):
    return cv2.imencode(".jpg", np.full((height, width, 3), grey, np.uint8))[1].tobytes()


@pytest.fixture
def studio_socket(tmp_path):
    """What the studio serves: the answers that the test gives, one per question."""
    path, answers = tmp_path / "camera", []
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(4)

    def serve():
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            with line:
                while answers and line.recv(1):
                    line.sendall(answers.pop(0))

    threading.Thread(target=serve, daemon=True).start()
    yield path, answers
    listener.close()


def picture(data, number=1, captured_ns=0):
    from livecam.devices.camera.browser import HEAD

    return HEAD.pack(number, captured_ns, len(data)) + data


def opened(path, clock):
    from livecam.devices.camera.browser import BrowserSource

    return BrowserSource(path, 30.0, clock)


def test_pictures_come_with_the_time_that_the_page_gave_them(studio_socket):
    path, answers = studio_socket
    answers += [picture(jpeg(), 1, 5 * NS_PER_S), picture(jpeg(), 4, 5 * NS_PER_S + 7)]
    source = opened(path, ManualClock(6 * NS_PER_S))
    first, second = source.read(), source.read()
    assert (first.captured_ns, second.captured_ns) == (5 * NS_PER_S, 5 * NS_PER_S + 7)
    assert second.seq - first.seq == 3
    source.close()


def test_a_time_to_come_or_long_ago_is_not_believed(studio_socket):
    path, answers = studio_socket
    answers += [picture(jpeg(), 1, 99 * NS_PER_S), picture(jpeg(), 2, 0)]
    source = opened(path, ManualClock(10 * NS_PER_S))
    assert [source.read().captured_ns, source.read().captured_ns] == [10 * NS_PER_S, 8 * NS_PER_S]
    source.close()


def test_a_phone_that_is_turned_keeps_the_size_of_the_session(studio_socket):
    path, answers = studio_socket
    answers += [picture(jpeg(64, 48)), picture(jpeg(48, 64))]
    source = opened(path, ManualClock(NS_PER_S))
    assert [source.read().size_wh, source.read().size_wh] == [(64, 48), (64, 48)]
    source.close()


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"GIF89a" + bytes(40), jpeg(2000, 8), jpeg()[:40]])
def test_what_is_no_picture_of_a_usual_size_is_refused(studio_socket, data):
    path, answers = studio_socket
    answers.append(picture(data))
    with pytest.raises(CameraError, match="no browser sends its camera"):
        opened(path, ManualClock(NS_PER_S))


def test_without_a_studio_the_error_says_what_to_open(tmp_path):
    with pytest.raises(CameraError) as raised:
        opened(tmp_path / "none", ManualClock())
    assert "camera page" in raised.value.help_text


def test_a_page_learns_the_clock_and_a_second_page_is_refused(client):
    with client.websocket_connect(PAGE) as page:
        page.send_text("clock 7")
        word, key, now = page.receive_text().split()
        assert (word, key) == ("clock", "7") and int(now) > 0
        with client.websocket_connect(PAGE) as second, pytest.raises(WebSocketDisconnect) as closed:
            second.receive_text()
        assert closed.value.code == 4409


def test_what_a_page_sends_must_be_a_picture(client):
    with client.websocket_connect(PAGE) as page, pytest.raises(WebSocketDisconnect) as closed:
        page.send_bytes(bytes(8) + b"no picture")
        page.receive_text()
    assert closed.value.code == 4400
