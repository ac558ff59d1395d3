"""Choose the picture that goes out now: a new one, the last one again, or a card.

Pure: the time is an argument.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from threading import Lock
from typing import Final

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.frame import MarkedFrame
from livecam.disclosure.picture import Marker, sign_at
from livecam.timing.frame_counters import Counted

_RECENT: Final = 8
_APART_NS: Final = 100 * NS_PER_MS
"""Time between two kept pictures of those that wait to be settled."""


class Shown(Enum):
    """Kind of a picture that was sent."""

    NEW = "new"
    HELD = "held"
    CARD = "card"


COUNTED: Final[Mapping[Shown, Counted]] = {
    Shown.NEW: "sent_new",
    Shown.HELD: "sent_held",
    Shown.CARD: "sent_card",
}
"""The counter of each kind."""


@dataclass(frozen=True, slots=True)
class PresentConfig:
    """Times of what is on the screen.

    Attributes:
        start_card_ns: How long the opening card is shown.
        hold_ns: How long the last picture may be held before the standby card replaces it.
        unconfirmed_ns: How long a picture may be shown that no detection on a whole frame has confirmed.
        settle_ns: Time after a picture at which a whole frame must be clean for the picture to be shown when others
            are withdrawn. A person who enters is half visible before any detection finds them.
    """

    start_card_ns: int = 2 * NS_PER_S
    hold_ns: int = 3 * NS_PER_S
    unconfirmed_ns: int = 100 * NS_PER_MS
    settle_ns: int = 300 * NS_PER_MS


class Presenter:
    """Chooses a picture at any time.

    Before the first one and after a long hold it is a card. One thread chooses. Another reports which pictures a
    detection on a whole frame confirmed, and which are in doubt.

    Attributes:
        revoked: Whether the right to show the persona has ended; only the card is sent then.
        unswapped_shown: Pictures sent, repeats included, in which a stranger found later may have been visible.
    """

    def __init__(self, marker: Marker, rules: PresentConfig, start_ns: int) -> None:
        self.unswapped_shown = 0
        self._marker, self._rules = marker, rules
        self._start_ns = start_ns
        self._last: MarkedFrame | None = None
        self._settled: MarkedFrame | None = None
        self._recent: deque[MarkedFrame] = deque(maxlen=_RECENT)
        self._clean_seq, self._withdrawn = -1, range(0)
        self._doubtful = 0
        self._last_ns = start_ns
        self._opening = marker.make_card(*marker.words.opening, start_ns)
        self._standby = marker.make_card(*marker.words.standby, start_ns)
        self._up: tuple[MarkedFrame, MarkedFrame] | None = None
        self._frozen = False
        self._lock = Lock()
        self.revoked = False

    def revoke(self) -> None:
        """Show only the standby card from now on."""
        self.revoked = True

    def freeze(self, on: bool) -> None:
        """Keep the last picture on the screen, as long as the user wants."""
        self._frozen = on

    def confirm(self, seq: int, captured_ns: int) -> None:
        """Confirm that a whole frame was searched without an untracked face."""
        with self._lock:
            self._clean_seq, self._doubtful = seq, 0
            while self._recent and captured_ns - self._recent[0].captured_ns >= self._rules.settle_ns:
                self._settled = self._recent.popleft()

    def withdraw(self, seq: int, overlooked: bool) -> range:
        """Withdraw pictures for an untracked face in the frame of that number.

        Pictures made since the last settled one are discarded.

        Args:
            seq: Number of the frame.
            overlooked: Whether earlier detections could not have found the face. If so, what was sent since the last
                clean one counts.

        Returns:
            The numbers of the frames of which no picture may be sent any more.
        """
        with self._lock:
            self.unswapped_shown += self._doubtful * overlooked
            self._doubtful = 0
            self._last = self._settled
            self._recent.clear()
            self._withdrawn = range(0 if self._settled is None else self._settled.seq + 1, seq + 1)
            return self._withdrawn

    def choose(self, new: MarkedFrame | None, now_ns: int) -> tuple[MarkedFrame, Shown]:
        """Return the picture for now."""
        with self._lock:
            picture, shown = self._choose_picture(new, now_ns)
            if shown is not Shown.CARD and picture.seq > self._clean_seq:
                self._doubtful += 1
        if shown is Shown.NEW:
            self._up = None
            return picture, shown
        return self._restamp(picture, now_ns), shown

    def _choose_picture(self, new: MarkedFrame | None, now_ns: int) -> tuple[MarkedFrame, Shown]:
        if self.revoked:
            return self._standby, Shown.CARD
        if self._frozen and self._last is not None:
            return self._last, Shown.HELD
        if new is not None and new.seq in self._withdrawn:
            new = None
        if new is not None:
            self._take(new, now_ns)
        if now_ns - self._start_ns < self._rules.start_card_ns:
            return self._opening, Shown.CARD
        if new is not None:
            return new, Shown.NEW
        doubtful = self._last is not None and self._last.seq > self._clean_seq
        if doubtful and now_ns - self._last_ns > self._rules.unconfirmed_ns:
            self._last = self._settled
        if self._last is not None and now_ns - self._last_ns <= self._rules.hold_ns:
            return self._last, Shown.HELD
        return self._standby, Shown.CARD

    def _take(self, new: MarkedFrame, now_ns: int) -> None:
        self._last, self._last_ns = new, now_ns
        if not self._recent or new.captured_ns - self._recent[-1].captured_ns >= _APART_NS:
            self._recent.append(new)

    def _restamp(self, picture: MarkedFrame, now_ns: int) -> MarkedFrame:
        """Return a held picture, restamped when its mark changes its sign."""
        if self._up is None or self._up[0] is not picture:
            fresh = picture.seq < 0
            self._up = picture, self._marker.restamp(picture, now_ns) if fresh else picture
        if sign_at(self._up[1].captured_ns) != sign_at(now_ns):
            self._up = picture, self._marker.restamp(picture, now_ns)
        return self._up[1]
