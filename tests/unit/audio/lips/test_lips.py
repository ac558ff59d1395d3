"""How a mouth moves to a sound: shut in silence and on muted sound, open in vowels, the same for any block size."""

import numpy as np
import pytest

from livecam.audio.lips.estimator import DELAY_S, MouthEstimator
from livecam.audio.lips.relay import LipRelay
from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S
from livecam.core.fakes import FakeVoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ
from tests.unit.audio.test_safe_engine import IDENTITIES, Bypassed
from tests.unit.audio.voices import voice

MIDDLE_NS = round(DELAY_S * NS_PER_S)


def vowel(resonances_hz: tuple[float, ...], seconds: float, pitch_hz: float = 120.0) -> np.ndarray:
    """(n,) a steady voice with resonances."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    sound = np.zeros(len(t))
    for n in range(1, 35):
        weight = sum(1 / (1 + ((n * pitch_hz - hz) / 90) ** 2) for hz in resonances_hz) / n**0.5
        sound += weight * np.sin(2 * np.pi * n * pitch_hz * t)
    rise = np.minimum(1, np.minimum(np.arange(len(t)), np.arange(len(t))[::-1]) / 960)
    return (0.2 * rise * sound / np.abs(sound).max()).astype(np.float32)


def shapes(sound: np.ndarray, block: int = HOP) -> list[tuple[int, float, float]]:
    estimator = MouthEstimator()
    found = []
    for at in range(0, len(sound), block):
        found += estimator.hear(sound[at : at + block], round(at * NS_PER_S / RATE_HZ))
    return [(shape.at_ns, shape.opening, shape.width) for shape in found]


@pytest.mark.parametrize("block", [1, 7, 256, 4096])
def test_blocks_of_any_size_give_the_same_shapes(block):
    sound = voice(0.5, seed=2)
    usual, other = shapes(sound), shapes(sound, block)
    assert [shape[0] for shape in other] == pytest.approx([shape[0] for shape in usual], abs=2)
    assert np.allclose([shape[1:] for shape in other], [shape[1:] for shape in usual])


def test_a_mouth_is_shut_in_silence_before_and_after_speech():
    quiet = np.zeros(RATE_HZ, np.float32)
    found = np.array(shapes(np.concatenate([quiet, voice(1.5, seed=1), quiet])))
    times_s = found[:, 0] / NS_PER_S
    assert found[(times_s > 0.2) & (times_s < 0.9), 1].max() < 0.1 and found[times_s > 2.7, 1].max() < 0.1
    assert found[(times_s > 1) & (times_s < 2.5), 1].max() > 0.3


def test_an_open_vowel_opens_a_mouth_more_than_a_close_one():
    quiet = np.zeros(RATE_HZ // 5, np.float32)
    vowels = [vowel(hz, 0.3) for hz in ((750.0, 1200.0, 2500.0), (290.0, 2250.0, 3000.0), (320.0, 800.0, 2300.0))]
    middles = []
    for sound in vowels:
        # What was loud before says what is loud now.
        found = np.array(shapes(np.concatenate([vowels[0], quiet, sound, quiet])))
        times_s = found[:, 0] / NS_PER_S
        middles.append(found[(times_s > 0.6) & (times_s < 0.7), 1:].mean(0))
    open_ah, close_ee, close_oo = middles
    assert open_ah[0] > close_ee[0] + 0.15 and open_ah[0] > close_oo[0] + 0.15
    assert close_ee[1] > close_oo[1] + 0.3


def test_a_syllable_opens_the_mouth_when_it_is_spoken():
    quiet, sound = np.zeros(RATE_HZ // 2, np.float32), vowel((750.0, 1200.0, 2500.0), 0.2)
    found = np.array(shapes(np.concatenate([sound, quiet, sound, quiet])))
    times_s, opening = found[:, 0] / NS_PER_S, found[:, 1]
    later = (times_s > 0.5) & (times_s < 1.1)
    open_s = times_s[later & (opening > 0.5 * opening[later].max())]
    assert open_s.min() == pytest.approx(0.7, abs=0.04) and open_s.max() == pytest.approx(0.9, abs=0.04)


def moved_by(engine: object, sound: np.ndarray) -> float:
    """How far the mouth opens at most to sound that went through an engine and its guard."""
    relay = LipRelay()
    line = VoicePipeline(engine, lips=relay)
    for at in range(0, len(sound) // HOP * HOP, HOP):
        line.process(AudioBlock(sound[at : at + HOP, None], RATE_HZ, at, round(at * NS_PER_S / RATE_HZ)), 1.0)
    return max(opening for _, opening, _ in relay.fetch())


@pytest.mark.parametrize("way", [way for way in IDENTITIES if "noise" not in way])
def test_a_mouth_does_not_move_to_a_natural_voice_that_is_muted(way):
    sound = voice(3.0, seed=4)
    assert moved_by(FakeVoiceEngine(480), sound) > 0.3
    assert moved_by(Bypassed(*IDENTITIES[way]), sound) < 0.1


def test_shapes_are_fetched_once():
    relay = LipRelay()
    relay.put(voice(0.2), 0)
    assert len(relay.fetch()) == 20 and not relay.fetch()
