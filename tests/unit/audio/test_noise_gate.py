"""What a microphone hears next to speech, planted: rooms, fans, breath, knocks, people further away."""

import numpy as np
import pytest

from livecam.audio.noise_gate import NoiseGatedEngine, extract_speech
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from livecam.core.ports import VoiceEngine
from tests.sounds import talking, through

RATE_HZ = 16_000
SECONDS = 12
LATE = 616


class Delay(FakeVoiceEngine):
    """Gives back what it is given, so that only the gate can be heard."""

    def process(self, block: AudioBlock) -> AudioBlock:
        line = np.concatenate([self._past, block.samples])
        self._past = line[len(block.samples) :]
        return AudioBlock(line[: len(block.samples)], block.rate_hz, block.first_sample, block.captured_ns)


def decibels(sound: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(sound.astype(np.float64) ** 2) + 1e-12))


def at(sound: np.ndarray, level_db: float) -> np.ndarray:
    return sound * 10 ** ((level_db - decibels(sound)) / 20)


def sentences() -> tuple[np.ndarray, np.ndarray]:
    """Speech (n,) at -24 dB in three sentences, and (n,) bool where it is."""
    said, where = np.zeros(SECONDS * RATE_HZ), np.zeros(SECONDS * RATE_HZ, bool)
    for number, begin in enumerate((1.0, 5.0, 9.0)):
        place = slice(int(begin * RATE_HZ), int((begin + 2) * RATE_HZ))
        said[place], where[place] = talking(2.0, RATE_HZ, 120, seed=number), True
    said[where] = at(said[where], -24)
    return said, where


def fan(rng: np.random.Generator) -> np.ndarray:
    """Noise that falls with frequency, and the hum of blades."""
    count = SECONDS * RATE_HZ
    spectrum = np.fft.rfft(rng.standard_normal(count)) / np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 40)
    hum = np.sin(2 * np.pi * 110 * np.arange(count) / RATE_HZ)
    noise = np.fft.irfft(spectrum)
    return noise / noise.std() + 0.5 * hum


def babble(rng: np.random.Generator) -> np.ndarray:
    """Eight people at once."""
    pitches = rng.uniform(95, 240, 8)
    return np.sum([talking(SECONDS, RATE_HZ, pitch, seed=n + 20) for n, pitch in enumerate(pitches)], axis=0)


def breath(rng: np.random.Generator) -> np.ndarray:
    """A hiss that swells and dies for half a second every two."""
    t = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    swell = np.maximum(0, np.sin(2 * np.pi * t / 2)) ** 4
    return np.convolve(rng.standard_normal(len(t)), np.hanning(8), "same") * swell


def knocks(rng: np.random.Generator) -> np.ndarray:
    """Keys: 6 ms of noise, five a second."""
    count = SECONDS * RATE_HZ
    since = np.arange(count) % (RATE_HZ // 5)
    return rng.standard_normal(count) * (since < 0.006 * RATE_HZ)


def room(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(SECONDS * RATE_HZ)


NOISES = {
    "quiet room": (room, -66),
    "fan, 20 dB": (fan, -44),
    "fan, 10 dB": (fan, -34),
    "babble, 20 dB": (babble, -44),
    "babble, 10 dB": (babble, -34),
    "breath": (breath, -46),
    "keys": (knocks, -46),
}


@pytest.mark.parametrize("name", NOISES)
def test_without_speech_nothing_is_heard_and_speech_is(name):
    make, level_db = NOISES[name]
    said, where = sentences()
    noise = at(make(np.random.default_rng(1)), level_db)
    heard = _heard(said + noise)
    # From the second on: how loud speech is has to be known. Half a second after a word belongs to it.
    around = np.convolve(where, np.ones(int(0.55 * RATE_HZ)), "full")[: len(where)] > 0
    between = ~(around | np.roll(where, -int(0.06 * RATE_HZ)))
    between[: 2 * RATE_HZ] = False
    assert decibels(heard[between]) < decibels(noise[between]) - 15
    assert np.abs(heard[between]).max() <= np.abs((said + noise)[between]).max() + 1e-6
    spoke = where.copy()
    spoke[: 2 * RATE_HZ] = False
    assert decibels((heard - said - noise)[spoke]) < -24 - 18


def _heard(sound: np.ndarray) -> np.ndarray:
    """The gate's output, in time with the sound."""
    gated = NoiseGatedEngine(Delay(LATE))
    gated.prepare(RATE_HZ, 160)
    line = np.concatenate([sound, np.zeros(LATE)]).astype(np.float32)
    return through(gated, line, RATE_HZ, 160)[LATE:]


def test_it_adds_no_delay_and_any_block_size_gives_the_same_samples():
    for late in (0, 79, LATE):
        gated = NoiseGatedEngine(FakeVoiceEngine(late))
        gated.prepare(RATE_HZ, 4096)
        assert isinstance(gated, VoiceEngine) and gated.latency_samples == late
        said = np.concatenate([np.zeros(RATE_HZ // 8, np.float32), talking(0.4, RATE_HZ, 130)])
        whole = through(gated, said, RATE_HZ, len(said))
        assert np.std(whole) > 0.02
        for hop in (1, 7, 256, 4096):
            gated.reset()
            np.testing.assert_array_equal(through(gated, said, RATE_HZ, hop), whole, f"blocks of {hop}")


def test_noise_is_taken_out_before_the_voice_and_its_delay_is_stated():
    gated = NoiseGatedEngine(Delay(LATE), Delay(479))
    gated.prepare(RATE_HZ, 160)
    said = talking(2.0, RATE_HZ, 130)
    assert gated.latency_samples == LATE + 479
    heard = through(gated, said, RATE_HZ, 160)
    late = gated.latency_samples
    assert np.corrcoef(heard[RATE_HZ:], said[RATE_HZ - late : -late])[0, 1] > 0.99


def test_an_engine_that_gives_too_little_is_an_error():
    class Short(FakeVoiceEngine):
        def process(self, block: AudioBlock) -> AudioBlock:
            given = super().process(block)
            return AudioBlock(given.samples[:-1], block.rate_hz, block.first_sample, block.captured_ns)

    gated = NoiseGatedEngine(Short(480))
    gated.prepare(RATE_HZ, 160)
    with pytest.raises(EngineError, match="479 samples"):
        through(gated, np.zeros(480, np.float32), RATE_HZ, 480)


@pytest.mark.parametrize("denoiser", [None, Delay(479)])
def test_what_is_learned_from_is_speech_alone(denoiser):
    said, where = sentences()
    noisy = (said + at(fan(np.random.default_rng(1)), -44)).astype(np.float32)
    kept = extract_speech(noisy, RATE_HZ, denoiser)
    assert where.mean() * len(said) * 0.9 < len(kept) < (where.mean() + 0.15) * len(said)
    assert len(extract_speech(np.zeros(RATE_HZ, np.float32), RATE_HZ)) == 0
