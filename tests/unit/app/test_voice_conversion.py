"""A recording through the path of the live voice."""

import numpy as np
import pytest

from livecam.app.voice_conversion import HINDSIGHT_S, convert
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.disclosure.sound.notice import load_sentence
from tests.sounds import talking

SESSION = 7
LATE = SoundMarker(SESSION).latency_samples
OPENING = len(load_sentence(RATE_HZ))
LATE_ENGINE = 480


class Kept:
    """A sink that keeps what it gets."""

    def __init__(self) -> None:
        self.blocks: list[MarkedBlock] = []

    def send(self, block: MarkedBlock) -> None:
        self.blocks.append(block)

    @property
    def sound(self) -> np.ndarray:
        return np.concatenate([block.samples[:, 0] for block in self.blocks])


@pytest.mark.parametrize("seconds", [0.999, 1.0, 0.004])
@pytest.mark.parametrize("late", [480, 475, 0])
def test_what_comes_out_is_the_notice_and_then_the_sound_in_time(seconds, late):
    sink, sound = Kept(), talking(1.0, RATE_HZ, 120)[: int(seconds * RATE_HZ)]
    shares = list(convert(sound, FakeVoiceEngine(late), SESSION, sink))
    assert len(sink.sound) == OPENING + len(sound) + LATE
    voice = sink.sound[OPENING + LATE :]
    if seconds > 0.1:
        assert np.corrcoef(np.abs(voice), np.abs(sound))[0, 1] > 0.95
        # The engine is judged before anything is written: the first syllable is there, too.
        begin = slice(round(0.02 * RATE_HZ), round(0.2 * RATE_HZ))
        assert np.corrcoef(np.abs(voice)[begin], np.abs(sound)[begin])[0, 1] > 0.95
    assert shares[-1] == 1 and shares == sorted(shares)


def test_blocks_follow_each_other_without_a_gap():
    sink = Kept()
    list(convert(talking(1.0, RATE_HZ, 120), FakeVoiceEngine(475), SESSION, sink))
    ends = [block.first_sample + len(block.samples) for block in sink.blocks]
    assert [block.first_sample for block in sink.blocks] == [0, *ends[:-1]]


def test_a_failing_engine_leaves_a_pause_and_never_the_voice_itself():
    class Broken(FakeVoiceEngine):
        def process(self, block: AudioBlock) -> AudioBlock:
            raise EngineError("the model is gone", command="livecam doctor")

    sink = Kept()
    list(convert(talking(1.0, RATE_HZ, 120), Broken(480), SESSION, sink))
    assert np.abs(sink.sound[OPENING + 2 * LATE :]).max() < 1e-6


@pytest.mark.parametrize("pause_s", [0.0, 3.0])
@pytest.mark.parametrize("leaks_s", [(0.0, 60.0), (0.0, 0.3), (2.0, 60.0), (2.0, 2.5)])
def test_an_engine_that_gives_the_voice_back_is_never_heard(leaks_s, pause_s):
    """At the start, in the middle, for good or for a moment; with the notice alone before it, or a long pause."""

    class Leaking(FakeVoiceEngine):
        """Gives back what it was given, in seconds since the speech began."""

        def process(self, block: AudioBlock) -> AudioBlock:
            other, since_s = super().process(block), (block.first_sample - begins) / RATE_HZ
            return block if leaks_s[0] <= since_s < leaks_s[1] else other

    speech = talking(4.0, RATE_HZ, 120)
    sound = np.concatenate([np.zeros(round(pause_s * RATE_HZ), np.float32), speech])
    begins = OPENING - LATE_ENGINE - round(HINDSIGHT_S * RATE_HZ) + len(sound) - len(speech)
    sink = Kept()
    list(convert(sound, Leaking(LATE_ENGINE), SESSION, sink))
    voice = sink.sound[OPENING + LATE :][len(sound) - len(speech) :]
    # What was not given back fades out for 10 ms, after a block that was not whole.
    leaked = slice(round(leaks_s[0] * RATE_HZ) + 960, round(min(leaks_s[1], 4.0) * RATE_HZ) - LATE_ENGINE)
    assert np.abs(speech[leaked]).max() > 0.1
    assert np.abs(voice[leaked]).max() < 1e-6


def test_more_speech_than_is_held_back_is_heard_whole():
    sink, sound = Kept(), talking(5.0, RATE_HZ, 120)
    list(convert(sound, FakeVoiceEngine(LATE_ENGINE), SESSION, sink))
    voice = sink.sound[OPENING + LATE :]
    assert np.corrcoef(np.abs(voice), np.abs(sound))[0, 1] > 0.95
