"""The colour of a voice.

CheapTrick's spectral envelope of one frame, as mel-cepstrum.

Method: M. Morise, "CheapTrick, a spectral envelope estimator for high-quality speech synthesis", Speech
Communication 67 (2015). Three periods are windowed, the power spectrum is completed below the pitch, smoothed over two
thirds of it, and freed of its ripple in the cepstrum.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from engines.voice.grain.frames import FFT, RATE_HZ, Floats

ORDER: Final = 39
WARP: Final = 0.42
"""Of the bilinear frequency axis: close to mel at 16 kHz."""
REACH: Final = 320
"""Samples needed on either side of a frame's centre."""

_UNVOICED_HZ: Final = 500.0
_EDGE_BINS: Final = 16
_EDGE: Final = 464
"""From here up, 7.25 kHz, the envelope is held: what is above depends on how the sound was resampled."""
_RIPPLE: Final = -0.15
_STEP_HZ: Final = RATE_HZ / FFT
_QUEFRENCIES: Final = 256
"""More of them change no mel-cepstrum of this order."""
_TURNS: Final[Floats] = np.pi * np.arange(1, _QUEFRENCIES) / RATE_HZ


def warp_angle(angle: Floats, alpha: float) -> Floats:
    """Bilinear map of an angle 0..pi."""
    return np.asarray(angle + 2 * np.arctan(alpha * np.sin(angle) / (1 - alpha * np.cos(angle))))


def make_cosines(angle: Floats) -> Floats:
    """Return (order + 1, n), which maps mel-cepstrum to log amplitude.

    At angles of the plain axis.
    """
    return np.asarray(np.cos(np.arange(ORDER + 1)[:, None] * warp_angle(angle, WARP)[None]))


_ANGLE: Final[Floats] = np.linspace(0, np.pi, FFT // 2 + 1)


def _to_mel_cepstrum() -> Floats:
    """Return (513, 40), which maps a log amplitude spectrum to its mel-cepstrum."""
    places = np.interp(_ANGLE, warp_angle(_ANGLE, WARP), _ANGLE)
    sampled = np.stack([np.interp(places, _ANGLE, row) for row in np.eye(len(_ANGLE))])
    weights = np.full(len(_ANGLE), 1.0)
    weights[[0, -1]] = 0.5
    transform = np.cos(np.arange(ORDER + 1)[:, None] * _ANGLE[None]) * weights / (len(_ANGLE) - 1)
    transform[1:] *= 2
    return np.asarray(sampled @ transform.T)


TO_MEL: Final[Floats] = _to_mel_cepstrum()


def _from_cepstrum() -> Floats:
    """Return (256, 40), from cepstrum to mel-cepstrum.

    The cepstrum is of a log *power* spectrum, the mel-cepstrum of the amplitude.
    """
    count = np.full((_QUEFRENCIES, 1), 2.0)
    count[0] = 1.0
    spectra = count * np.cos(np.arange(_QUEFRENCIES)[:, None] * _ANGLE[None])
    return 0.5 * np.asarray(spectra @ TO_MEL)


_FROM_CEPSTRUM: Final[Floats] = _from_cepstrum()


def warp_vocal_tract(alpha: float) -> Floats:
    """Return (40, 40), which warps a mel-cepstrum's frequency axis by `alpha`.

    That is the effect of another vocal tract length.
    """
    return np.asarray(make_cosines(warp_angle(_ANGLE, alpha)) @ TO_MEL)


@dataclass(frozen=True, slots=True, eq=False)
class _Analysis:
    """CheapTrick's tables for one pitch.

    The nearest pitch at which three periods are a whole number of samples.

    `window` (2 * half - 1,) of unit energy, `level` the same of unit sum; `below` (n, n + 2) mirrors power at the
    pitch; `width` in bins of the smoothing; `lifter` (256,) frees the cepstrum of ripple.
    """

    half: int
    window: Floats
    level: Floats
    below: Floats
    width: float
    lifter: Floats


@lru_cache(maxsize=REACH)
def _analysis(half: int) -> _Analysis:
    pitch_hz = 1.5 * RATE_HZ / half
    window = 0.5 + 0.5 * np.cos(np.pi * np.arange(1 - half, half) / half)
    window /= np.sqrt(window @ window)
    count = int(np.ceil(pitch_hz / _STEP_HZ))
    hertz = np.arange(count + 2) * _STEP_HZ
    below = np.array([np.interp(pitch_hz - hertz[:count], hertz, row) for row in np.eye(count + 2)]).T
    place = pitch_hz * _TURNS
    wave = np.sin(place)
    lifter = np.append(1.0, wave / place * (1 - 4 * _RIPPLE * wave * wave))
    return _Analysis(half, window, window / window.sum(), below, pitch_hz * 2 / 3 / _STEP_HZ, lifter)


HELD_FROM: Final = np.pi * _EDGE / (FFT // 2)
"""Angle from which on every envelope is held; pi is 8 kHz."""


def hold_spectrum(edge: float) -> Floats:
    """Return (40, 40), which holds a spectrum from the angle `edge` on."""
    return np.asarray(make_cosines(np.minimum(_ANGLE, edge)) @ TO_MEL)


def compute_mel_cepstrum(samples: Floats, pitch_hz: float) -> Floats:
    """Return log amplitude (40,) of the frame around sample `REACH`.

    `samples` is (2 * REACH,); pitch 0 is unvoiced.
    """
    with_pitch = _analysis(min(round(1.5 * RATE_HZ / (pitch_hz or _UNVOICED_HZ)), REACH))
    smooth = _smooth(_power(samples, with_pitch), with_pitch.width)
    smooth[_EDGE:] = smooth[_EDGE - _EDGE_BINS : _EDGE].mean()
    return np.asarray((np.fft.irfft(np.log(smooth + 1e-14))[:_QUEFRENCIES] * with_pitch.lifter) @ _FROM_CEPSTRUM)


def _power(samples: Floats, given: _Analysis) -> Floats:
    """Return the power spectrum (513,) of three periods.

    Below the pitch, without harmonics, the part mirrored at it is added.
    """
    frame = samples[REACH + 1 - given.half : REACH + given.half] * given.window
    frame -= given.level * frame.sum()
    spectrum = np.fft.rfft(frame, FFT)
    power = np.asarray(spectrum.real**2 + spectrum.imag**2)
    count = len(given.below)
    power[:count] += given.below @ power[: count + 2]
    return power


def _smooth(power: Floats, width: float) -> Floats:
    """Mean over a window of that many bins, the spectrum mirrored at both ends."""
    edge = int(np.ceil(width / 2)) + 1
    mirrored = np.concatenate([power[edge:0:-1], power, power[-2 : -edge - 3 : -1]])
    sums = np.concatenate([[0.0], np.cumsum(mirrored)])
    high, low = (_integral(sums, mirrored, edge + 0.5 + side, len(power)) for side in (width / 2, -width / 2))
    return (high - low) / width


def _integral(sums: Floats, line: Floats, begin: float, count: int) -> Floats:
    """Return the running sum of a line, read between its places from `begin` on."""
    whole = int(begin)
    return np.asarray(sums[whole : whole + count] + (begin - whole) * line[whole : whole + count])
