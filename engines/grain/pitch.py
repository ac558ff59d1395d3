"""Pitch while it is spoken: normalised correlation, a learned voicing decision, and the best path of two frames."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from engines.grain.frames import HOP, RATE_HZ, Floats

LOWEST_HZ: Final = 65.0
HIGHEST_HZ: Final = 500.0
LOOK_AHEAD_FRAMES: Final = 4
"""A step answers for the frame whose centre lies this many frames before the end of its samples: 20 ms."""

_SHORTEST, _LONGEST = int(RATE_HZ / HIGHEST_HZ), int(RATE_HZ / LOWEST_HZ)
_LAGS = np.arange(_SHORTEST, _LONGEST + 1)
_WINDOW: Final = 320
_KEPT: Final = _LONGEST + 1 + _WINDOW
_CANDIDATES: Final = 6
_LOW_SHARE: Final = 0.4
_LEAST_PEAK: Final = 0.25
_LONG_LAG_COST: Final = 0.001
_JUMP_COST_PER_OCTAVE: Final = 6.0
_SWITCH_COST: Final = 1.2
_UNVOICED_COST: Final = 1.0
_NEVER: Final = 1e9


@dataclass(frozen=True, slots=True)
class VoicingNet:
    """A two-layer network on three frames of features; learned by `training/voicing.py`."""

    mean: Floats
    scale: Floats
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: float

    def __call__(self, features: Floats) -> Floats:
        """Probability that a frame is voiced; features (..., 27)."""
        hidden = np.tanh((features - self.mean) / self.scale @ self.hidden + self.hidden_bias)
        return np.asarray(1 / (1 + np.exp(-(hidden @ self.out + self.out_bias))))


@cache
def voicing_net() -> VoicingNet:
    """The shipped network."""
    with files("engines.grain").joinpath("voicing.npz").open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files}
    return VoicingNet(**{**arrays, "out_bias": float(arrays["out_bias"])})


def _correlation(samples: Floats) -> Floats:
    """Normalised correlation of the last window with itself one lag earlier, for every lag; (lags,) -1..1."""
    window = samples[-_WINDOW:]
    products = np.correlate(samples[1 : len(samples) - _SHORTEST], window, "valid")[::-1]
    sums = np.concatenate([[0.0], np.cumsum(samples * samples)])
    ends = len(samples) - _LAGS
    energies = sums[ends] - sums[ends - _WINDOW]
    own = sums[-1] - sums[-1 - _WINDOW]
    return np.asarray(products / np.sqrt(own * np.maximum(energies, 0) + 1e-9))


def _peaks(correlation: Floats) -> tuple[Floats, Floats]:
    """The best peaks: pitch in Hz and score, each (6,); unused places have score -1."""
    middle, left, right = correlation[1:-1], correlation[:-2], correlation[2:]
    at = np.flatnonzero((middle > _LEAST_PEAK) & (middle >= left) & (middle > right))
    hz, scores = np.ones(_CANDIDATES), np.full(_CANDIDATES, -1.0)
    if not len(at):
        return hz, scores
    before, after = left[at], right[at]
    offset = 0.5 * (before - after) / (before - 2 * middle[at] + after)
    lag = _SHORTEST + 1 + at + offset
    score = middle[at] - 0.25 * (before - after) * offset - _LONG_LAG_COST * lag
    best = np.argsort(-score, kind="stable")[:_CANDIDATES]
    hz[: len(best)], scores[: len(best)] = RATE_HZ / lag[best], score[best]
    return hz, scores


def _decibels(samples: Floats) -> float:
    return float(10 * np.log10(samples @ samples / len(samples) + 1e-9))


class _Levels:
    """The room's floor and the voice's peak, followed frame by frame, in dB."""

    def __init__(self) -> None:
        self._low = self._high = -90.0
        self._first = True

    def follow(self, now: float) -> tuple[float, float]:
        if self._first:
            self._low = self._high = now
            self._first = False
        self._low = now if now < self._low else self._low + 0.0025 * (now - self._low)
        self._high = now if now > self._high else self._high - 0.01
        return self._low, self._high


class PitchFeatures:
    """What a frame shows: pitch candidates and the features the voicing decision is made of."""

    def __init__(self) -> None:
        self._levels = _Levels()
        self._past: list[Floats] = []

    def __call__(self, wide: Floats, low: Floats) -> tuple[Floats, Floats, Floats]:
        """Candidates in Hz (6,), their scores (6,), features (27,); arguments hold the newest `_KEPT` samples."""
        of_low, of_wide = _correlation(low), _correlation(wide)
        hz, scores = _peaks(_LOW_SHARE * of_low + (1 - _LOW_SHARE) * of_wide)
        frame = wide[-_WINDOW:]
        energy, energy_low = _decibels(frame), _decibels(low[-_WINDOW:])
        energy_high = _decibels(np.diff(frame))
        floor, peak = self._levels.follow(energy)
        crossings = np.count_nonzero(np.diff(np.signbit(frame))) / (_WINDOW - 1)
        shown = [of_low.max(), of_wide.max(), scores.max(), energy - peak, energy - floor]
        shown += [energy_low - energy, energy_high - energy, crossings, energy_low - peak]
        now = np.array(shown)
        self._past = [now, *(self._past or [now, now])][:3]
        return hz, scores, np.concatenate(self._past)


class PitchTracker:
    """Follows the pitch, one frame per step."""

    def __init__(self) -> None:
        self._net = voicing_net()
        self._features = PitchFeatures()
        self._wide, self._low = np.zeros(_KEPT), np.zeros(_KEPT)
        self._costs = np.zeros(_CANDIDATES + 1)
        self._hz = np.zeros(_CANDIDATES + 1)

    def step(self, wide: Floats, low: Floats) -> float:
        """Take the next frame's samples (80,), plain and low-passed; give a pitch in Hz, 0 when unvoiced.

        The answer is for the frame `LOOK_AHEAD_FRAMES` before the end of the samples.
        """
        self._wide = np.concatenate([self._wide[HOP:], wide])
        self._low = np.concatenate([self._low[HOP:], low])
        hz, scores, features = self._features(self._wide, self._low)
        voiced = float(self._net(features))
        local = np.where(scores < 0, _NEVER, 2 * (1 - scores) - np.log(voiced + 1e-4))
        local = np.append(local, -np.log(1 - voiced + 1e-4) + _UNVOICED_COST)
        return self._decide(np.append(hz, 0.0), local)

    def _decide(self, hz: Floats, local: Floats) -> float:
        moves = np.full((len(hz), len(hz)), _SWITCH_COST)
        moves[-1, -1] = 0.0
        octaves = np.log2(hz[:-1, None] / np.maximum(self._hz[None, :-1], 1.0))
        moves[:-1, :-1] = _JUMP_COST_PER_OCTAVE * np.abs(octaves)
        ways = self._costs[None] + moves
        came_from = ways.argmin(1)
        costs = ways[np.arange(len(hz)), came_from] + local
        decided = float(self._hz[came_from[int(costs.argmin())]])
        self._costs, self._hz = np.minimum(costs - costs.min(), _NEVER), hz
        return decided
