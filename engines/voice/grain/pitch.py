"""Pitch while it is spoken.

Normalised correlation, a learned voicing decision, and the best path of two frames.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, log, log2, log10
from typing import Final, NamedTuple

import numpy as np

from engines.voice.grain.frames import HOP, RATE_HZ, Floats

LOWEST_HZ: Final = 65.0
HIGHEST_HZ: Final = 500.0
STEP: Final = 2 * HOP
"""Samples of a step; a pitch holds for two frames."""
LOOK_AHEAD_FRAMES: Final = 4
"""A step answers for the frame with its centre this many frames before the end of its samples: 20 ms."""

_SHORTEST, _LONGEST = int(RATE_HZ / HIGHEST_HZ), int(RATE_HZ / LOWEST_HZ)
_LAGS: Final = _LONGEST - _SHORTEST + 1
_WINDOW: Final = 320
_STEPS: Final = _WINDOW // STEP
_PAST: Final = _LONGEST + STEP
"""Samples that a step's products with every lag need."""
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
    """A two-layer network on three frames of features.

    Learned by `training/voice/voicing.py`.
    """

    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: float

    def __call__(self, features: Floats) -> float:
        """Probability that a frame is voiced; features (27,)."""
        hidden = np.tanh(features @ self.hidden + self.hidden_bias)
        return 1 / (1 + exp(-(float(hidden @ self.out) + self.out_bias)))


@cache
def load_voicing_net() -> VoicingNet:
    """Return the shipped network.

    The features' mean and scale are taken into its first layer.
    """
    with files("engines.voice.grain").joinpath("voicing.npz").open("rb") as file, np.load(file) as stored:
        arrays = {name: stored[name].astype(np.float64) for name in stored.files}
    hidden = arrays["hidden"] / arrays["scale"][:, None]
    bias = arrays["hidden_bias"] - arrays["mean"] @ hidden
    return VoicingNet(hidden, bias, arrays["out"], float(arrays["out_bias"]))


class Correlation:
    """Normalised correlation of the last 20 ms with each lag, of two signals.

    Products and energies are summed step by step: a sample is multiplied once, not in each of its windows.
    """

    def __init__(self) -> None:
        self._past = np.zeros((2, _PAST))
        self._products = np.zeros((_STEPS, 2, _LAGS))
        self._squares = [np.zeros((2, STEP))] * _STEPS
        self._energies = np.zeros((2, _LONGEST + 1))
        self._count = 0

    @property
    def energies(self) -> Floats:
        """(2,) sum of squares of the last window."""
        return self._energies[:, -1]

    def __call__(self, newest: Floats) -> Floats:
        """Take the next samples of both signals (2, 160).

        Give (2, lags), -1..1, shortest lag first.
        """
        self._past = past = np.concatenate([self._past[:, STEP:], newest], axis=1)
        products = self._products[self._count % _STEPS]
        for row in (0, 1):
            products[row] = np.correlate(past[row, : _PAST - _SHORTEST], past[row, -STEP:], "valid")
        self._count += 1
        self._follow_energies(newest)
        earlier = self._energies[:, :-_SHORTEST]
        return np.asarray((self._products.sum(0) / np.sqrt(self._energies[:, -1:] * earlier + 1e-9))[:, ::-1])

    def _follow_energies(self, newest: Floats) -> None:
        """Update the sum of squares of the window that ends at every sample kept."""
        sums = np.cumsum(newest * newest, axis=1)
        window = self._squares[0][:, -1:] + self._squares[1][:, -1:]
        ending = window - self._squares[0] + sums
        self._squares = [*self._squares[1:], sums]
        self._energies = np.concatenate([self._energies[:, STEP:], ending], axis=1)


class Candidate(NamedTuple):
    """A pitch a frame may have.

    The binary logarithm of its Hz, and how well the sound repeats at it.
    """

    octaves: float
    score: float


def _candidates(correlation: Floats) -> list[Candidate]:
    """Return the peaks of a correlation (lags,), best first."""
    middle = correlation[1:-1]
    at = np.flatnonzero((middle > _LEAST_PEAK) & (middle >= correlation[:-2]) & (middle > correlation[2:]))
    found = []
    for place in at.tolist():
        before, peak, after = correlation[place : place + 3].tolist()
        offset = 0.5 * (before - after) / (before - 2 * peak + after)
        lag = _SHORTEST + 1 + place + offset
        found.append(Candidate(log2(RATE_HZ / lag), peak - 0.25 * (before - after) * offset - _LONG_LAG_COST * lag))
    found.sort(key=lambda candidate: -candidate.score)
    return found[:_CANDIDATES]


def _decibels(energy: float, samples: int) -> float:
    return 10 * log10(energy / samples + 1e-9)


class _Levels:
    """The room's floor and the voice's peak, followed frame by frame, in dB."""

    def __init__(self) -> None:
        self._low = self._high = -90.0
        self._first = True

    def follow(self, now: float) -> tuple[float, float]:
        if self._first:
            self._low = self._high = now
            self._first = False
        self._low = now if now < self._low else self._low + 0.005 * (now - self._low)
        self._high = now if now > self._high else self._high - 0.02
        return self._low, self._high


class PitchFeatures:
    """What a frame shows.

    Pitch candidates and the features the voicing decision is made of.
    """

    def __init__(self) -> None:
        self._levels, self._correlation = _Levels(), Correlation()
        self._frame = np.zeros(_WINDOW)
        self._past: list[list[float]] = []

    def __call__(self, wide: Floats, low: Floats) -> tuple[list[Candidate], Floats]:
        """Return candidates and features (27,) of the latest window.

        It ends with these samples, (160,) plain and low-passed.
        """
        both = self._correlation(np.array([low, wide]))
        candidates = _candidates(_LOW_SHARE * both[0] + (1 - _LOW_SHARE) * both[1])
        self._frame = frame = np.concatenate([self._frame[STEP:], wide])
        energy_low, energy = (_decibels(float(total), _WINDOW) for total in self._correlation.energies)
        steps, signs = frame[1:] - frame[:-1], frame < 0
        energy_high = _decibels(float(steps @ steps), _WINDOW - 1)
        floor, peak = self._levels.follow(energy)
        crossings = float(np.count_nonzero(signs[1:] != signs[:-1])) / (_WINDOW - 1)
        best = candidates[0].score if candidates else -1.0
        now = [*both.max(1).tolist(), best, energy - peak, energy - floor]
        now += [energy_low - energy, energy_high - energy, crossings, energy_low - peak]
        self._past = [now, *(self._past or [now, now])][:3]
        return candidates, np.array([*self._past[0], *self._past[1], *self._past[2]])


class PitchTracker:
    """Follows the pitch, two frames per step."""

    def __init__(self) -> None:
        self._net = load_voicing_net()
        self._features = PitchFeatures()
        self._before: list[tuple[float, float]] = []
        self._silent = 0.0

    def step(self, wide: Floats, low: Floats) -> float:
        """Take the next samples (160,), plain and low-passed.

        Give a pitch in Hz, 0 when unvoiced.

        The answer is for the frame `LOOK_AHEAD_FRAMES` before the end of the samples.
        """
        candidates, features = self._features(wide, low)
        voiced = self._net(features)
        spoken = -log(voiced + 1e-4)
        costs = [2 * (1 - candidate.score) + spoken for candidate in candidates]
        return self._decide(candidates, costs, -log(1 - voiced + 1e-4) + _UNVOICED_COST)

    def _decide(self, candidates: list[Candidate], costs: list[float], unvoiced: float) -> float:
        """Return the previous frame's pitch, on the cheapest path to now (Viterbi)."""
        before, silent = self._before, self._silent
        paths = []
        for candidate, cost in zip(candidates, costs, strict=True):
            high = candidate.octaves
            ways = [(way + _JUMP_COST_PER_OCTAVE * abs(high - octaves), octaves) for octaves, way in before]
            paths.append((cost, min([*ways, (silent + _SWITCH_COST, 0.0)])))
        rest = min([(silent, 0.0), *((way + _SWITCH_COST, octaves) for octaves, way in before)])
        totals = [cost + way for cost, (way, _) in paths]
        total = unvoiced + rest[0]
        least = min([total, *totals])
        self._before = [(candidate.octaves, t - least) for candidate, t in zip(candidates, totals, strict=True)]
        self._silent = total - least
        decided = rest[1] if total <= least else paths[totals.index(least)][1][1]
        return 2**decided if decided else 0.0
