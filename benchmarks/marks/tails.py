"""What scores of unmarked windows say of false alarms: the tail, whether it may be trusted, and the table of it.

    python benchmarks/marks/tails.py scores/*.npz --json benchmarks/results/false-alarms.json --page docs/mark-format.md

Every file holds the trials of one run: a trial is a window asked for the mark of one key. A key that was not used and a
window without a mark are like the public key and an unmarked file, so trials of several keys on one window
are fair draws; but they share the window's noise, and so count for fewer than they are. How many fewer is measured:
from the spread, between windows, of the share of trials above the 99th percentile.
"""

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ALARMS = 1e-6
TAIL_FROM = 0.99
CHECKED_AT = (1e-3, 1e-4)
BEGIN, END = "<!-- false alarms -->", "<!-- end of false alarms -->"
_RESAMPLED = 400


@dataclass
class Trials:
    """The scores of a run by kind, kept in a file, so that an end at any time leaves what was found.

    Attributes:
        path: The file; a run goes on where the file ends.
        scores: By kind.
        windows: By kind, the window of each score.
        sources: By kind, the number of the clip each window is from.
    """

    path: Path
    scores: dict[str, list[float]] = field(default_factory=dict)
    windows: dict[str, list[int]] = field(default_factory=dict)
    sources: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            with np.load(self.path) as kept:
                for name in kept.files:
                    what, kind = name.split(" ", 1)
                    getattr(self, what)[kind] = kept[name].tolist()

    @property
    def next_window(self) -> int:
        """The first window that is not in the file."""
        return 1 + max((max(numbers) for numbers in self.windows.values()), default=-1)

    def add(self, kind: str, window: int, source: int, scores: NDArray[np.floating]) -> None:
        """The scores of one window."""
        for store, values in ((self.scores, scores.tolist()), (self.windows, [window] * len(scores))):
            store.setdefault(kind, []).extend(values)
        self.sources.setdefault(kind, []).extend([source] * len(scores))

    def keep(self) -> None:
        """Write the file, whole or not at all."""
        arrays = {
            f"{what} {kind}": np.array(values, np.float32 if what == "scores" else np.int32)
            for what in ("scores", "windows", "sources")
            for kind, values in getattr(self, what).items()
        }
        part = self.path.with_suffix(".part.npz")
        np.savez_compressed(part, **arrays)
        part.replace(self.path)


def join_trials(paths: list[Path]) -> Iterator[tuple[str, NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]]:
    """Each kind with the scores, windows and sources of all files; windows of two files are never the same."""
    files = [Trials(path) for path in paths]
    for kind in sorted({kind for file in files for kind in file.scores}):
        there = [file for file in files if kind in file.scores]
        begins = np.cumsum([0] + [1 + max(file.windows[kind]) for file in there])
        yield (
            kind,
            np.concatenate([np.array(file.scores[kind]) for file in there]),
            np.concatenate([np.array(file.windows[kind]) + at for file, at in zip(there, begins[:-1], strict=True)]),
            np.concatenate([np.array(file.sources[kind]) for file in there]),
        )


def exponential(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Where the tail begins, and by how much it falls by a factor of e."""
    start = float(np.quantile(scores, TAIL_FROM))
    return start, float((scores[scores > start] - start).mean())


def level(scores: NDArray[np.float64], share: float) -> float:
    """The score that a share of them, below 1 - TAIL_FROM, reaches by the exponential tail."""
    start, scale = exponential(scores)
    return start + scale * float(np.log((1 - TAIL_FROM) / share))


def shape(scores: NDArray[np.float64]) -> float:
    """Shape of a generalised Pareto tail by moments: 0 for an exponential one, below 0 for one that falls faster."""
    start, scale = exponential(scores)
    above = scores[scores > start] - start
    return float(0.5 * (1 - scale**2 / above.var()))


def effective(scores: NDArray[np.float64], windows: NDArray[np.int64]) -> float:
    """As many independent trials would leave the share above the 99th percentile as uncertain."""
    above = (scores > np.quantile(scores, TAIL_FROM)).astype(float)
    _, which = np.unique(windows, return_inverse=True)
    surplus = np.bincount(which, above - above.mean())
    variance = float((surplus**2).sum()) / len(scores) ** 2
    return min(float(len(scores)), float(above.var()) / max(variance, 1e-12))


def upper(scores: NDArray[np.float64], windows: NDArray[np.int64], rng: np.random.Generator) -> float:
    """97.5th percentile of the one-in-a-million score when whole windows are drawn again."""
    order = np.argsort(windows, kind="stable")
    groups = np.split(scores[order], np.flatnonzero(np.diff(windows[order])) + 1)
    drawn = [
        level(np.concatenate([groups[n] for n in rng.integers(0, len(groups), len(groups))]), ALARMS)
        for _ in range(_RESAMPLED)
    ]
    return float(np.quantile(drawn, 0.975))


def predict_level(scores: NDArray[np.float64], windows: NDArray[np.int64]) -> Mapping[str, tuple[float, int]]:
    """What a tail fitted to every second window expects of the others, and what is there."""
    odd = windows % 2 == 1
    return {
        f"{share:.0e}": (round(share * int(odd.sum()), 1), int((scores[odd] >= level(scores[~odd], share)).sum()))
        for share in CHECKED_AT
    }


def summary(
    scores: NDArray[np.float64], windows: NDArray[np.int64], sources: NDArray[np.int64]
) -> dict[str, float | int | Mapping[str, tuple[float, int]]]:
    """All of it for one kind."""
    start, scale = exponential(scores)
    return {
        "trials": len(scores),
        "windows": len(np.unique(windows)),
        "sources": len(np.unique(sources)),
        "effective_trials": round(effective(scores, windows)),
        "mean": float(scores.mean()),
        "deviation": float(scores.std()),
        "p99": start,
        "max": float(scores.max()),
        "tail_scale": scale,
        "tail_shape": shape(scores),
        "one_in_a_million": level(scores, ALARMS),
        "one_in_a_million_upper": upper(scores, windows, np.random.default_rng(0)),
        "foretold": predict_level(scores, windows),
    }


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The summaries as a Markdown table."""
    header = ("mark", "trials, windows, clips", "as independent ones", "mean, deviation", "99 %", "largest")
    ends = ("one in a million, at most", "foretold and seen: 1 in 1,000", "1 in 10,000")
    rows = [f"| {' | '.join(header + ends)} |", "|---" * (len(header) + len(ends)) + "|"]
    for kind, of in found.items():
        thousandth, rarer = (f"{expected}, {seen}" for expected, seen in of["foretold"].values())
        rows.append(
            f"| {kind} | {of['trials']:,}, {of['windows']:,}, {of['sources']} | {of['effective_trials']:,} | "
            f"{of['mean']:.2f}, {of['deviation']:.2f} | {of['p99']:.2f} | {of['max']:.2f} | "
            f"{of['one_in_a_million']:.1f}, {of['one_in_a_million_upper']:.1f} | {thousandth} | {rarer} |"
        )
    return "\n".join(rows)


def add_table(page: str, found: Mapping[str, Mapping[str, Any]]) -> str:
    """The page with the table between its two lines."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table(found)}\n\n{END}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scores", nargs="+", type=Path)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    found = {kind: summary(*arrays) for kind, *arrays in join_trials(given.scores)}
    text = json.dumps(found, indent=1) + "\n"
    print(text)
    if given.json is not None:
        given.json.write_text(text)
    if given.page is not None:
        given.page.write_text(add_table(given.page.read_text(), found))


if __name__ == "__main__":
    main()
