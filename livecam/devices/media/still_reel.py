"""A single picture read like a clip."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.devices.media.door import read_still
from livecam.devices.media.fit import fit_pixels


class StillReel:
    """One picture, once or repeated without end."""

    remarks: tuple[str, ...] = ()

    def __init__(
        self, path: Path, *, rate_hz: float = 30.0, size_wh: tuple[int, int] | None = None, once: bool = False
    ) -> None:
        """Read it.

        Raises:
            CameraError: It cannot be decoded.
        """
        pixels = read_still(path, "use a PNG, JPEG, WebP, BMP or TIFF")
        self._pixels = pixels if size_wh is None else fit_pixels(pixels, size_wh)
        self.name, self.rate_hz, self._once = path.name, rate_hz, once
        self.rewind()

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Step to the next time the picture is shown; None at the end."""
        number = next(self._numbers, None)
        return None if number is None else round(number * NS_PER_S / self.rate_hz)

    def retrieve(self) -> Pixels:
        """Return the picture, (h, w, 3) uint8 BGR, newly allocated."""
        return self._pixels.copy()

    def rewind(self) -> None:
        """Start again."""
        self._numbers: Iterator[int] = iter(range(1)) if self._once else count()

    def close(self) -> None:
        """End the reel."""
        self._numbers = iter(())
