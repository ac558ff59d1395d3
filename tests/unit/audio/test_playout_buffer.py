"""What a device is given: all of the sound while there is some, faded silence while there is not."""

from threading import Thread

import numpy as np
import pytest

from livecam.audio.playout_buffer import FADE, TOO_MUCH, PlayoutBuffer
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, ManualClock, SystemClock

HOP = 240
RATE_HZ = 48_000


def spoken(number: int, level: float = 0.3) -> AudioBlock:
    at = np.arange(number * HOP, (number + 1) * HOP)
    samples = (level * np.sin(2 * np.pi * 300 * at / RATE_HZ)).astype(np.float32)[:, None]
    return AudioBlock(samples, RATE_HZ, number * HOP, number * 5_000_000)


def test_nothing_is_given_before_as_much_waits_as_is_wanted():
    playout = PlayoutBuffer(3 * HOP)
    for number in range(2):
        playout.put(spoken(number))
        assert not playout.take(HOP).samples.any()
    assert not playout.is_playing and playout.origin_ns is None
    for number in range(2, 9):
        playout.put(spoken(number))
        given = playout.take(HOP)
    assert playout.is_playing and given.samples.any()
    assert playout.queued_samples == 2 * HOP


def test_what_is_given_is_what_was_put_once_it_has_risen():
    playout, put = PlayoutBuffer(HOP), []
    given = []
    for number in range(40):
        block = spoken(number)
        put.append(block.samples)
        playout.put(block)
        given.append(playout.take(HOP).samples)
    np.testing.assert_array_equal(np.concatenate(given)[FADE:], np.concatenate(put)[FADE:])


def test_sound_that_runs_out_fades_and_comes_back_faded():
    playout, given = PlayoutBuffer(HOP), []
    for number in range(60):
        if not 30 <= number < 40:
            playout.put(spoken(number))
        given.append(playout.take(HOP).samples[:, 0])
    sound = np.concatenate(given)
    assert playout.underflows == 1
    assert not sound[31 * HOP : 40 * HOP].any()
    assert np.abs(sound[45 * HOP :]).max() > 0.2
    assert np.abs(np.diff(sound)).max() < 0.05


def test_sound_that_is_a_little_late_is_waited_for_and_nothing_is_missing():
    playout, clock = PlayoutBuffer(HOP), SystemClock()
    playout.put(spoken(0))
    playout.take(HOP)
    late = Thread(target=lambda: playout.put(spoken(1)))
    late.start()
    playout.await_sound(HOP, clock, clock.now_ns() + 60 * NS_PER_S)
    assert playout.queued_samples == HOP
    late.join()
    playout.take(HOP)
    assert playout.underflows == 0


def test_it_is_waited_for_no_longer_than_said_and_in_silence_not_at_all():
    playout, clock = PlayoutBuffer(HOP), ManualClock()
    playout.await_sound(HOP, clock, 9)
    assert clock.now_ns() == 0
    playout.put(spoken(0))
    playout.take(HOP)
    playout.await_sound(HOP, clock, 9)
    assert clock.now_ns() == 9
    playout.take(HOP)
    assert playout.underflows == 1


def test_the_minimum_fill_is_returned_once():
    playout = PlayoutBuffer(2 * HOP)
    for number in range(4):
        playout.put(spoken(number))
    for _ in range(3):
        playout.take(HOP)
    assert playout.take_minimum() == HOP
    playout.put(spoken(4))
    playout.put(spoken(5))
    playout.take(HOP)
    assert playout.take_minimum() == HOP and playout.take_minimum() == 2 * HOP


def test_what_comes_far_too_late_is_left_out_without_a_click():
    playout = PlayoutBuffer(HOP)
    sound = []
    for number in range(100):
        for piece in range(40) if number == 50 else (0,):
            playout.put(spoken(number + piece))
        sound.append(playout.take(HOP).samples[:, 0])
    assert playout.dropped > 0 and playout.underflows == 0
    assert playout.queued_samples <= HOP + TOO_MUCH
    assert np.abs(np.diff(np.concatenate(sound))).max() < 0.05


def test_without_a_reader_the_memory_does_not_fill():
    playout = PlayoutBuffer(HOP)
    for number in range(500):
        playout.put(spoken(number))
    assert playout.queued_samples <= HOP + TOO_MUCH


def test_it_is_known_when_what_is_heard_was_spoken():
    playout = PlayoutBuffer(4 * HOP)
    for number in range(20):
        playout.put(spoken(number))
        playout.take(HOP)
    assert playout.origin_ns == pytest.approx(16 * 5_000_000, abs=10_000)


def test_blocks_are_numbered_through_silence_and_sound():
    playout = PlayoutBuffer(HOP)
    assert playout.take(HOP).first_sample == 0
    playout.put(spoken(0))
    assert playout.take(100).first_sample == HOP
    assert playout.take(100).first_sample == HOP + 100
