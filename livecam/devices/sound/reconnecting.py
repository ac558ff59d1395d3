"""Continue when a sound device is removed, and use it again when it is back."""

from collections.abc import Callable
from contextlib import suppress

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.errors import STOPPED, OutputError, SoundError
from livecam.core.ports import SoundSink, SoundSource

_RETRY_NS = 500 * NS_PER_MS


class ReconnectingMicrophone:
    """A microphone that is searched twice a second while it is gone.

    Attributes:
        trouble: Why nothing is heard at present, in one line.
        xruns: Sum over every device it has had.
    """

    def __init__(self, open_source: Callable[[], SoundSource], clock: Clock) -> None:
        self._open_source, self._clock = open_source, clock
        self._source: SoundSource | None = None
        self._past_xruns = 0
        self.trouble: str | None = None

    @property
    def xruns(self) -> int:
        """How often sound was lost because it was not read in time."""
        return self._past_xruns + (self._source.xruns if self._source is not None else 0)

    def read(self, count: int) -> AudioBlock | None:
        """Return the next block; None after a wait when there is no device now."""
        try:
            if self._source is None:
                self._source = self._open_source()
            block = self._source.read(count)
        except SoundError as error:
            self.trouble = str(error)
            self.close()
            self._clock.sleep_until_ns(self._clock.now_ns() + _RETRY_NS)
            return None
        self.trouble = None
        return block

    def close(self) -> None:
        """Close the device; the next read searches for it."""
        if self._source is not None:
            self._past_xruns += self._source.xruns
            self._source.close()
            self._source = None


class ReconnectingSpeaker:
    """A virtual microphone that is searched twice a second while it is gone.

    Sound is dropped until it is back.

    Attributes:
        trouble: Why there is no sound at present, in one line.
        xruns: Those of every device it has had.
    """

    def __init__(self, open_sink: Callable[[], SoundSink], clock: Clock) -> None:
        self._open_sink, self._clock = open_sink, clock
        self._sink: SoundSink | None = None
        self._past_xruns = 0
        self._stopped = False
        self.trouble: str | None = None

    @property
    def xruns(self) -> int:
        """How often the device ran out of sound."""
        return self._past_xruns + (self._sink.xruns if self._sink is not None else 0)

    @property
    def waiting_ns(self) -> int:
        """Time between sending a sample and hearing it, by the device."""
        return 0 if self._sink is None else self._sink.waiting_ns

    def send(self, block: MarkedBlock) -> None:
        """Send a block at the device's pace; without one, wait."""
        if self._stopped:
            self._clock.sleep_until_ns(self._clock.now_ns() + _RETRY_NS)
            return
        try:
            if self._sink is None:
                self._sink = self._open_sink()
            self._sink.send(block)
        except OutputError as error:
            self.trouble = str(error)
            # A file that is full is not begun again: what is in it would be lost.
            self._stopped = self.trouble.startswith(STOPPED)
            self.close()
            self._clock.sleep_until_ns(self._clock.now_ns() + _RETRY_NS)
            return
        self.trouble = None

    def close(self) -> None:
        """Close the device; the next send searches for it."""
        if self._sink is not None:
            self._past_xruns += self._sink.xruns
            sink, self._sink = self._sink, None
            with suppress(OutputError):  # what ended it has been said
                sink.close()
