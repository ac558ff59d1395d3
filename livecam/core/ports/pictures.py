"""Ports of pictures: what a source and a sink promise."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from livecam.core.audio import MarkedBlock
from livecam.core.frame import Frame, MarkedFrame


@runtime_checkable
class FrameSource(Protocol):
    """A camera, a clip or a folder of pictures."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def rate_hz(self) -> float:
        """Pictures per second it really delivers; for a clip, its own rate."""
        ...

    @property
    def live(self) -> bool:
        """Whether it is a camera.

        Frames of a camera come at their own time, and are lost when not read.
        """
        ...

    def read(self) -> Frame | None:
        """Wait for and return the next frame; None when a clip has ended.

        Raises:
            CameraError: The device is gone or delivers nothing; reading again tries again.
        """
        ...

    def close(self) -> None:
        """Close the device; may be called twice."""
        ...


@runtime_checkable
class HasRemarks(Protocol):
    """A source with remarks on what it has read."""

    @property
    def remarks(self) -> Sequence[str]:
        """Sentences for the user, each once."""
        ...


@runtime_checkable
class FrameSink(Protocol):
    """A virtual camera, a file or no output; its size never changes."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def size_wh(self) -> tuple[int, int]:
        """Width and height it takes."""
        ...

    def send(self, frame: MarkedFrame) -> None:
        """Send a picture; return when the device has it.

        Raises:
            OutputError: The device is gone or takes nothing.
        """
        ...

    def close(self) -> None:
        """Finish what was begun (a file is playable afterwards); may be called twice."""
        ...


class AudioWriter(Protocol):
    """The sound of a video that is being written."""

    def send(self, block: MarkedBlock) -> None:
        """Append sound at `captured_ns`, on the clock of the pictures.

        Raises:
            OutputError: The disk is full or gone.
        """
        ...
