"""Ports of sound: what a microphone and a virtual microphone promise."""

from typing import Protocol, runtime_checkable

from livecam.core.audio import AudioBlock, MarkedBlock


@runtime_checkable
class SoundSource(Protocol):
    """A microphone, or a recording that stands in for one: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def xruns(self) -> int:
        """How often sound was lost because it was not read in time."""
        ...

    def read(self, count: int) -> AudioBlock | None:
        """Block for the next `count` samples, (count, 1).

        None when a recording has ended.

        Raises:
            SoundError: The device is gone.
        """
        ...

    def close(self) -> None:
        """Let go of the device; may be called twice."""
        ...


@runtime_checkable
class SoundSink(Protocol):
    """A virtual microphone, a file or nothing at all: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def xruns(self) -> int:
        """How often it ran out of sound."""
        ...

    @property
    def waiting_ns(self) -> int:
        """Time between sending a sample and hearing it."""
        ...

    def send(self, block: MarkedBlock) -> None:
        """Send the next sound.

        Returns when the device has room for it, so it sets the pace.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun; may be called twice."""
        ...
