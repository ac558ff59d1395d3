"""Read the in-sound mark of a piece of sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.disclosure.sound.watermark.pattern import (
    BAND_HZ,
    BANDS,
    HALF_SAMPLES,
    LOWEST_HZ,
    PILOT,
    RATE_HZ,
    SESSION_BITS,
    SLOTS,
    Pattern,
    make_pattern,
)

WINDOW_S: Final = 16.0
SHORTEST_S: Final = 4.0
# One unmarked window in a million reaches it: `docs/mark-format.md` says how that was found.
SOUND_THRESHOLD: Final = 9.0
_STEP_SAMPLES: Final = 192
_FFT_SAMPLES: Final = 768
_HALF_STEPS: Final = HALF_SAMPLES // _STEP_SAMPLES
_SLOT_STEPS: Final = 2 * _HALF_STEPS
_CYCLE_STEPS: Final = SLOTS * _SLOT_STEPS
_SPEEDS: Final = np.linspace(0.985, 1.015, 31)
_QUIET_DB, _LARGEST_DB = 45.0, 6.0
_BANDS_AROUND: Final = 7


@dataclass(frozen=True, slots=True)
class SoundReading:
    """The reading of a window of sound.

    Attributes:
        begin_s: When it begins.
        marked: Whether its score reaches the threshold.
        score: How well all slots agree, in standard deviations of unmarked ones.
        session: The session's number; its bits have no check of their own.
        margin: How clearly the least certain bit was decided, in the same unit.
        speed: Speed of the sound relative to the original.
    """

    begin_s: float
    marked: bool
    score: float
    session: int
    margin: float
    speed: float


def read_sound(samples: NDArray[np.float32], begin_s: float = 0.0) -> SoundReading | None:
    """Return the reading of a window, (n,) float32 at 48 kHz.

    None when it is shorter than SHORTEST_S.
    """
    if len(samples) < SHORTEST_S * RATE_HZ:
        return None
    return decode(measure_changes(samples), make_pattern(), begin_s)


def decode(fallen: NDArray[np.float32], plan: Pattern, begin_s: float = 0.0) -> SoundReading:
    """Return the best message of a window.

    Args:
        fallen: Its `changes`.
        plan: The pattern it is asked for.
        begin_s: When the window begins.
    """
    answers = fallen @ plan.sign.T.astype(np.float32)
    both = np.concatenate([answers, answers**2], axis=1)
    best = max((_best_at(both, plan, float(speed)) for speed in _SPEEDS), key=lambda found: found.agreed)
    sums = _band_sums(fallen, plan, best)
    deviation = max(float(np.linalg.norm(sums)), 1e-9)
    said = sums.sum(1)
    bits = np.zeros(PILOT + 1)
    np.add.at(bits, plan.bit, said)
    session = sum(int(value >= 0) << (SESSION_BITS - 1 - n) for n, value in enumerate(bits[:PILOT]))
    score = float((np.abs(bits[:PILOT]).sum() + bits[PILOT]) / deviation)
    margin = float(np.abs(bits[:PILOT]).min() / deviation * np.sqrt(SLOTS))
    return SoundReading(begin_s, score >= SOUND_THRESHOLD, score, session, margin, best.speed)


def read_windows(samples: NDArray[np.float32]) -> Iterator[SoundReading]:
    """Yield the readings of a sound, (n,) float32 at 48 kHz.

    Windows of WINDOW_S overlap by half.
    """
    window, hop = int(WINDOW_S * RATE_HZ), int(WINDOW_S * RATE_HZ / 2)
    for begin in range(0, max(len(samples) - window + hop, 1), hop):
        reading = read_sound(samples[begin : begin + window], begin / RATE_HZ)
        if reading is not None:
            yield reading


def _levels_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return (steps, BANDS) level of each band every 4 ms.

    What is too quiet to carry the mark is at the floor.
    """
    count = (len(samples) - _FFT_SAMPLES) // _STEP_SAMPLES + 1
    frames = np.lib.stride_tricks.sliding_window_view(samples, _FFT_SAMPLES)[::_STEP_SAMPLES][:count]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FFT_SAMPLES).astype(np.float32))) ** 2
    hertz = np.fft.rfftfreq(_FFT_SAMPLES, 1 / RATE_HZ)
    band = np.floor((hertz - LOWEST_HZ) / BAND_HZ)
    bands = np.stack([power[:, band == number].sum(1) for number in range(BANDS)], axis=1)
    loud = 10 * np.log10(np.maximum(bands, 1e-12))
    return np.asarray(np.maximum(loud, np.percentile(loud, 99) - _QUIET_DB), np.float64)


def measure_changes(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return each band's fall (steps, BANDS) from a half slot to the next.

    The half slot begins at the step. `samples` are (n,) float32 at 48 kHz, SHORTEST_S or more.
    """
    levels_db = _levels_db(samples)
    sums = np.concatenate([np.zeros((1, BANDS)), np.cumsum(levels_db, axis=0)])
    halves = (sums[_HALF_STEPS:] - sums[:-_HALF_STEPS]) / _HALF_STEPS
    fall = halves[:-_HALF_STEPS] - halves[_HALF_STEPS:]
    # Against what a voice's own rise and fall does before and after, and in the bands around.
    outside = (np.roll(fall, _HALF_STEPS, 0) + np.roll(fall, -_HALF_STEPS, 0)) / 2
    change = fall - 0.5 * outside
    change -= cv2.blur(change, (_BANDS_AROUND, 1), borderType=cv2.BORDER_REPLICATE)
    change = np.clip(change, -_LARGEST_DB, _LARGEST_DB)
    change /= np.sqrt((change**2).mean(axis=1, keepdims=True)) + 1.0
    return np.asarray(change, np.float32)


@dataclass(frozen=True, slots=True)
class _Begin:
    """Begin of a cycle in steps, with its speed and its agreement."""

    agreed: float
    step: int
    speed: float


def _slots(steps: int, speed: float) -> int:
    """Return how many slots fit whatever step the cycle begins at."""
    return int((steps * speed - 1) / _SLOT_STEPS) - SLOTS


def _best_at(both: NDArray[np.float32], plan: Pattern, speed: float) -> _Begin:
    """Return the best begin of the cycle at a speed.

    Args:
        both: (steps, 2 * SLOTS) what a slot that begins at a step would say for each place in the cycle; its squares.
        plan: The pattern.
        speed: How much faster than it was made the sound runs.
    """
    cycles, rest = divmod(_slots(len(both), speed), SLOTS)
    steps = np.arange(_CYCLE_STEPS * (cycles + 2) - _SLOT_STEPS)
    places = np.minimum(np.rint(steps / speed).astype(np.int32), len(both) - 1)
    said = both[places]
    reach = 2 * _CYCLE_STEPS - _SLOT_STEPS
    # Steps that are whole cycles apart belong to the same begin and place: folded once for all begins.
    folded = sum((said[_CYCLE_STEPS * n :][:reach] for n in range(cycles)), np.zeros((reach, 2 * SLOTS), np.float32))
    last = said[_CYCLE_STEPS * cycles :][:reach]
    begun = np.tile(np.arange(SLOTS) < rest, 2)
    folded[:, begun] += last[:, begun]
    begin, place = np.arange(_CYCLE_STEPS)[:, None], np.arange(SLOTS)[None, :]
    sums, squares = (folded[begin + _SLOT_STEPS * place, place + part] for part in (0, SLOTS))
    deviation = np.sqrt(squares.sum(1))
    agreed = np.where(plan.bit == PILOT, sums, np.abs(sums)).sum(1) / np.maximum(deviation, 1e-9)
    best = int(agreed.argmax())
    return _Begin(float(agreed[best]), best, speed)


def _band_sums(fallen: NDArray[np.float32], plan: Pattern, begin: _Begin) -> NDArray[np.float64]:
    """Return each band's sum (SLOTS, BANDS) by place in the cycle.

    All cycles are added, along the band's own sign.
    """
    slots = np.arange(_slots(len(fallen), begin.speed))
    places = np.rint((begin.step + _SLOT_STEPS * slots) / begin.speed).astype(np.int32)
    sums = np.zeros((SLOTS, BANDS))
    np.add.at(sums, slots % SLOTS, fallen[places])
    return np.asarray(sums * plan.sign, np.float64)
