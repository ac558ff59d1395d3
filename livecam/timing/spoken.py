"""Estimate when sound was spoken, without the jitter of measurement."""

from dataclasses import dataclass

from livecam.core.clock import NS_PER_MS, NS_PER_S


@dataclass(frozen=True, slots=True)
class SpokenConfig:
    """How measured times are followed.

    Attributes:
        follow_s: Time constant of the correction; sound devices report times in steps of some ms.
        jump_ns: Difference from which sound was left out or inserted: the new time is valid at once.
    """

    follow_s: float = 2.0
    jump_ns: int = 30 * NS_PER_MS


class SpokenTimes:
    """Follows a stream by counting its samples, and the clock by measurements."""

    def __init__(self, rate_hz: int, rules: SpokenConfig | None = None) -> None:
        self._rate_hz, self._rules = rate_hz, rules or SpokenConfig()
        self._next: tuple[int, int] | None = None

    def expected_ns(self, first_sample: int) -> int | None:
        """Return when a sample was spoken, by counting.

        None for the first of a stream, which may begin again.
        """
        if self._next is None or first_sample < self._next[0]:
            return None
        sample, at_ns = self._next
        return at_ns + (first_sample - sample) * NS_PER_S // self._rate_hz

    def place(self, first_sample: int, count: int, spoken_ns: int) -> int:
        """Return when a block was spoken, nanoseconds.

        Args:
            first_sample: Its place in the stream; what goes back begins a new stream.
            count: Its length.
            spoken_ns: When its first sample was, as measured.
        """
        at_ns = self.expected_ns(first_sample)
        if at_ns is None or abs(spoken_ns - at_ns) > self._rules.jump_ns:
            at_ns = spoken_ns
        else:
            at_ns += round((spoken_ns - at_ns) * min(1.0, count / self._rate_hz / self._rules.follow_s))
        self._next = first_sample + count, at_ns + count * NS_PER_S // self._rate_hz
        return at_ns
