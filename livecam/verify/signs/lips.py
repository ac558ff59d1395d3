"""Lips and sound: whether the mouth opens when the voice is heard."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.verify.signs.series import SPEECH_HZ, FaceWindow
from livecam.verify.signs.sign import Sign, SignValue
from livecam.verify.signs.signals import correlate, find_peak, remove_slow, resample, smooth

_LEAST_S, _LEAST_HZ = 5.0, 14.0
_SLOW_S, _FAST_S = 1.2, 0.1
_MOST_LAG_S: Final = 0.5
_NATURAL_S: Final = (-0.02, 0.08)
"""Sound may come this much before the lips (negative) or after them."""
_ELSEWHERE_S: Final = (-0.08, 0.14)
"""Lags before and after these are what the natural one is compared with."""
_SILENT_DB, _SPOKEN_SHARE, _LEAST_DB = 25.0, 0.2, -65.0
_LEAST_MOTION: Final = 0.012


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
    """Return how much better mouth and voice fit at their natural lag than else."""
    if window.speech is None:
        return "there is no sound"
    if window.length_s < _LEAST_S or window.rate_hz < _LEAST_HZ:
        return f"needs {_LEAST_S:.0f} s of one face at {_LEAST_HZ:.0f} pictures a second"
    loud = np.asarray(window.speech, np.float64)
    peak = float(np.percentile(loud, 95))
    if peak < _LEAST_DB or (loud > peak - _SILENT_DB).mean() < _SPOKEN_SHARE:
        return "too little speech"
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
    return SignValue(2 * natural - elsewhere, figures, widest)


def _compare(likeness: NDArray[np.float64], most: int) -> tuple[float, float]:
    """Return the largest correlation at natural lags, and at all others."""
    low, high = (most + round(side * SPEECH_HZ) for side in _NATURAL_S)
    before, after = (most + round(side * SPEECH_HZ) for side in _ELSEWHERE_S)
    elsewhere = max(float(np.max(likeness[: before + 1])), float(np.max(likeness[after:])))
    return float(np.max(likeness[low : high + 1])), elsewhere


def _speech_band(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return smooth(remove_slow(values, round(_SLOW_S * SPEECH_HZ)), round(_FAST_S * SPEECH_HZ))


SIGN: Final = Sign(
    "lips",
    "Lips and sound",
    "Correlation of mouth opening and speech energy at their natural lag, against that at other lags.",
    "Sound that was exchanged or shifted does not fit the lips.",
    "It says nothing about the face itself. A converted voice keeps its timing and passes; so does a good dub.",
    "lips and sound go together",
    "lips and sound do not go together",
    read_lips,
)
