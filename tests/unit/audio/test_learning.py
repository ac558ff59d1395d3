"""A person no one has enrolled: silence first, the persona's voice after, the natural one never."""

from threading import Event

import numpy as np
import pytest

from livecam.audio.learning import LearningVoice
from livecam.core.errors import VoiceError
from livecam.core.fakes import FakeVoiceEngine, alternate_sign
from livecam.core.ports import VoiceEngine
from livecam.personas.built_in_voices import open_builtin_voice
from tests.sounds import talking, through

RATE_HZ = 16_000
HOP = 160


class Maker:
    """Learns once `needed_s` of sound was given; `lengths_s` is what it was given each time."""

    def __init__(self, needed_s: float) -> None:
        self.needed_s, self.lengths_s = needed_s, []
        self.made = 0

    def learn(self, sound: np.ndarray, rate_hz: int):
        self.lengths_s.append(len(sound) / rate_hz)
        if self.lengths_s[-1] < self.needed_s:
            raise VoiceError("too little speech", advice="say more")
        return open_builtin_voice("birch")

    def make(self, speaker: object) -> FakeVoiceEngine:
        self.made += 1
        return FakeVoiceEngine(480)


def learning(needed_s: float = 6.0, target: str = "cedar") -> tuple[LearningVoice, Maker]:
    maker = Maker(needed_s)
    voice = LearningVoice(maker.learn, maker.make, open_builtin_voice(target))
    voice.prepare(RATE_HZ, HOP)
    return voice, maker


def test_it_is_silent_until_it_knows_who_speaks_and_fades_in():
    voice, maker = learning()
    assert isinstance(voice, VoiceEngine) and voice.latency_samples == 480
    said = talking(1.0, RATE_HZ, 120)
    for _ in range(5):
        assert not through(voice, said, RATE_HZ, HOP).any()
        assert not voice.turn()
    through(voice, said, RATE_HZ, HOP)
    assert voice.turn() and voice.is_known
    heard = through(voice, said, RATE_HZ, HOP)
    assert np.abs(heard[:800]).max() < np.abs(heard).max()
    np.testing.assert_array_equal(heard[2000:], alternate_sign(said[:, None])[2000 - 480 : -480, 0])
    voice.reset()
    assert voice.is_known and maker.made == 2


def test_a_speaker_who_would_not_be_changed_is_never_let_through():
    voice, maker = learning(4.0, target="birch")
    for _ in range(30):
        assert not through(voice, talking(1.0, RATE_HZ, 120), RATE_HZ, HOP).any()
        assert not voice.turn()
    assert voice.refused and not voice.is_known and maker.made == 1


def test_it_asks_again_only_when_there_is_more_to_learn_from():
    voice, maker = learning(100.0)
    for _ in range(40):
        through(voice, talking(0.5, RATE_HZ, 120), RATE_HZ, HOP)
        voice.turn()
    assert len(maker.lengths_s) < 10


def test_an_hour_of_silence_is_not_kept():
    voice, maker = learning(1e9)
    minute = np.zeros(60 * RATE_HZ, np.float32)
    for _ in range(20):
        through(voice, minute, RATE_HZ, len(minute))
        voice.turn()
    assert max(maker.lengths_s) <= 121


@pytest.mark.parametrize("stopped", [True, False])
def test_its_thread_ends_with_the_session_or_when_it_has_learned(stopped):
    voice, _ = learning(4.0)
    through(voice, talking(5.0, RATE_HZ, 120), RATE_HZ, HOP)
    voice.reset()
    stopping = Event()
    if stopped:
        stopping.set()
    voice.run(stopping)
    assert voice.is_known is not stopped
