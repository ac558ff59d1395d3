"""How sound is laid out in a file: WAV, or FLAC.

FLAC loses nothing, in about half the space.
"""

import struct
from fractions import Fraction
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext
from numpy.typing import NDArray

from livecam.core.errors import OutputError, remedy
from livecam.core.files.errors import name_it
from livecam.core.files.own_files import SOUND_COMMENTS
from livecam.core.label import Label

SUFFIXES: Final = (".wav", ".flac")
_UNKNOWN: Final = 0x3FFF_FF80
"""Samples in the header of a WAV that is being written."""
_MOST_RIFF_BYTES: Final = 0xFFFF_FFFF
_LAST_BLOCK: Final = 0x80
_STREAM_INFO, _COMMENTS = 0, 4


class SoundForm(Protocol):
    """Turns samples of one channel into the bytes of a file."""

    def header(self, samples: int | None) -> bytes:
        """Return what a file of so many samples begins with.

        Its length is always the same. None is a file that is being written.
        """
        ...

    def encode(self, samples: NDArray[np.int16]) -> bytes:
        """Return what follows for these samples (n,)."""
        ...

    def finish(self) -> bytes:
        """Return what was kept back until the end."""
        ...


def check_sound_name(path: Path) -> None:
    """Check the ending of a file that is to be written.

    Raises:
        OutputError: Neither WAV nor FLAC.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path} is no WAV or FLAC file", **remedy(name_it(path, ".wav")))


def choose_form(path: Path, rate_hz: int, label: Label) -> SoundForm:
    """Return the form that a file's name asks for; `label` is what its metadata say.

    Raises:
        OutputError: Neither WAV nor FLAC.
    """
    check_sound_name(path)
    return WavForm(rate_hz, label) if path.suffix.lower() == ".wav" else FlacForm(rate_hz, label)


class WavForm:
    """A WAV of 16 bits: RIFF, or RF64 (EBU 3306) beyond 12 hours."""

    def __init__(self, rate_hz: int, label: Label) -> None:
        form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
        text = SOUND_COMMENTS[label].encode("ascii") + b"\0"
        text += b"\0" * (len(text) % 2)
        self._form = form + struct.pack("<4sI4s4sI", b"LIST", 12 + len(text), b"INFO", b"ICMT", len(text)) + text

    def header(self, samples: int | None) -> bytes:
        """Return the headers of a file of so many samples."""
        data_bytes = 2 * (_UNKNOWN if samples is None else samples)
        # WAVE, room for the 64-bit lengths, the chunks above, and the head of the data.
        riff_bytes = 4 + 36 + len(self._form) + 8 + data_bytes
        if riff_bytes <= _MOST_RIFF_BYTES:
            kept_free = struct.pack("<4sI28x", b"JUNK", 28)
            return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE") + kept_free + self._form + _data(data_bytes)
        sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff_bytes, data_bytes, data_bytes // 2, 0)
        return struct.pack("<4sI4s", b"RF64", _MOST_RIFF_BYTES, b"WAVE") + sizes + self._form + _data(_MOST_RIFF_BYTES)

    def encode(self, samples: NDArray[np.int16]) -> bytes:
        """Return the samples themselves."""
        return samples.astype("<i2").tobytes()

    def finish(self) -> bytes:
        """Return nothing: all is written."""
        return b""


class FlacForm:
    """A FLAC of 16 bits (RFC 9639), by FFmpeg's encoder.

    A file that was not finished lacks what a frame of the encoder holds, under a tenth of a second.
    """

    def __init__(self, rate_hz: int, label: Label) -> None:
        context = CodecContext.create("flac", "w")
        assert isinstance(context, AudioCodecContext)
        context.sample_rate, context.layout, context.format = rate_hz, "mono", "s16"
        context.time_base = Fraction(1, rate_hz)
        context.open()
        self._context, self._rate_hz, self._encoded = context, rate_hz, 0
        self._waiting = np.zeros(0, np.int16)
        text = f"DESCRIPTION={SOUND_COMMENTS[label]}".encode("ascii")
        self._comments = struct.pack("<I7sII", 7, b"livecam", 1, len(text)) + text

    def header(self, samples: int | None) -> bytes:
        """Return the mark of the format, what the stream is, and the comment."""
        about = bytearray(self._context.extradata or b"")
        # The last 36 bits before the checksum, which stays unknown, are the number of samples; 0 is unknown.
        about[13:18] = (((about[13] & 0xF0) << 32) | (samples or 0)).to_bytes(5, "big")
        about[18:] = bytes(len(about) - 18)
        return b"fLaC" + _block(_STREAM_INFO, bytes(about)) + _block(_COMMENTS | _LAST_BLOCK, self._comments)

    def encode(self, samples: NDArray[np.int16]) -> bytes:
        """Return the whole frames that these samples complete."""
        self._waiting = np.concatenate([self._waiting, samples])
        size, made = self._context.frame_size, b""
        while len(self._waiting) >= size:
            made += self._encode_frame(self._waiting[:size])
            self._waiting = self._waiting[size:]
        return made

    def finish(self) -> bytes:
        """Return the last, shorter frame."""
        made = self._encode_frame(self._waiting) if len(self._waiting) else b""
        self._waiting = self._waiting[:0]
        return made + b"".join(bytes(packet) for packet in self._context.encode(None))

    def _encode_frame(self, samples: NDArray[np.int16]) -> bytes:
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(samples)[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = self._rate_hz, self._encoded, self._context.time_base
        self._encoded += len(samples)
        return b"".join(bytes(packet) for packet in self._context.encode(frame))


def _block(kind: int, content: bytes) -> bytes:
    return bytes((kind,)) + len(content).to_bytes(3, "big") + content


def _data(data_bytes: int) -> bytes:
    return struct.pack("<4sI", b"data", data_bytes)
