"""A single picture as a camera, shown until it is stopped."""

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.devices.media.recorded_source import RecordedSource


class StillSource:
    """A reel around another; a single picture is repeated."""

    def __init__(self, reel: RecordedSource, rate_hz: float) -> None:
        """Set how often a single picture comes."""
        self._reel, self._rate_hz = reel, rate_hz
        self._grabbed = self._held = 0
        self._pixels: Pixels | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """The reel's name."""
        return self._reel.name

    @property
    def rate_hz(self) -> float:
        """The reel's own rate, where it is one of pictures that move."""
        return self._reel.rate_hz if 1.0 <= self._reel.rate_hz <= 240.0 else self._rate_hz

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks of the reel."""
        return tuple(self._reel.remarks)

    @property
    def has_sound(self) -> bool:
        """Whether the reel has sound, which is left out."""
        return bool(getattr(self._reel, "has_sound", False))

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Step to the next picture, or stay at the only one.

        Those before `wanted_ns` may be left out.

        Raises:
            CameraError: As from the reel.
        """
        if self._closed:
            return None
        if not self._held:
            at_ns = self._reel.grab(wanted_ns)
            if at_ns is not None or self._grabbed != 1:
                self._grabbed += 1
                self._pixels = None
                return at_ns
        self._held += 1
        return round(self._held * NS_PER_S / self.rate_hz)

    def retrieve(self) -> Pixels:
        """Return the picture last grabbed, (h, w, 3) uint8 BGR, newly allocated."""
        if self._pixels is None:
            self._pixels = self._reel.retrieve()
        return self._pixels.copy() if self._grabbed == 1 else self._pixels

    def rewind(self) -> None:
        """Go back to before the first picture."""
        self._grabbed = self._held = 0
        self._pixels = None
        self._reel.rewind()

    def close(self) -> None:
        """Close the reel and free the picture."""
        self._closed = True
        self._reel.close()
