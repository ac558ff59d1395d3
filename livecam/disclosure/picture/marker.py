"""Make a picture say that it is altered.

The only room that can make a `MarkedFrame`; there is no switch.
"""

from collections.abc import Sequence
from threading import Lock

from livecam.core.frame import MarkedFrame, Pixels
from livecam.core.payload import FACE, MarkPayload
from livecam.core.seal import seal_for_marking
from livecam.disclosure.picture.carrier import sign_at
from livecam.disclosure.picture.label import Corner, Label, paint_card
from livecam.disclosure.picture.label_text import WORDS, Language
from livecam.disclosure.picture.masking import Box
from livecam.disclosure.picture.steps import Field, LumaSteps

_UNNUMBERED = MarkPayload(FACE, 0)
_CARD_SEQ = -1
_seal = seal_for_marking()


class Marker:
    """Marks pictures of one size.

    The in-picture mark first, then the visible plate over it. Cards carry both too.

    Attributes:
        payload: The message of the next picture.
        said: Every message so far, this one among them.
        words: What plate and cards say.
    """

    def __init__(
        self,
        size_wh: tuple[int, int],
        corner: Corner = "top-right",
        payload: MarkPayload = _UNNUMBERED,
        language: Language = "en",
    ) -> None:
        self.size_wh, self.payload = size_wh, payload
        self.said: tuple[MarkPayload, ...] = (payload,)
        self.words = WORDS[language]
        self._plate = Label(size_wh, corner, self.words.plate)
        self._field = Field(size_wh, payload)
        self._steps = LumaSteps(self._field)
        self._card_steps: LumaSteps | None = None
        self._last_seq = _CARD_SEQ
        self._said_before: tuple[int, LumaSteps] | None = None
        self._in_use = Lock()

    def set_payload(self, payload: MarkPayload) -> None:
        """Set another message from the next picture on.

        A picture that is held keeps its message, and so do the cards.
        """
        if payload == self.payload:
            return
        field = Field(self.size_wh, payload)
        with self._in_use:
            self._said_before = self._last_seq, self._steps
            self.said = tuple(dict.fromkeys((*self.said, payload)))
            self.payload, self._field, self._steps = payload, field, LumaSteps(field)

    def mark(self, pixels: Pixels, captured_ns: int, seq: int, faces: Sequence[Box] = ()) -> MarkedFrame:
        """Mark `pixels` and take them over.

        Args:
            pixels: (h, w, 3) uint8 BGR, writable, not touched by the caller afterwards.
            captured_ns: When the picture was taken; the mark's sign follows it.
            seq: The frame's number.
            faces: x0, y0, x1, y1 of the faces in it; the mark is stronger on these people.

        Raises:
            ValueError: Another size than this marker's.
        """
        if pixels.shape[1::-1] != self.size_wh:
            raise ValueError(f"size must be {self.size_wh}, got {pixels.shape[1::-1]}")
        with self._in_use:
            self._steps.follow(pixels, faces)
            self._steps.apply(pixels, sign_at(captured_ns))
            self._last_seq = seq
        self._plate.draw(pixels)
        return _seal.wrap(pixels, captured_ns, seq)

    def restamp(self, frame: MarkedFrame, now_ns: int) -> MarkedFrame:
        """Return a held picture with a new stamp and the mark's present sign."""
        before, after = sign_at(frame.captured_ns), sign_at(now_ns)
        if before == after:
            return _seal.wrap(frame.pixels, now_ns, frame.seq)
        pixels = frame.pixels.copy()
        with self._in_use:
            steps = self._steps_of(frame.seq)
            steps.apply(pixels, -before)
            steps.apply(pixels, after)
        self._plate.draw(pixels)
        return _seal.wrap(pixels, now_ns, frame.seq)

    def _steps_of(self, seq: int) -> LumaSteps:
        """Return those the picture of this number was marked with."""
        if seq == _CARD_SEQ and self._card_steps:
            return self._card_steps
        if self._said_before is not None and seq <= self._said_before[0]:
            return self._said_before[1]
        return self._steps

    def make_card(self, title: str, line: str, now_ns: int) -> MarkedFrame:
        """Return a standby picture with a title and a line, marked as everything else."""
        pixels = paint_card(self.size_wh, title, line)
        if self._card_steps is None:
            self._card_steps = LumaSteps(self._field)
            self._card_steps.follow(pixels)
        self._card_steps.apply(pixels, sign_at(now_ns))
        self._plate.draw(pixels)
        return _seal.wrap(pixels, now_ns, _CARD_SEQ)
