"""Make odd inputs: files that are whole or cut off, and hard to expect.

Faces are those of the synthetic person of the sample.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame

from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_CLIP

SIZES_WH = ((2, 2), (16, 16), (64, 48), (640, 40), (40, 640), (322, 242), (480, 360), (640, 360))
RATES = (1, 5, 12, 25, 30, 60, 240)
COUNTS = (2, 5, 12, 30)
SUBJECTS = (
    *("no face", "black", "white", "noise", "one face", "two faces", "nine faces", "comes and goes"),
    *("upside down", "at the edge", "tiny face"),
)
SOUNDS = ("none", "none", "silent", "soft", "loud", "longer")
Write = Callable[["Maker", Path], Path]


@dataclass
class Maker:
    """Draws what an odd input has, from one seed."""

    rng: np.random.Generator
    faces: Sequence[Pixels]

    def pick(self, choices: Sequence[object]) -> int:
        return int(self.rng.integers(len(choices)))

    def size_wh(self) -> tuple[int, int]:
        return SIZES_WH[self.pick(SIZES_WH)]

    def pictures(self, count: int, size_wh: tuple[int, int], subject: str = "") -> Iterator[Pixels]:
        """So many pictures of a subject, drawn where none is given."""
        subject = subject or SUBJECTS[self.pick(SUBJECTS)]
        for number in range(count):
            yield np.ascontiguousarray(self._picture(subject, size_wh, number))

    def _picture(self, subject: str, size_wh: tuple[int, int], number: int) -> Pixels:
        width, height = size_wh
        if subject in ("black", "white"):
            return np.full((height, width, 3), 255 * (subject == "white"), np.uint8)
        if subject == "no face":
            across = np.linspace(0, 255, width, dtype=np.uint8)
            return np.repeat(np.tile(np.roll(across, 3 * number), (height, 1))[..., None], 3, axis=2)
        if subject == "noise" or (subject == "comes and goes" and number % 3 == 0):
            return self.rng.integers(0, 255, (height, width, 3), np.uint8)
        face = self.faces[number % len(self.faces)]
        if subject == "at the edge":
            face = np.roll(face, face.shape[1] // 2, axis=1)
        tiles = {"two faces": (1, 2, 1), "nine faces": (3, 3, 1), "tiny face": (8, 8, 1)}.get(subject, (1, 1, 1))
        whole = cv2.resize(np.tile(face, tiles), size_wh, interpolation=cv2.INTER_AREA)
        return np.asarray(whole[::-1] if subject == "upside down" else whole, np.uint8)

    def times_ms(self, count: int, rate_hz: float) -> list[int]:
        return [round(1000 * number / rate_hz) for number in range(count)]

    def clip(
        self, path: Path, pictures: Iterator[Pixels], times_ms: Sequence[int], sound: str = "", codec: str = "libx264"
    ) -> Path:
        """Write pictures at times, with a sound that is drawn where none is given."""
        sound = sound or SOUNDS[self.pick(SOUNDS)]
        options = {"preset": "ultrafast", "crf": str(self.rng.integers(10, 50))} if codec == "libx264" else {}
        with av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=30, options=options)
            stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            stream.codec_context.time_base = Fraction(1, 1000)
            heard = None if sound == "none" else out.add_stream("aac", rate=48_000, layout="mono")
            for pixels, time_ms in zip(pictures, times_ms, strict=True):
                if not stream.codec_context.is_open:
                    stream.width, stream.height = pixels.shape[1], pixels.shape[0]
                frame = VideoFrame.from_ndarray(pixels, format="bgr24")
                frame.pts, frame.time_base = time_ms, Fraction(1, 1000)
                out.mux(stream.encode(frame))
            out.mux(stream.encode(None))
            if heard is not None:
                seconds = max(times_ms[-1] / 1000, 0.1) * (4 if sound == "longer" else 1)
                self._mux_sound(out, heard, sound, min(seconds, 8.0))
        return path

    def _mux_sound(self, out, heard, kind: str, seconds: float) -> None:
        loud = {"silent": 0.0, "soft": 0.01}.get(kind, 0.9)
        for number in range(max(1, round(seconds * 48_000 / 1024))):
            wave = (self.rng.normal(0, 0.5, (1, 1024)) * loud).astype(np.float32)
            frame = AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, 1024 * number
            out.mux(heard.encode(frame))
        out.mux(heard.encode(None))

    def usual(self, path: Path) -> Path:
        """A clip of any subject, size and length."""
        count, rate_hz = COUNTS[self.pick(COUNTS)], RATES[self.pick(RATES)]
        return self.clip(path, self.pictures(count, self.size_wh()), self.times_ms(count, rate_hz))


def plain(maker: Maker, folder: Path) -> Path:
    return maker.usual(folder / "odd.mp4")


def one_picture(maker: Maker, folder: Path) -> Path:
    return maker.clip(folder / "one.mp4", maker.pictures(1, maker.size_wh()), [0])


def steady_face(maker: Maker, folder: Path) -> Path:
    """Long enough for most signs, at an odd rate."""
    rate_hz = (7.5, 12.0, 23.976)[maker.pick(range(3))]
    count = round(3.1 * rate_hz)
    return maker.clip(
        folder / "face.mp4", maker.pictures(count, (480, 360), "one face"), maker.times_ms(count, rate_hz)
    )


def rotated(maker: Maker, folder: Path) -> Path:
    """As phones write it: a matrix in the header turns it."""
    path = maker.usual(folder / "turned.mp4")
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 16
    matrices = ([0, 1, -1, 0], [-1, 0, 0, -1], [0, -1, 1, 0], [3, 7, 1, 2], [0, 0, 0, 0])
    for place, value in zip((0, 1, 3, 4), matrices[maker.pick(matrices)], strict=True):
        data[start + 4 * place : start + 4 * place + 4] = (value << 16).to_bytes(4, "big", signed=True)
    path.write_bytes(bytes(data))
    return path


def uneven_rate(maker: Maker, folder: Path) -> Path:
    """Pictures at irregular times, some of them the same."""
    steps = maker.rng.choice([1, 2, 15, 33, 120, 700], 40)
    return maker.clip(folder / "uneven.mp4", maker.pictures(40, (322, 242)), np.cumsum(steps).tolist())


def times_jump(maker: Maker, folder: Path) -> Path:
    """Minutes or days pass between two pictures, or the clip begins late."""
    gap_ms = (150_000, 3_600_000, 400_000_000)[maker.pick(range(3))]
    begin_ms = (0, 90_000)[maker.pick(range(2))]
    times = [begin_ms + 40 * n + (gap_ms if n >= 10 else 0) for n in range(20)]
    return maker.clip(folder / "jump.mkv", maker.pictures(20, (322, 242)), times, "none")


def size_changes(maker: Maker, folder: Path) -> Path:
    """Two streams of different sizes, one after the other in one file."""
    parts = [maker.clip(folder / f"part{n}.ts", maker.pictures(12, size_wh), maker.times_ms(12, 25), "none")
             for n, size_wh in enumerate(((322, 242), (640, 360)))]  # fmt: skip
    path = folder / "changes.ts"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def other_container(maker: Maker, folder: Path) -> Path:
    ending, codec = (("avi", "mjpeg"), ("mkv", "libx264"), ("mov", "libx264"), ("webm", "libvpx"), ("ts", "libx264"),
                     ("mp4", "mpeg4"))[maker.pick(range(6))]  # fmt: skip
    sound = "none" if ending == "webm" else ""
    return maker.clip(folder / f"odd.{ending}", maker.pictures(12, (322, 242)), maker.times_ms(12, 25), sound, codec)


def sound_only(maker: Maker, folder: Path) -> Path:
    ending, codec = (("m4a", "aac"), ("mp4", "aac"), ("mka", "aac"), ("mp3", "libmp3lame"))[maker.pick(range(4))]
    path = folder / f"sound.{ending}"
    with av.open(str(path), "w") as out:
        maker._mux_sound(out, out.add_stream(codec, rate=48_000, layout="mono"), SOUNDS[2 + maker.pick(range(3))],
                         (0.05, 1.0, 6.0)[maker.pick(range(3))])  # fmt: skip
    return path


def cut_off(maker: Maker, folder: Path) -> Path:
    """The end is missing, or the beginning."""
    ending = ("mp4", "mkv", "ts", "avi")[maker.pick(range(4))]
    path = maker.usual(folder / f"cut.{ending}")
    data = path.read_bytes()
    place = int(maker.rng.random() * len(data))
    path.write_bytes(data[:place] if maker.rng.random() < 0.7 else data[place:])
    return path


def wrong_ending(maker: Maker, folder: Path) -> Path:
    """What the name says is not what the file has."""
    content = (
        b"",
        b"\0" * 5000,
        b"no clip\n" * 400,
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\x7fWAVE",
        maker.rng.bytes(4096),
    )
    path = folder / ("a.mp4", "b.png", "c.wav", "d.gif", "e.mkv", "f.heic", "g")[maker.pick(range(7))]
    if maker.rng.random() < 0.4:
        return one_picture(maker, folder).rename(path)
    path.write_bytes(content[maker.pick(content)])
    return path


def still(maker: Maker, folder: Path) -> Path:
    path = folder / f"still.{('png', 'jpg', 'webp', 'bmp', 'tiff')[maker.pick(range(5))]}"
    (pixels,) = maker.pictures(1, maker.size_wh())
    cv2.imwrite(str(path), pixels if maker.rng.random() < 0.7 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    return path


def folder_of_pictures(maker: Maker, folder: Path) -> Path:
    """Pictures of one size or of two, among other files; or none."""
    path = folder / "pictures"
    path.mkdir()
    for number, pixels in enumerate(maker.pictures(maker.pick(range(6)), maker.size_wh())):
        cv2.imwrite(str(path / f"{number:03}.png"), pixels if maker.rng.random() < 0.8 else pixels[::2])
    if maker.rng.random() < 0.5:
        (path / "notes.txt").write_text("no picture\n")
        (path / "099.jpg").write_bytes(b"\xff\xd8\xff")
    return path


FORMS: dict[str, Write] = {
    "clip": plain,
    "one picture": one_picture,
    "steady face": steady_face,
    "rotated": rotated,
    "uneven rate": uneven_rate,
    "times jump": times_jump,
    "size changes": size_changes,
    "other container": other_container,
    "sound only": sound_only,
    "cut off": cut_off,
    "wrong ending": wrong_ending,
    "still": still,
    "folder": folder_of_pictures,
}


def read_faces() -> list[Pixels]:
    """Pictures of the synthetic person of the sample."""
    with av.open(str(SAMPLE_CLIP)) as container:
        return [frame.to_ndarray(format="bgr24") for frame in islice(container.decode(video=0), 20)]
