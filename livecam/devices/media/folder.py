"""Read a folder of pictures as if it were a clip."""

import re
from pathlib import Path

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.media.door import read_still
from livecam.devices.media.fit import fit_pixels

SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})


class FolderReel:
    """The pictures of a folder by name, `img2` before `img10`.

    All have the size of the first, or `size_wh`.
    """

    def __init__(self, folder: Path, *, rate_hz: float = 30.0, size_wh: tuple[int, int] | None = None) -> None:
        """List the folder.

        Raises:
            CameraError: No picture in it.
        """
        self._folder, self._rate_hz, self._size_wh = folder, rate_hz, size_wh
        named = [path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES]
        self._paths = sorted((path for path in named if not _is_dirt(path)), key=_natural)
        self._left_out = len(named) - len(self._paths)
        if not self._paths:
            wanted = " ".join(sorted(SUFFIXES))
            raise CameraError(f"there is no picture in {folder}", advice=f"put pictures there ({wanted})")
        self._next = 0
        self._current: Pixels | None = None

    @property
    def name(self) -> str:
        """The folder's name."""
        return self._folder.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was left out, in one line."""
        if not self._left_out:
            return ()
        return (f"{self.name}: {self._left_out} hidden or empty files with a picture's name were left out",)

    @property
    def rate_hz(self) -> float:
        """The rate asked for; pictures have none of their own."""
        return self._rate_hz

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Read the next file; nanoseconds since the first, None at the end.

        Raises:
            CameraError: The file is no picture; the next call goes on with the one after it.
        """
        if self._next >= len(self._paths):
            return None
        index, self._next = self._next, self._next + 1
        path = self._paths[index]
        pixels = read_still(path, f"take {path.name} out of the folder")
        if self._size_wh is None:
            self._size_wh = pixels.shape[1], pixels.shape[0]
        self._current = fit_pixels(pixels, self._size_wh)
        return round(index * NS_PER_S / self._rate_hz)

    def retrieve(self) -> Pixels:
        """Return the picture last grabbed, (h, w, 3) uint8 BGR."""
        if self._current is None:
            raise CameraError("no picture was grabbed before it was asked for", advice="grab first")
        return self._current

    def rewind(self) -> None:
        """Start with the first file again."""
        self._next = 0

    def close(self) -> None:
        """End the reel."""
        self._next = len(self._paths)


def _natural(path: Path) -> list[tuple[int, str]]:
    """Sort key that reads digits as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", path.name.lower())]


def _is_dirt(path: Path) -> bool:
    """Whether a file is one that systems leave between pictures.

    An example is "._img1.jpg" of macOS.
    """
    try:
        return path.name.startswith(".") or not path.is_file() or path.stat().st_size == 0
    except OSError:
        return True
