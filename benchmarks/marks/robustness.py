"""What the in-picture mark survives: eight seconds of clips, marked, put through codecs and cuts, and read.

    python benchmarks/marks/robustness.py CLIP... [--dark] > table.md

Prints one row per case and one column per clip: bits right of 32, and the score against its threshold.
"""

import argparse
import io
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from livecam.core.payload import FACE, MarkPayload
from livecam.video.mark import Marker
from livecam.video.mark_reader.reader import SEARCHED_THRESHOLD, STRAIGHT_THRESHOLD
from livecam.video.mark_reader.search import reader_of, searched, straight
from livecam.video.mark_reader.waves import window_of, work_luma

PAYLOAD = MarkPayload(FACE, 0xBEEF)
RATE_HZ, COUNT = 30, 240
PERIOD_NS = 1_000_000_000 // RATE_HZ
SIZE_WH, SMALL_WH = (1280, 720), (640, 360)
Run = list[tuple[np.ndarray, int]]
OPTIONS = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "profile": "baseline", "g": "300"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"},
    "libsvtav1": {"preset": "11", "svtav1-params": "pred-struct=1:rc=2"},
}


def clip(path: Path, dark: bool) -> Iterator[np.ndarray]:
    """COUNT pictures of SIZE_WH, to and fro where the clip is shorter, filled without bars."""
    seen = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            pixels = frame.to_ndarray(format="bgr24")
            height, width = pixels.shape[:2]
            scale = max(SIZE_WH[0] / width, SIZE_WH[1] / height)
            cut_w, cut_h = round(SIZE_WH[0] / scale), round(SIZE_WH[1] / scale)
            top, left = (height - cut_h) // 2, (width - cut_w) // 2
            seen.append(cv2.resize(pixels[top : top + cut_h, left : left + cut_w], SIZE_WH))
            if len(seen) == COUNT:
                break
    rng = np.random.default_rng(0)
    for n in range(COUNT):
        place = n % (2 * len(seen) - 2)
        picture = seen[place if place < len(seen) else 2 * len(seen) - 2 - place].copy()
        if dark:
            noisy = picture * np.float32(0.2) + rng.normal(4, 2, (*picture.shape[:2], 1)).astype(np.float32)
            picture = np.clip(noisy, 0, 255).astype(np.uint8)
        yield picture


def coded(run: Run, kbps: int, size_wh: tuple[int, int] = SMALL_WH, codec: str = "libx264") -> Run:
    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream(codec, rate=RATE_HZ)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size_wh, "yuv420p", kbps * 1000
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.codec_context.options = dict(OPTIONS[codec])
        if codec == "libx264":
            stream.codec_context.options |= {"maxrate": f"{kbps}k", "bufsize": f"{kbps}k"}
        for pixels, at_ns in run:
            small = (
                pixels if pixels.shape[1::-1] == size_wh else cv2.resize(pixels, size_wh, None, 0, 0, cv2.INTER_AREA)
            )
            frame = av.VideoFrame.from_ndarray(small, format="bgr24")
            frame.pts, frame.time_base = at_ns // 1_000_000, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with av.open(io.BytesIO(data.getvalue())) as container:
        return [(f.to_ndarray(format="bgr24"), int(f.time * 1e9)) for f in container.decode(video=0)]


def each(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Run], Run]:
    return lambda run: [(np.ascontiguousarray(change(pixels)), at_ns) for pixels, at_ns in run]


def cut(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    return pixels[height * 4 // 100 : -height // 100, width * 2 // 100 : -width * 3 // 100]


def cut_more(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    return pixels[height // 20 : -height // 20, width // 20 : -width // 20]


def boxed(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    canvas = np.zeros_like(pixels)
    inner = cv2.resize(pixels, (width * 8 // 10, height * 8 // 10), interpolation=cv2.INTER_AREA)
    canvas[height // 10 : height // 10 + inner.shape[0], width // 10 : width // 10 + inner.shape[1]] = inner
    return canvas


def lost(run: Run, keep_time: bool) -> Run:
    kept = np.random.default_rng(1).random(len(run)) >= 0.05
    left = [pair for pair, stays in zip(run, kept, strict=True) if stays]
    return left if keep_time else [(pixels, n * PERIOD_NS) for n, (pixels, _) in enumerate(left)]


def person_only(run: Run) -> Run:
    """The middle of the picture before a still background, as a call's own replacement makes it."""
    height, width = run[0][0].shape[:2]
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, height * 45 // 100), (width // 8, height * 3 // 10), 0, 0, 360, 1, cv2.FILLED)
    cv2.ellipse(mask, (width // 2, height), (width * 3 // 10, height * 4 // 10), 0, 0, 360, 1, cv2.FILLED)
    wall = np.full((height, width, 3), (150, 140, 120), np.uint8)
    return each(lambda pixels: np.where(mask[..., None] > 0, pixels, wall))(run)


CASES: dict[str, Callable[[Run], Run]] = {
    "as it leaves livecam": lambda run: run,
    **{
        f"H.264 {kbps} kbit/s {size[1]}p": lambda run, kbps=kbps, size=size: coded(run, kbps, size)
        for size in (SIZE_WH, SMALL_WH)
        for kbps in (1200, 600, 300)
    },
    "H.264 150 kbit/s 180p": lambda run: coded(run, 150, (320, 180)),
    "VP8 600 kbit/s 360p": lambda run: coded(run, 600, codec="libvpx"),
    "VP9 600 kbit/s 360p": lambda run: coded(run, 600, codec="libvpx-vp9"),
    "AV1 600 kbit/s 360p": lambda run: coded(run, 600, codec="libsvtav1"),
    "twice: 1200 720p, then 600 360p": lambda run: coded(coded(run, 1200, SIZE_WH), 600),
    "15 pictures a second": lambda run: coded(run[::2], 600),
    "5 % lost, time kept": lambda run: coded(lost(run, True), 600),
    "5 % lost, time closed up": lambda run: coded(lost(run, False), 600),
    "mirrored": lambda run: each(lambda pixels: pixels[:, ::-1])(coded(run, 600)),
    "cut by 5 % in all": lambda run: each(cut)(coded(run, 600)),
    "cut by 5 % at each edge": lambda run: each(cut_more)(coded(run, 600)),
    "80 % with bars": lambda run: coded(each(boxed)(run), 600),
    "brightness +20 %": lambda run: coded(each(lambda p: cv2.convertScaleAbs(p, alpha=1.2))(run), 600),
    "brightness -20 %": lambda run: coded(each(lambda p: cv2.convertScaleAbs(p, alpha=0.8))(run), 600),
    "background replaced": lambda run: coded(person_only(run), 600),
}


def read(run: Run) -> str:
    lumas = np.stack([work_luma(pixels) for pixels, _ in run])
    window = window_of(lumas, np.array([at_ns for _, at_ns in run], np.int64))
    assert window is not None
    reader = reader_of(tall=False)
    (decision, _), threshold = straight(window, reader), STRAIGHT_THRESHOLD
    if decision.score < threshold:
        (decision, _), threshold = searched(window, reader), SEARCHED_THRESHOLD
    right = sum(a == b for a, b in zip(decision.bits, PAYLOAD.bits(), strict=True))
    return f"{right}, {decision.score:.1f}" + ("" if decision.score >= threshold else " (not found)")


def available(names: Iterable[str]) -> list[str]:
    codecs = {"VP8": "libvpx", "VP9": "libvpx-vp9", "AV1": "libsvtav1"}
    return [name for name in names if codecs.get(name[:3], "libx264") in av.codecs_available]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--dark", action="store_true", help="the first clip once more at a fifth of its light")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    columns = [(path, False) for path in given.clips] + ([(given.clips[0], True)] if given.dark else [])
    rows: dict[str, list[str]] = {name: [] for name in available(CASES)}
    for path, dark in columns:
        marker = Marker(SIZE_WH, payload=PAYLOAD)
        pictures = enumerate(clip(path, dark))
        run = [(marker.mark(p, 123_456_789 + n * PERIOD_NS, n).pixels, n * PERIOD_NS) for n, p in pictures]
        for name, cells in rows.items():
            cells.append(read(CASES[name](run)))
    names = [f"{path.stem}{', dark' * dark}" for path, dark in columns]
    print(f"| case | {' | '.join(names)} |\n|---{'|---' * len(names)}|")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
