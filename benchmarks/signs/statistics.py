"""Areas under curves, intervals over people, likelihood ratios by bins and a small logistic regression."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
RESAMPLES = 400
LEVEL = (5.0, 95.0)


def auc(altered: Values, untouched: Values) -> float:
    """The chance that an altered score is above an untouched one; ties count half. NaN where one is empty."""
    if not len(altered) or not len(untouched):
        return float("nan")
    ranks = np.searchsorted(np.sort(untouched), altered, side="left") + np.searchsorted(
        np.sort(untouched), altered, side="right"
    )
    return float(ranks.mean() / 2 / len(untouched))


@dataclass(frozen=True)
class Scores:
    """Scores of windows with the person each shows."""

    values: Values
    people: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.values)

    def drawn(self, people: Sequence[str]) -> Values:
        """The scores of people drawn with repetition."""
        nothing = np.zeros(0)
        parts = [self._of_person.get(person, nothing) for person in people]
        return np.concatenate(parts) if parts else nothing

    @cached_property
    def _of_person(self) -> dict[str, Values]:
        return {person: self.values[self.people == person] for person in set(self.people.tolist())}


def interval(
    altered: Scores, untouched: Scores, of: Callable[[Values, Values], float], seed: int = 1
) -> tuple[float, float]:
    """The 90 % interval of a figure, by drawing people with repetition."""
    random = np.random.default_rng(seed)
    people = sorted({*altered.people.tolist(), *untouched.people.tolist()})
    found = []
    for _ in range(RESAMPLES):
        drawn = random.choice(people, len(people)).tolist()
        value = of(altered.drawn(drawn), untouched.drawn(drawn))
        if np.isfinite(value):
            found.append(value)
    if not found:
        return float("nan"), float("nan")
    low, high = np.percentile(found, LEVEL)
    return float(low), float(high)


def wilson(hits: int, count: int, z: float = 1.645) -> tuple[float, float]:
    """The 90 % interval of a share."""
    if count == 0:
        return 0.0, 1.0
    share = hits / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * np.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def bin_ratio(altered: Values, untouched: Values, low: float, high: float, bins: int) -> float:
    """How much more often altered scores are in a bin; half a window is added to every bin of both."""
    shares = [
        (np.count_nonzero((values > low) & (values <= high)) + 0.5) / (len(values) + 0.5 * bins)
        for values in (altered, untouched)
    ]
    return float(shares[0] / shares[1])


@dataclass(frozen=True)
class Logistic:
    """A logistic regression on standardised scores; a score that is missing counts as the mean."""

    mean: Values
    spread: Values
    weights: Values
    bias: float

    def __call__(self, scores: Values) -> Values:
        """Logits of scores (n, k)."""
        return _standard(scores, self.mean, self.spread) @ self.weights + self.bias


def fit_logistic(scores: Values, altered: NDArray[np.bool_], weights: Values, penalty: float = 1.0) -> Logistic:
    """Fit by Newton's method; `weights` (n,) make both kinds count alike."""
    mean = np.nanmean(scores, axis=0)
    spread = np.nanstd(scores, axis=0) + 1e-6
    inputs = np.column_stack([_standard(scores, mean, spread), np.ones(len(scores))])
    found = np.zeros(inputs.shape[1])
    keep = np.diag([penalty] * (inputs.shape[1] - 1) + [1e-6])
    for _ in range(30):
        share = 1 / (1 + np.exp(-np.clip(inputs @ found, -30, 30)))
        slope = inputs.T @ (weights * (share - altered)) + keep @ found
        bend = (inputs * (weights * share * (1 - share))[:, None]).T @ inputs + keep
        step = np.linalg.solve(bend, slope)
        found = found - step
        if np.abs(step).max() < 1e-8:
            break
    return Logistic(mean, spread, found[:-1], float(found[-1]))


def _standard(scores: Values, mean: Values, spread: Values) -> Values:
    """Two-sided: a score far from the usual in either direction is kept as it is, missing ones are zero."""
    return np.nan_to_num(np.clip((scores - mean) / spread, -4, 4))
