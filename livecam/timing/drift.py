"""Control playing speed so that two clocks keep the same reserve. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftConfig:
    """How the speed follows what waits.

    Attributes:
        gain_per_s: Share of an error that is taken back in a second.
        fastest: The most the speed differs from 1: half a percent is nine cents of pitch.
        most_drift: The most that is believed of the clocks themselves.
        smooth_s: Over which time what waits is averaged; devices take sound in lumps.
        near_s: Below this error the clocks are learned; above it something was asked for or went wrong.
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
        """The source clock's excess over the output's in ppm, as far as learned."""
        return self._drift * 1e6

    def next_speed(self, waiting_s: float, wanted_s: float, passed_s: float) -> float:
        """Return the speed until the next call, near 1.

        Above 1 takes more than it gives.

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
        """Forget the reserve: it was cut or ran out. The clocks are still the same."""
        self._smooth_s = None
