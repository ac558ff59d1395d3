"""Distortions of pictures in a call.

Codecs through PyAV, lost pictures, crops, bars, mirrors, replaced backgrounds.
"""

import io
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from livecam.bench.marks.distortions import face_redrawn, filmed, without_label
from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.frame import Pixels

RATE_HZ: Final = 30
PERIOD_NS: Final = NS_PER_S // RATE_HZ
LARGE_WH, SMALL_WH, TINY_WH = (1280, 720), (640, 360), (320, 180)
_OPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline", "g": "300"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "libsvtav1": {"preset": "11", "svtav1-params": "pred-struct=1:rc=2"},
}

Run = list[tuple[Pixels, int]]
"""Pictures (h, w, 3) uint8 BGR, with their time in nanoseconds."""
Change = Callable[[Run], Run]


def encode_decode(run: Run, kbps: int, size_wh: tuple[int, int] = SMALL_WH, codec: str = "libx264") -> Run:
    """Encode with the settings of calls, and decode."""
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream: Any = container.add_stream(codec, rate=RATE_HZ)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size_wh, "yuv420p", kbps * 1000
        stream.codec_context.time_base = Fraction(1, 1000)
        limit = {"maxrate": f"{kbps}k", "bufsize": f"{kbps}k"} if codec == "libx264" else {}
        stream.codec_context.options = {**_OPTIONS[codec], **limit}
        for pixels, at_ns in run:
            whole = pixels.shape[1::-1] == size_wh
            small = pixels if whole else cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA)
            frame = VideoFrame.from_ndarray(np.asarray(small, np.uint8), format="bgr24")
            frame.pts, frame.time_base = at_ns // NS_PER_MS, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(io.BytesIO(data.getvalue()), "r") as decoded:
        return [
            (np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), int((frame.time or 0.0) * NS_PER_S))
            for frame in decoded.decode(video=0)
        ]


def change_each(change: Callable[[Pixels], Pixels]) -> Change:
    """Return a change that treats every picture separately."""
    return lambda run: [(np.ascontiguousarray(change(pixels)), at_ns) for pixels, at_ns in run]


def cut(pixels: Pixels) -> Pixels:
    """Cut off 5 % of width and height, unevenly."""
    height, width = pixels.shape[:2]
    return pixels[height * 4 // 100 : -height // 100, width * 2 // 100 : -width * 3 // 100]


def cut_more(pixels: Pixels) -> Pixels:
    """Cut off 5 % at each edge."""
    height, width = pixels.shape[:2]
    return pixels[height // 20 : -height // 20, width // 20 : -width // 20]


def letterbox(pixels: Pixels) -> Pixels:
    """Scale to 80 % and add bars around."""
    height, width = pixels.shape[:2]
    canvas = np.zeros_like(pixels)
    inner = cv2.resize(pixels, (width * 8 // 10, height * 8 // 10), interpolation=cv2.INTER_AREA)
    canvas[height // 10 : height // 10 + inner.shape[0], width // 10 : width // 10 + inner.shape[1]] = inner
    return canvas


def brighten(factor: float) -> Change:
    """Return a change that multiplies every level by a factor."""
    return change_each(lambda pixels: np.asarray(cv2.convertScaleAbs(pixels, alpha=factor), np.uint8))


def drop_pictures(run: Run, keep_time: bool) -> Run:
    """Drop one picture in twenty; the others keep their time, or close the gap."""
    kept = np.random.default_rng(1).random(len(run)) >= 0.05
    left = [pair for pair, stays in zip(run, kept, strict=True) if stays]
    return left if keep_time else [(pixels, n * PERIOD_NS) for n, (pixels, _) in enumerate(left)]


def replace_background(run: Run) -> Run:
    """Replace the background by a still one, as a call does."""
    height, width = run[0][0].shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height * 45 // 100), (width // 8, height * 3 // 10), 0, 0, 360, 1, cv2.FILLED)
    cv2.ellipse(mask, (width // 2, height), (width * 3 // 10, height * 4 // 10), 0, 0, 360, 1, cv2.FILLED)
    wall = np.full((height, width, 3), (150, 140, 120), np.uint8)
    return change_each(lambda pixels: np.where(mask[..., None] > 0, pixels, wall))(run)


def _at(kbps: int, size_wh: tuple[int, int]) -> Change:
    return lambda run: encode_decode(run, kbps, size_wh)


CASES: Final[Mapping[str, Change]] = {
    "as it leaves livecam": lambda run: run,
    **{f"H.264 {k} kbit/s {wh[1]}p": _at(k, wh) for wh in (LARGE_WH, SMALL_WH) for k in (1200, 600, 300)},
    "H.264 150 kbit/s 180p": _at(150, TINY_WH),
    "VP8 600 kbit/s 360p": lambda run: encode_decode(run, 600, codec="libvpx"),
    "VP9 600 kbit/s 360p": lambda run: encode_decode(run, 600, codec="libvpx-vp9"),
    "AV1 600 kbit/s 360p": lambda run: encode_decode(run, 600, codec="libsvtav1"),
    "twice: 1200 720p, then 600 360p": lambda run: encode_decode(encode_decode(run, 1200, LARGE_WH), 600),
    "15 pictures a second": lambda run: encode_decode(run[::2], 600),
    "5 % lost, time kept": lambda run: encode_decode(drop_pictures(run, True), 600),
    "5 % lost, time closed up": lambda run: encode_decode(drop_pictures(run, False), 600),
    "mirrored": lambda run: change_each(lambda pixels: pixels[:, ::-1])(encode_decode(run, 600)),
    "cut by 5 % in all": lambda run: change_each(cut)(encode_decode(run, 600)),
    "cut by 5 % at each edge": lambda run: change_each(cut_more)(encode_decode(run, 600)),
    "80 % with bars": lambda run: encode_decode(change_each(letterbox)(run), 600),
    "brightness +20 %": lambda run: encode_decode(brighten(1.2)(run), 600),
    "brightness -20 %": lambda run: encode_decode(brighten(0.8)(run), 600),
    "background replaced": lambda run: encode_decode(replace_background(run), 600),
    "plate and badge painted out": lambda run: encode_decode(change_each(without_label)(run), 600),
    "face redrawn by an auto-encoder": lambda run: encode_decode(face_redrawn(run), 600),
    "a screen filmed by hand": lambda run: encode_decode(change_each(filmed)(run), 1200, LARGE_WH),
}
"""Changes of a run of marked pictures, by name."""

QUICK: Final = ("as it leaves livecam", "H.264 600 kbit/s 720p", "H.264 300 kbit/s 360p", "mirrored")
_CODECS: Final = {"VP8": "libvpx", "VP9": "libvpx-vp9", "AV1": "libsvtav1"}


def list_available() -> list[str]:
    """Return the cases with an installed encoder."""
    return [name for name in CASES if _CODECS.get(name[:3], "libx264") in av.codecs_available]
