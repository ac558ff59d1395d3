"""The microphone of a check, opened when the user is asked to speak."""

import numpy as np

from livecam.core.clock import Clock
from livecam.core.errors import SoundError
from livecam.core.ports import SoundSource
from livecam.devices.sound.devices import find_microphone, open_sound_source
from livecam.enrollment.phrase import Samples

OFF = "off"


class PromptMicrophone:
    """A microphone that is opened by the first call, so that nothing older is heard."""

    def __init__(self, place: str, clock: Clock) -> None:
        """Name it as `find_microphone` does."""
        self._place, self._clock = place, clock
        self._source: SoundSource | None = None

    def hear(self, count: int) -> Samples | None:
        """Return the next samples (count,) at 48 kHz; None when there are no more.

        Raises:
            SoundError: The device is not there, or gone.
        """
        if self._source is None:
            self._source = open_sound_source(self._place, self._clock)
        block = self._source.read(count)
        return None if block is None else np.ascontiguousarray(block.samples[:, 0])

    def close(self) -> None:
        """Close the device; may be called twice."""
        if self._source is not None:
            self._source.close()


def open_prompt_microphone(name: str, clock: Clock) -> PromptMicrophone | None:
    """Open the microphone that hears the phrase.

    None with "off", and where no microphone is named and none is the default.

    Raises:
        SoundError: The one that is named is not there.
    """
    if name == OFF:
        return None
    try:
        return PromptMicrophone(find_microphone(name), clock)
    except SoundError:
        if name == "default":
            return None
        raise
