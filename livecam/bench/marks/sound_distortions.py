"""Distortions of sound beyond a call.

Time stretching, inversion, reverberation, noise suppression, and a coarse reconstruction.
"""

from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

RATE_HZ: Final = 48_000
_FFT: Final = 1_536
_HOP: Final = 640
"""75 frames per second, as in neural codecs."""
_BANDS: Final = 32
_STEP_DB: Final = 3.0

Sound = NDArray[np.float32]


def stretched(samples: Sound, tempo: float) -> Sound:
    """Change the tempo without the pitch, by FFmpeg's `atempo`."""
    graph = av.filter.Graph()
    nodes = [
        graph.add_abuffer(sample_rate=RATE_HZ, format="flt", layout="mono"),
        graph.add("atempo", str(tempo)),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*nodes).configure()
    parts: list[Any] = []

    def drain() -> None:
        while True:
            try:
                parts.append(graph.pull().to_ndarray().reshape(-1))
            except (av.error.BlockingIOError, av.error.EOFError):
                return

    for begin in range(0, len(samples), RATE_HZ):
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples[None, begin : begin + RATE_HZ]), "flt", "mono")
        frame.sample_rate, frame.pts = RATE_HZ, begin
        graph.push(frame)
        drain()
    graph.push(None)
    drain()
    return np.concatenate(parts).astype(np.float32)


def upside_down(samples: Sound) -> Sound:
    """Invert the polarity."""
    return -samples


def in_a_room(samples: Sound, decay_s: float = 0.5) -> Sound:
    """Add reverberation that falls by 60 dB in `decay_s`, at the level of the voice."""
    rng, count = np.random.default_rng(0), int(decay_s * RATE_HZ)
    echoes = rng.normal(0, 1, count) * 10 ** (-3 * np.arange(count) / count)
    echoes[0] += np.sqrt(np.square(echoes).sum())
    size = 1 << (len(samples) + count).bit_length()
    whole = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(echoes, size), size)[: len(samples)]
    return np.asarray(whole * (np.abs(samples).max() / max(np.abs(whole).max(), 1e-9)), np.float32)


def cleaned(samples: Sound) -> Sound:
    """Suppress noise as calls do.

    Every bin below its own noise floor is attenuated by up to 20 dB.
    """
    spectra = _spectra(samples)
    power = np.abs(spectra) ** 2
    floor = np.percentile(power, 15, axis=0, keepdims=True) * 4
    gains = np.clip(1 - floor / np.maximum(power, 1e-12), 0.1, 1)
    return _sound(spectra * gains, len(samples))


def rebuilt(samples: Sound) -> Sound:
    """Imitate a neural codec.

    It has 75 frames per second, 32 bands in steps of 3 dB, and a random fine structure.
    """
    spectra = _spectra(samples)
    hertz = np.fft.rfftfreq(_FFT, 1 / RATE_HZ)
    mel = np.log1p(hertz / 700)
    band = np.minimum((mel / mel[-1] * _BANDS).astype(int), _BANDS - 1)
    power = np.stack([(np.abs(spectra[:, band == n]) ** 2).mean(1) for n in range(_BANDS)], axis=1)
    decibels = np.rint(10 * np.log10(np.maximum(power, 1e-10)) / _STEP_DB) * _STEP_DB
    rng = np.random.default_rng(0)
    noise = (rng.normal(size=spectra.shape) + 1j * rng.normal(size=spectra.shape)) / np.sqrt(2)
    # Half of the fine structure is the sound's own: pitch is kept, as such codecs do.
    own = spectra / np.maximum(np.sqrt(power)[:, band], 1e-5)
    return _sound((0.7 * own + 0.7 * noise) * 10 ** (decibels / 20)[:, band], len(samples))


def _spectra(samples: Sound) -> NDArray[np.complex128]:
    padded = np.concatenate([np.zeros(_FFT), samples, np.zeros(_FFT)])
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP]
    return np.fft.rfft(frames * np.hanning(_FFT), axis=1)


def _sound(spectra: NDArray[np.complex128], count: int) -> Sound:
    window = np.hanning(_FFT)
    out, weight = np.zeros(len(spectra) * _HOP + _FFT), np.full(len(spectra) * _HOP + _FFT, 1e-6)
    for n, frame in enumerate(np.fft.irfft(spectra, _FFT, axis=1)):
        out[n * _HOP : n * _HOP + _FFT] += frame * window
        weight[n * _HOP : n * _HOP + _FFT] += window**2
    return np.asarray((out / weight)[_FFT : _FFT + count], np.float32)
