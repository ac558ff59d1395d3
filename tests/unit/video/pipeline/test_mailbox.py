import threading

from livecam.core.clock import ManualClock, SystemClock
from livecam.video.pipeline.mailbox import Mailbox


def test_the_newest_item_wins_and_the_others_are_counted():
    slot = Mailbox(ManualClock())
    for item in (1, 2, 3):
        slot.put(item)
    assert (slot.take(), slot.replaced) == (3, 2)
    assert slot.take() is None


def test_waiting_in_vain_takes_until_the_deadline_and_no_longer():
    clock = ManualClock()
    assert Mailbox(clock).take(until_ns=50) is None
    assert clock.now_ns() == 50


def test_what_is_there_is_taken_at_once():
    clock = ManualClock()
    slot = Mailbox(clock)
    slot.put("picture")
    assert slot.take(until_ns=50) == "picture"
    assert clock.now_ns() == 0


def test_a_closed_slot_gives_what_is_left_and_then_nothing_without_waiting():
    clock = ManualClock()
    slot = Mailbox(clock)
    slot.put("last")
    slot.close()
    assert not slot.is_drained
    assert slot.take(until_ns=50) == "last"
    assert slot.is_drained
    assert slot.take(until_ns=50) is None
    assert clock.now_ns() == 0


def test_a_waiting_thread_is_woken_by_a_put():
    clock = SystemClock()
    slot, got = Mailbox(clock), []
    taker = threading.Thread(target=lambda: got.append(slot.take(clock.now_ns() + 600 * 10**9)))
    taker.start()
    slot.put("picture")
    taker.join(600)
    assert got == ["picture"]
