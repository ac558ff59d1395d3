"""Pictures that wait for the sound that belongs to them."""

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.frame import MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.disclosure.picture import Marker
from livecam.video.pipeline.delay_queue import MOST, DelayQueue

PERIOD_NS = 33 * NS_PER_MS
MADE_NS = 20 * NS_PER_MS
SIZE_WH = (320, 240)
MARKER = Marker(SIZE_WH, "top-right", MarkPayload(1, 2))


def picture(number: int) -> MarkedFrame:
    return MARKER.mark(np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8), number * PERIOD_NS, number)


def played(show_after_ms: float, pictures: int = 300) -> tuple[list[float], DelayQueue]:
    """The age in milliseconds at which each picture is taken, when each takes 20 ms to be made."""
    clock = ManualClock()
    room, ages_ms = DelayQueue(clock), []
    room.show_after_ns = round(show_after_ms * NS_PER_MS)
    for number in range(pictures):
        put_ns = number * PERIOD_NS + MADE_NS
        while clock.now_ns() < put_ns:
            if (taken := room.take(put_ns)) is not None:
                ages_ms.append((clock.now_ns() - taken.captured_ns) / NS_PER_MS)
        room.put(picture(number))
    return ages_ms, room


@pytest.mark.parametrize("show_after_ms", [0.0, 25.0, 50.0, 90.0, 150.0])
def test_pictures_become_as_old_as_is_asked_and_none_is_lost(show_after_ms):
    ages_ms, room = played(show_after_ms, 500)
    assert room.replaced == 0 and room.ready_ns == MADE_NS
    assert ages_ms[-30:] == pytest.approx([max(show_after_ms, 20.0)] * 30, abs=0.01)
    assert max(np.diff(ages_ms)) <= 0.51
    assert room.shown_ns == pytest.approx(ages_ms[-1] * NS_PER_MS)


def test_with_nothing_asked_the_newest_wins():
    clock = ManualClock()
    room = DelayQueue(clock)
    room.put(picture(0))
    room.put(picture(1))
    taken = room.take()
    assert taken is not None and taken.seq == 1 and room.replaced == 1
    assert room.take() is None and room.take(5 * NS_PER_MS) is None
    assert clock.now_ns() == 5 * NS_PER_MS


def test_pictures_that_are_not_taken_do_not_pile_up():
    _, room = played(50.0)
    for number in range(300, 330):
        room.put(picture(number))
    assert room.replaced >= 30 - MOST


def test_of_several_that_are_old_enough_only_the_newest_is_shown():
    clock = ManualClock()
    room = DelayQueue(clock)
    room.show_after_ns = 50 * NS_PER_MS
    for number in range(200):
        clock.sleep_until_ns(number * PERIOD_NS + 60 * NS_PER_MS)
        room.put(picture(number))
        room.take()
    for number in (200, 201, 202):
        clock.sleep_until_ns(number * PERIOD_NS + MADE_NS)
        room.put(picture(number))
    clock.advance_ns(100 * NS_PER_MS)
    taken = room.take()
    assert taken is not None and taken.seq == 202 and room.replaced == 2


def test_when_no_more_come_what_waits_is_still_shown():
    _, room = played(50.0)
    room.close()
    left = []
    while not room.is_drained:
        left.append(room.take(10**12))
    assert [picture.seq for picture in left if picture is not None] == [299]
    assert room.take(10**13) is None


@pytest.mark.parametrize("show_after_ms", [0, 50])
def test_pictures_taken_back_are_never_taken(show_after_ms):
    clock = ManualClock()
    room = DelayQueue(clock)
    room.show_after_ns = room._after_ns = show_after_ms * NS_PER_MS
    for number in range(4):
        room.put(picture(number))
    room.discard(lambda waiting: waiting.seq >= 2)
    clock.advance_ns(10**9)
    taken = room.take()
    assert (taken.seq if taken is not None else None) == (1 if show_after_ms else None)
