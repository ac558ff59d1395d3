"""Control playing speed so that two clocks keep the same reserve."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """How the speed follows the queued sound.

    Attributes:
        gain_per_s: Share of an error that is corrected in a second.
        fastest: Largest difference of the speed from 1: half a percent is nine cents of pitch.
        most_drift: Largest drift of the clocks themselves.
        smooth_s: Time constant of the average of the queue; devices take sound in bursts.
        near_s: Error below which the clocks are learned; above it, a change was asked for or something failed.
    """

    gain_per_s: float = 0.2
    fastest: float = 0.005
    most_drift: float = 0.001
    smooth_s: float = 0.5
    near_s: float = 0.005


class DriftControl:
    """A limited PI controller of the playing speed, critically damped."""

    def __init__(self, rules: DriftConfig | None = None) -> None:
        self._rules = rules or DriftConfig()
        self._smooth_s: float | None = None
        self._drift = 0.0

    @property
    def drift_ppm(self) -> float:
        """Learned excess of the source clock over the output's, in ppm."""
        return self._drift * 1e6

    def next_speed(self, waiting_s: float, wanted_s: float, passed_s: float) -> float:
        """Return the speed until the next call, near 1.

        Above 1 it takes more than it gives.

        Args:
            waiting_s: Sound that waits now.
            wanted_s: Sound that should.
            passed_s: Since the last call.
        """
        rules = self._rules
        before_s = waiting_s if self._smooth_s is None else self._smooth_s
        self._smooth_s = before_s + (waiting_s - before_s) * min(1.0, passed_s / rules.smooth_s)
        error_s = self._smooth_s - wanted_s
        if abs(error_s) < rules.near_s:
            learned = self._drift + rules.gain_per_s**2 / 4 * error_s * passed_s
            self._drift = min(max(learned, -rules.most_drift), rules.most_drift)
        change = rules.gain_per_s * error_s + self._drift
        return 1.0 + min(max(change, -rules.fastest), rules.fastest)

    def note_jump(self) -> None:
        """Forget the reserve, which was cut or ran out.

        What was learned of the clocks stays.
        """
        self._smooth_s = None
