"""Withdraw or confirm pictures in the queue after a full search of a frame."""

from collections import deque
from typing import Final

from livecam.core.clock import NS_PER_MS
from livecam.core.frame import Frame, MarkedFrame
from livecam.timing.meter import Meter
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.presenter import Presenter
from livecam.video.tracking.finding import FaceFinding

WAIT_NS: Final = 60 * NS_PER_MS
"""Time from a doubtful frame to a clean one that confirms it.

It is two frames of thirty.
"""
MISSED_NS: Final = 130 * NS_PER_MS
"""Time between two searched frames in which a person may come and leave."""


class Withdrawal:
    """Confirms and withdraws pictures on the screen and in the queues."""

    def __init__(self, presenter: Presenter, meter: Meter, *slots: Mailbox[MarkedFrame] | None) -> None:
        """Act on the queues in `slots`."""
        self._presenter, self._meter = presenter, meter
        self._slots = [slot for slot in slots if slot is not None]
        self._waiting: deque[MarkedFrame] = deque()
        self._looked: Frame | None = None

    def judge(self, frame: Frame, finding: FaceFinding, picture: MarkedFrame | None) -> MarkedFrame | None:
        """Act on what was found in a frame.

        Args:
            frame: The frame.
            finding: What its detection found.
            picture: What was made of the frame; None for a hold.

        Returns:
            The picture to hand on now, this frame's or the one that waited, or None.
        """
        if finding.stranger:
            unsafe = self._presenter.withdraw(frame.seq, overlooked=finding.overlooked)
            for slot in self._slots:
                slot.discard(lambda picture: picture.seq in unsafe)
        elif finding.clean:
            self._presenter.confirm(frame.seq, frame.captured_ns)
        self._meter.counts.unswapped_shown = self._presenter.unswapped_shown
        return self._confirm_next(frame, finding, picture)

    def _confirm_next(self, frame: Frame, finding: FaceFinding, picture: MarkedFrame | None) -> MarkedFrame | None:
        """Keep a doubtful picture until the next searches find no untracked face."""
        if self._count_missed(frame, finding) or finding.stranger or (finding.unsure and not finding.clean):
            self._waiting.clear()
        if finding.stranger:
            return None
        if picture is None:
            return self._take_ripe(frame) if finding.clean else None
        if not finding.unsure:
            self._waiting.clear()
            return picture
        self._waiting.append(picture)
        return self._take_ripe(frame)

    def _count_missed(self, frame: Frame, finding: FaceFinding) -> bool:
        """Whether too much time passed without a search, so that a person may have left."""
        if not (finding.clean or finding.unsure or finding.stranger):
            return False
        before, self._looked = self._looked, frame
        return before is not None and frame.seq - before.seq > 1 and frame.captured_ns - before.captured_ns > MISSED_NS

    def _take_ripe(self, frame: Frame) -> MarkedFrame | None:
        """Take the newest picture that has waited long enough; drop older ones."""
        ripe = None
        while self._waiting and frame.captured_ns - self._waiting[0].captured_ns >= WAIT_NS:
            ripe = self._waiting.popleft()
        return ripe
