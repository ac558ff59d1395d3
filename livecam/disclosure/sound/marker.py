"""The last stage before sound leaves: it adds the marks.

There is no switch.

What people hear, `Notice`, comes first. The inaudible mark of the session is added to all of it:
`livecam.disclosure.sound.watermark`.
Only this room can make a `MarkedBlock`.
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
        session: 0..65535, the number the inaudible mark carries.
        first_sample: Where the stream goes on when it was cut off: what was heard of the notice is not said again.
        manner: In which language, and how often.
    """

    def __init__(self, session: int, first_sample: int = 0, manner: NoticeStyle = _USUAL) -> None:
        self._notice, self._mark = Notice(RATE_HZ, first_sample, manner), SoundMark(session)

    @property
    def opening_samples(self) -> int:
        """Samples at the start in which the notice is spoken and nothing else is heard."""
        return self._notice.opening_samples

    @property
    def latency_samples(self) -> int:
        """Samples by which the marked sound is behind."""
        return self._mark.latency_samples

    @property
    def spoken(self) -> int:
        """How often the notice was spoken to its end."""
        return self._notice.spoken

    def announce(self) -> None:
        """Speak the notice soon: a program has begun to listen. Any thread may ask."""
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

    For `livecam.audio.recording_relay` alone.
    """
    return _seal.wrap(block)
