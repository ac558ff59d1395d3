"""Streams of PulseAudio or PipeWire by libpulse-simple.

No Python runs in a callback.
"""

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError, SoundError
from livecam.devices.checks import check_sound
from livecam.devices.sound.pulse_presence import Presence

RATE_HZ: Final = 48_000
_PLAYBACK, _RECORD = 1, 2
_FLOAT32: Final = 5
_BYTES: Final = 4
_DEFAULT: Final = 0xFFFF_FFFF
_KEPT_S: Final = 2.0
_NS_PER_US: Final = 1000

OUTPUT_S: Final = 0.015
"""Buffer size requested for the virtual microphone."""
INPUT_S: Final = 0.005
"""Fragment size requested from the microphone."""


class _SampleSpec(ctypes.Structure):
    _fields_ = (("format", ctypes.c_int), ("rate", ctypes.c_uint32), ("channels", ctypes.c_uint8))


class _BufferAttributes(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint32) for name in ("maxlength", "tlength", "prebuf", "minreq", "fragsize"))


@cache
def _library() -> ctypes.CDLL:
    """Load libpulse-simple with the signatures of what is used.

    Raises:
        OSError: It is not installed.
    """
    library = ctypes.CDLL("libpulse-simple.so.0")
    handle, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)
    spec, attributes = ctypes.POINTER(_SampleSpec), ctypes.POINTER(_BufferAttributes)
    library.pa_simple_new.argtypes = [text, text, ctypes.c_int, text, text, spec, handle, attributes, number]
    library.pa_simple_new.restype = handle
    for name in ("pa_simple_read", "pa_simple_write"):
        function = getattr(library, name)
        function.argtypes, function.restype = [handle, handle, ctypes.c_size_t, number], ctypes.c_int
    library.pa_simple_get_latency.argtypes, library.pa_simple_get_latency.restype = [handle, number], ctypes.c_uint64
    library.pa_simple_free.argtypes, library.pa_simple_free.restype = [handle], None
    library.pa_strerror.argtypes, library.pa_strerror.restype = [ctypes.c_int], text
    return library


def is_installed() -> bool:
    """Whether the library is installed here."""
    try:
        _library()
    except OSError:
        return False
    return True


class _Stream:
    """One direction of one channel of float32 at 48 kHz.

    Raises:
        OSError: No server, no such device, or the stream has ended; from every method.
    """

    def __init__(self, direction: int, device: str, what: str, attributes: _BufferAttributes) -> None:
        self._library, self._error = _library(), ctypes.c_int(0)
        self._presence = Presence("sink" if direction == _PLAYBACK else "source", device)
        spec = _SampleSpec(_FLOAT32, RATE_HZ, 1)
        self._handle: int | None = self._library.pa_simple_new(
            None, b"livecam", direction, device.encode(), what.encode(), spec, None, attributes, self._error
        )
        if not self._handle:
            self._handle = None
            self._presence.close()
            raise self._failure()

    def read(self, samples: NDArray[np.float32]) -> None:
        """Fill an array, waiting for the device."""
        self._call(self._library.pa_simple_read, samples)

    def write(self, samples: NDArray[np.float32]) -> None:
        """Write an array, waiting for room."""
        self._call(self._library.pa_simple_write, samples)

    def latency_ns(self) -> int:
        """Return the age of the next sample to read, or the wait of one written now."""
        latency_us: int = self._library.pa_simple_get_latency(self._open(), self._error)
        if latency_us == ctypes.c_uint64(-1).value:
            raise self._failure()
        return latency_us * _NS_PER_US

    def close(self) -> None:
        """Free the stream; may be called twice."""
        if self._handle is not None:
            self._library.pa_simple_free(self._handle)
            self._handle = None
            self._presence.close()

    def _call(self, call: Callable[..., int], samples: NDArray[np.float32]) -> None:
        if call(self._open(), samples.ctypes.data, samples.nbytes, self._error) < 0:
            raise self._failure()
        self._presence.check()

    def _open(self) -> int:
        if self._handle is None:
            raise OSError(0, "the stream is closed")
        return self._handle

    def _failure(self) -> OSError:
        text: bytes | None = self._library.pa_strerror(self._error.value)
        return OSError(self._error.value, (text or b"unknown").decode())


class PulseMicrophone:
    """A source of the sound server.

    Attributes:
        name: The source's name.
        xruns: How often sound was lost because it was not read in time.
    """

    def __init__(self, source: str, clock: Clock) -> None:
        """Start listening.

        Raises:
            SoundError: No server or no such source.
        """
        self.name, self.xruns = source, 0
        self._clock, self._count = clock, 0
        self._read_ns: int | None = None
        size = round(INPUT_S * RATE_HZ) * _BYTES
        wanted = _BufferAttributes(round(_KEPT_S * RATE_HZ) * _BYTES, _DEFAULT, _DEFAULT, _DEFAULT, size)
        try:
            self._stream = _Stream(_RECORD, source, "microphone", wanted)
        except OSError as error:
            raise self._gone(error) from error

    def read(self, count: int) -> AudioBlock:
        """Return the next samples, stamped with when the first was heard.

        Raises:
            SoundError: The source or the server is gone.
        """
        begun_ns = self._clock.now_ns()
        self.xruns += self._read_ns is not None and begun_ns - self._read_ns > _KEPT_S * NS_PER_S
        samples = np.empty(count, np.float32)
        try:
            self._stream.read(samples)
            age_ns = self._stream.latency_ns()
        except OSError as error:
            raise self._gone(error) from error
        self._read_ns = self._clock.now_ns()
        captured_ns = self._read_ns - age_ns - count * NS_PER_S // RATE_HZ
        self._count += count
        return AudioBlock(np.nan_to_num(samples)[:, None], RATE_HZ, self._count - count, captured_ns)

    def close(self) -> None:
        """Stop listening; may be called twice."""
        self._stream.close()

    def _gone(self, error: OSError) -> SoundError:
        return SoundError(f"the microphone {self.name} is not there: {error.strerror}", command="livecam devices")


class PulseSpeaker:
    """A sink of the sound server, in use the one behind the virtual microphone.

    Attributes:
        name: The sink's name.
        xruns: How often the next sound came after the last had been played.
    """

    def __init__(self, sink: str, clock: Clock) -> None:
        """Start playing.

        Raises:
            OutputError: No server or no such sink.
        """
        self.name, self.xruns = sink, 0
        self._clock = clock
        self._sent_ns: int | None = None
        length = round(OUTPUT_S * RATE_HZ) * _BYTES
        wanted = _BufferAttributes(_DEFAULT, length, 0, length // 3, _DEFAULT)
        try:
            self._stream = _Stream(_PLAYBACK, sink, "persona voice", wanted)
        except OSError as error:
            raise self._gone(error) from error

    @property
    def waiting_ns(self) -> int:
        """Wait of a sample written now, by the server; 0 while it is unknown."""
        try:
            return self._stream.latency_ns()
        except OSError:
            return 0

    def send(self, block: MarkedBlock) -> None:
        """Write the next sound when the server has room for it.

        Raises:
            OutputError: The sink or the server is gone.
        """
        samples = check_sound(block, RATE_HZ)
        late = self._sent_ns is not None and self._clock.now_ns() - self._sent_ns > OUTPUT_S * NS_PER_S
        self.xruns += late
        try:
            self._stream.write(samples)
        except OSError as error:
            raise self._gone(error) from error
        self._sent_ns = self._clock.now_ns()

    def close(self) -> None:
        """Stop playing; may be called twice."""
        self._stream.close()

    def _gone(self, error: OSError) -> OutputError:
        return OutputError(f"the sound output {self.name} is not there: {error.strerror}", command="livecam doctor")
