"""Deadlines one period apart that adapt to the pictures' own phase.

Missed ones are skipped, never caught up.
"""


class Pacer:
    """Decides when the next picture is sent; time is an argument.

    A picture from a quarter of a period before its deadline to three quarters after it is sent at once. The following
    deadlines move a tenth of the way towards it. So the sink keeps its rate, and the picture need not wait for a
    phase. The window is longer on the late side because pictures are: work is sometimes slower, hardly faster.
    """

    LEAN = 0.1
    EARLY = 0.25

    def __init__(self, period_ns: int, start_ns: int) -> None:
        """Set the first deadline to `start_ns`."""
        if period_ns <= 0:
            raise ValueError(f"period_ns must be positive, got {period_ns}")
        self.period_ns = period_ns
        self.deadline_ns = start_ns

    @property
    def earliest_ns(self) -> int:
        """Time from which a new picture may be sent."""
        return self.deadline_ns - int(self.period_ns * self.EARLY)

    @property
    def latest_ns(self) -> int:
        """Time at which the last picture is repeated."""
        return self.earliest_ns + self.period_ns

    def advance(self, now_ns: int, new: bool) -> bool:
        """Move to the next deadline after a picture; return whether more passed."""
        error_ns = now_ns - self.deadline_ns
        late = error_ns > self.period_ns
        self.deadline_ns += self.period_ns
        if new and not late:
            self.deadline_ns += int(error_ns * self.LEAN)
        if self.latest_ns <= now_ns:
            self.deadline_ns += ((now_ns - self.latest_ns) // self.period_ns + 1) * self.period_ns
        return late
