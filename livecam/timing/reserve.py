"""Control how much sound is queued against jitter of arrival.

It is more when sound nearly ran out, and less after a long calm.
"""

from dataclasses import dataclass

from livecam.core.clock import NS_PER_S


@dataclass(frozen=True, slots=True)
class ReserveConfig:
    """Limits in seconds of sound, and nanoseconds of time.

    Attributes:
        least, most: Range of the reserve; it starts with the first.
        dry_step: Added when sound ran out.
        near: Fill at or below which sound nearly ran out.
        near_step: Added when it nearly ran out.
        settle_ns: Time an addition needs to take effect, as playing slower is slow.
        calm, calm_ns, calm_step: Where at least `calm` was left for `calm_ns`, `calm_step` is removed.
    """

    least: float = 0.010
    most: float = 0.060
    dry_step: float = 0.005
    near: float = 0.003
    near_step: float = 0.002
    settle_ns: int = 6 * NS_PER_S
    calm: float = 0.006
    calm_ns: int = 60 * NS_PER_S
    calm_step: float = 0.001


class Reserve:
    """Adapts to what was left each time sound was taken.

    Attributes:
        wanted_s: Wanted fill.
    """

    def __init__(self, now_ns: int, rules: ReserveConfig | None = None) -> None:
        self._rules = rules or ReserveConfig()
        self._changed_ns = self._lean_ns = now_ns
        self.wanted_s = self._rules.least

    def observe(self, left_s: float, ran_dry: bool, now_ns: int) -> float:
        """Update the reserve by the minimum fill.

        Args:
            left_s: The least that was left recently.
            ran_dry: Whether sound ran out.
            now_ns: The time.
        """
        rules = self._rules
        if ran_dry or left_s < rules.calm:
            self._lean_ns = now_ns
        if ran_dry:
            self._change(rules.dry_step, now_ns)
        elif left_s < rules.near and now_ns - self._changed_ns > rules.settle_ns:
            self._change(rules.near_step, now_ns)
        elif now_ns - max(self._lean_ns, self._changed_ns) > rules.calm_ns:
            self._change(-rules.calm_step, now_ns)
        return self.wanted_s

    def _change(self, step_s: float, now_ns: int) -> None:
        self._changed_ns = now_ns
        self.wanted_s = min(max(self.wanted_s + step_s, self._rules.least), self._rules.most)
