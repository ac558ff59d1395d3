"""Pictures that wait for the sound that belongs to them."""

import numpy as np

from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.fakes import FakeSink
from livecam.core.frame import MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.timing.meter import Meter
from livecam.timing.pacer import Pacer
from livecam.video.loop import Writer
from livecam.video.mark import Marker
from livecam.video.present import Presenter, PresentRules
from livecam.video.slot import Slot

PERIOD_NS = 33 * NS_PER_MS
SIZE_WH = (320, 240)


def latencies_ms(show_after_ms: float, pictures: int = 250) -> list[float]:
    """Of every new picture, capture to sink, when it is asked to be this old."""
    clock = ManualClock()
    slot: Slot[MarkedFrame] = Slot(clock)
    marker, sink, meter = Marker(SIZE_WH, "top-right", MarkPayload(1, 2)), FakeSink(SIZE_WH, keep=1), Meter(clock)
    presenter = Presenter(marker, PresentRules(), 0)
    writer = Writer(slot, presenter, sink, Pacer(PERIOD_NS, 0), meter, clock)
    writer.show_after_ns = round(show_after_ms * NS_PER_MS)
    pixels = np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
    found = []
    for number in range(pictures):
        due_ns = number * PERIOD_NS
        clock.sleep_until_ns(due_ns + 5 * NS_PER_MS)
        slot.put(marker.mark(pixels.copy(), due_ns, number))
        writer.turn()
        if sink.sends and sink.frames[-1].captured_ns == due_ns:
            found.append((clock.now_ns() - due_ns) / NS_PER_MS)
    return found


def test_a_wait_is_reached_in_small_steps_and_no_picture_is_lost():
    without, waiting = latencies_ms(0.0), latencies_ms(25.0)
    assert len(waiting) >= len(without) > 100
    assert max(without[-60:]) < 15
    assert waiting[-60:] == [25.0] * 60
    assert max(np.diff(waiting)) <= 0.6
