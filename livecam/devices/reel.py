"""Recorded pictures, one after the other: what clips and folders have in common, and reading every one of them."""

from typing import Protocol

from livecam.core.frame import Frame, Pixels
from livecam.core.ports import Remarking


class Reel(Protocol):
    """Pictures with the time at which each is due, read like a camera: grab, then retrieve."""

    @property
    def name(self) -> str:
        """What a person would call it."""
        ...

    @property
    def rate_hz(self) -> float:
        """Pictures per second, on average."""
        ...

    def grab(self) -> int | None:
        """Step to the next picture.

        Returns:
            Nanoseconds since the reel's first picture, always more than the last; None at the end.

        Raises:
            CameraError: This picture cannot be read; the next one may.
        """
        ...

    def retrieve(self) -> Pixels:
        """The picture last grabbed, (h, w, 3) uint8 BGR, newly allocated."""
        ...

    def rewind(self) -> None:
        """Go back to before the first picture."""
        ...

    def close(self) -> None:
        """Let go of the files; may be called twice."""
        ...


class EveryFrame:
    """A source that hands over every picture of a reel as fast as it is read; `captured_ns` is the reel's own time."""

    live = False

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._seq = -1

    @property
    def name(self) -> str:
        """The reel's name."""
        return self._reel.name

    @property
    def rate_hz(self) -> float:
        """The reel's own rate."""
        return self._reel.rate_hz

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reel has to say."""
        return tuple(self._reel.remarks) if isinstance(self._reel, Remarking) else ()

    def read(self) -> Frame | None:
        """The next picture; None at the end.

        Raises:
            CameraError: This picture cannot be read; the next one may.
        """
        self._seq += 1
        due_ns = self._reel.grab()
        return None if due_ns is None else Frame(self._reel.retrieve(), due_ns, self._seq)

    def close(self) -> None:
        """Close the reel."""
        self._reel.close()
