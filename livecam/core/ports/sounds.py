"""Ports of sound: what a microphone and a virtual microphone promise."""

from typing import Protocol, runtime_checkable

from livecam.core.audio import AudioBlock, MarkedBlock


@runtime_checkable
class SoundSource(Protocol):
    """A microphone, or a recording in its place: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def xruns(self) -> int:
        """How often sound was lost because it was not read in time."""
        ...

    def read(self, count: int) -> AudioBlock | None:
        """Wait for and return the next samples (count, 1); None when a recording ended.

        Raises:
            SoundError: The device is gone.
        """
        ...

    def close(self) -> None:
        """Close the device; may be called twice."""
        ...


@runtime_checkable
class SoundSink(Protocol):
    """A virtual microphone, a file or no output: one channel at 48 kHz."""

    @property
    def name(self) -> str:
        """Name for people."""
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
        """Send the next sound; return when the device has room for it.

        So the device sets the pace.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun; may be called twice."""
        ...
