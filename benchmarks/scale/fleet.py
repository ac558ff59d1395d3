"""A simulation of a fleet that serves streams: sessions come and go, nodes fail, and whole parts go away.

Sessions are counted by cell; failures are events of SimPy. What is lost comes back as new sessions, spread over time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import simpy

_STEP_S = 1.0
_CALM_S, _OUT_S, _AFTER_S = 900.0, 600.0, 1500.0
FAULTS = ("none", "cell", "region", "control plane")


@dataclass
class Course:
    """What happened, second by second.

    Attributes:
        live: Streams that run.
        asked: Sessions that wanted a place.
        refused: Those that found none.
        cut: Streams that lost their node in that second.
        waiting: Streams that were cut or refused and try again.
    """

    live: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)


class Fleet:
    """Cells in regions, each with its own nodes and nothing in common.

    Args:
        streams: Live on average.
        fault: What goes away for ten minutes after a quarter of an hour: one of `FAULTS`.
        figures: Of `figures.toml`.
        seed: Of all chance.
    """

    def __init__(self, streams: int, fault: str, figures: Mapping[str, float], seed: int = 1) -> None:
        self._f, self._rng, self._fault = figures, np.random.default_rng(seed), fault
        regions = int(figures["regions"])
        wanted = streams * (1 + figures["spare_share"]) / figures["cell_streams"]
        # As many in each region.
        cells = regions * max(1, int(np.ceil(wanted / regions)))
        self._per_cell = int(np.ceil(streams * (1 + figures["spare_share"]) / cells))
        self._region = np.arange(cells) % regions
        self._nodes = max(1, int(np.ceil(self._per_cell / figures["streams_per_node"])))
        self._down = np.zeros(cells, int)
        self._away = np.zeros(cells, bool)
        self._live = np.full(cells, streams // cells)
        self._arrivals_hz = streams / figures["session_s"]
        self._placing = True
        self._waiting = 0
        self.course = Course()
        self.env = simpy.Environment()

    @property
    def capacity(self) -> np.ndarray:
        """Room of each cell, in streams."""
        up = np.where(self._away, 0, self._nodes - self._down)
        return (self._per_cell * up) // self._nodes

    def run(self) -> Course:
        """Run calm, fault and what follows."""
        self.env.process(self._sessions())
        self.env.process(self._failures())
        self.env.process(self._outage())
        self.env.run(until=_CALM_S + _OUT_S + _AFTER_S)
        return self.course

    def _sessions(self):  # type: ignore[no-untyped-def]
        while True:
            yield self.env.timeout(_STEP_S)
            self._live = self._live - self._rng.binomial(self._live, _STEP_S / self._f["session_s"])
            back = int(self._rng.binomial(self._waiting, min(1.0, _STEP_S / self._f["reconnect_s"])))
            wanted = int(self._rng.poisson(self._arrivals_hz * _STEP_S)) + back
            placed = self._place(wanted) if self._placing else 0
            self._waiting += wanted - back - placed
            # Of those who wait, some give up as they would have ended.
            self._waiting -= int(self._rng.binomial(self._waiting, _STEP_S / self._f["session_s"]))
            self.course.live.append(int(self._live.sum()))
            self.course.asked.append(wanted)
            self.course.refused.append(wanted - placed)
            self.course.waiting.append(self._waiting)
            self.course.cut.append(0)

    def _place(self, wanted: int) -> int:
        """Put sessions where there is most room; returns how many found some."""
        room = np.maximum(self.capacity - self._live, 0)
        total = int(room.sum())
        placed = min(wanted, total)
        if placed:
            share = self._rng.multivariate_hypergeometric(room, placed, method="marginals")
            self._live = self._live + share
        return placed

    def _cut(self, cells: np.ndarray, counts: np.ndarray) -> None:
        self._live[cells] -= counts
        lost = int(np.sum(counts))
        self._waiting += lost
        if self.course.cut:
            self.course.cut[-1] += lost

    def _failures(self):  # type: ignore[no-untyped-def]
        while True:
            nodes = self._nodes * len(self._live)
            yield self.env.timeout(self._rng.exponential(self._f["node_mtbf_h"] * 3600 / nodes))
            cell = int(self._rng.integers(len(self._live)))
            up = self._nodes - self._down[cell]
            if up > 0 and not self._away[cell]:
                lost = int(self._live[cell] // up)
                self._down[cell] += 1
                self._cut(np.array([cell]), np.array([lost]))
                self.env.process(self._repair(cell))

    def _repair(self, cell: int):  # type: ignore[no-untyped-def]
        yield self.env.timeout(self._f["node_repair_s"])
        self._down[cell] -= 1

    def _outage(self):  # type: ignore[no-untyped-def]
        yield self.env.timeout(_CALM_S)
        hit = np.zeros(len(self._live), bool)
        if self._fault == "cell":
            hit[0] = True
        elif self._fault == "region":
            hit = self._region == 0
        elif self._fault == "control plane":
            self._placing = False
        self._away |= hit
        cells = np.flatnonzero(hit)
        self._cut(cells, self._live[cells].copy())
        yield self.env.timeout(_OUT_S)
        self._away &= ~hit
        self._placing = True


@dataclass(frozen=True)
class Loss:
    """What a fault costs.

    Attributes:
        fault: What went away.
        cut: Streams that it ended, of all that were live.
        lowest: The fewest that were live, as a share of before.
        back_s: Seconds until 99 % of before were live again; None where that did not come.
        most_per_s: The most sessions that asked for a place in one second.
    """

    fault: str
    cut: float
    lowest: float
    back_s: float | None
    most_per_s: int


def judge(fault: str, course: Course) -> Loss:
    """Return what a fault cost."""
    begin = int(_CALM_S / _STEP_S)
    before = float(np.mean(course.live[begin - 60 : begin - 1]))
    after = np.array(course.live[begin:]) / before
    low = int(np.argmin(after))
    back = np.flatnonzero(after[low:] >= 0.99)
    cut = sum(course.cut[begin - 2 : begin + 2])
    most = max(course.asked[begin:])
    return Loss(
        fault,
        round(cut / before, 4),
        round(float(after.min()), 4),
        None if not len(back) else float(low + back[0]),
        most,
    )
