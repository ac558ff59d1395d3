"""When a stream may ask a server again, so that many laptops do not overrun one.

After a failure a stream waits for a random time that doubles. A busy server is asked less often from then on.
"""

from enum import Enum
from random import Random
from typing import Final

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import EngineError

_FIRST_NS: Final = 500 * NS_PER_MS
_LONGEST_NS: Final = 30 * NS_PER_S
_SHORT_NS: Final = 250 * NS_PER_MS
"""A wait that the texture worker makes itself; a longer one is said, and the photo serves."""
_LEAST_SPACING_NS: Final = 20 * NS_PER_MS
_MOST_SPACING_NS: Final = 2 * NS_PER_S
_DOUBLINGS: Final = 6


class Trouble(Enum):
    """What a failure says about the server."""

    AWAY = "is not reached"
    BUSY = "is overloaded"
    FAULTY = "fails"


class FairUse:
    """The pace of one stream.

    Args:
        place: How the server is called in messages.
        clock: Measures and waits.
        random: Spreads what many streams do at the same time.
    """

    def __init__(self, place: str, clock: Clock, random: Random) -> None:
        self._place, self._clock, self._random = place, clock, random
        self._failures, self._spacing_ns, self._next_ns = 0, 0, clock.now_ns()
        self._why = ""

    def wait(self) -> None:
        """Wait until the stream may ask.

        Raises:
            EngineError: That is too long to wait; the message says why and how long.
        """
        left_ns = self._next_ns - self._clock.now_ns()
        if left_ns > _SHORT_NS:
            raise EngineError(
                f"{self._place} {self._why}, and is asked again in {left_ns / NS_PER_S:.1f} s",
                advice="wait, or take another server",
            )
        if left_ns > 0:
            self._clock.sleep_until_ns(self._next_ns)

    def succeed(self) -> None:
        """Note an answer in time: the next request may follow sooner."""
        self._failures = 0
        self._spacing_ns = 0 if self._spacing_ns <= _LEAST_SPACING_NS else self._spacing_ns * 3 // 4
        self._next_ns = self._clock.now_ns() + self._spread(self._spacing_ns)

    def fail(self, trouble: Trouble) -> None:
        """Note a failure; one of the model alone costs no wait."""
        if trouble is Trouble.FAULTY:
            return
        self._why = trouble.value
        if trouble is Trouble.BUSY:
            self._spacing_ns = min(max(2 * self._spacing_ns, _LEAST_SPACING_NS), _MOST_SPACING_NS)
        longest_ns = min(_FIRST_NS << min(self._failures, _DOUBLINGS), _LONGEST_NS)
        self._failures += 1
        self._next_ns = self._clock.now_ns() + self._spread(longest_ns)

    def _spread(self, longest_ns: int) -> int:
        """Return between half and all of a time."""
        return int(longest_ns * self._random.uniform(0.5, 1.0))
