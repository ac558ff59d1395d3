"""Watch livecam's camera through PipeWire as a program does.

The session manager links the stream to the node.
"""

import ctypes
from threading import Event
from typing import Any

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.errors import OutputError
from livecam.core.files.errors import reason_of
from livecam.core.frame import OnPicture, Pixels
from livecam.devices.virtual_camera import pipewire_library as pw
from livecam.devices.virtual_camera.pipewire_stream import PipewireStream
from livecam.devices.virtual_camera.setup import NODE
from livecam.devices.virtual_camera.spa import offered_format

_NAME = f"{NODE}-watch"
_PROPERTIES = (
    f'{{ media.type = "Video" media.category = "Capture" media.role = "Camera" target.object = "{NODE}" '
    f'node.name = "{_NAME}" }}'
)
_LOOK_EVERY_NS = NS_PER_MS


class PipewireInput(PipewireStream):
    """A stream that takes YUY2 pictures of one size from the node called livecam.

    PipeWire's own thread keeps the connection; no Python runs in it.
    """

    def __init__(self, size_wh: tuple[int, int], rate_hz: float, *, library: Any) -> None:
        """Request a link.

        Args:
            size_wh: Even width and height, as the node offers them.
            rate_hz: As the node offers it.
            library: libpipewire as `load_library` gives it, or a fake.

        Raises:
            OSError: No server.
        """
        super().__init__(library, _NAME)
        self._size_wh = size_wh
        with self._locked():
            connected = self._is_connected(offered_format(size_wh, rate_hz))
        if not connected:
            self.close()
            raise OSError("PipeWire does not let anybody watch")

    def _is_connected(self, wanted: bytes) -> bool:
        self._make_stream(_PROPERTIES)
        formats = (ctypes.c_char_p * 1)(wanted)
        flags = pw.AUTOCONNECT | pw.MAP_BUFFERS
        code = self._library.pw_stream_connect(self._stream, pw.DIRECTION_INPUT, pw.ANY_TARGET, flags, formats, 1)
        return bool(code >= 0)

    def newest(self) -> Pixels | None:
        """Return the picture that has come since the last call: (h, w, 3) uint8 BGR.

        None where none has.
        """
        with self._locked():
            buffer = self._library.pw_stream_dequeue_buffer(self._stream)
            if not buffer:
                return None
            packed = self._copy_pixels(buffer.contents.buffer.contents)
            self._library.pw_stream_queue_buffer(self._stream, buffer)
        if packed is None:
            return None
        width, height = self._size_wh
        bgr = cv2.cvtColor(packed.reshape(height, width, 2), cv2.COLOR_YUV2BGR_YUY2)
        return bgr.astype(np.uint8, copy=False)

    def _copy_pixels(self, buffer: pw.Buffer) -> Pixels | None:
        """Return a copy of the buffer's YUY2 bytes; None where it holds no whole picture."""
        data, wanted = buffer.datas[0], self._size_wh[0] * self._size_wh[1] * 2
        if data.data is None or data.chunk.contents.size != wanted:
            return None
        return np.frombuffer(ctypes.string_at(data.data + data.chunk.contents.offset, wanted), np.uint8)


def watch_pipewire(
    size_wh: tuple[int, int],
    rate_hz: float,
    clock: Clock,
    on_picture: OnPicture,
    stopping: Event,
    *,
    library: Any = None,
) -> None:
    """Hand on every picture of livecam's PipeWire camera until asked to stop.

    Raises:
        OutputError: There is no PipeWire here, or it allows no reader.
    """
    try:
        watching = PipewireInput(size_wh, rate_hz, library=library or pw.load_library())
    except (OSError, AttributeError) as error:
        raise OutputError(f"cannot watch through PipeWire: {reason_of(error)}", command="livecam doctor") from error
    try:
        while not stopping.is_set():
            pixels = watching.newest()
            if pixels is not None:
                on_picture(pixels, clock.now_ns())
            else:
                clock.sleep_until_ns(clock.now_ns() + _LOOK_EVERY_NS)
    finally:
        watching.close()
