"""The colour of a voice: CheapTrick's spectral envelope of one frame, as mel-cepstrum.

Method: M. Morise, "CheapTrick, a spectral envelope estimator for high-quality speech synthesis", Speech
Communication 67 (2015). Three periods are windowed, the power spectrum is completed below the pitch, smoothed over two
thirds of it, and freed of its ripple in the cepstrum.
"""

from typing import Final

import numpy as np

from engines.grain.frames import FFT, RATE_HZ, Floats

ORDER: Final = 39
WARP: Final = 0.42
"""Of the bilinear frequency axis: close to mel at 16 kHz."""
REACH: Final = 320
"""Samples needed on either side of a frame's centre."""

_UNVOICED_HZ: Final = 500.0
_LOWEST_HZ: Final = 1.5 * RATE_HZ / REACH
_EDGE_BINS: Final = 16
_EDGE: Final = 464
"""From here up, 7.25 kHz, the envelope is held: what lies above depends on how the sound was resampled."""
_RIPPLE: Final = -0.15
_HZ: Final[Floats] = np.arange(FFT // 2 + 1) * RATE_HZ / FFT
_STEP_HZ: Final = RATE_HZ / FFT
_QUEFRENCIES: Final = 256
"""More of them change no mel-cepstrum of this order."""
_TURNS: Final[Floats] = np.pi * np.arange(1, _QUEFRENCIES) / RATE_HZ


def warped(angle: Floats, alpha: float) -> Floats:
    """Bilinear map of an angle 0..pi."""
    return np.asarray(angle + 2 * np.arctan(alpha * np.sin(angle) / (1 - alpha * np.cos(angle))))


def cosines(angle: Floats) -> Floats:
    """(order + 1, n): mel-cepstrum @ this is the log amplitude at angles of the plain axis."""
    return np.asarray(np.cos(np.arange(ORDER + 1)[:, None] * warped(angle, WARP)[None]))


_ANGLE: Final[Floats] = np.linspace(0, np.pi, FFT // 2 + 1)


def _to_mel_cepstrum() -> Floats:
    """(513, 40): a log amplitude spectrum @ this is its mel-cepstrum."""
    places = np.interp(_ANGLE, warped(_ANGLE, WARP), _ANGLE)
    sampled = np.stack([np.interp(places, _ANGLE, row) for row in np.eye(len(_ANGLE))])
    weights = np.full(len(_ANGLE), 1.0)
    weights[[0, -1]] = 0.5
    transform = np.cos(np.arange(ORDER + 1)[:, None] * _ANGLE[None]) * weights / (len(_ANGLE) - 1)
    transform[1:] *= 2
    return np.asarray(sampled @ transform.T)


TO_MEL: Final[Floats] = _to_mel_cepstrum()


def _from_cepstrum() -> Floats:
    """(256, 40): the cepstrum of a log *power* spectrum @ this is the mel-cepstrum of the amplitude."""
    count = np.full((_QUEFRENCIES, 1), 2.0)
    count[0] = 1.0
    spectra = count * np.cos(np.arange(_QUEFRENCIES)[:, None] * _ANGLE[None])
    return 0.5 * np.asarray(spectra @ TO_MEL)


_FROM_CEPSTRUM: Final[Floats] = _from_cepstrum()


def vocal_tract(alpha: float) -> Floats:
    """(40, 40): mel-cepstrum @ this is that of a vocal tract with the frequency axis warped by `alpha`."""
    return np.asarray(cosines(warped(_ANGLE, alpha)) @ TO_MEL)


def mel_cepstrum(samples: Floats, pitch_hz: float) -> Floats:
    """Of the frame at the middle of `samples` (2 * REACH + 1,); pitch 0 is unvoiced. (40,) of natural log amplitude."""
    pitch_hz = max(pitch_hz, _LOWEST_HZ) if pitch_hz else _UNVOICED_HZ
    power = _completed(_power(samples, pitch_hz), pitch_hz)
    smooth = _smoothed(power, pitch_hz * 2 / 3)
    smooth[_EDGE:] = smooth[_EDGE - _EDGE_BINS : _EDGE].mean()
    cepstrum = np.fft.irfft(np.log(smooth + 1e-14))[:_QUEFRENCIES]
    place = pitch_hz * _TURNS
    wave = np.sin(place)
    cepstrum[1:] *= wave / place * (1 - 4 * _RIPPLE * wave * wave)
    return np.asarray(cepstrum @ _FROM_CEPSTRUM)


def _power(samples: Floats, pitch_hz: float) -> Floats:
    half = min(round(1.5 * RATE_HZ / pitch_hz), REACH)
    place = np.arange(-half, half + 1)
    window = 0.5 + 0.5 * np.cos(np.pi * place * pitch_hz / (1.5 * RATE_HZ))
    window /= np.sqrt(window @ window)
    frame = samples[REACH - half : REACH + half + 1] * window
    frame -= window * (frame.sum() / window.sum())
    spectrum = np.fft.rfft(frame, FFT)
    return np.asarray(spectrum.real**2 + spectrum.imag**2)


def _completed(power: Floats, pitch_hz: float) -> Floats:
    """Below the pitch there is no harmonic: the part mirrored at it is added."""
    below = int(np.ceil(pitch_hz / _STEP_HZ))
    mirrored = np.interp(pitch_hz - _HZ[:below], _HZ[: below + 2], power[: below + 2])
    power = power.copy()
    power[:below] += mirrored
    return power


def _smoothed(power: Floats, width_hz: float) -> Floats:
    """Mean over a window as wide as `width_hz`, the spectrum mirrored at both ends."""
    edge = int(np.ceil(width_hz / 2 / _STEP_HZ)) + 1
    mirrored = np.concatenate([power[edge:0:-1], power, power[-2 : -edge - 2 : -1]])
    sums = np.concatenate([[0.0], np.cumsum(mirrored)])
    at = np.arange(len(power), dtype=np.float64) + (edge + 0.5)
    half = width_hz / 2 / _STEP_HZ
    return (_between(sums, at + half) - _between(sums, at - half)) / (2 * half)


def _between(sums: Floats, at: Floats) -> Floats:
    whole = at.astype(np.intp)
    share = at[0] - whole[0]
    return np.asarray(sums[whole] * (1 - share) + sums[whole + 1] * share)
