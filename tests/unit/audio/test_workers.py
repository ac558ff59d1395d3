"""A live voice on a manual clock, with every fault we know planted: the natural voice is never heard."""

from collections.abc import Callable

import numpy as np
import pytest

from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.audio.playout_buffer import PlayoutBuffer
from livecam.audio.workers import MARGIN, CaptureWorker, PlaybackWorker
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeSoundSink, FakeSoundSource, FakeVoiceEngine
from livecam.devices.sound.reconnecting import ReconnectingMicrophone, ReconnectingSpeaker
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.timing.drift import DriftControl
from livecam.timing.meter import Meter
from tests.sounds import likeness, talking

AFTER_NOTICE = 10 * RATE_HZ
HOP_NS = HOP * NS_PER_S // RATE_HZ
SPEECH = talking(8.0, RATE_HZ, 130)


class Persona(FakeVoiceEngine):
    """Says something else than it hears, a tone as loud; does `fault` at the given blocks."""

    def __init__(self, fault: Callable[[AudioBlock], AudioBlock] | None = None, at: range = range(0)) -> None:
        super().__init__(960)
        self._fault, self._at, self._number = fault, at, 0

    def process(self, block: AudioBlock) -> AudioBlock:
        delayed = super().process(block)
        self._number += 1
        if self._fault is not None and self._number in self._at:
            return self._fault(block)
        place = block.first_sample + np.arange(len(block.samples))
        tone = np.sin(2 * np.pi * 3100 * place / RATE_HZ)[:, None]
        loud = np.sqrt(np.mean(delayed.samples**2)) * np.sqrt(2)
        return AudioBlock((tone * loud).astype(np.float32), RATE_HZ, block.first_sample, block.captured_ns)


class Stage:
    """Two threads taken turn by turn: whoever's time it is."""

    def __init__(
        self,
        engine: FakeVoiceEngine,
        sound: np.ndarray = SPEECH,
        gone: tuple[int, ...] = (),
        sink_gone: tuple[int, ...] = (),
    ) -> None:
        self.clock, self.listening, self.playing_clock = ManualClock(), ManualClock(), ManualClock()
        self.sink = FakeSoundSink(self.playing_clock, sink_gone)
        source = FakeSoundSource(sound, self.listening, gone)
        self.outgoing = SoundMarker(7, AFTER_NOTICE)
        self.playout, self.meter = PlayoutBuffer(MARGIN), Meter(self.clock)
        self.line = VoicePipeline(engine)
        self.microphone = ReconnectingMicrophone(lambda: source, self.listening)
        self.speaker = ReconnectingSpeaker(lambda: self.sink, self.playing_clock)
        drift = DriftControl()
        self.converting = CaptureWorker(self.microphone, self.line, self.playout, drift, self.meter, self.listening)
        self.playing = PlaybackWorker(self.playout, self.outgoing, self.speaker, self.meter, self.playing_clock)

    def run(self, seconds: float, held_up: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
        """What is heard; the converting thread does nothing between the two times of `held_up`, then catches up."""
        end_ns = int(seconds * NS_PER_S)
        while self.playing_clock.now_ns() < end_ns:
            now_s = self.playing_clock.now_ns() / NS_PER_S
            busy = held_up[0] <= now_s < held_up[1]
            if not busy and self.listening.now_ns() <= self.playing_clock.now_ns():
                self.converting.turn()
            else:
                self.playing.turn()
        return self.sink.samples


class Leaking(FakeVoiceEngine):
    """Lets the voice through as it is."""

    def process(self, block: AudioBlock) -> AudioBlock:
        return block


def test_the_measure_finds_a_natural_voice_that_slips_through():
    assert likeness(SPEECH[: 3 * RATE_HZ], SPEECH) > 0.8
    stage = Stage(Leaking(960))
    heard = stage.run(3.0)
    # It is silent until it is judged, and then because of the judgement.
    assert stage.line.is_passthrough and likeness(heard, SPEECH) == 0
    assert likeness(Stage(Persona()).run(3.0), SPEECH) < 0.5


def test_a_voice_is_heard_and_as_late_as_is_measured():
    stage = Stage(Persona())
    heard = stage.run(4.0)
    assert np.sqrt(np.mean(heard[RATE_HZ:] ** 2)) > 0.03
    assert stage.playout.underflows == 0 and stage.line.faults == 0
    assert stage.playing.latency_ns is not None
    wanted_ms = (stage.line.latency_samples + stage.outgoing.latency_samples) / 48 + (MARGIN + HOP) / 48
    assert stage.playing.latency_ns / NS_PER_MS == pytest.approx(wanted_ms, abs=12)
    assert stage.converting.peak > 0.05


def raising(block: AudioBlock) -> AudioBlock:
    raise EngineError("set to fail", command="livecam voice list")


def not_finite(block: AudioBlock) -> AudioBlock:
    return AudioBlock(np.full_like(block.samples, np.nan), RATE_HZ, block.first_sample, block.captured_ns)


def far_too_loud(block: AudioBlock) -> AudioBlock:
    return AudioBlock(block.samples * 1e4 + 9, RATE_HZ, block.first_sample, block.captured_ns)


def too_few(block: AudioBlock) -> AudioBlock:
    return AudioBlock(block.samples[:-5], RATE_HZ, block.first_sample, block.captured_ns)


@pytest.mark.parametrize("fault", [raising, not_finite, far_too_loud, too_few])
def test_a_fault_of_the_engine_is_a_pause_and_over_within_a_second(fault):
    stage = Stage(Persona(fault, range(300, 330)))
    heard = stage.run(5.0)
    assert stage.line.faults == 30
    assert likeness(heard, SPEECH) < 0.5
    assert np.sqrt(np.mean(heard[int(2.65 * RATE_HZ) :] ** 2)) > 0.02
    assert np.abs(heard).max() <= 1.0


def test_a_blocked_thread_leaves_silence_and_continues_in_the_present():
    stage = Stage(Persona())
    heard = stage.run(6.0, held_up=(2.0, 3.0))
    assert stage.playout.underflows >= 1
    # A second was missed; no one is to hear it late.
    assert stage.converting.skipped + stage.playout.dropped > 0.7 * RATE_HZ
    assert not heard[int(2.2 * RATE_HZ) : int(2.95 * RATE_HZ)].any()
    assert np.abs(np.diff(heard)).max() < 1.2 * np.abs(np.diff(Stage(Persona()).run(6.0))).max()
    assert stage.playing.latency_ns is not None and stage.playing.latency_ns < 200 * NS_PER_MS


def test_a_microphone_that_is_always_late_is_heard_all_the_same():
    stage = Stage(Persona())
    stage.listening.advance_ns(NS_PER_S)
    stage.playing_clock.advance_ns(NS_PER_S)
    stage.run(4.0)
    assert stage.converting.skipped == 0 and stage.playing.latency_ns is not None


def test_a_missing_microphone_is_silence_until_it_is_back():
    stage = Stage(Persona(), gone=(400, 401, 402))
    heard = stage.run(7.0)
    assert stage.microphone.trouble is None and stage.playout.underflows == 1
    assert not heard[int(2.3 * RATE_HZ) : int(3.4 * RATE_HZ)].any()
    assert np.sqrt(np.mean(heard[int(4.5 * RATE_HZ) :] ** 2)) > 0.02


def test_an_output_that_is_gone_is_used_again_when_it_is_back():
    stage = Stage(Persona(), sink_gone=(400,))
    stage.run(2.2)
    assert stage.speaker.trouble is not None
    heard = stage.run(6.0)
    assert stage.speaker.trouble is None
    assert np.sqrt(np.mean(heard[-RATE_HZ:] ** 2)) > 0.02


@pytest.mark.parametrize("level", [0.0, 50.0], ids=["silence", "clipping"])
def test_silence_and_clipping_do_no_harm(level):
    stage = Stage(Persona(), np.clip(SPEECH * level, -1, 1))
    heard = stage.run(3.0)
    assert stage.line.faults == 0 and np.abs(heard).max() <= 1.0
    assert heard.any() == (level > 0)


def test_sound_waits_for_the_picture_when_asked_and_nothing_is_cut():
    stage = Stage(Persona())
    stage.run(2.0)
    before_ns = stage.playing.latency_ns
    stage.playing.hold_ms(25.0)
    assert stage.playing.held_ms == 25.0
    stage.run(7.9)
    assert stage.playing.latency_ns is not None and before_ns is not None
    assert stage.playing.latency_ns - before_ns == pytest.approx(20 * NS_PER_MS, abs=8 * NS_PER_MS)
    assert stage.playing.least_ns == pytest.approx(before_ns, abs=8 * NS_PER_MS)
    assert (stage.playout.underflows, stage.playout.dropped) == (0, 0)


def test_more_is_kept_in_reserve_after_sound_ran_out():
    stage = Stage(Persona())
    before = stage.playout.wanted
    stage.run(4.0, held_up=(2.0, 2.3))
    assert stage.playout.wanted > before


def test_an_overrun_ring_drops_the_oldest_and_continues_in_a_second():
    stage = Stage(Persona())
    stage.run(2.0)
    for _ in range(400):
        stage.converting.turn()
    assert stage.playout.dropped > RATE_HZ
    heard = stage.run(7.0)
    assert likeness(heard, SPEECH) < 0.5 and np.abs(heard).max() <= 1.0
    assert np.sqrt(np.mean(heard[int(4.5 * RATE_HZ) : int(5.5 * RATE_HZ)] ** 2)) > 0.02


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [60, pytest.param(300, marks=pytest.mark.long)])
def test_minutes_of_noise_do_no_harm(seconds):
    noise = np.random.default_rng(1).normal(0, 0.1, seconds * RATE_HZ).astype(np.float32)
    stage = Stage(Persona(), noise)
    heard = stage.run(seconds - 1.0)
    assert (stage.line.faults, stage.playout.underflows, stage.converting.skipped) == (0, 0, 0)
    loud = np.sqrt(np.mean(heard[RATE_HZ : (seconds - 2) * RATE_HZ].reshape(-1, RATE_HZ) ** 2, axis=1))
    assert loud.max() < 1.5 * loud.min() and np.isfinite(heard).all()
    assert likeness(heard[: 5 * RATE_HZ], noise[: 5 * RATE_HZ]) < 0.5


class Costly(Persona):
    """Takes one millisecond for a block, and two for the next."""

    clock: ManualClock

    def process(self, block: AudioBlock) -> AudioBlock:
        said = super().process(block)
        self.clock.advance_ns((1 + self._number % 2) * NS_PER_MS)
        return said


def test_the_cost_of_two_blocks_is_counted_too():
    engine = Costly()
    stage = Stage(engine)
    engine.clock = stage.listening
    for _ in range(21):
        stage.converting.turn()
    costs_ms = stage.meter.summarize_ms()
    assert costs_ms["convert 10 ms"]["p50"] == pytest.approx(3.0, rel=0.02)
    assert costs_ms["convert"]["p95"] == pytest.approx(2.0, rel=0.02)
