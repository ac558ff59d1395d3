"""What listens to the phrase: a microphone opened in time, or nothing."""

import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.clock import ManualClock
from livecam.core.errors import SoundError
from livecam.enrollment import prompt_microphone as hearing
from livecam.enrollment.prompt_microphone import open_prompt_microphone


def missing(name):
    raise SoundError("there is no microphone", advice="plug one in")


class Ramp:
    """Counts its samples; ends after two blocks."""

    def __init__(self) -> None:
        self.blocks, self.closed = 0, False

    def read(self, count):
        self.blocks += 1
        samples = np.arange(count, dtype=np.float32)[:, None]
        return None if self.blocks > 2 else AudioBlock(samples, 48_000, 0, 0)

    def close(self):
        self.closed = True


def test_off_opens_no_microphone():
    assert open_prompt_microphone("off", ManualClock()) is None


def test_a_microphone_is_opened_when_it_is_first_needed(monkeypatch):
    ramp, opened = Ramp(), []
    monkeypatch.setattr(hearing, "find_microphone", lambda name: f"place of {name}")
    monkeypatch.setattr(hearing, "open_sound_source", lambda place, clock: opened.append(place) or ramp)
    ear = open_prompt_microphone("default", ManualClock())
    ear.close()
    assert opened == []
    assert ear.hear(3).tolist() == [0, 1, 2]
    assert ear.hear(1).tolist() == [0]
    assert ear.hear(1) is None
    ear.close()
    assert (opened, ramp.closed) == (["place of default"], True)


def test_without_a_microphone_no_phrase_is_heard_unless_one_was_named(monkeypatch):
    monkeypatch.setattr(hearing, "find_microphone", missing)
    assert open_prompt_microphone("default", ManualClock()) is None
    with pytest.raises(SoundError, match="there is no microphone"):
        open_prompt_microphone("studio", ManualClock())
