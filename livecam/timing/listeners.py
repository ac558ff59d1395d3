"""Track which programs began to listen and need the notice."""

from collections.abc import Iterable
from typing import Final

from livecam.core.clock import NS_PER_S

AGAIN_NS: Final = 300 * NS_PER_S
"""Absence, as for a mute, below which a program does not hear the notice again."""


class Audience:
    """Remembers which programs listened recently and still need the notice.

    Attributes:
        owed: Whether a listener has not heard the notice yet.
    """

    def __init__(self) -> None:
        self._last_ns: dict[str, int] = {}
        self.owed = False

    def update(self, programs: Iterable[str], now_ns: int) -> bool:
        """Update the programs that listen; return whether one has begun.

        The notice is then due.
        """
        self._last_ns = {name: at_ns for name, at_ns in self._last_ns.items() if now_ns - at_ns < AGAIN_NS}
        listening = set(programs)
        began = not listening <= self._last_ns.keys()
        self._last_ns.update(dict.fromkeys(listening, now_ns))
        self.owed = self.owed or began
        return began

    def confirm_notice(self) -> None:
        """Confirm that the notice was spoken to its end."""
        self.owed = False
