"""Small clips with numbered pictures, written by PyAV itself and not by the code under test."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from livecam.devices.media.sample import SAMPLE_CLIP

STEP = 8  # grey levels from one picture to the next


def numbered(number: int, size_wh: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """A picture with its number as brightness; its left edge is blue, its top edge red."""
    picture = np.full((size_wh[1], size_wh[0], 3), 16 + number * STEP, np.uint8)
    picture[:, : size_wh[0] // 8] = (255, 0, 0)
    picture[: size_wh[1] // 8] = (0, 0, 255)
    return picture


def number_of(pixels: NDArray[np.uint8]) -> int:
    height, width = pixels.shape[:2]
    centre = pixels[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3]
    return round((float(centre.mean()) - 16) / STEP)


def write_clip(path: Path, times_ms: Sequence[int], size_wh: tuple[int, int] = (64, 48), key_every: int = 4) -> Path:
    """A clip with one numbered picture at each time."""
    with av.open(str(path), "w", options={"movflags": "faststart"}) as container:
        options = {"crf": "1", "preset": "ultrafast", "g": str(key_every), "bf": "0"}
        stream = container.add_stream("libx264", rate=30, options=options)
        stream.width, stream.height, stream.pix_fmt = size_wh[0], size_wh[1], "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, time_ms in enumerate(times_ms):
            picture = VideoFrame.from_ndarray(numbered(number, size_wh), format="bgr24")
            picture.pts, picture.time_base = time_ms, Fraction(1, 1000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def steady(count: int, rate_hz: float = 25.0) -> list[int]:
    return [round(1000 * k / rate_hz) for k in range(count)]


def turned(clip: Path, degrees: int) -> Path:
    """Write a rotation into the track header's display matrix, as phones do."""
    data = bytearray(clip.read_bytes())
    start = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 16
    cos, sin = {90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = [cos, sin, 0, -sin, cos, 0, 0, 0, 1]
    scale = [16, 16, 30] * 3
    for k, (value, shift) in enumerate(zip(matrix, scale, strict=True)):
        data[start + 4 * k : start + 4 * k + 4] = (value << shift).to_bytes(4, "big", signed=True)
    clip.write_bytes(bytes(data))
    return clip


def cut_sample(folder: Path, count: int, frames: int = 12) -> list[Path]:
    """Cut short clips out of the sample, each beginning elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    with av.open(str(SAMPLE_CLIP)) as container:
        stream = container.streams.video[0]
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(stream)]
    paths = [folder / f"clip-{number:03d}.mp4" for number in range(count)]
    for number, path in enumerate(paths):
        begin = (number * 2) % (len(pictures) - frames)
        _encode(path, pictures[begin : begin + frames])
    return paths


def _encode(path: Path, pictures: Sequence[Any]) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "20", "preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
