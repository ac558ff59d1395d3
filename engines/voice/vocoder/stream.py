"""Filter pulses and noise with minimum phase at 16 kHz, between two resamplers.

Method: H. Dudley's channel vocoder with the excitation of M. Morise, F. Yokomori, K. Ozawa, "WORLD", IEICE Trans. E99-D
(2016): pulses at the pitch, noise between them, more of it towards the top.
"""

from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.envelope import REACH, compute_mel_cepstrum, make_cosines
from engines.voice.grain.frames import FFT, HOP, LOW_PASS, RATE_HZ, Filter, Floats, HighPass
from engines.voice.grain.mapping import Mapping
from engines.voice.grain.pitch import LOOK_AHEAD_FRAMES, STEP, PitchTracker
from engines.voice.rates import Resampler
from livecam.core.errors import EngineError

_DELAY: Final = (LOOK_AHEAD_FRAMES - 1) * HOP + HOP // 2
"""Samples by which the middle of what is made of a frame is behind."""
_NOISE_HZ: Final = np.array([0.0, 1000.0, 2000.0, 4000.0, 8000.0])
_NOISE: Final = np.array([0.005, 0.02, 0.08, 0.3, 0.6])
"""Share of noise in the power of a voiced sound."""
_SOFTENED: Final = np.array([0.5, 0.3, 0.2])
_VOICING_MEMORY: Final = 0.5
_LOWEST_HZ: Final = 60.0
_HOPS_PER_S: Final = RATE_HZ // HOP
_MOST_HOPS: Final = 8

Complexes = NDArray[np.complex128]


def _minimum_phase(log_amplitude: Floats) -> Complexes:
    """Return complex logs (…, 513) of the minimum-phase filters.

    For log amplitudes (…, 513).
    """
    cepstra = np.fft.irfft(log_amplitude)
    cepstra[..., 1 : FFT // 2] *= 2
    cepstra[..., FFT // 2 + 1 :] = 0
    return np.asarray(np.fft.rfft(cepstra))


_HZ: Final[Floats] = np.linspace(0, RATE_HZ / 2, FFT // 2 + 1)
_SHARE: Final[Floats] = np.interp(_HZ, _NOISE_HZ, _NOISE)
_OF_SPECTRUM: Final = _minimum_phase(make_cosines(np.linspace(0, np.pi, FFT // 2 + 1)))
_OF_NOISE: Final = _minimum_phase(0.5 * np.log(_SHARE))
_OF_PULSES: Final = _minimum_phase(0.5 * np.log(1 - _SHARE))


class VocoderCore:
    """A `FrameCore`; `mapping` None leaves the voice as it is.

    Attributes:
        frame_samples, delay_samples: At the rate around it.
    """

    def __init__(self, rate_hz: int, mapping: Mapping | None) -> None:
        """Take as few milliseconds, 5 to 40, as are a whole number of samples.

        Raises:
            EngineError: A rate under 16 kHz, or there are none.
        """
        hops = _HOPS_PER_S // gcd(rate_hz, _HOPS_PER_S)
        if rate_hz < RATE_HZ or hops > _MOST_HOPS:
            raise EngineError(
                f"the vocoder takes 16000 Hz or more, in steps of 25, got {rate_hz}", command="livecam voice list"
            )
        self.frame_samples = hops * HOP * rate_hz // RATE_HZ
        self._down, self._up = Resampler(rate_hz, RATE_HZ), Resampler(RATE_HZ, rate_hz)
        late_s = self._down.delay_s + _DELAY / RATE_HZ + self._up.delay_s
        self.delay_samples = round(late_s * rate_hz)
        self._analysis, self._synthesis = _Analysis(mapping), _Synthesis()

    def process_frame(self, sound: Floats) -> Floats:
        """Return one frame in, one frame out, (frame_samples,) each."""
        parts = self._down(sound).reshape(-1, HOP)
        return self._up(np.concatenate([self._synthesis(*self._analysis(part)) for part in parts]))


class _Analysis:
    """Turns sound into the wanted pitch and spectrum, in frames of 5 ms."""

    def __init__(self, mapping: Mapping | None) -> None:
        self._mapping = mapping
        self._high_pass, self._low_pass, self._tracker = HighPass(RATE_HZ, HOP), Filter(LOW_PASS), PitchTracker()
        self._line, self._low = np.zeros(2 * REACH), np.zeros(STEP)
        self._pitch_hz, self._steps = 0.0, 0
        self._voiced = 0.0
        self._changes: list[Floats] = []

    def __call__(self, sound: Floats) -> tuple[float, Floats]:
        """Pitch in Hz, 0 when unvoiced, and mel-cepstrum (40,)."""
        steady = self._high_pass(sound)
        self._line = np.concatenate([self._line[HOP:], steady])
        self._low = np.concatenate([self._low[HOP:], self._low_pass(steady)])
        self._steps += 1
        if self._steps * HOP % STEP == 0:
            self._pitch_hz = self._tracker.step(self._line[-STEP:], self._low)
        pitch_hz = self._pitch_hz
        spectrum = compute_mel_cepstrum(self._line, pitch_hz)
        if self._mapping is None:
            return pitch_hz, spectrum
        change = self._change(self._mapping, spectrum, pitch_hz > 0)
        return (self._mapping.pitch.apply(pitch_hz) if pitch_hz else 0.0), spectrum + change

    def _change(self, mapping: Mapping, spectrum: Floats, voiced: bool) -> Floats:
        self._voiced += (1 - _VOICING_MEMORY) * (voiced - self._voiced)
        newest = mapping.apply(spectrum[None], np.array([self._voiced]))[0] - spectrum
        self._changes = [newest, *(self._changes or [newest] * len(_SOFTENED))][: len(_SOFTENED)]
        return np.asarray(_SOFTENED @ np.array(self._changes))


class _Synthesis:
    """From pitch and spectrum to sound.

    The phase of the pulses and the tails of what was said go on.
    """

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)
        self._out = np.zeros(HOP + FFT)
        self._to_next = 0.0

    def __call__(self, pitch_hz: float, spectrum: Floats) -> Floats:
        """Return the next 80 samples."""
        shape = spectrum @ _OF_SPECTRUM
        noise = np.fft.rfft(self._rng.standard_normal(HOP), FFT)
        made = noise * np.exp(shape + _OF_NOISE if pitch_hz else shape)
        if pitch_hz:
            made += self._pulses(max(pitch_hz, _LOWEST_HZ)) * np.exp(shape + _OF_PULSES)
        else:
            self._to_next = 0.0
        self._out[:FFT] += np.fft.irfft(made)
        done = self._out[:HOP].copy()
        self._out[:-HOP] = self._out[HOP:]
        self._out[-HOP:] = 0
        return done

    def _pulses(self, pitch_hz: float) -> Complexes:
        """Spectrum (513,) of the pulses of a frame, at places between samples too."""
        period = RATE_HZ / pitch_hz
        places = np.arange(self._to_next, HOP, period)
        self._to_next = (places[-1] + period if len(places) else self._to_next) - HOP
        turns = -2j * np.pi / FFT * np.arange(FFT // 2 + 1)
        return np.asarray(np.sqrt(period) * np.exp(turns[None] * places[:, None]).sum(0))
