"""Likelihood ratios: how much more often altered clips have such a score.

The numbers come from `calibration.json`, which `benchmarks/signs/calibrate.py` writes.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from livecam.core.files.reading import parse_json

MOST: Final = 10.0
"""A ratio is never given as more than this, or as less than its inverse."""


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """How much more often altered than untouched windows had such a score.

    Attributes:
        value: 1 says nothing, more speaks for altered, less for untouched.
        low: Lower end of its 90 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SignCalibration:
    """What was measured of one sign on clips of known origin.

    Attributes:
        edges: Scores between the bins, rising.
        ratios: One per bin.
        middle: The usual score of untouched windows.
        auc: Area under the curve, 0.5 for chance, with its 90 % interval.
        unusual_below: Scores below this are unusual; None where low scores are not.
        unusual_above: Scores above this are unusual; None where high scores are not.
        untouched: Windows without any alteration.
        altered: Windows that were altered.
        alarms: Share of untouched windows that may count as unusual, by the tail of their scores.
        simulated: Whether the windows were simulated, for want of clips.
    """

    edges: tuple[float, ...]
    ratios: tuple[LikelihoodRatio, ...]
    middle: float
    auc: tuple[float, float, float]
    unusual_below: float | None
    unusual_above: float | None
    untouched: int
    altered: int
    alarms: float
    simulated: bool = False

    def find_ratio(self, score: float) -> LikelihoodRatio:
        """Return the ratio of the bin that a score is in."""
        return self.ratios[bisect_right(self.edges, score)]

    def is_unusual(self, score: float) -> bool:
        """Whether untouched windows hardly ever have such a score, and altered ones do."""
        low, high = self.unusual_below, self.unusual_above
        is_rare = (low is not None and score < low) or (high is not None and score > high)
        return is_rare and self.find_ratio(score).low > 1


@cache
def load_calibration() -> Mapping[str, SignCalibration]:
    """Return what was measured, by name of the sign."""
    text = (files("livecam.verify.signs") / "calibration.json").read_text(encoding="utf-8")
    return {name: read_calibration(row) for name, row in parse_json(text)["signs"].items()}


def read_calibration(row: Mapping[str, Any]) -> SignCalibration:
    """Return a row of the data file as numbers."""
    value, low, high = row["auc"]
    return SignCalibration(
        tuple(row["edges"]),
        tuple(LikelihoodRatio(*(min(max(number, 1 / MOST), MOST) for number in ratio)) for ratio in row["ratios"]),
        row["middle"],
        (value, low, high),
        row["unusual_below"],
        row["unusual_above"],
        row["untouched"],
        row["altered"],
        row["alarms"],
        bool(row.get("simulated", False)),
    )
