"""Read what was measured: the table of the signs, and the data file that `livecam verify --signs` compares with.

    python -m benchmarks.signs.calibrate --work FOLDER --results benchmarks/results/signs.json
    python -m benchmarks.signs.calibrate --work FOLDER --write           also writes calibration.json

The limits and ratios of the product come from all people. Alarms and hits are counted by limits that come from the
other half of the people, by the very rule of the report. AUCs need no limit. Windows of synthetic people are left out
and reported apart.
"""

import argparse
import json
import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.signs.limits import budget_of, find_limit
from benchmarks.signs.lips import lips_rows
from benchmarks.signs.statistics import Scores, auc, bin_ratio, fit_logistic, interval, wilson
from engines.detect.outline import WEIGHTS, OnnxOutlineNetwork, open_file, open_network
from livecam.host.machine import describe_machine
from livecam.verify.signs import calibration
from livecam.verify.signs.calibration import read_calibration
from livecam.verify.signs.catalogue import SIGNS
from livecam.verify.signs.sign import SignValue

DATA = Path(calibration.__file__).with_name("calibration.json")
BINS, ALARMS = 5, 0.01
LOW_SIDE = {"lips", "sharpness", "grain", "blinks", "compression"}
HIGH_SIDE = {"outline", "light_lag", "light_direction", "light_colour", "jitter", "repeats"}
SOUND = "lips"
OF_PICTURES = {"outline", "sharpness", "light_direction", "light_colour", "compression"}
"""Signs that a still has too."""
LEAST, LEAST_OF_HALF = 20, 10
"""Windows of either kind below which a sign gets no limits: of all people, of half of them."""


@dataclass(frozen=True)
class Row:
    """A window: who it shows, how altered, how encoded, and its scores by name of the sign."""

    person: str
    real: bool
    still: bool
    method: str
    quality: str
    scores: dict[str, float]


def halve_people(rows: Sequence[Row]) -> dict[str, int]:
    """Every other person of each kind is in one half."""
    kinds = [sorted({row.person for row in rows if row.still == still}) for still in (False, True)]
    return {person: number % 2 for people in kinds for number, person in enumerate(people)}


def read_rows(work: Path, network: Path | None) -> list[Row]:
    """All windows that were measured; the outline network is the shipped one, or one in a file."""
    outline = open_file(network) if network is not None else open_network() if WEIGHTS.exists() else None
    digest = "" if outline is None else sha256((network or WEIGHTS).read_bytes()).hexdigest()[:12]
    rows = []
    for file in sorted(work.glob("*.pickle")):
        kept = pickle.loads(file.read_bytes())
        observation = kept["observation"]
        if outline is not None:
            logits = judged(outline, kept["crops"], file.with_suffix(f".{digest}.npy"))
            looks = [replace(look, outline=logit) for look, logit in zip(observation.looks, logits, strict=True)]
            observation = replace(observation, looks=looks)
        else:
            observation = replace(observation, looks=[replace(look, outline=None) for look in observation.looks])
        for window in observation.cut_windows():
            read = {sign.name: sign.read(window) for sign in SIGNS}
            source = kept["source"]
            scores = {
                name: value.score
                for name, value in read.items()
                if isinstance(value, SignValue) and (name in OF_PICTURES or not source.still)
            }
            rows.append(Row(source.person, source.real, source.still, kept["method"], kept["quality"], scores))
    return rows


def judged(outline: OnnxOutlineNetwork, crops: np.ndarray, kept: Path) -> list[float]:
    """Logits of crops (n, 128, 128, 3), kept in a file for the next time."""
    if not kept.exists():
        np.save(kept, [outline.judge_crop(crop)[0] for crop in crops])
    return [float(logit) for logit in np.load(kept)]


def scores_of(rows: Sequence[Row], name: str) -> Scores:
    """The scores of one sign."""
    known = [row for row in rows if name in row.scores and np.isfinite(row.scores[name])]
    return Scores(np.array([row.scores[name] for row in known], float), np.array([row.person for row in known], str))


def directed(name: str, scores: Scores) -> Scores:
    """Scores of which high ones speak for altered."""
    return Scores(-scores.values, scores.people) if name in LOW_SIDE else scores


def limit_of(untouched: np.ndarray) -> float:
    """The score that at most 1 % of the untouched windows exceed: the highest of them where they are few."""
    return float(np.sort(untouched)[len(untouched) - 1 - int(ALARMS * len(untouched))])


class Judge:
    """Limits of the product, and those of either half of the people, by which windows of the other half are judged.

    With `each`, every sign has that share to itself, as if it were the only one.
    """

    def __init__(self, rows: Sequence[Row], each: float | None = None) -> None:
        self._half = halve_people(rows)
        self.table = limits_of(rows, LEAST, each)
        parts = [[row for row in rows if self._half[row.person] != half] for half in (0, 1)]
        self._others = [
            {
                name: read_calibration(row)
                for name, row in limits_of(part, LEAST_OF_HALF, each).items()
                if row is not None
            }
            for part in parts
        ]

    def is_unusual(self, name: str, row: Row) -> bool | None:
        """What the report says by the limits of the other half; None where it says nothing."""
        score, known = row.scores.get(name, np.nan), self._others[self._half[row.person]].get(name)
        return known.is_unusual(score) if known is not None and np.isfinite(score) else None

    def count(self, name: str, rows: Sequence[Row]) -> tuple[int, int]:
        """How many windows are unusual, and how many are judged."""
        judged = [found for row in rows if (found := self.is_unusual(name, row)) is not None]
        return sum(judged), len(judged)

    def count_any(self, rows: Sequence[Row], names: Sequence[str]) -> dict[str, Any]:
        """Windows in which any of these signs is unusual, and the people that they show."""
        found = [row for row in rows if any(self.is_unusual(name, row) for name in names)]
        people = len({row.person for row in found}), len({row.person for row in rows})
        return {**share(len(found), len(rows)), "people": share(*people)}


def limits_of(rows: Sequence[Row], least: int, each: float | None = None) -> dict[str, dict[str, Any] | None]:
    """A row of the data file for every sign."""
    parts = [[row for row in rows if (row.method == "untouched") == plain] for plain in (False, True)]
    return {
        sign.name: calibrate(
            sign.name, *(scores_of(p, sign.name) for p in parts), least, budget_of(sign.name) if each is None else each
        )
        for sign in SIGNS
    }


def share(found: int, count: int) -> dict[str, Any]:
    """A share with its 90 % interval."""
    return {
        "found": found,
        "windows": count,
        "share": round(found / max(count, 1), 4),
        "share_90": [round(value, 4) for value in wilson(found, count)],
    }


def figures_of(name: str, altered: Sequence[Row], untouched: Sequence[Row], judge: Judge) -> dict[str, Any]:
    """AUC with its interval, and windows of people without influence on the limit that count as unusual."""
    one, other = (directed(name, scores_of(rows, name)) for rows in (altered, untouched))
    if not len(one) or not len(other):
        return {"altered": len(one), "untouched": len(other)}
    return {
        "altered": len(one),
        "untouched": len(other),
        "auc": round(auc(one.values, other.values), 3),
        "auc_90": [round(value, 3) for value in interval(one, other, auc)],
        "hits": share(*judge.count(name, altered)),
        "alarms": share(*judge.count(name, untouched)),
    }


def calibrate(
    name: str, altered: Scores, untouched: Scores, least: int = LEAST, budget: float | None = None
) -> dict[str, Any] | None:
    """A row of the data file; None where too little was measured."""
    if min(len(altered), len(untouched)) < least:
        return None
    edges = np.unique(
        np.quantile(np.concatenate([altered.values, untouched.values]), np.linspace(0, 1, BINS + 1)[1:-1])
    )
    bounds = [-np.inf, *edges.tolist(), np.inf]
    ratios = []
    for low, high in pairwise(bounds):

        def of(one: np.ndarray, other: np.ndarray, low: float = low, high: float = high) -> float:
            return bin_ratio(one, other, low, high, len(bounds) - 1)

        least, most = interval(altered, untouched, of)
        ratios.append([round(value, 3) for value in (of(altered.values, untouched.values), least, most)])
    low_side = name in LOW_SIDE
    turned = directed(name, altered), directed(name, untouched)
    budget = budget_of(name) if budget is None else budget
    limit = find_limit(turned[1].values, budget) * (-1 if low_side else 1)
    return {
        "edges": [round(float(edge), 5) for edge in edges],
        "ratios": ratios,
        "middle": round(float(np.median(untouched.values)), 5),
        "auc": [round(auc(turned[0].values, turned[1].values), 3), *(round(v, 3) for v in interval(*turned, auc))],
        "unusual_below": round(limit, 5) if low_side else None,
        "unusual_above": None if low_side else round(limit, 5),
        "untouched": len(untouched),
        "altered": len(altered),
        "people": len(set(untouched.people.tolist())),
        "alarms": budget,
    }


def combine(rows: Sequence[Row], left_out: str | None, quality: str | None) -> dict[str, Any]:
    """The logistic combination: trained without a method, and always without the person it is asked about."""
    names = [sign.name for sign in SIGNS if sign.name != SOUND]
    matrix = np.array([[row.scores.get(name, np.nan) for name in names] for row in rows])
    known = np.isfinite(matrix).any(0)
    matrix = matrix[:, known]
    altered = np.array([row.method != "untouched" for row in rows])
    people = np.array([row.person for row in rows])
    logits = np.full(len(rows), np.nan)
    for person in sorted(set(people.tolist())):
        learn = (people != person) & np.array([row.method != left_out for row in rows])
        weights = (
            np.where(altered, 0.5 / max(altered[learn].sum(), 1), 0.5 / max((~altered[learn]).sum(), 1)) * learn.sum()
        )
        found = fit_logistic(matrix[learn], altered[learn], weights[learn])
        logits[people == person] = found(matrix[people == person])
    asked = np.array([quality is None or row.quality == quality for row in rows])
    if left_out is not None:
        asked &= ~altered | np.array([row.method == left_out for row in rows])
    one, other = (Scores(logits[asked & kind], people[asked & kind]) for kind in (altered, ~altered))
    if not len(one) or not len(other):
        return {"altered": len(one), "untouched": len(other)}
    limit = limit_of(other.values)
    return {
        "altered": len(one),
        "untouched": len(other),
        "auc": round(auc(one.values, other.values), 3),
        "auc_90": [round(value, 3) for value in interval(one, other, auc)],
        "hits_at_1_percent": round(float((one.values > limit).mean()), 3),
    }


def matched(altered: Sequence[Row], untouched: Sequence[Row]) -> list[Row]:
    """Untouched windows of the same people in the same qualities."""
    kinds = {(row.person, row.quality) for row in altered}
    return [row for row in untouched if (row.person, row.quality) in kinds]


def tables(rows: Sequence[Row], judge: Judge, single: Judge) -> dict[str, Any]:
    """Every figure of the benchmark; `single` has limits of 1 % for each sign."""
    real = [row for row in rows if row.real]
    untouched = [row for row in real if row.method == "untouched"]
    altered = [row for row in real if row.method != "untouched"]
    methods, qualities = sorted({row.method for row in altered}), sorted({row.quality for row in real})
    names = [sign.name for sign in SIGNS if sign.name != SOUND]

    def figures(name: str, method: str | None, quality: str | None) -> dict[str, Any]:
        part = [r for r in altered if method in (None, r.method) and quality in (None, r.quality)]
        return figures_of(name, part, matched(part, untouched), judge)

    return {
        "people": {
            "clips": len({row.person for row in real if not row.still}),
            "stills": len({row.person for row in real if row.still}),
        },
        "windows": {
            "untouched": len(untouched),
            "untouched_stills": sum(row.still for row in untouched),
            "altered": len(altered),
        },
        "any_sign_of_untouched": judge.count_any(untouched, names),
        "any_sign_of_untouched_clips": judge.count_any([row for row in untouched if not row.still], names),
        "any_sign": {
            method: {"shared": judge.count_any(part, names), "each": single.count_any(part, names)}
            for method in ("untouched", *methods)
            if (part := [row for row in real if row.method == method])
        },
        "any_sign_of_untouched_by_quality": {
            quality: judge.count_any([row for row in untouched if row.quality == quality], names)
            for quality in qualities
        },
        "signs": {name: figures(name, None, None) for name in names},
        "alarms": {name: share(*judge.count(name, untouched)) for name in names},
        "by_quality": {name: {quality: figures(name, None, quality) for quality in qualities} for name in names},
        "by_method": {name: {method: figures(name, method, None) for method in methods} for name in names},
        "photo_by_quality": {
            name: {quality: figures(name, "photo", quality) for quality in qualities} for name in names
        },
        "outline": {
            f"{'stills' if still else 'clips'}, {method}, {quality}": figures_of("outline", part, plain, judge)
            for still in (False, True)
            for method in methods
            for quality in qualities
            if (part := [r for r in altered if (r.still, r.method, r.quality) == (still, method, quality)])
            and (plain := matched(part, untouched))
        },
        "combination": {
            "all": combine(real, None, None),
            "by_quality": {quality: combine(real, None, quality) for quality in qualities},
            "method_left_out": {method: combine(real, method, None) for method in methods},
        },
        "synthetic": {
            row.method + ", " + row.quality: {name: round(value, 3) for name, value in row.scores.items()}
            for row in rows
            if not row.real
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--readers", type=Path, help="a folder of recorded speech, for lips and sound")
    parser.add_argument("--talking", type=Path, nargs="*", default=(), help="clips of people who talk, with sound")
    parser.add_argument("--outline", type=Path, help="an outline network that is not shipped")
    parser.add_argument("--results", type=Path)
    parser.add_argument("--write", action="store_true", help="write the data file of the product")
    given = parser.parse_args()
    rows = read_rows(given.work, given.outline)
    real = [row for row in rows if row.real]
    judge = Judge(real)
    found = tables(rows, judge, Judge(real, ALARMS))
    lips = lips_rows(given.readers, given.talking) if given.readers is not None else None
    if lips is not None:
        found["lips"] = lips.figures
    for key in ("signs", "alarms", "outline"):
        for name, figures in found[key].items():
            print(f"{key} {name:18}", figures)
    for key in ("all", "by_quality", "method_left_out"):
        print(key, found["combination"][key])
    print("any", found["any_sign_of_untouched"], found["any_sign_of_untouched_clips"])
    for method, shares in found["any_sign"].items():
        print("any", method, {name: (part["found"], part["windows"]) for name, part in shares.items()})
    print("lips", found.get("lips"))
    if given.results is not None:
        given.results.write_text(json.dumps({"machine": describe_machine(), **found}, indent=1) + "\n")
    if given.write:
        signs = dict(judge.table)
        if lips is not None:
            row = calibrate(SOUND, lips.altered, lips.untouched)
            signs[SOUND] = None if row is None else {**row, "simulated": True}
        kept = {name: row for name, row in signs.items() if row is not None}
        DATA.write_text(json.dumps({"made_by": "benchmarks/signs/calibrate.py", "signs": kept}, indent=1) + "\n")


if __name__ == "__main__":
    main()
