"""The common part of both ends of a PipeWire camera.

It has a thread of PipeWire's own that keeps a stream, and its lock.
"""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from livecam.devices.virtual_camera import pipewire_library as pw


class PipewireStream:
    """A stream and its thread; no Python runs in that."""

    def __init__(self, library: Any, name: str) -> None:
        """Start the thread.

        `library` is libpipewire as `load_library` gives it, or a fake.
        """
        self._library, self._name = library, name.encode()
        self._stream, self._events = None, pw.Events()
        library.pw_init(None, None)
        self._loop = library.pw_thread_loop_new(self._name, None)
        library.pw_thread_loop_start(self._loop)

    def _make_stream(self, properties: str) -> None:
        """Create a stream that is not connected yet, under the lock."""
        library = self._library
        made = library.pw_properties_new_string(properties.encode())
        loop = library.pw_thread_loop_get_loop(self._loop)
        self._stream = library.pw_stream_new_simple(loop, self._name, made, ctypes.byref(self._events), None)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._library.pw_thread_loop_lock(self._loop)
        try:
            yield
        finally:
            self._library.pw_thread_loop_unlock(self._loop)

    def close(self) -> None:
        """Remove the stream."""
        if self._stream is not None:
            with self._locked():
                self._library.pw_stream_destroy(self._stream)
            self._stream = None
        self._library.pw_thread_loop_stop(self._loop)
        self._library.pw_thread_loop_destroy(self._loop)
