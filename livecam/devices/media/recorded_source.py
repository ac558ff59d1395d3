"""Recorded pictures, one after the other.

The common part of clips and folders, and a source that reads every picture.
"""

from typing import Protocol, runtime_checkable

from livecam.core.frame import Frame, Pixels
from livecam.core.ports import HasRemarks


class RecordedSource(Protocol):
    """Pictures with the time at which each is due.

    They are read like a camera: grab, then retrieve.
    """

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    @property
    def rate_hz(self) -> float:
        """Pictures per second, on average."""
        ...

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed or lost until now, one line each."""
        ...

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Step to the next picture; those before `wanted_ns` may be left out.

        Returns:
            Nanoseconds since the reel's first picture, always more than the last; None at the end.

        Raises:
            CameraError: This picture cannot be read; the next one may.
        """
        ...

    def retrieve(self) -> Pixels:
        """Return the picture last grabbed, (h, w, 3) uint8 BGR, newly allocated."""
        ...

    def rewind(self) -> None:
        """Go back to before the first picture."""
        ...

    def close(self) -> None:
        """Let go of the files; may be called twice."""
        ...


@runtime_checkable
class HasFileRemarks(HasRemarks, Protocol):
    """A source of a file, with remarks on what it changed or lost."""

    @property
    def has_sound(self) -> bool:
        """Whether the file has sound, which this source leaves out."""
        ...


def read_remarks(source: object) -> tuple[str, ...]:
    """Return what a source changed or lost until now; nothing where it does not say."""
    return tuple(source.remarks) if isinstance(source, HasFileRemarks) else ()


def has_sound(source: object) -> bool:
    """Whether a source leaves out the sound of its file."""
    return isinstance(source, HasFileRemarks) and source.has_sound


class ReelSource:
    """The common part of sources that read a reel."""

    def __init__(self, reel: RecordedSource) -> None:
        self._reel = reel

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
        """What the reel changed or lost until now."""
        return self._reel.remarks

    @property
    def has_sound(self) -> bool:
        """Whether the reel has sound, which is left out."""
        return bool(getattr(self._reel, "has_sound", False))


class UnpacedSource(ReelSource):
    """A source that returns every picture of a reel as fast as it is read.

    `captured_ns` is the reel's own time.
    """

    live = False

    def __init__(self, reel: RecordedSource) -> None:
        super().__init__(reel)
        self._seq = -1

    def read(self) -> Frame | None:
        """Return the next picture; None at the end.

        Raises:
            CameraError: This picture cannot be read; the next one may.
        """
        self._seq += 1
        due_ns = self._reel.grab()
        return None if due_ns is None else Frame(self._reel.retrieve(), due_ns, self._seq)

    def close(self) -> None:
        """Close the reel."""
        self._reel.close()
