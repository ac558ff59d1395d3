"""A recording through the path of the live voice."""

import numpy as np
import pytest

from livecam.app.voice_conversion import convert
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.disclosure.sound.notice import sentence
from tests.sounds import talking

SESSION = 7
LATE = SoundMarker(SESSION).latency_samples
OPENING = len(sentence(RATE_HZ))


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
        # The first syllable is silent: the engine is judged by it.
        heard = np.abs(voice) > 0
        assert heard[int(0.3 * RATE_HZ) :].mean() > 0.9
        assert np.corrcoef(np.abs(voice)[heard], np.abs(sound)[heard])[0, 1] > 0.95
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
