"""What a look at a frame says about the pictures sent before it, and who acts on it."""

from dataclasses import dataclass
from typing import Final

from livecam.core.frame import Frame, MarkedFrame
from livecam.timing.meter import Meter
from livecam.video.present import Presenter
from livecam.video.slot import Slot


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of the look at one frame.

    Attributes:
        clean: The whole frame was looked at and nobody strange is there: pictures up to this one are confirmed.
        stranger: A face nobody followed is there: pictures since the last settled one are withdrawn.
        overlooked: The quick looks since then could not have seen it: those pictures may have shown it.
    """

    clean: bool = False
    stranger: bool = False
    overlooked: bool = False


NOTHING_KNOWN: Final = Finding()


class Withdrawal:
    """Confirms and withdraws pictures, wherever they are: on the screen, or waiting to be sent or recorded."""

    def __init__(self, presenter: Presenter, meter: Meter, *slots: Slot[MarkedFrame] | None) -> None:
        """`slots`: where pictures wait."""
        self._presenter, self._meter = presenter, meter
        self._slots = [slot for slot in slots if slot is not None]

    def judge(self, frame: Frame, finding: Finding) -> None:
        """Act on what was found in a frame, before a picture of it is handed on."""
        if finding.stranger:
            unsafe = self._presenter.withdraw(frame.seq, overlooked=finding.overlooked)
            for slot in self._slots:
                slot.discard(lambda picture: picture.seq in unsafe)
        elif finding.clean:
            self._presenter.confirm(frame.seq, frame.captured_ns)
        self._meter.counts["unswapped_shown"] = self._presenter.unswapped_shown
