"""Add the marks to sound, as the last stage; there is no switch.

`Notice` for people comes first. The inaudible mark of the session is added to all of it by
`livecam.disclosure.sound.watermark`. Only this room can make a `MarkedBlock`.
"""

from typing import Final

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.framing import to_block, to_mono
from livecam.core.seal import seal_for_marking_sound
from livecam.disclosure.sound.notice import Notice, NoticeStyle
from livecam.disclosure.sound.watermark import SoundMark

RATE_HZ: Final = 48_000

_USUAL: Final = NoticeStyle()
_seal = seal_for_marking_sound()


class SoundMarker:
    """Marks one stream of converted sound at 48 kHz.

    Args:
        session: 0..65535, the number in the inaudible mark.
        first_sample: Where an interrupted stream continues; what was heard of the notice is not repeated.
        manner: Language and intervals of the notices.
    """

    def __init__(self, session: int, first_sample: int = 0, manner: NoticeStyle = _USUAL) -> None:
        self._notice, self._mark = Notice(RATE_HZ, first_sample, manner), SoundMark(session)

    @property
    def opening_samples(self) -> int:
        """Samples at the start with the spoken notice and no voice."""
        return self._notice.opening_samples

    @property
    def latency_samples(self) -> int:
        """Delay of the marked sound in samples."""
        return self._mark.latency_samples

    @property
    def spoken(self) -> int:
        """How often the notice was spoken to its end."""
        return self._notice.spoken

    def announce(self) -> None:
        """Speak the notice soon, as a program has begun to listen; any thread may ask."""
        self._notice.request()

    def mark(self, block: AudioBlock) -> MarkedBlock:
        """Return the block with its marks.

        Raises:
            ValueError: Another rate, or more than one channel.
        """
        sound = self._notice.add(to_mono(block, RATE_HZ))
        return _seal.wrap(self._mark.process(to_block(sound, block)))


def rewrap_marked(block: AudioBlock) -> MarkedBlock:
    """Wrap sound that `SoundMarker` marked in the audio process.

    Only `livecam.audio.recording_relay` may call it.
    """
    return _seal.wrap(block)
