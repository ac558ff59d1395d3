"""The used part of libpipewire-0.3, and its structures.

They are from pipewire/stream.h and spa/buffer/buffer.h.
"""

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any

LIBRARY = "libpipewire-0.3.so.0"

STATE_ERROR, STATE_UNCONNECTED, STATE_CONNECTING, STATE_PAUSED, STATE_STREAMING = -1, 0, 1, 2, 3
DIRECTION_INPUT, DIRECTION_OUTPUT = 0, 1
ANY_TARGET = 0xFFFFFFFF
AUTOCONNECT, MAP_BUFFERS, DRIVER = 1 << 0, 1 << 2, 1 << 3
EVENT_SLOTS = 11


class Events(Structure):
    """struct pw_stream_events without callbacks."""

    _fields_ = (("version", c_uint32), ("listeners", c_void_p * EVENT_SLOTS))


class Chunk(Structure):
    """struct spa_chunk: the part of a buffer that holds the picture."""

    _fields_ = (("offset", c_uint32), ("size", c_uint32), ("stride", c_int32), ("flags", c_int32))


class Data(Structure):
    """struct spa_data: a buffer's memory."""

    _fields_ = (
        *(("type", c_uint32), ("flags", c_uint32), ("fd", c_int64), ("mapoffset", c_uint32), ("maxsize", c_uint32)),
        *(("data", c_void_p), ("chunk", POINTER(Chunk))),
    )


class Meta(Structure):
    """struct spa_meta: metadata of a buffer."""

    _fields_ = (("type", c_uint32), ("size", c_uint32), ("data", c_void_p))


class Header(Structure):
    """struct spa_meta_header: a picture's time and number."""

    _fields_ = (
        *(("flags", c_uint32), ("offset", c_uint32), ("pts", c_int64), ("dts_offset", c_int64), ("seq", c_uint64)),
    )


class Buffer(Structure):
    """struct spa_buffer."""

    _fields_ = (("n_metas", c_uint32), ("n_datas", c_uint32), ("metas", POINTER(Meta)), ("datas", POINTER(Data)))


class StreamBuffer(Structure):
    """The head of struct pw_buffer."""

    _fields_ = (("buffer", POINTER(Buffer)),)


class Moment(Structure):
    """struct pw_time: what is queued in a stream."""

    _fields_ = (
        *(("now", c_int64), ("rate", c_uint64), ("ticks", c_uint64), ("delay", c_int64), ("queued", c_uint64)),
        *(("buffered", c_uint64), ("queued_buffers", c_uint32), ("avail_buffers", c_uint32)),
    )


_SIGNATURES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "pw_init": (None, (c_void_p, c_void_p)),
    "pw_thread_loop_new": (c_void_p, (c_char_p, c_void_p)),
    "pw_thread_loop_destroy": (None, (c_void_p,)),
    "pw_thread_loop_get_loop": (c_void_p, (c_void_p,)),
    "pw_thread_loop_start": (c_int, (c_void_p,)),
    "pw_thread_loop_stop": (None, (c_void_p,)),
    "pw_thread_loop_lock": (None, (c_void_p,)),
    "pw_thread_loop_unlock": (None, (c_void_p,)),
    "pw_properties_new_string": (c_void_p, (c_char_p,)),
    "pw_stream_new_simple": (c_void_p, (c_void_p, c_char_p, c_void_p, POINTER(Events), c_void_p)),
    "pw_stream_connect": (c_int, (c_void_p, c_int, c_uint32, c_int, POINTER(c_char_p), c_uint32)),
    "pw_stream_get_state": (c_int, (c_void_p, POINTER(c_char_p))),
    "pw_stream_dequeue_buffer": (POINTER(StreamBuffer), (c_void_p,)),
    "pw_stream_queue_buffer": (c_int, (c_void_p, POINTER(StreamBuffer))),
    "pw_stream_get_time_n": (c_int, (c_void_p, POINTER(Moment), c_size_t)),
    "pw_stream_trigger_process": (c_int, (c_void_p,)),
    "pw_stream_destroy": (None, (c_void_p,)),
}


def load_library(name: str = LIBRARY) -> Any:
    """Return the library with its functions' signatures.

    Raises:
        OSError: It is not installed.
        AttributeError: It is older than 0.3.50, which has no `pw_stream_get_time_n`.
    """
    library = ctypes.CDLL(name)
    for function, (answer, arguments) in _SIGNATURES.items():
        found = getattr(library, function)
        found.restype, found.argtypes = answer, arguments
    return library
