"""Sound that is held back follows what is learned later."""

import numpy as np
import pytest

from livecam.audio.hindsight import Hearing, HeldSound
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from tests.sounds import likeness, talking, through

RATE_HZ, LATENCY = 16_000, 480
HELD_S = 1.0
HELD = round(HELD_S * RATE_HZ)
SPEECH = talking(5.0, RATE_HZ, 130)


def runs(line: HeldSound, sound, hearing: Hearing) -> list[tuple[list[float], Hearing]]:
    return [(list(part), kind) for part, kind in line.push(np.asarray(sound, np.float64), hearing)]


def test_a_line_of_no_length_decides_at_once():
    assert runs(HeldSound(0), [1, 2], Hearing.HEARD) == [([1, 2], Hearing.HEARD)]


def test_what_is_held_comes_out_later_and_in_runs_of_one_kind():
    line = HeldSound(2)
    assert runs(line, [1], Hearing.HEARD) == [([0], Hearing.SILENT)]
    assert runs(line, [2, 3, 4], Hearing.PAUSE) == [([0], Hearing.SILENT), ([1], Hearing.HEARD), ([2], Hearing.PAUSE)]


def test_what_is_held_is_silenced_or_heard_after_all_and_a_pause_stays_one():
    line = HeldSound(4)
    for value, kind in ((1, Hearing.SILENT), (2, Hearing.SILENT), (3, Hearing.PAUSE), (4, Hearing.SILENT)):
        runs(line, [value], kind)
    line.let_hear(3)
    assert [kind for _, kind in runs(line, [0] * 4, Hearing.HEARD)] == [
        *(Hearing.SILENT, Hearing.HEARD, Hearing.PAUSE, Hearing.HEARD)
    ]
    line.silence()
    assert runs(line, [0] * 4, Hearing.HEARD) == [([0] * 4, Hearing.SILENT)]


@pytest.mark.parametrize("hop", [160, 480, 4096])
def test_a_changed_voice_is_heard_from_its_first_sample_on(hop):
    guarded, engine = SafeVoiceEngine(FakeVoiceEngine(LATENCY), HELD_S), FakeVoiceEngine(LATENCY)
    guarded.prepare(RATE_HZ, hop)
    assert guarded.latency_samples == LATENCY + HELD
    heard, changed = through(guarded, SPEECH, RATE_HZ, hop), through(engine, SPEECH, RATE_HZ, hop)
    faded = LATENCY + round(0.01 * RATE_HZ)
    np.testing.assert_array_equal(heard[HELD + faded :], changed[faded:-HELD])
    assert not heard[: HELD + LATENCY].any()


class Faulty(FakeVoiceEngine):
    """Gives back the voice, or fails, from a second to another."""

    def __init__(self, does, seconds: tuple[float, float]) -> None:
        super().__init__(LATENCY)
        self._does, self._between = does, seconds

    def process(self, block: AudioBlock) -> AudioBlock:
        other = super().process(block)
        inside = self._between[0] <= block.first_sample / RATE_HZ < self._between[1]
        return self._does(block) if inside else other


def fails(block: AudioBlock) -> AudioBlock:
    raise EngineError("the model is gone", command="livecam doctor")


@pytest.mark.parametrize("seconds", [(0.0, 0.2), (0.0, 9.0), (2.0, 2.4), (2.0, 9.0)])
def test_nothing_of_a_natural_voice_is_heard(seconds):
    guarded = SafeVoiceEngine(Faulty(lambda block: block, seconds), HELD_S)
    guarded.prepare(RATE_HZ, 160)
    heard = through(guarded, SPEECH, RATE_HZ, 160)[HELD:]
    begin, end = (round(second * RATE_HZ) for second in seconds)
    assert not heard[begin : end - LATENCY].any()
    assert likeness(heard, SPEECH[: len(heard)], RATE_HZ) < 0.85
    assert seconds[1] > 5 or np.abs(heard[end + RATE_HZ :]).max() > 0.1, "it is heard again"


def test_a_fault_is_a_pause_at_its_own_time():
    guarded, engine = SafeVoiceEngine(Faulty(fails, (2.0, 2.1)), HELD_S), FakeVoiceEngine(LATENCY)
    guarded.prepare(RATE_HZ, 160)
    heard, changed = (through(one, SPEECH, RATE_HZ, 160) for one in (guarded, engine))
    heard, begin, end = heard[HELD:], 2 * RATE_HZ, round(2.1 * RATE_HZ)
    assert guarded.faults == 10
    # Faded out for 10 ms; then the engine's delay is full of what came before.
    assert not heard[begin + 161 : end + LATENCY].any()
    np.testing.assert_array_equal(heard[LATENCY + 160 : begin], changed[LATENCY + 160 : begin])
    np.testing.assert_array_equal(np.abs(heard[end + LATENCY + 160 :]), np.abs(changed[end + LATENCY + 160 : -HELD]))


def test_after_a_reset_nothing_of_before_is_heard():
    guarded = SafeVoiceEngine(FakeVoiceEngine(LATENCY), HELD_S)
    guarded.prepare(RATE_HZ, 160)
    through(guarded, SPEECH, RATE_HZ, 160)
    guarded.reset()
    assert not through(guarded, np.zeros(2 * HELD, np.float32), RATE_HZ, 160).any()
