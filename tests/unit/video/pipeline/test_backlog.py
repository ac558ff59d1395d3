"""Frames that wait to be drawn are in order where their pictures wait for sound, and else the newest."""

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.frame import Frame
from livecam.video.pipeline.backlog import MOST, Backlog

PERIOD_MS, DRAWN_MS, STALL_MS, STALL_EVERY = 33, 15, 68, 20
PIXELS = np.zeros((2, 2, 3), np.uint8)


def frame(number: int) -> Frame:
    return Frame(PIXELS, number * PERIOD_MS * NS_PER_MS, number)


def waiting(show_after_ms: float, frames: int, now_ms: float) -> Backlog:
    """A backlog into which frames came in time, looked at later."""
    clock = ManualClock()
    room = Backlog(clock, lambda: round(show_after_ms * NS_PER_MS))
    for number in range(frames):
        clock.sleep_until_ns(number * PERIOD_MS * NS_PER_MS)
        room.put(frame(number))
    clock.sleep_until_ns(round(now_ms * NS_PER_MS))
    return room


def taken(room: Backlog) -> list[int]:
    found = []
    while (item := room.take()) is not None:
        found.append(item.seq)
    return found


@pytest.mark.parametrize(
    ("show_after_ms", "frames", "now_ms", "drawn"),
    [
        (0, 3, 70, [2]),
        (20, 3, 70, [2]),
        (70, 2, 40, [0, 1]),
        (70, 3, 70, [1, 2]),
        (70, 1, 500, [0]),
        (200, 4, 120, [0, 1, 2, 3]),
    ],
)
def test_frames_are_in_order_while_their_pictures_come_in_time(show_after_ms, frames, now_ms, drawn):
    room = waiting(show_after_ms, frames, now_ms)
    assert taken(room) == drawn
    assert room.replaced == frames - len(drawn)


def test_a_backlog_keeps_few_frames_and_the_newest_always():
    room = waiting(10_000, 3 * MOST, 1000)
    assert taken(room) == list(range(2 * MOST, 3 * MOST))
    assert room.replaced == 2 * MOST


def test_a_closed_backlog_still_hands_over_what_it_has():
    room = waiting(200, 2, 40)
    room.close()
    assert not room.is_drained
    assert taken(room) == [0, 1] and room.is_drained


def test_unwanted_frames_are_dropped_wherever_they_wait():
    room = waiting(200, 3, 70)
    room.discard(lambda item: item.seq == 1)
    assert taken(room) == [0, 2] and room.replaced == 0


def drawn(show_after_ms: float, frames: int = 400) -> dict[int, float]:
    """Age of each picture when it is ready, by number, where drawing stalls now and then."""
    clock = ManualClock()
    room = Backlog(clock, lambda: round(show_after_ms * NS_PER_MS))
    ready_ms: dict[int, float] = {}
    busy_ms = 0.0
    for coming in range(frames):
        while busy_ms <= coming * PERIOD_MS:
            clock.sleep_until_ns(round(busy_ms * NS_PER_MS))
            if (item := room.take()) is None:
                break
            busy_ms = clock.now_ns() / NS_PER_MS + (DRAWN_MS if item.seq % STALL_EVERY else STALL_MS)
            ready_ms[item.seq] = busy_ms - item.captured_ns / NS_PER_MS
        clock.sleep_until_ns(coming * PERIOD_MS * NS_PER_MS)
        room.put(frame(coming))
        busy_ms = max(busy_ms, coming * PERIOD_MS)
    return ready_ms


@pytest.mark.parametrize(("show_after_ms", "lost"), [(0, 20), (70, 0)])
def test_a_short_stall_loses_no_picture_that_waits_for_its_sound(show_after_ms, lost):
    ready_ms = drawn(show_after_ms)
    assert len(set(range(390)) - ready_ms.keys()) == lost
    assert max(ready_ms.values()) <= 70
