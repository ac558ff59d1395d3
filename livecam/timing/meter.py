"""Count and time what happens, in constant memory, for hours."""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from threading import Lock

from livecam.core.clock import NS_PER_MS, Clock
from livecam.timing.frame_counters import Counted, FrameCounters

_STEP = math.log(1.01)
_SMALLEST_NS = 1_000
_HOLD = "HOLD"
_BINS = int(math.log(100e9 / _SMALLEST_NS) / _STEP) + 2


class Histogram:
    """Durations in bins of 1 % width from 1 microsecond to 100 seconds."""

    def __init__(self) -> None:
        self._counts = [0] * _BINS
        self.count = 0

    def add(self, duration_ns: int) -> None:
        """Count one duration."""
        ratio = max(duration_ns, _SMALLEST_NS) / _SMALLEST_NS
        self._counts[min(int(math.log(ratio) / _STEP), _BINS - 1)] += 1
        self.count += 1

    def percentile_ms(self, percent: float) -> float:
        """Return the duration that `percent` of all stay below, within 1 %.

        It is NaN when empty.
        """
        if self.count == 0:
            return math.nan
        index = bisect_left(list(accumulate(self._counts)), max(1.0, self.count * percent / 100))
        return _SMALLEST_NS * math.exp((index + 0.5) * _STEP) / NS_PER_MS

    def summarize_ms(self, percents: tuple[int, ...] = (50, 95, 99)) -> dict[str, float]:
        """Return percentiles by name, rounded to a microsecond."""
        return {f"p{p}": round(self.percentile_ms(p), 3) for p in percents} if self.count else {}


class Shares:
    """Mean and worst of a share 0..1 that is measured in every picture."""

    def __init__(self) -> None:
        self._sum, self.worst, self.count = 0.0, 0.0, 0

    def add(self, share: float) -> None:
        """Add one picture's share."""
        self._sum += share
        self.worst = max(self.worst, share)
        self.count += 1

    @property
    def mean(self) -> float:
        """Mean of all shares; 0 without any."""
        return self._sum / max(self.count, 1)


class Meter:
    """Stage times, counters and reasons of a run; every thread may write."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._stages: dict[str, Histogram] = {}
        self._shares: dict[str, Shares] = {}
        self.counts = FrameCounters()
        self.first_picture_age_ns: int | None = None
        self.levels: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.holds: Counter[str] = Counter()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block under a stage's name."""
        begin_ns = self._clock.now_ns()
        yield
        self.add(name, self._clock.now_ns() - begin_ns)

    def add(self, stage: str, duration_ns: int) -> None:
        """Record a duration measured elsewhere."""
        with self._lock:
            histogram = self._stages.get(stage)
            if histogram is None:
                histogram = self._stages[stage] = Histogram()
            histogram.add(duration_ns)

    def add_share(self, name: str, share: float) -> None:
        """Record a share 0..1 of one picture."""
        with self._lock:
            self._shares.setdefault(name, Shares()).add(share)

    def share(self, name: str) -> Shares | None:
        """Return the figures of a share; None where it was never measured."""
        with self._lock:
            return self._shares.get(name)

    def count(self, name: Counted, by: int = 1) -> None:
        """Raise a counter."""
        with self._lock:
            setattr(self.counts, name, getattr(self.counts, name) + by)

    def count_decision(self, level: str, reason: str) -> None:
        """Record what was done with a frame and why.

        `holds` has the reasons of frames that were not shown.
        """
        with self._lock:
            self.levels[level] += 1
            self.reasons[reason] += 1
            self.holds.update([reason] if level == _HOLD else [])

    def summarize_ms(self) -> dict[str, dict[str, float]]:
        """Return percentiles of every stage."""
        with self._lock:
            return {name: histogram.summarize_ms() for name, histogram in self._stages.items()}
