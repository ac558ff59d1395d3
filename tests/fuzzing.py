"""Files that were valid and are not any more: seeds of every kind, and what happens to them."""

import wave
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from hypothesis import strategies as st

from livecam.core.payload import FACE, MarkPayload
from livecam.devices.file_sink import FileSink
from livecam.signing import signed
from livecam.video.mark import Marker
from tests.clips import numbered, steady, write_clip

Mutation = Callable[[bytearray], bytearray]
_INTERESTING = (0, 1, 0x7F, 0x80, 0xFE, 0xFF)


def seeds(folder: Path) -> dict[str, bytes]:
    """A small file of every kind that `verify` reads, by its name."""
    size_wh = (64, 48)
    for name in ("marked.mp4", "marked.mkv", "signed.mp4"):
        sink, marker = FileSink(folder / name, size_wh, 30), Marker(size_wh, payload=MarkPayload(FACE, 7))
        for n in range(12):
            sink.send(marker.mark(numbered(n, size_wh), n * 33_000_000, n))
        sink.close()
    write_clip(folder / "clip.mp4", steady(8))
    for ending in ("png", "jpg", "webp", "bmp", "tiff"):
        cv2.imwrite(str(folder / f"still.{ending}"), numbered(3, size_wh))
    cv2.imwrite(str(folder / "signed.png"), numbered(3, size_wh))
    tone = (8000 * np.sin(np.arange(24_000) / 20)).astype("<i2")
    for name in ("tone.wav", "signed.wav"):
        with wave.open(str(folder / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48_000)
            file.writeframes(tone.tobytes())
    _ogg(folder / "tone.ogg", tone)
    for name in ("signed.mp4", "signed.png", "signed.wav"):
        signed(folder / name, [MarkPayload(FACE, 7)], folder / "data")
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _ogg(path: Path, tone: np.ndarray) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libopus", rate=48_000, layout="mono")
        frame = AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        waiting = av.AudioFifo()
        for ready in av.AudioResampler(stream.format.name, "mono", 48_000).resample(frame):
            waiting.write(ready)
        while (part := waiting.read(stream.codec_context.frame_size or 960)) is not None:
            out.mux(stream.encode(part))
        out.mux(stream.encode(None))


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """One change: bytes set, bits turned, a part gone, doubled, moved or made of noise, a number made huge."""
    kind = draw(st.sampled_from(["set", "turn", "cut", "end", "double", "noise", "number"]))
    at, other = draw(st.floats(0, 1, exclude_max=True)), draw(st.floats(0, 1, exclude_max=True))
    value = draw(st.sampled_from(_INTERESTING) | st.integers(0, 255))
    count = draw(st.integers(1, 64))
    number = draw(st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000, 0x40000000]) | st.integers(0, 0xFFFFFFFF))

    def change(data: bytearray) -> bytearray:
        if not data:
            return data
        place, elsewhere = int(at * len(data)), int(other * len(data))
        if kind == "set":
            data[place] = value
        elif kind == "turn":
            data[place] ^= 1 << value % 8
        elif kind == "cut":
            del data[place : place + count]
        elif kind == "end":
            del data[place:]
        elif kind == "double":
            data[elsewhere:elsewhere] = data[place : place + 8 * count]
        elif kind == "noise":
            noise = np.random.default_rng(number).integers(0, 256, count, np.uint8).tobytes()
            data[place : place + count] = noise
        else:
            data[place : place + 4] = number.to_bytes(4, "big" if value % 2 else "little")
        return data

    return change


@st.composite
def broken_files(draw: st.DrawFn, originals: dict[str, bytes]) -> tuple[str, bytes]:
    """A name and what lies under it: a valid file changed up to eight times, under its own or another name."""
    name = draw(st.sampled_from(sorted(originals)))
    under = draw(st.sampled_from(sorted(originals))) if draw(st.integers(0, 9)) == 0 else name
    if draw(st.integers(0, 19)) == 0:
        return under, draw(st.binary(max_size=2000))
    data = bytearray(originals[name])
    for change in draw(st.lists(mutations(), min_size=1, max_size=8)):
        data = change(data)
    return under, bytes(data)
