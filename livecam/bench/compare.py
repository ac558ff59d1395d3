"""Compare two benchmark files: what got better or worse by more than chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from livecam.bench.verdict import make_warning
from livecam.core.errors import UsageError
from livecam.core.files.reading import parse_json, read_at_most
from livecam.core.report import SCHEMA

BLOCK_FRAMES = 10
RESAMPLES = 2000
LEAST_PERCENT = 3.0


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of two runs.

    Attributes:
        what: Its name.
        before, after: Its value in either run.
        percent: How much larger it is in the second run.
        low, high: The 95 % confidence interval of `percent`.
    """

    what: str
    before: float
    after: float
    percent: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """One of "faster", "slower" and "same"; all of these figures are times."""
        if self.high < 0 and self.percent <= -LEAST_PERCENT:
            return "faster"
        return "slower" if self.low > 0 and self.percent >= LEAST_PERCENT else "same"


def describe_change(percent: float) -> str:
    """Describe the change of a time, as in "12.0 % slower"."""
    shown = f"{abs(percent):.1f} %"
    return shown if shown == "0.0 %" else f"{shown} {'slower' if percent > 0 else 'faster'}"


def find_busy_runs(runs: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for every run with other programs on its machine."""
    said = [(name, make_warning(run.get("machine", {}))) for name, run in runs.items()]
    return [f"{name}: {words}" for name, words in said if words]


def read_bench(path: Path) -> Mapping[str, Any]:
    """Read a file that `livecam bench run --json` wrote.

    Raises:
        UsageError: It cannot be read, or is something else.
    """
    try:
        run = parse_json(read_at_most(path, _LARGEST_BYTES))
        if run["schema"] != SCHEMA or not all("frames_ms" in case for case in run["unpaced"]):
            raise KeyError("frames_ms")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", command=_AGAIN) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no benchmark of this version", command=_AGAIN) from error
    return dict(run)


_LARGEST_BYTES = 100_000_000
_AGAIN = "livecam bench run --json PATH"


def compare_runs(before: Mapping[str, Any], after: Mapping[str, Any], seed: int = 1) -> list[Change]:
    """Compare every figure that both runs have.

    Whole frames are compared as ratios to the minimal program measured next to them, paired by the frame's place in
    the clip. Slowdowns of both cancel out. Intervals are block bootstraps over frames (Künsch 1989), because
    neighbouring frames are slow together.
    """
    random = np.random.default_rng(seed)
    found = []
    earlier = {case["case"]["name"]: case for case in before["unpaced"]}
    for case in after["unpaced"]:
        name = case["case"]["name"]
        if name in earlier:
            found.append(_compare_paired(f"{name}: frame / floor", _ratios(earlier[name]), _ratios(case), random))
    if before.get("paced") and after.get("paced"):
        ages, later = _ages_ms(before), _ages_ms(after)
        if len(ages) and len(later):
            found.append(_compare_unpaired("live: capture to sink, ms", ages, later, random))
    return found


def _ratios(case: Mapping[str, Any]) -> NDArray[np.float64]:
    whole, floor = (np.array(case["frames_ms"][name], np.float64) for name in ("whole", "floor"))
    return np.asarray(whole / np.maximum(floor, 1e-3), np.float64)


def _ages_ms(run: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the age of every new picture when the live session sent it."""
    return np.array([age for _, age, new in run["paced"]["timeline"] if new], np.float64)


def _compare_paired(what: str, a: NDArray[np.float64], b: NDArray[np.float64], random: np.random.Generator) -> Change:
    n = min(len(a), len(b))
    steps = np.log(b[:n]) - np.log(a[:n])
    medians = [float(np.median(steps[places])) for places in _blocks(n, random)]
    low, high = (_percent(float(np.percentile(medians, p))) for p in (2.5, 97.5))
    middle = _percent(float(np.median(steps)))
    return Change(what, float(np.median(a)), float(np.median(b)), middle, low, high)


def _compare_unpaired(what: str, a: NDArray[np.float64], b: NDArray[np.float64], random: np.random.Generator) -> Change:
    pairs = zip(_blocks(len(a), random), _blocks(len(b), random), strict=True)
    steps = [float(np.log(np.median(b[q])) - np.log(np.median(a[p]))) for p, q in pairs]
    low, high = (_percent(float(np.percentile(steps, p))) for p in (2.5, 97.5))
    middle = float(np.median(b) / np.median(a) - 1) * 100
    return Change(what, float(np.median(a)), float(np.median(b)), middle, low, high)


def _percent(step: float) -> float:
    return float(np.expm1(step)) * 100


def _blocks(count: int, random: np.random.Generator) -> Sequence[NDArray[np.int64]]:
    """Return the indices of resampled frames, in whole blocks of neighbours."""
    length = min(BLOCK_FRAMES, count)
    starts = random.integers(0, count - length + 1, (RESAMPLES, -(-count // length)))
    places = (starts[..., None] + np.arange(length)).reshape(RESAMPLES, -1)[:, :count]
    return list(places)
