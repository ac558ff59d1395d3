"""Check repeatedly that a run may still show its persona, and stop it if not."""

from collections.abc import Callable
from threading import Event
from typing import Final

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import PersonaError

ASK_EVERY_NS: Final = 2 * NS_PER_S
CARD_NS: Final = NS_PER_S
"""How long the card is sent before the run ends, so that viewers see it last."""


class ConsentWatch:
    """Checks consent every two seconds.

    When consent ends, it withdraws the picture; a second later the run ends.

    Args:
        checks: Called in this order at each turn; each raises PersonaError when its right has ended.
        withdraw: Shows the card and mutes the voice; called once.
        clock: Decides when to check.
    """

    def __init__(
        self, checks: Callable[[], tuple[Callable[[], None], ...]], withdraw: Callable[[], None], clock: Clock
    ) -> None:
        self._checks, self._withdraw, self._clock = checks, withdraw, clock
        self._next_ns = clock.now_ns() + ASK_EVERY_NS
        self._ended: PersonaError | None = None

    def turn(self) -> None:
        """Check consent if it is time to.

        Raises:
            PersonaError: The right has ended, and the card has been shown for a second.
        """
        now_ns = self._clock.now_ns()
        if now_ns < self._next_ns:
            return
        if self._ended is not None:
            raise self._ended
        self._next_ns = now_ns + ASK_EVERY_NS
        for check in self._checks():
            try:
                check()
            except PersonaError as error:
                self._ended = error
                self._next_ns = now_ns + CARD_NS
                self._withdraw()
                return

    def run(self, stopping: Event) -> None:
        """Watch until the session or the right ends."""
        try:
            while not stopping.is_set():
                self.turn()
                stopping.wait(max(self._next_ns - self._clock.now_ns(), 0) / NS_PER_S)
        except PersonaError:
            raise
        except BaseException:
            self._withdraw()  # in doubt nothing is shown
            raise
        if self._ended is not None:
            raise self._ended
