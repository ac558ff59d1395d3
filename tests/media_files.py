"""Clips and sounds with one fault each, written by PyAV itself and not by the code under test."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from tests.clips import turned

RATE_HZ = 48_000
Sound = NDArray[np.float32]


def beeps(times_s: Sequence[float], length_s: float, rate_hz: int = RATE_HZ) -> Sound:
    """A tone of 50 ms at each time, silence elsewhere; (n,) float32."""
    sound = np.zeros(round(length_s * rate_hz), np.float32)
    for time_s in times_s:
        begin, count = round(time_s * rate_hz), rate_hz // 20
        sound[begin : begin + count] = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(count) / rate_hz)
    return sound


def beeps_in(sound: Sound, rate_hz: int = RATE_HZ) -> list[float]:
    """When tones begin, in seconds."""
    step = rate_hz // 200
    loud = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(1) > 0.1
    begins = np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))
    apart = [begin for n, begin in enumerate(begins) if n == 0 or begin - begins[n - 1] > 10]
    return [float(begin * step / rate_hz) for begin in apart]


def write_sound(
    path: Path,
    parts: Sequence[tuple[float, Sound]],
    *,
    codec: str = "aac",
    rate_hz: int = RATE_HZ,
    layout: str = "mono",
    form: str = "fltp",
    tracks: int = 1,
) -> Path:
    """A file with parts of sound, (n,) or (c, n), that begin at their times in seconds; every track has them."""
    with av.open(str(path), "w") as out:
        streams = [out.add_stream(codec, rate=rate_hz, layout=layout) for _ in range(tracks)]
        for stream in streams:
            for begin_s, sound in parts:
                for frame in _frames(begin_s, sound, rate_hz, layout, form):
                    out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
    return path


def _frames(begin_s: float, sound: Sound, rate_hz: int, layout: str, form: str) -> list[AudioFrame]:
    channels = np.atleast_2d(sound)
    made = []
    for begin in range(0, channels.shape[1], 1024):
        part = channels[:, begin : begin + 1024]
        if form.startswith("s16"):
            part = np.rint(part * 32767).astype(np.int16)
        if not form.endswith("p"):
            part = part.T.reshape(1, -1)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(part), format=form, layout=layout)
        frame.sample_rate, frame.time_base = rate_hz, Fraction(1, rate_hz)
        frame.pts = round(begin_s * rate_hz) + begin
        made.append(frame)
    return made


def damaged(path: Path, at: float, count: int, value: int = 0) -> Path:
    """Overwrite `count` bytes at a share of the file."""
    data = bytearray(path.read_bytes())
    begin = int(at * len(data))
    data[begin : begin + count] = bytes([value]) * count
    path.write_bytes(bytes(data))
    return path


def flic(path: Path) -> Path:
    """A FLIC animation of one empty picture, a format that is not read."""
    header = bytearray(128)
    header[0:4] = (128 + 16).to_bytes(4, "little")
    header[4:6] = b"\x12\xaf"
    header[6:8], header[8:10], header[10:12] = b"\x01\0", b"\x40\0", b"\x30\0"
    header[12:14], header[16:20] = b"\x08\0", (40).to_bytes(4, "little")
    path.write_bytes(bytes(header) + (16).to_bytes(4, "little") + b"\xfa\xf1" + bytes(10))
    return path


def mirrored(clip: Path) -> Path:
    """Write a display matrix that mirrors left and right into an mp4's track header."""
    turned(clip, 180)
    data = bytearray(clip.read_bytes())
    start = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 16
    for place, value in zip((0, 4), (-1, 1), strict=True):
        data[start + 4 * place : start + 4 * place + 4] = (value << 16).to_bytes(4, "big", signed=True)
    clip.write_bytes(bytes(data))
    return clip
