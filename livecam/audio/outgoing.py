"""The last stage before sound leaves: it is made to say that it is altered. There is no switch.

Two marks belong here, in this order: the inaudible mark of the session (`livecam.audio.mark`, a later change) and what
people hear, `Notice`. Only this room can make a `MarkedBlock`.
"""

import numpy as np

from livecam.audio.notice import Notice
from livecam.audio.stateful import as_block, mono
from livecam.core.audio import AudioBlock, MarkedBlock, seal_for_marking_sound

_seal = seal_for_marking_sound()


class Outgoing:
    """Marks one stream of converted sound."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._notice = Notice(rate_hz)

    @property
    def opening_samples(self) -> int:
        """Samples at the start in which the notice is spoken and nothing else is heard."""
        return self._notice.opening_samples

    def mark(self, block: AudioBlock) -> MarkedBlock:
        """The block with its marks.

        Raises:
            ValueError: Another rate, or more than one channel.
        """
        sound = self._notice.add(mono(block, self._rate_hz))
        return _seal.marked(as_block(np.clip(sound, -1, 1), block))
