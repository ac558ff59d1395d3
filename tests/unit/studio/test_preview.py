"""The preview takes pictures as they go out, at its own rate, and never makes the session wait."""

import socket
from itertools import pairwise
from threading import Thread

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.fakes import FakeSink
from livecam.disclosure.picture import Marker
from livecam.studio.session.picture_head import HEAD
from livecam.studio.session.preview import Bell, Preview, TapSink
from livecam.studio.session.preview_line import PreviewLine, open_line

MARKER = Marker((64, 48))


def marked(captured_ns):
    return MARKER.mark(np.zeros((48, 64, 3), np.uint8), captured_ns, 0)


@pytest.fixture
def tap():
    return TapSink(FakeSink((64, 48)))


@pytest.fixture
def line():
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    yield ours, theirs
    ours.close()
    theirs.close()


def received(line):
    head = HEAD.unpack(exactly(line, HEAD.size))
    return head, exactly(line, head[-1])


def exactly(line, count):
    data = b""
    while len(data) < count:
        piece = line.recv(count - len(data))
        assert piece, "the line was closed"
        data += piece
    return data


def send_until(tap, clock, line, step_ms=33):
    """Send pictures until one is answered; return it."""
    found = []
    reader = Thread(target=lambda: found.append(received(line)), daemon=True)
    reader.start()
    while reader.is_alive():
        clock.advance_ns(step_ms * NS_PER_MS)
        tap.send(marked(clock.now_ns()))
        reader.join(0.01)
    return found[0]


def test_a_bell_that_rang_before_the_wait_ends_it_at_once():
    bell = Bell()
    bell.ring()
    bell.ring()
    bell.wait(60)


def test_a_picture_goes_to_the_sink_before_anyone_looks_at_it(tap):
    tap.send(marked(5))
    assert tap.last.number == 1 and tap.last.picture.captured_ns == 5


def test_nothing_is_encoded_while_no_one_asks(tap, line, monkeypatch):
    monkeypatch.setattr(cv2, "imencode", lambda *given: pytest.fail("a picture was encoded"))
    preview = Preview(tap, line[1], ManualClock())
    for number in range(9):
        tap.send(marked(number))
    preview.close()


def test_a_question_is_answered_with_a_picture_that_went_out_after_it(tap, line):
    clock = ManualClock(NS_PER_MS)
    tap.send(marked(1))
    preview = Preview(tap, line[1], clock)
    line[0].sendall(b"?")
    head, jpeg = send_until(tap, clock, line[0])
    assert head[0] > 1 and head[1] > 1
    assert cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).shape == (48, 64, 3)
    preview.close()


def test_two_pictures_are_two_periods_of_a_camera_apart(tap, line):
    clock = ManualClock(NS_PER_MS)
    preview = Preview(tap, line[1], clock)
    times = []
    for _ in range(3):
        line[0].sendall(b"?")
        times.append(send_until(tap, clock, line[0])[0][1])
    assert all(after - before >= 56 * NS_PER_MS for before, after in pairwise(times))
    preview.close()


@pytest.mark.parametrize("hands_down", [True, False])
def test_a_session_finds_its_end_of_the_line(hands_down):
    line = PreviewLine(hands_down)
    words = dict(line.words)
    if "descriptor" in words:  # a child inherits a copy
        import os

        words["descriptor"] = os.dup(words["descriptor"])
    found = []
    caller = Thread(target=lambda: found.append(open_line(words)), daemon=True)
    caller.start()
    ours = line.accept()
    caller.join(60)
    ours.sendall(b"?")
    assert found[0].recv(1) == b"?"
    ours.close()
    found[0].close()


def test_a_stranger_who_calls_the_port_is_refused():
    line = PreviewLine(hands_down=False)
    words = {**line.words, "secret": "0" * 64}
    found = []
    caller = Thread(target=lambda: found.append(open_line(words)), daemon=True)
    caller.start()
    with pytest.raises(OSError, match="another program"):
        line.accept()
    caller.join(60)
    found[0].close()


def test_a_line_that_no_session_took_is_closed():
    for hands_down in (True, False):
        line = PreviewLine(hands_down)
        line.close()
        line.close()
