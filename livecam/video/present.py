"""Choose the picture that goes out now: a new one, the last one again, or a card. Pure: it is told the time."""

from dataclasses import dataclass
from enum import Enum

from livecam.core.clock import NS_PER_S
from livecam.core.frame import MarkedFrame
from livecam.video.mark import Marker, sign_at


class Shown(Enum):
    """What kind of picture went out."""

    NEW = "new"
    HELD = "held"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class PresentRules:
    """How long things stay on the screen.

    Attributes:
        start_card_ns: The card every run opens with.
        hold_ns: How long the last picture may stand before the standby card takes its place.
    """

    start_card_ns: int = 2 * NS_PER_S
    hold_ns: int = 3 * NS_PER_S


class Presenter:
    """Never without a picture: before the first one and after a long hold it shows a card.

    Attributes:
        withdrawn: Whether the right to show the persona has ended: nothing but the card goes out any more.
    """

    def __init__(self, marker: Marker, rules: PresentRules, start_ns: int) -> None:
        self._marker, self._rules = marker, rules
        self._start_ns = start_ns
        self._last: MarkedFrame | None = None
        self._last_ns = start_ns
        self._opening = marker.card(*marker.words.opening, start_ns)
        self._standby = marker.card(*marker.words.standby, start_ns)
        self._up: tuple[MarkedFrame, MarkedFrame] | None = None
        self._frozen = False
        self.withdrawn = False

    def withdraw(self) -> None:
        """Show the standby card from now on, whatever comes; there is no way back."""
        self.withdrawn = True

    def freeze(self, on: bool) -> None:
        """Keep the last picture on the screen, for as long as the user wants."""
        self._frozen = on

    def choose(self, new: MarkedFrame | None, now_ns: int) -> tuple[MarkedFrame, Shown]:
        """The picture for now."""
        if self.withdrawn:
            return self._standing(self._standby, now_ns), Shown.CARD
        if self._frozen and self._last is not None:
            return self._standing(self._last, now_ns), Shown.HELD
        if new is not None:
            self._last, self._last_ns = new, now_ns
        if now_ns - self._start_ns < self._rules.start_card_ns:
            return self._standing(self._opening, now_ns), Shown.CARD
        if new is not None:
            self._up = None
            return new, Shown.NEW
        if self._last is not None and now_ns - self._last_ns <= self._rules.hold_ns:
            return self._standing(self._last, now_ns), Shown.HELD
        return self._standing(self._standby, now_ns), Shown.CARD

    def _standing(self, picture: MarkedFrame, now_ns: int) -> MarkedFrame:
        """A picture that stays: the same one until its mark changes its sign, a card stamped when it came up."""
        if self._up is None or self._up[0] is not picture:
            self._up = picture, picture if picture is self._last else self._marker.again(picture, now_ns)
        if sign_at(self._up[1].captured_ns) != sign_at(now_ns):
            self._up = picture, self._marker.again(picture, now_ns)
        return self._up[1]
