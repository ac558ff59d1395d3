"""What else a microphone hears, made from arithmetic and other people's recordings: (n,) at 48 kHz, of an RMS of 1."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
RATE_HZ = 48_000


def _unit(sound: Floats) -> Floats:
    return sound / np.sqrt(np.mean(sound**2))


def room(rng: np.random.Generator, count: int) -> Floats:
    """Noise, less of it above 8 kHz."""
    return _unit(np.convolve(rng.standard_normal(count), np.hanning(6), "same"))


def fan(rng: np.random.Generator, count: int) -> Floats:
    """Noise that falls by 6 dB an octave, with the hum of blades at 110 Hz and its harmonics, a little uneven."""
    hz = np.maximum(np.fft.rfftfreq(count, 1 / RATE_HZ), 40)
    noise = _unit(np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) / hz, count))
    t = np.arange(count) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * 110 * k * t + k) / k for k in (1, 2, 3))
    return _unit(noise + 0.35 * hum * (1 + 0.1 * np.sin(2 * np.pi * 0.7 * t)))


def babble(others: Sequence[Floats], rng: np.random.Generator, count: int) -> Floats:
    """Everybody of `others` at once, each begun somewhere."""
    whole = np.zeros(count)
    for sound in others:
        level = sound / np.sqrt(np.mean(sound**2))
        whole += np.resize(np.roll(level, rng.integers(len(level))), count)
    return _unit(whole)


def breathing(rng: np.random.Generator, count: int) -> Floats:
    """Noise with the resonances of an open mouth near 1.6 and 5 kHz, swelling for 0.6 s every two seconds."""
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    shape = 1 / (1 + ((hz - 1600) / 900) ** 2) + 0.5 / (1 + ((hz - 5000) / 1200) ** 2)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(count)) * shape, count)
    place = np.arange(count) / RATE_HZ % 2.0
    return _unit(noise * np.where(place < 0.6, np.sin(np.pi * place / 0.6) ** 2, 0))


def laughing(pitch_hz: float, rng: np.random.Generator, count: int) -> Floats:
    """Ha, five a second for a second in every two: half breath, half a pitch that starts an octave up and falls."""
    t = np.arange(count) / RATE_HZ
    second, beat = t % 2.0, t % 0.2
    on = (second < 1.0) * np.where(beat < 0.11, np.sin(np.pi * beat / 0.11) ** 2, 0)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (2 - 0.7 * np.minimum(second, 1))) / RATE_HZ
    vowel = sum(np.cos(k * phase) * (1 / (1 + ((k * pitch_hz * 1.6 - 750) / 200) ** 2) + 0.05) for k in range(1, 16))
    breath = np.convolve(rng.standard_normal(count), np.hanning(18), "same")
    return _unit(on * (_unit(vowel) + 0.5 * _unit(breath)))


def conditions(
    others: Sequence[Floats], pitch_hz: float
) -> dict[str, tuple[Callable[[np.random.Generator, int], Floats], float, bool]]:
    """By name: what makes it, its level over the speech's in dB, and whether it is heard in pauses alone."""
    return {
        "a quiet room": (room, -42.0, False),
        "a fan at 20 dB": (fan, -20.0, False),
        "a fan at 10 dB": (fan, -10.0, False),
        "babble at 20 dB": (lambda rng, count: babble(others, rng, count), -20.0, False),
        "babble at 10 dB": (lambda rng, count: babble(others, rng, count), -10.0, False),
        "breathing": (breathing, -20.0, True),
        "laughing": (lambda rng, count: laughing(pitch_hz, rng, count), -3.0, True),
        "a second speaker further away": (lambda rng, count: babble(others[:1], rng, count), -15.0, False),
        "a second speaker as loud": (lambda rng, count: babble(others[:1], rng, count), 0.0, True),
    }
