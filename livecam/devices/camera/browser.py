"""A browser as camera: pictures that the studio receives from a page.

They come through a socket of this user, newest only.
"""

import socket
import struct
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import CameraError
from livecam.core.frame import Frame
from livecam.devices.media.fit import fit_pixels

SPEC: Final = "browser"
HEAD: Final = struct.Struct("!QQI")
"""Header of a picture.

It has the number, the capture time in ns on this machine's clock, and the length of the JPEG in bytes.
"""
LARGEST_BYTES: Final = 4 << 20
MOST_SIDE: Final = 1920
_FIRST_S: Final = 60.0
_NEXT_S: Final = 2.0
_OLDEST_NS: Final = 2 * NS_PER_S
_FRAME_MARKERS: Final = frozenset((0xC0, 0xC1, 0xC2))
_ADVICE: Final = "open the camera page of livecam studio, and allow the camera there"


class BrowserSource:
    """Asks the studio for the next picture of the page that is its camera.

    Args:
        path: The studio's socket.
        clock: Bounds the time that the browser stamped.
    """

    live = True
    name = "a browser's camera"

    def __init__(self, path: Path, rate_hz: float, clock: Clock) -> None:
        """Connect, and wait up to a minute for the first picture.

        Raises:
            CameraError: No studio runs, or no page sends its camera.
        """
        self.rate_hz, self._path, self._clock = rate_hz, path, clock
        self._size_wh: tuple[int, int] | None = None
        self._seq, self._last_number = -1, -1
        self._line: socket.socket | None = None
        self._first: Frame | None = self._next(_FIRST_S)

    def read(self) -> Frame:
        """Wait for the next picture.

        Raises:
            CameraError: None came for two seconds; reading again tries again.
        """
        first, self._first = self._first, None
        return first if first is not None else self._next(_NEXT_S)

    def close(self) -> None:
        """Disconnect. Idempotent."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    def _next(self, patience_s: float) -> Frame:
        try:
            return self._asked(patience_s)
        except OSError as error:
            self.close()
            raise CameraError("no browser sends its camera", advice=_ADVICE) from error

    def _asked(self, patience_s: float) -> Frame:
        if self._line is None:
            self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self._line.settimeout(patience_s)
            self._line.connect(str(self._path))
        self._line.settimeout(patience_s)
        self._line.sendall(b"?")
        number, captured_ns, length = HEAD.unpack(self._receive_exactly(HEAD.size))
        if length > LARGEST_BYTES:
            raise OSError("a picture that is too long")
        return self._frame(self._receive_exactly(length), number, captured_ns)

    def _frame(self, jpeg: bytes, number: int, captured_ns: int) -> Frame:
        width, height = size_of(jpeg)
        if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
            raise OSError("a picture of a size that is not taken")
        pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        if pixels is None:
            raise OSError("a picture that cannot be decoded")
        # A page that turns with its phone keeps the size that the session began with.
        self._size_wh = self._size_wh or (pixels.shape[1], pixels.shape[0])
        now_ns = self._clock.now_ns()
        self._seq += max(number - self._last_number, 1) if self._last_number >= 0 else 1
        self._last_number = number
        stamped_ns = min(max(captured_ns, now_ns - _OLDEST_NS), now_ns)
        return Frame(fit_pixels(np.asarray(pixels, np.uint8), self._size_wh), stamped_ns, self._seq)

    def _receive_exactly(self, count: int) -> bytes:
        assert self._line is not None
        data = bytearray()
        while len(data) < count:
            piece = self._line.recv(count - len(data))
            if not piece:
                raise ConnectionError("the studio ended")
            data += piece
        return bytes(data)


def size_of(jpeg: bytes) -> tuple[int, int]:
    """Return width and height that a JPEG declares, read before it is decoded.

    It is 0, 0 for anything else.
    """
    place = 2
    while jpeg[:2] == b"\xff\xd8" and place + 9 <= len(jpeg) and jpeg[place] == 0xFF:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + 4])
        if marker in _FRAME_MARKERS:
            return int.from_bytes(jpeg[place + 7 : place + 9]), int.from_bytes(jpeg[place + 5 : place + 7])
        place += 2 + max(length, 2)
    return 0, 0
