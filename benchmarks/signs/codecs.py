"""Encode altered and untouched clips alike, as a call or a site would."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.signs.sources import RATE_HZ
from livecam.core.frame import Pixels


@dataclass(frozen=True)
class Quality:
    """How a clip is encoded.

    Attributes:
        name: For tables.
        crf: Constant quality; None for a bit rate.
        kbit_s: Bit rate; None for a constant quality.
        height_px: Largest height; larger pictures are made smaller first.
        zoom: How much larger a player shows the picture on the screen that is captured.
    """

    name: str
    crf: int | None = None
    kbit_s: int | None = None
    height_px: int = 720
    zoom: float = 1.0


QUALITIES = (
    Quality("clean", crf=18),
    Quality("600 kbit/s", kbit_s=600),
    Quality("300 kbit/s", kbit_s=300),
    Quality("360p", kbit_s=400, height_px=360),
    Quality("screen", crf=26, zoom=1.31),
)


def encode(pictures: Iterable[Pixels], quality: Quality, path: Path) -> None:
    """Write pictures (h, w, 3) as H.264."""
    with av.open(str(path), "w") as out:
        options = {"preset": "veryfast"} | ({"crf": str(quality.crf)} if quality.crf is not None else {})
        stream = out.add_stream("libx264", rate=RATE_HZ, options=options)
        stream.pix_fmt = "yuv420p"
        if quality.kbit_s is not None:
            stream.bit_rate = quality.kbit_s * 1000
        stream.codec_context.thread_count = 1
        for number, pixels in enumerate(pictures):
            pixels = _bounded(_zoomed(pixels, quality.zoom), quality.height_px)
            if number == 0:
                stream.width, stream.height = pixels.shape[1], pixels.shape[0]
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="bgr24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)


def decode(path: Path) -> Iterator[tuple[Pixels, int]]:
    """The pictures with their nanoseconds."""
    with av.open(str(path)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            yield frame.to_ndarray(format="bgr24"), round(number * 1e9 / RATE_HZ)


def _zoomed(pixels: Pixels, zoom: float) -> Pixels:
    """As a player shows it: no whole number of pixels for one."""
    if zoom == 1.0:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=zoom, fy=zoom, interpolation=cv2.INTER_LINEAR), np.uint8)


def _bounded(pixels: Pixels, height_px: int) -> Pixels:
    """At most so high, with even sides."""
    scale = min(1.0, height_px / pixels.shape[0])
    wide, high = (round(side * scale) // 2 * 2 for side in (pixels.shape[1], pixels.shape[0]))
    if (wide, high) == (pixels.shape[1], pixels.shape[0]):
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.resize(pixels, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
