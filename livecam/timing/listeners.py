"""Who has begun to listen and is to be told that the voice is altered. Pure."""

from collections.abc import Iterable
from typing import Final

from livecam.core.clock import NS_PER_S

AGAIN_NS: Final = 300 * NS_PER_S
"""A program that was away for less than this, as for a mute, is not told again."""


class Audience:
    """Remembers which programs listened of late, and to whom the notice is still owed.

    Attributes:
        owed: Whether somebody listens who has not been told.
    """

    def __init__(self) -> None:
        self._last_ns: dict[str, int] = {}
        self.owed = False

    def update(self, programs: Iterable[str], now_ns: int) -> bool:
        """Take in who listens now; whether the notice is to be spoken since somebody began to."""
        self._last_ns = {name: at_ns for name, at_ns in self._last_ns.items() if now_ns - at_ns < AGAIN_NS}
        listening = set(programs)
        began = not listening <= self._last_ns.keys()
        self._last_ns.update(dict.fromkeys(listening, now_ns))
        self.owed = self.owed or began
        return began

    def confirm_notice(self) -> None:
        """The notice was spoken to its end."""
        self.owed = False
