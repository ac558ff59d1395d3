"""Mark a picture as altered.

Only this room can make a `MarkedFrame`; there is no switch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock

from livecam.core.frame import MarkedFrame, Pixels
from livecam.core.payload import FACE, MarkPayload
from livecam.core.seal import seal_for_marking
from livecam.disclosure.picture.carrier import sign_at
from livecam.disclosure.picture.label import Corner, Plates, paint_card
from livecam.disclosure.picture.label_text import Language, words_of
from livecam.disclosure.picture.masking import Box
from livecam.disclosure.picture.steps import Field, LumaSteps

_UNNUMBERED = MarkPayload(FACE, 0)
_CARD_SEQ = -1
_seal = seal_for_marking()


@dataclass(frozen=True, slots=True, eq=False)
class _Message:
    """The message of pictures: steps for machines, plates for people."""

    steps: LumaSteps
    plates: Plates


class Marker:
    """Marks pictures of one size.

    It draws the in-picture mark first, then the visible plates over it. Cards have both too. Plates and cards follow
    from the message: people and machines read the same value.

    Attributes:
        payload: The message of the next picture.
        said: Every message so far, this one among them.
        words: What plates and cards say.
    """

    def __init__(
        self,
        size_wh: tuple[int, int],
        corner: Corner = "top-right",
        payload: MarkPayload = _UNNUMBERED,
        language: Language = "en",
        icon: Pixels | None = None,
    ) -> None:
        """Set size, payload and plates, with an `icon` (h, w, 3) next to the words."""
        self.size_wh, self.payload = size_wh, payload
        self.said: tuple[MarkPayload, ...] = (payload,)
        self._corner: Corner = corner
        self._language: Language = language
        self._icon = icon
        self.words = words_of(payload.label, language)
        self._message = self._message_of(payload)
        self._card: _Message | None = None
        self._last_seq = _CARD_SEQ
        self._before: tuple[int, _Message] | None = None
        self._in_use = Lock()

    def _message_of(self, payload: MarkPayload) -> _Message:
        text = words_of(payload.label, self._language).plate
        return _Message(LumaSteps(Field(self.size_wh, payload)), Plates(self.size_wh, self._corner, text, self._icon))

    def set_payload(self, payload: MarkPayload) -> None:
        """Set another message from the next picture on.

        A held picture keeps its message, and so do the cards.
        """
        if payload == self.payload:
            return
        message = self._message_of(payload)
        with self._in_use:
            self._before = self._last_seq, self._message
            self.said = tuple(dict.fromkeys((*self.said, payload)))
            self.payload, self._message = payload, message
            self.words = words_of(payload.label, self._language)

    def mark(self, pixels: Pixels, captured_ns: int, seq: int, faces: Sequence[Box] = ()) -> MarkedFrame:
        """Mark `pixels` and take them over.

        Args:
            pixels: (h, w, 3) uint8 BGR, writable; the caller no longer uses it.
            captured_ns: When the picture was taken; the mark's sign follows it.
            seq: The frame's number.
            faces: x0, y0, x1, y1 of the faces in it; the mark is stronger on these people.

        Raises:
            ValueError: Another size than this marker's.
        """
        if pixels.shape[1::-1] != self.size_wh:
            raise ValueError(f"size must be {self.size_wh}, got {pixels.shape[1::-1]}")
        with self._in_use:
            message = self._message
            message.steps.follow(pixels, faces)
            message.steps.apply(pixels, sign_at(captured_ns))
            self._last_seq = seq
        message.plates.draw(pixels)
        return _seal.wrap(pixels, captured_ns, seq)

    def restamp(self, frame: MarkedFrame, now_ns: int) -> MarkedFrame:
        """Return a held picture with a new stamp and the mark's present sign."""
        before, after = sign_at(frame.captured_ns), sign_at(now_ns)
        if before == after:
            return _seal.wrap(frame.pixels, now_ns, frame.seq)
        pixels = frame.pixels.copy()
        with self._in_use:
            message = self._message_in(frame.seq)
            message.steps.apply(pixels, -before)
            message.steps.apply(pixels, after)
        message.plates.draw(pixels)
        return _seal.wrap(pixels, now_ns, frame.seq)

    def _message_in(self, seq: int) -> _Message:
        """Return the message of the picture of this number."""
        if seq == _CARD_SEQ and self._card is not None:
            return self._card
        if self._before is not None and seq <= self._before[0]:
            return self._before[1]
        return self._message

    def make_card(self, title: str, line: str, now_ns: int) -> MarkedFrame:
        """Return a standby picture with a title and a line, marked as all others."""
        pixels = paint_card(self.size_wh, title, line)
        if self._card is None:
            self._card = _Message(self._message.steps.unfollowed(), self._message.plates)
            self._card.steps.follow(pixels)
        self._card.steps.apply(pixels, sign_at(now_ns))
        self._card.plates.draw(pixels)
        return _seal.wrap(pixels, now_ns, _CARD_SEQ)
