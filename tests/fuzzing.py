"""Files that were valid and are not any more: seeds of every kind, and what happens to them."""

import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from livecam.core.payload import FACE, MarkPayload
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from livecam.provenance.sign_outputs import add_manifest
from tests.clips import numbered, steady, write_clip
from tests.media_files import write_sound

CLIPS = {
    "hevc.mov": ("libx265", "yuv420p"),
    "vp9.webm": ("libvpx-vp9", "yuv420p"),
    "vp8.mkv": ("libvpx", "yuv420p"),
    "mpeg4.avi": ("mpeg4", "yuv420p"),
    "mjpeg.avi": ("mjpeg", "yuvj420p"),
    "h264.ts": ("libx264", "yuv420p"),
    "mpeg2.mpg": ("mpeg2video", "yuv420p"),
    "anim.gif": ("gif", "rgb8"),
    "prores.mov": ("prores_ks", "yuv422p10le"),
}
SOUNDS = {
    "tone.flac": ("flac", "s16"),
    "tone.mp3": ("libmp3lame", "s16p"),
    "tone.m4a": ("aac", "fltp"),
    "tone.aac": ("aac", "fltp"),
    "alac.m4a": ("alac", "s16p"),
    "tone.aiff": ("pcm_s16be", "s16"),
    "tone.mka": ("libopus", "s16"),
    "tone.caf": ("pcm_s16le", "s16"),
}
NAMES = (
    *("clip.mp4", "marked.mkv", "marked.mp4", "signed.mp4", "signed.png", "signed.wav", "tone.ogg", "tone.wav"),
    *("still.bmp", "still.jpg", "still.png", "still.tiff", "still.webp"),
    *CLIPS,
    *SOUNDS,
)
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
    for name, (codec, form) in CLIPS.items():
        _clip(folder / name, codec, form)
    for name, (codec, form) in SOUNDS.items():
        write_sound(folder / name, [(0.0, (tone / 32768).astype(np.float32))], codec=codec, form=form)
    for name in ("signed.mp4", "signed.png", "signed.wav"):
        add_manifest(folder / name, [MarkPayload(FACE, 7)], folder / "data")
    return {name: (folder / name).read_bytes() for name in NAMES}


def _clip(path: Path, codec: str, form: str) -> None:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, form
        for number in range(8):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(number), format="bgr24").reformat(format=form)))
        out.mux(stream.encode(None))


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


@dataclass(frozen=True)
class Mutation:
    """One change at a share of the file: bytes set or turned, a part gone, doubled or noise, a number made huge."""

    kind: str
    at: float
    other: float
    value: int
    count: int
    number: int

    def applied(self, data: bytearray) -> bytearray:
        """The bytes after it."""
        if not data:
            return data
        place, elsewhere = int(self.at * len(data)), int(self.other * len(data))
        if self.kind == "set":
            data[place] = self.value
        elif self.kind == "turn":
            data[place] ^= 1 << self.value % 8
        elif self.kind == "cut":
            del data[place : place + self.count]
        elif self.kind == "end":
            del data[place:]
        elif self.kind == "double":
            data[elsewhere:elsewhere] = data[place : place + 8 * self.count]
        elif self.kind == "noise":
            noise = np.random.default_rng(self.number).integers(0, 256, self.count, np.uint8).tobytes()
            data[place : place + self.count] = noise
        else:
            data[place : place + 4] = self.number.to_bytes(4, "big" if self.value % 2 else "little")
        return data


@dataclass(frozen=True)
class Broken:
    """A valid file changed, under its own or another name; or bytes that never were one."""

    name: str
    under: str | None
    mutations: tuple[Mutation, ...]
    bare: bytes | None

    def content(self, originals: dict[str, bytes]) -> tuple[str, bytes]:
        """Its name and its bytes."""
        data = bytearray(originals[self.name] if self.bare is None else self.bare)
        for mutation in self.mutations:
            data = mutation.applied(data)
        return self.under or self.name, bytes(data)


_SHARES = st.floats(0, 1, exclude_max=True)
MUTATIONS = st.builds(
    Mutation,
    kind=st.sampled_from(["set", "turn", "cut", "end", "double", "noise", "number"]),
    at=_SHARES,
    other=_SHARES,
    value=st.sampled_from(_INTERESTING) | st.integers(0, 255),
    count=st.integers(1, 64),
    number=st.sampled_from([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000, 0x40000000]) | st.integers(0, 0xFFFFFFFF),
)
BROKEN = st.builds(
    Broken,
    name=st.sampled_from(NAMES),
    under=st.one_of(*[st.none()] * 6, st.sampled_from(NAMES)),
    mutations=st.lists(MUTATIONS, min_size=1, max_size=8).map(tuple),
    bare=st.one_of(*[st.none()] * 9, st.binary(max_size=2000)),
)


def look_at_broken(number: int, count: int, look: Callable[[Broken], None]) -> None:
    """Call `look` with `count` files drawn from seed `number`."""

    @seed(number)
    @settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(broken=BROKEN)
    def each(broken: Broken) -> None:
        look(broken)

    each()
