"""A sentence as it is recorded."""

import numpy as np
import pytest

from livecam.audio.take_quality import RATE_HZ, TakeQuality
from tests.sounds import talking

BLOCK = 2400
RNG = np.random.default_rng(5)


def room(seconds: float, level: float = 0.0003) -> np.ndarray:
    return (level * RNG.standard_normal(int(seconds * RATE_HZ))).astype(np.float32)


def taken(sound: np.ndarray, block: int = BLOCK) -> tuple[TakeQuality, float]:
    """What became of it, and after how many seconds it was done."""
    take = TakeQuality(3.0, 15.0)
    for begin in range(0, len(sound), block):
        take.add(sound[begin : begin + block].astype(np.float32))
        if take.is_complete:
            break
    return take, len(take.sound) / RATE_HZ


def sentence(gain: float = 1.0, noise: float = 0.0003) -> np.ndarray:
    speech = np.clip(gain * talking(5.0, RATE_HZ, 120), -1, 1)
    return np.concatenate([np.zeros(RATE_HZ // 2), speech, np.zeros(3 * RATE_HZ)]) + room(8.5, noise)


@pytest.mark.parametrize("block", [BLOCK, 700])
def test_a_good_sentence_is_done_when_a_pause_has_come(block):
    take, seconds = taken(sentence(), block)
    assert take.fault is None and take.is_complete
    assert 5.5 < seconds < 7.0
    assert 3.0 < take.speech_s < 5.5


@pytest.mark.parametrize(
    ("sound", "said"),
    [
        (room(20), "too little was heard"),
        (np.zeros(0), "too little was heard"),
        (sentence(gain=20.0), "clips"),
        (sentence(gain=0.06, noise=0.00003), "too faint"),
        (sentence(noise=0.012), "too noisy"),
    ],
    ids=["silence", "nothing", "clipping", "faint", "noise"],
)
def test_what_is_not_good_says_what_to_do(sound, said):
    take, _ = taken(sound)
    assert said in (take.fault or "")


def test_it_ends_in_any_case():
    _, seconds = taken(np.concatenate([talking(14.9, RATE_HZ, 120)] * 2))
    assert seconds == pytest.approx(15.0, abs=0.1)
