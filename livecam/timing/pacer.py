"""Deadlines one period apart; missed ones are skipped, never caught up in a burst."""


class Pacer:
    """When the next picture is due. Pure: it is told the time."""

    def __init__(self, period_ns: int, start_ns: int) -> None:
        """The first deadline is `start_ns`."""
        if period_ns <= 0:
            raise ValueError(f"period_ns must be positive, got {period_ns}")
        self.period_ns = period_ns
        self.deadline_ns = start_ns

    def sent(self, now_ns: int) -> bool:
        """Move on to the next deadline after a picture went out; True if it went out more than half a period late."""
        late = now_ns - self.deadline_ns > self.period_ns // 2
        self.deadline_ns += self.period_ns
        if self.deadline_ns <= now_ns:
            behind = (now_ns - self.deadline_ns) // self.period_ns + 1
            self.deadline_ns += behind * self.period_ns
        return late
