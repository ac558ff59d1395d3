"""A camera through PipeWire: a Video/Source node, without module and root.

Programs find it through the camera portal (browsers, OBS 30 and newer) or as a PipeWire source (GStreamer). Programs
that list /dev/video* do not find it.
"""

import ctypes
import os
from errno import EHOSTDOWN
from typing import Any

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import NoVirtualCamera, remedy
from livecam.core.frame import Pixels
from livecam.devices.packages import find_install_command
from livecam.devices.virtual_camera import pipewire_library as pw
from livecam.devices.virtual_camera.pipewire_stream import PipewireStream
from livecam.devices.virtual_camera.setup import NODE
from livecam.devices.virtual_camera.spa import (
    HEADER_BYTES,
    META_HEADER,
    MOST_BUFFERS,
    offered_format,
    picture_buffers,
    stamped_buffers,
)

_PROPERTIES = (
    f'{{ media.class = "Video/Source" media.type = "Video" media.role = "Camera" node.name = "{NODE}" '
    f'node.description = "{NODE}" node.nick = "{NODE}" }}'
)
_REGISTERED_WITHIN_NS = 5 * NS_PER_S
_LOOK_EVERY_NS = 5 * NS_PER_MS
_RENEWED_AFTER_NS = NS_PER_S
_START_SERVER = "systemctl --user start pipewire wireplumber"


class PipewireOutput(PipewireStream):
    """A PipeWire node that shows YUY2 pictures to other programs.

    Webcams deliver this format, and OBS takes it. PipeWire's own thread keeps the connection; no Python runs in it. A
    picture is handed over under the thread's lock.
    """

    def __init__(self, size_wh: tuple[int, int], rate_hz: float, clock: Clock, *, library: Any) -> None:
        """Register the node with the PipeWire server of this user.

        Args:
            size_wh: Even width and height.
            rate_hz: The rate that other programs see.
            clock: Paces the wait for the server, stamps the pictures.
            library: libpipewire as `load_library` gives it, or a fake.

        Raises:
            OSError: No server, or it does not take the node.
        """
        self.device, self._clock = f"PipeWire camera {NODE}", clock
        self._stride, self._bytes = size_wh[0] * 2, size_wh[0] * size_wh[1] * 2
        self._blocks = (offered_format(size_wh, rate_hz), picture_buffers(size_wh), stamped_buffers())
        self._seq, self._leaked, self._of_use_ns = 0, False, 0
        super().__init__(library, NODE)
        try:
            with self._locked():
                self._connect()
            self._await_registration()
        except OSError:
            self.close()
            raise

    def _connect(self) -> None:
        library = self._library
        self._make_stream(_PROPERTIES)
        offered = (ctypes.c_char_p * len(self._blocks))(*self._blocks)
        code = library.pw_stream_connect(
            self._stream, pw.DIRECTION_OUTPUT, pw.ANY_TARGET, pw.DRIVER | pw.MAP_BUFFERS, offered, len(self._blocks)
        )
        if code < 0:
            raise OSError(-code, os.strerror(-code))

    def _await_registration(self) -> None:
        limit_ns = self._clock.now_ns() + _REGISTERED_WITHIN_NS
        while True:
            with self._locked():
                if self._state() >= pw.STATE_PAUSED:
                    return
            if self._clock.now_ns() > limit_ns:
                raise TimeoutError("PipeWire does not take the camera")
            self._clock.sleep_until_ns(self._clock.now_ns() + _LOOK_EVERY_NS)

    def _state(self) -> int:
        """Return the node's state; OSError where the server is gone or refused it."""
        reason = ctypes.c_char_p()
        state: int = self._library.pw_stream_get_state(self._stream, ctypes.byref(reason))
        if state in (pw.STATE_ERROR, pw.STATE_UNCONNECTED):
            raise OSError((reason.value or b"the PipeWire server is gone").decode(errors="replace"))
        return state

    def send(self, frame: Pixels) -> None:
        """Show one YUY2 picture, (h * w * 2,) uint8.

        It is dropped while no program watches, or while earlier ones are still queued.

        Raises:
            OSError: The server is gone.
        """
        with self._locked():
            now_ns = self._clock.now_ns()
            if self._state() == pw.STATE_STREAMING:
                if self._last_one_waits() or self._queue(frame, now_ns):
                    self._of_use_ns = now_ns
                self._library.pw_stream_trigger_process(self._stream)
            if self._leaked and now_ns - self._of_use_ns > _RENEWED_AFTER_NS:
                self._renew()

    def _renew(self) -> None:
        """Remove the node and add it again with all buffers.

        Each program that was killed while it watched has kept a buffer. It is done while no program watches, or when
        no buffer is left and watching programs see nothing.
        """
        self._leaked = False
        self._library.pw_stream_destroy(self._stream)
        self._connect()

    def _last_one_waits(self) -> bool:
        """Whether the watching program has not fetched the last picture.

        A queue would delay all further pictures.
        """
        moment = pw.Moment()
        self._library.pw_stream_get_time_n(self._stream, ctypes.byref(moment), ctypes.sizeof(moment))
        waiting: int = moment.queued_buffers
        return waiting > 0

    def _queue(self, frame: Pixels, now_ns: int) -> bool:
        """Queue into the next free buffer; False where there is none."""
        for _ in range(MOST_BUFFERS):
            buffer = self._library.pw_stream_dequeue_buffer(self._stream)
            if buffer:
                self._fill(buffer.contents.buffer.contents, frame, now_ns)
                self._library.pw_stream_queue_buffer(self._stream, buffer)
                return True
            self._leaked = True
        return False

    def _fill(self, buffer: pw.Buffer, frame: Pixels, now_ns: int) -> None:
        data = buffer.datas[0]
        chunk = data.chunk.contents
        room = data.data is not None and data.maxsize >= self._bytes
        if room:
            ctypes.memmove(data.data, frame.ctypes.data, self._bytes)
        chunk.offset, chunk.size, chunk.stride, chunk.flags = 0, self._bytes if room else 0, self._stride, 0
        for meta in buffer.metas[: buffer.n_metas]:
            if meta.type == META_HEADER and meta.size >= HEADER_BYTES:
                header = pw.Header.from_address(meta.data)
                header.flags, header.offset, header.dts_offset = 0, 0, 0
                header.pts, header.seq = now_ns, self._seq
        self._seq += 1


def open_pipewire(size_wh: tuple[int, int], rate_hz: float, clock: Clock, *, library: Any = None) -> PipewireOutput:
    """Open a PipeWire camera.

    Raises:
        NoVirtualCamera: This system has no PipeWire, or it does not run for this user.
    """
    try:
        library = library or pw.load_library()
    except (OSError, AttributeError) as error:
        raise _missing_error(error, find_install_command("pipewire")) from error
    try:
        return PipewireOutput(size_wh, rate_hz, clock, library=library)
    except OSError as error:
        raise _missing_error(error, _START_SERVER) from error


def _missing_error(error: Exception, hint: str) -> NoVirtualCamera:
    down = isinstance(error, OSError) and error.errno == EHOSTDOWN
    reason = "it does not run for this user" if down else " ".join(str(error).split())
    return NoVirtualCamera(f"there is no camera through PipeWire: {reason}", **remedy(hint))
