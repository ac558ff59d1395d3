"""A recording through the path of the live voice."""

import numpy as np
import pytest

from livecam.audio.notice import sentence
from livecam.convert import convert
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from tests.sounds import talking

RATE_HZ = 16_000
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
def test_what_comes_out_is_the_notice_and_then_the_sound_in_time(seconds):
    sink, sound = Kept(), talking(1.0, RATE_HZ, 120)[: int(seconds * RATE_HZ)]
    shares = list(convert(sound, RATE_HZ, FakeVoiceEngine(480), sink))
    assert len(sink.sound) == OPENING + len(sound)
    np.testing.assert_allclose(sink.sound[OPENING:], sound)
    assert shares[-1] == 1 and shares == sorted(shares)


def test_blocks_follow_each_other_without_a_gap():
    sink = Kept()
    list(convert(talking(1.0, RATE_HZ, 120), RATE_HZ, FakeVoiceEngine(475), sink))
    ends = [block.first_sample + len(block.samples) for block in sink.blocks]
    assert [block.first_sample for block in sink.blocks if len(block.samples)][1:] == [
        end for end, block in zip(ends, sink.blocks, strict=True) if len(block.samples)
    ][:-1]


def test_a_failing_engine_leaves_a_pause_and_never_the_voice_itself():
    class Broken(FakeVoiceEngine):
        def process(self, block: AudioBlock) -> AudioBlock:
            raise EngineError("the model is gone", hint="livecam doctor")

    sink = Kept()
    list(convert(talking(1.0, RATE_HZ, 120), RATE_HZ, Broken(480), sink))
    assert not sink.sound[OPENING:].any()
