"""Lips and sound: whether the mouth opens when the voice is heard."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.verify.signs.series import SPEECH_HZ, FaceWindow
from livecam.verify.signs.sign import Sign, SignValue
from livecam.verify.signs.signals import correlate, find_peak, remove_slow, resample, smooth

_LEAST_S, _LEAST_HZ = 5.0, 14.0
_SLOW_S, _FAST_S = 2.0, 0.06
_MOST_LAG_S: Final = 0.5
_NATURAL_S: Final = (-0.06, 0.06)
"""Sound may come this much before the lips (negative) or after them."""
_LEAST_LIKE, _LIKE_WEIGHT = 0.2, 0.5
"""Lips that follow another sound are seldom as like as this at natural lags, as Fisher's z."""
_FINE: Final = 4
"""Lags are compared in steps of this part of a value."""
_MOST_LIKE: Final = 0.99
_SILENT_DB, _SPOKEN_SHARE, _LEAST_DB, _LEAST_RANGE_DB = 25.0, 0.2, -80.0, 12.0
_LEAST_MOTION: Final = 0.0045


def measure_speech(samples: NDArray[np.float32], rate_hz: int = 48_000) -> NDArray[np.float32]:
    """Return speech energy in dB, `SPEECH_HZ` values a second, of sound (n,)."""
    step = rate_hz // SPEECH_HZ
    count = len(samples) // step
    if count == 0:
        return np.zeros(0, np.float32)
    # Vowels carry most of their energy above 200 Hz and below 4 kHz: a difference and a mean are filters enough.
    voiced = np.diff(samples, prepend=samples[:1])
    soft = np.convolve(voiced, np.ones(8, np.float32) / 8, mode="same")
    power = (soft[: count * step].reshape(count, step).astype(np.float64) ** 2).mean(1)
    return np.asarray(10 * np.log10(power + 1e-12), np.float32)


def measure_mouth(window: FaceWindow) -> NDArray[np.float64]:
    """Return how wide the mouth is open (n,), in eye distances."""
    points, (upper, lower, _, _) = window.points, topology.MOUTH_OPENING
    eyes = np.linalg.norm(points[:, 33] - points[:, 263], axis=1)
    return np.asarray(np.linalg.norm(points[:, upper] - points[:, lower], axis=1) / np.maximum(eyes, 1e-6), np.float64)


def read_lips(window: FaceWindow) -> SignValue | str:
    """Return how well mouth and voice fit at their natural lag, and not elsewhere."""
    if window.speech is None:
        return "there is no sound"
    if window.length_s < _LEAST_S or window.rate_hz < _LEAST_HZ:
        return f"needs {_LEAST_S:.0f} s of one face at {_LEAST_HZ:.0f} pictures a second"
    loud = np.asarray(window.speech, np.float64)
    peak = float(np.percentile(loud, 95))
    if peak < _LEAST_DB or (loud > peak - _SILENT_DB).mean() < _SPOKEN_SHARE:
        return "too little speech"
    if peak - float(np.percentile(loud, 10)) < _LEAST_RANGE_DB:
        return "the sound is as loud all the time: no speech stands out"
    loud = np.maximum(loud, peak - 1.4 * _SILENT_DB)
    opening = resample(window.times_s, measure_mouth(window), SPEECH_HZ)
    count = min(len(loud), len(opening))
    mouth, voice = (_speech_band(values[:count]) for values in (opening, loud))
    if float(mouth.std()) < _LEAST_MOTION:
        return "the mouth hardly moves"
    most = round(_MOST_LAG_S * SPEECH_HZ)
    likeness = correlate(mouth, voice, most)
    natural, elsewhere = _compare(likeness, most)
    place, best = find_peak(likeness)
    figures = {
        "likeness": f"{natural:.2f}",
        "best": f"{best:.2f} with the sound {(place - most) / SPEECH_HZ * 1000:+.0f} ms after the lips",
    }
    widest = float(window.times_s[int(np.argmax(measure_mouth(window)))])
    ahead = float(np.arctanh(natural) - np.arctanh(elsewhere))
    likely = _LIKE_WEIGHT * (float(np.arctanh(natural)) - _LEAST_LIKE)
    return SignValue(min(ahead, likely), figures, widest)


def _compare(likeness: NDArray[np.float64], most: int) -> tuple[float, float]:
    """Return the largest correlation at natural lags, and at all others; 0 or more."""
    lags = np.arange(-most, most + 1) / SPEECH_HZ
    fine = np.arange(-most * _FINE, most * _FINE + 1) / (_FINE * SPEECH_HZ)
    values = np.asarray(np.clip(np.interp(fine, lags, likeness), 0, _MOST_LIKE), np.float64)
    inside = (fine >= _NATURAL_S[0]) & (fine <= _NATURAL_S[1])
    return float(np.max(values[inside])), float(np.max(values[~inside]))


def _speech_band(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return smooth(remove_slow(values, round(_SLOW_S * SPEECH_HZ)), round(_FAST_S * SPEECH_HZ))


SIGN: Final = Sign(
    "lips",
    "Lips and sound",
    "Correlation of mouth opening and speech energy within 60 ms, itself and against that at other lags.",
    "Sound that was exchanged or shifted does not fit the lips.",
    "It says nothing about the face itself. A converted voice keeps its timing and passes; so does a good dub.",
    "lips and sound go together",
    "lips and sound do not go together",
    read_lips,
)
