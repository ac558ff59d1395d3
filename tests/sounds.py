"""Sounds for tests, made by arithmetic: no one's voice."""

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.ports import VoiceEngine

Sound = NDArray[np.float32]
VOWELS = ((700, 1200, 2500), (300, 2200, 2900), (400, 800, 2300), (500, 1700, 2500), (350, 1900, 2400))


def talking(
    seconds: float, rate_hz: int, pitch_hz: float, size: float = 1.0, seed: int = 0, hissing: float = 1.0
) -> Sound:
    """Syllables of a hiss and a vowel; `size` moves the formants, (n,) float32 at an RMS of about 0.06."""
    rng = np.random.default_rng(seed)
    parts: list[NDArray[np.float64]] = []
    while sum(map(len, parts)) < seconds * rate_hz:
        hiss = np.diff(rng.standard_normal(int(0.08 * rate_hz) + 1)) * 0.3 * hissing
        parts += [hiss * np.hanning(len(hiss)), _vowel(rng, rate_hz, pitch_hz, size), np.zeros(int(0.05 * rate_hz))]
    sound = np.concatenate(parts)[: int(seconds * rate_hz)]
    sound += 1e-4 * rng.standard_normal(len(sound))
    return (sound * (0.06 / np.sqrt(np.mean(sound**2)))).astype(np.float32)


def _vowel(rng: np.random.Generator, rate_hz: int, pitch_hz: float, size: float) -> NDArray[np.float64]:
    count = int(rng.uniform(0.15, 0.3) * rate_hz)
    pitch = pitch_hz * (1 + 0.1 * np.sin(np.linspace(0, 2 * np.pi, count) + rng.uniform(0, 6)))
    phase = 2 * np.pi * np.cumsum(pitch) / rate_hz
    sound = np.zeros(count)
    formants = np.array(VOWELS[rng.integers(len(VOWELS))]) * size
    for number in range(1, int(min(7500, rate_hz / 2.2) / pitch_hz)):
        gain = sum(1 / (1 + ((number * pitch_hz - formant) / 120) ** 2) for formant in formants) + 0.01
        sound += gain / number**0.5 * np.cos(number * phase)
    return sound * np.hanning(count)


def hissing(seconds: float, rate_hz: int, seed: int = 0) -> Sound:
    """Bursts of noise of uneven length."""
    rng = np.random.default_rng(seed)
    loud = np.repeat(rng.random(int(seconds * 16)) > 0.5, rate_hz // 16)
    sound = np.diff(rng.standard_normal(len(loud) + 1)) * loud * 0.05
    return sound.astype(np.float32)


def through(engine: VoiceEngine, sound: Sound, rate_hz: int, hop: int) -> Sound:
    """The engine's output for a sound given in blocks of `hop`, as long as the sound."""
    out = []
    for begin in range(0, len(sound), hop):
        block = AudioBlock(sound[begin : begin + hop, None], rate_hz, begin, 0)
        out.append(engine.process(block).samples[:, 0])
    return np.concatenate(out)


def write_wav(path: Path, sound: Sound, rate_hz: int = 48_000) -> Path:
    """A recording of 16 bits, one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())
    return path


def likeness(heard: Sound, spoken: Sound, rate_hz: int = 48_000) -> float:
    """Whether what was spoken is in what is heard: the highest correlation of any 100 ms with any place before, 0..1.

    Sound up to 4 kHz, where a voice is; places up to a second before, in steps of a sample of 12 kHz. A piece that is
    silent for a quarter is left out: the few periods where a sound was cut off fit any vowel.
    """
    step = rate_hz // 12_000
    low, line = _low(heard, step), _low(spoken, step)
    piece, reach = 1200, 12_000
    found = 0.0
    for begin in range(0, len(low) - piece, piece):
        window = low[begin : begin + piece]
        energy = float(np.sqrt(np.sum(window**2)))
        before = line[max(0, begin - reach) : begin + reach]
        quietest = float(np.sqrt(np.min(np.sum(window.reshape(4, -1) ** 2, axis=1))))
        if energy < 0.1 or quietest < 0.15 * energy or len(before) < piece:
            continue
        size = 1 << (len(before) + piece).bit_length()
        products = np.fft.irfft(np.fft.rfft(before, size) * np.conj(np.fft.rfft(window, size)), size)
        sums = np.concatenate([[0.0], np.cumsum(before**2)])
        sizes = np.sqrt(np.maximum(sums[piece:] - sums[:-piece], 0.01))
        found = max(found, float(np.max(np.abs(products[: len(sizes)]) / (energy * sizes))))
    return found


def _low(sound: Sound, step: int) -> NDArray[np.float64]:
    taps = np.sinc(np.arange(-16 * step, 16 * step + 1) / step * 2 / 3) * np.hanning(32 * step + 1)
    return np.asarray(np.convolve(sound.astype(np.float64), taps / taps.sum(), "same")[::step])
