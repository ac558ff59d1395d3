"""A network's frames at the rate of the sound around it.

Two resamplers, their delays counted.
"""

from typing import Protocol

from engines.voice.grain.frames import Floats
from engines.voice.rates import Resampler
from livecam.core.errors import EngineError


class NetCore(Protocol):
    """A network in its own frames and at its own rates."""

    @property
    def given_hz(self) -> int:
        """Rate of what it is given."""
        ...

    @property
    def rate_hz(self) -> int:
        """Rate of what it gives."""
        ...

    @property
    def frame_samples(self) -> int:
        """Samples of a frame that goes in."""
        ...

    @property
    def delay_samples(self) -> int:
        """Samples, of what goes in, by which what comes out is behind."""
        ...

    def process_frame(self, sound: Floats) -> Floats:
        """Return the next frame; as much time comes out as goes in."""
        ...


class SpokenCore:
    """A `FrameCore` at any rate a network's frames are whole numbers of samples at.

    Attributes:
        frame_samples, delay_samples: At that rate.
    """

    def __init__(self, core: NetCore, rate_hz: int) -> None:
        """Put the resamplers round it.

        Raises:
            EngineError: A frame is no whole number of samples at this rate.
        """
        self._core = core
        self._to_core, self._from_core = Resampler(rate_hz, core.given_hz), Resampler(core.rate_hz, rate_hz)
        self.frame_samples, rest = divmod(core.frame_samples * rate_hz, core.given_hz)
        if rest:
            raise EngineError(
                f"the voice model takes {core.frame_samples} samples at {core.given_hz} Hz at a time: no whole number "
                f"at {rate_hz} Hz",
                advice="export it with a chunk of whole milliseconds",
            )
        own_s = core.delay_samples / core.given_hz
        self.delay_samples = round((self._to_core.delay_s + own_s + self._from_core.delay_s) * rate_hz)

    def process_frame(self, sound: Floats) -> Floats:
        """Return the next frame.

        Raises:
            EngineError: The network fails.
        """
        return self._from_core(self._core.process_frame(self._to_core(sound)))
