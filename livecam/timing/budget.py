"""Decide how much work a frame may still get.

It is pure: time is an argument, the answer a value.
"""

from collections import deque
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from livecam.core.clock import NS_PER_MS

TOO_OLD: Final = "frame too old"


class Level(IntEnum):
    """Work on a frame, from nothing to everything."""

    HOLD = 0
    """Show the last picture again."""
    CARRY = 1
    """Render with the mesh predicted from the last frames."""
    RENDER = 2
    """Find the mesh, then render."""
    REFINE = 3
    """Let the refiner make the drawn face look photographed too."""
    REFRESH = 4
    """Ask the neural engine for a new texture too."""
    ENHANCE = 5
    """Refine that texture too."""


@dataclass(frozen=True, slots=True)
class BudgetConfig:
    """Limits of the budget.

    Attributes:
        period_ns: Time from one frame to the next.
        stale_ns: A track not seen for this long is never rendered.
        carry_ns: A track not seen for this long must be detected, whatever it costs.
        too_old_ns: A frame this old is not worth rendering.
        punctual_frames: Frames in time that raise the cap by one level; misses are counted among as many.
        accidents: Misses among as many frames that lower nothing.
        roomy_accidents: The same while the level usually leaves room, as a lower one would have missed too.
        room: Largest share of the period that a level which leaves room takes.
        spare_ns: Remaining time of a period when a frame has waited for its texture.
        top: The highest level the engine has.
    """

    period_ns: int
    stale_ns: int = 250 * NS_PER_MS
    carry_ns: int = 80 * NS_PER_MS
    too_old_ns: int = 400 * NS_PER_MS
    punctual_frames: int = 30
    accidents: int = 1
    roomy_accidents: int = 3
    room: float = 0.8
    spare_ns: int = NS_PER_MS
    top: Level = Level.RENDER


@dataclass(frozen=True, slots=True)
class Plan:
    """A level and the reason for it, in words for the report."""

    level: Level
    reason: str


class Budget:
    """Plans frame by frame; learns what each level costs and how often it was late."""

    LEARN = 0.1
    OUTLIER = 2

    def __init__(self, rules: BudgetConfig, cost_ns: dict[Level, int] | None = None) -> None:
        """Start with the expected cost of each level, from calibration."""
        self.rules = rules
        self.cap = rules.top
        self._cost_ns = dict.fromkeys(Level, 0) | (cost_ns or {})
        self._punctual = rules.punctual_frames
        self._missed_of: deque[bool] = deque(maxlen=rules.punctual_frames)
        self._drawing_ns = rules.period_ns

    def plan(self, now_ns: int, captured_ns: int, track_seen_ns: int | None) -> Plan:
        """Return the level for a frame captured at `captured_ns`.

        The track was last seen at `track_seen_ns`; None without a track.
        """
        if now_ns - captured_ns > self.rules.too_old_ns:
            return Plan(Level.HOLD, TOO_OLD)
        if track_seen_ns is None:
            return Plan(Level.RENDER, "looking for a face")
        track_age_ns = captured_ns - track_seen_ns
        if track_age_ns > self.rules.carry_ns:
            return Plan(Level.RENDER, "track needs a look")
        remaining_ns = captured_ns + self.rules.period_ns - now_ns
        affordable = [k for k in Level if Level.CARRY <= k <= self.cap and self._cost_ns[k] <= remaining_ns]
        level = max(affordable, default=Level.CARRY)
        if level == self.rules.top:
            return Plan(level, "in time")
        if level == self.cap:
            return Plan(level, "deadlines were missed")
        return Plan(level, "frame is late")

    def can_show(self, captured_ns: int, track_seen_ns: int | None) -> bool:
        """Whether a track is recent enough to be rendered."""
        return track_seen_ns is not None and captured_ns - track_seen_ns <= self.rules.stale_ns

    def wait_until_ns(self, captured_ns: int) -> int:
        """Return until when a frame may wait for its own texture."""
        return captured_ns + self.rules.period_ns - self.rules.spare_ns - self._drawing_ns

    def observe_draw(self, spent_ns: int) -> None:
        """Learn from a frame how long the work after its texture takes.

        A longer time is learned faster than a shorter one.
        """
        share = self.LEARN if spent_ns < self._drawing_ns else 2 * self.LEARN
        self._drawing_ns += int(share * (min(spent_ns, self.rules.period_ns) - self._drawing_ns))

    def observe(self, level: Level, spent_ns: int, in_time: bool) -> None:
        """Learn from a finished frame its cost, and whether it met its deadline.

        A first frame warms caches up, and any frame can meet a hiccup: neither predicts the next cost. A level above
        rendering that seems too expensive is not used. So its cost is forgotten gradually, and it is tried again.
        """
        known = self._cost_ns[level]
        usual = min(spent_ns, self.OUTLIER * known or self.rules.period_ns)
        self._cost_ns[level] = usual if known == 0 else int(known + self.LEARN * (usual - known))
        for dearer in Level:
            if dearer > level >= Level.RENDER and self._cost_ns[dearer] > self._cost_ns[level]:
                self._cost_ns[dearer] += int(self.LEARN * (self._cost_ns[level] - self._cost_ns[dearer]))
        if in_time:
            self._missed_of.append(False)
            self._count_met()
        elif known:
            self._missed_of.append(True)
            self._count_missed(level)

    def _count_met(self) -> None:
        self._punctual += 1
        if self._punctual >= self.rules.punctual_frames and self.cap < self.rules.top:
            self.cap = Level(self.cap + 1)
            self._punctual = 0

    def _count_missed(self, level: Level) -> None:
        roomy = self._cost_ns[level] <= self.rules.room * self.rules.period_ns
        if sum(self._missed_of) > (self.rules.roomy_accidents if roomy else self.rules.accidents):
            self.cap = max(Level.CARRY, Level(self.cap - 1))
            # The next miss is the second one again.
            self._missed_of.clear()
            self._missed_of.append(True)
        self._punctual = 0
