"""Decide whether sound or picture waits for the other, and how long.

Late sound is natural, as from across a room; early sound is not (ITU-R BT.1359). So the goal is slightly late sound.
Where the voice's engine makes it later than that, the picture waits.
"""

from collections import deque
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class AvSyncConfig:
    """Limits in milliseconds of sound after the picture.

    Attributes:
        goal: Offset of sound that must wait.
        latest: Offset of sound when the picture must wait; only at the longest waits can it be later.
        alarm_early, alarm_late: Limits beyond which livecam reports that lips and voice are apart.
        most_sound, most_picture: The longest waits.
        step: Least change of a wait.
        seen: Number of measurements in the median.
    """

    goal: float = 20.0
    latest: float = 25.0
    alarm_early: float = -20.0
    alarm_late: float = 60.0
    most_sound: float = 500.0
    most_picture: float = 100.0
    step: float = 4.0
    seen: int = 9


@dataclass(frozen=True, slots=True)
class Waits:
    """How long each waits, in milliseconds; at least one does not."""

    sound_ms: float = 0.0
    picture_ms: float = 0.0


class AvSync:
    """Decides from measurements, and changes slowly.

    Attributes:
        waits: How long each waits.
        show_after_ms: Age at which a waiting picture is shown; 0 where none waits. It is constant: pictures that take
            longer to make wait less.
    """

    def __init__(self, offset_ms: float = 0.0, rules: AvSyncConfig | None = None) -> None:
        """Start without measurements.

        `offset_ms` is how much older pictures are than their timestamps, as for cameras.
        """
        self._offset_ms, self._rules = offset_ms, rules or AvSyncConfig()
        self._sounds: deque[float] = deque(maxlen=self._rules.seen)
        self._pictures: deque[float] = deque(maxlen=self._rules.seen)
        self._met: deque[float] = deque(maxlen=self._rules.seen)
        self.waits = Waits()
        self.show_after_ms = 0.0

    def plan_waits(self, picture_ms: float, sound_ms: float) -> Waits:
        """Return the waits that align both latencies.

        The latencies are those without any wait.
        """
        rules = self._rules
        self._pictures.append(picture_ms)
        self._sounds.append(sound_ms - self._offset_ms)
        sound, picture = median(self._sounds), median(self._pictures)
        apart = sound - picture
        sound_wait = min(max(rules.goal - apart, 0.0), rules.most_sound) if apart < rules.goal else 0.0
        picture_wait = min(max(apart - rules.latest, 0.0), rules.most_picture)
        shown = picture + picture_wait if picture_wait else 0.0
        moved = abs(max(shown, picture) - max(self.show_after_ms, picture))
        if max(abs(sound_wait - self.waits.sound_ms), moved) >= rules.step:
            self.waits, self.show_after_ms = Waits(sound_wait, picture_wait), shown
        return self.waits

    def observe(self, picture_ms: float, sound_ms: float) -> None:
        """Observe the age of pictures and sound at the output, waits included."""
        self._met.append(sound_ms - self._offset_ms - picture_ms)

    @property
    def target_offset_ms(self) -> float | None:
        """Offset of the sound after the picture once both have waited.

        None before the first measurement.
        """
        if not self._sounds:
            return None
        return median(self._sounds) + self.waits.sound_ms - max(median(self._pictures), self.show_after_ms)

    @property
    def sound_after_picture_ms(self) -> float | None:
        """Offset of the sound after the picture; None before both were measured."""
        return median(self._met) if self._met else None

    @property
    def is_apart(self) -> bool:
        """Whether lips and voice are visibly apart."""
        after_ms = self.sound_after_picture_ms
        return after_ms is not None and not self._rules.alarm_early <= after_ms <= self._rules.alarm_late
