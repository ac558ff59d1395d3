"""Read the in-sound mark of a stretch of sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.audio.mark.pattern import (
    BAND_HZ,
    BANDS,
    HALF_SAMPLES,
    LOWEST_HZ,
    PILOT,
    RATE_HZ,
    SESSION_BITS,
    SLOTS,
    Pattern,
    pattern,
)

WINDOW_S: Final = 16.0
SHORTEST_S: Final = 4.0
# One unmarked window in a million reaches it: `docs/mark-format.md` says how that was found.
SOUND_THRESHOLD: Final = 9.0
_STEP_SAMPLES: Final = 192
_FFT_SAMPLES: Final = 768
_HALF_STEPS: Final = HALF_SAMPLES // _STEP_SAMPLES
_SLOT_STEPS: Final = 2 * _HALF_STEPS
_SPEEDS: Final = np.linspace(0.985, 1.015, 31)
_QUIET_DB, _LARGEST_DB = 45.0, 6.0
_BANDS_AROUND: Final = 7


@dataclass(frozen=True, slots=True)
class SoundReading:
    """What a window of sound says.

    Attributes:
        begin_s: When it begins.
        marked: Whether its score reaches the threshold.
        score: How well all slots agree, in standard deviations of unmarked ones.
        session: The session's number; its bits have no check of their own.
        margin: How clearly the least certain bit was decided, in the same unit.
        speed: How much faster than it was made the sound runs.
    """

    begin_s: float
    marked: bool
    score: float
    session: int
    margin: float
    speed: float


def read_sound(samples: NDArray[np.float32], begin_s: float = 0.0, plan: Pattern | None = None) -> SoundReading | None:
    """The reading of a window, (n,) float32 at 48 kHz; None when it is shorter than SHORTEST_S."""
    if len(samples) < SHORTEST_S * RATE_HZ:
        return None
    plan = plan or pattern()
    changes = _changes(_levels_db(samples))
    answers = changes @ plan.sign.T.astype(np.float64)
    best = max((_best_at(answers, plan, float(speed)) for speed in _SPEEDS), key=lambda found: found.agreed)
    sums = _band_sums(changes, plan, best)
    deviation = max(float(np.linalg.norm(sums)), 1e-9)
    said = sums.sum(1)
    bits = np.zeros(PILOT + 1)
    np.add.at(bits, plan.bit, said)
    session = sum(int(value >= 0) << (SESSION_BITS - 1 - n) for n, value in enumerate(bits[:PILOT]))
    score = float((np.abs(bits[:PILOT]).sum() + bits[PILOT]) / deviation)
    margin = float(np.abs(bits[:PILOT]).min() / deviation * np.sqrt(SLOTS))
    return SoundReading(begin_s, score >= SOUND_THRESHOLD, score, session, margin, best.speed)


def sound_readings(samples: NDArray[np.float32]) -> Iterator[SoundReading]:
    """The readings of a whole sound, (n,) float32 at 48 kHz, in windows of WINDOW_S that overlap by half."""
    window, hop = int(WINDOW_S * RATE_HZ), int(WINDOW_S * RATE_HZ / 2)
    for begin in range(0, max(len(samples) - window + hop, 1), hop):
        reading = read_sound(samples[begin : begin + window], begin / RATE_HZ)
        if reading is not None:
            yield reading


def _levels_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """(steps, BANDS) level of each band every 4 ms; what is too quiet to carry anything lies at the floor."""
    count = (len(samples) - _FFT_SAMPLES) // _STEP_SAMPLES + 1
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FFT_SAMPLES)[::_STEP_SAMPLES][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FFT_SAMPLES).astype(np.float32))) ** 2
    hertz = np.fft.rfftfreq(_FFT_SAMPLES, 1 / RATE_HZ)
    band = np.floor((hertz - LOWEST_HZ) / BAND_HZ)
    bands = np.stack([power[:, band == number].sum(1) for number in range(BANDS)], axis=1)
    loud = 10 * np.log10(np.maximum(bands, 1e-12))
    return np.asarray(np.maximum(loud, np.percentile(loud, 99) - _QUIET_DB), np.float64)


def _changes(levels_db: NDArray[np.float64]) -> NDArray[np.float64]:
    """(steps, BANDS) how much each band falls from a half slot that begins at a step to the one after it."""
    sums = np.concatenate([np.zeros((1, BANDS)), np.cumsum(levels_db, axis=0)])
    halves = (sums[_HALF_STEPS:] - sums[:-_HALF_STEPS]) / _HALF_STEPS
    fall = halves[:-_HALF_STEPS] - halves[_HALF_STEPS:]
    # Against what a voice's own rise and fall does before and after, and in the bands around.
    outside = (np.roll(fall, _HALF_STEPS, 0) + np.roll(fall, -_HALF_STEPS, 0)) / 2
    change = fall - 0.5 * outside
    change -= cv2.blur(change, (_BANDS_AROUND, 1), borderType=cv2.BORDER_REPLICATE)
    change = np.clip(change, -_LARGEST_DB, _LARGEST_DB)
    change /= np.sqrt((change**2).mean(axis=1, keepdims=True)) + 1.0
    return np.asarray(change, np.float64)


@dataclass(frozen=True, slots=True)
class _Begin:
    """Where a cycle begins, in steps, at which speed, and how well all slots agree on it."""

    agreed: float
    step: int
    speed: float


def _places(begins: NDArray[np.int64], steps: int, speed: float) -> NDArray[np.int32]:
    """(begins, slots) the steps at which the slots begin, as many as fit for every begin."""
    slots = int((steps * speed - 1) / _SLOT_STEPS) - SLOTS
    return np.rint((begins[:, None] + _SLOT_STEPS * np.arange(slots)[None, :]) / speed).astype(np.int32)


def _best_at(answers: NDArray[np.float64], plan: Pattern, speed: float) -> _Begin:
    """The best begin of the cycle at a speed.

    Args:
        answers: (steps, SLOTS) what a slot that begins at a step would say for each place in the cycle.
        plan: The pattern.
        speed: How much faster than it was made the sound runs.
    """
    places = _places(np.arange(SLOTS * _SLOT_STEPS), len(answers), speed)
    which = np.arange(places.shape[1]) % SLOTS
    said = answers[places, which[None, :]]
    sums = np.stack([said[:, which == slot].sum(1) for slot in range(SLOTS)], axis=1)
    deviation = np.linalg.norm(said, axis=1)
    agreed = np.where(plan.bit == PILOT, sums, np.abs(sums)).sum(1) / np.maximum(deviation, 1e-9)
    best = int(agreed.argmax())
    return _Begin(float(agreed[best]), best, speed)


def _band_sums(changes: NDArray[np.float64], plan: Pattern, begin: _Begin) -> NDArray[np.float64]:
    """(SLOTS, BANDS) what every band says at each place of the cycle, all cycles together, along its own sign."""
    places = _places(np.array([begin.step]), len(changes), begin.speed)[0]
    sums = np.zeros((SLOTS, BANDS))
    np.add.at(sums, np.arange(len(places)) % SLOTS, changes[places])
    return np.asarray(sums * plan.sign, np.float64)
