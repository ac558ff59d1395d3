"""How often unmarked pictures look marked: the scores of many windows, the tail fitted to them, the threshold it gives.

    python benchmarks/marks/false_alarms.py FOLDER... --windows 1000 --keys 101 --json scores.json

A window is eight seconds of a clip (played to and fro where it is shorter) or of a generated scene, cut out, scaled,
mirrored, slowed or sped up and made noisy by chance. Each is asked for the marks of several keys: a mark nobody put
there. Windows of one clip resemble each other, so the count of clips is printed beside the count of windows.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np

from livecam.video.mark.layout import PUBLIC_KEY, Layout, layout
from livecam.video.mark_reader.decide import decide
from livecam.video.mark_reader.place import CellReader, Place
from livecam.video.mark_reader.search import searched
from livecam.video.mark_reader.waves import Window, window_of, work_luma

RATE_HZ, WINDOW_S = 30, 8
FRAMES = RATE_HZ * WINDOW_S
SOURCE_PX = 480


def clip_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        lumas = []
        for frame in container.decode(video=0):
            luma = frame.to_ndarray(format="gray")
            scale = min(1.0, SOURCE_PX / max(luma.shape))
            lumas.append(cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            if len(lumas) == 2 * FRAMES:
                break
    return np.stack(lumas)


def generated(rng: np.random.Generator) -> np.ndarray:
    """A textured scene that drifts, under a lamp that swings, with things passing through."""
    height, width = 270, SOURCE_PX
    field = rng.standard_normal((2 * height, 2 * width))
    y, x = np.meshgrid(np.fft.fftfreq(2 * height), np.fft.fftfreq(2 * width), indexing="ij")
    field = np.fft.ifft2(np.fft.fft2(field) / np.maximum(np.hypot(x, y), 0.002) ** rng.uniform(0.6, 1.4)).real
    scene = (127 + rng.uniform(10, 60) * field / field.std()).astype(np.float32)
    speed, pace, depth = rng.normal(0, 25, 2), rng.uniform(0.3, 4), rng.choice([0, rng.uniform(0, 0.2)])
    sway, sway_pace = rng.uniform(0, 12, 2), rng.uniform(0.2, 3)
    out = []
    for t in np.arange(FRAMES) / RATE_HZ:
        left, top = ((width, height) + speed * t + sway * np.sin(2 * np.pi * sway_pace * t)) / 2
        cut = cv2.getRectSubPix(
            scene, (width, height), (float(left % width) + width / 2, float(top % height) + height / 2)
        )
        out.append(cut * (1 + depth * np.sin(2 * np.pi * pace * t)))
    return np.clip(np.stack(out), 0, 255).astype(np.uint8)


def window_lumas(clip: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """FRAMES pictures of a clip with their times, changed by chance."""
    count = len(clip)
    places = (int(rng.integers(0, count)) + np.arange(FRAMES)) % max(2 * count - 2, 1)
    places = np.where(places < count, places, 2 * count - 2 - places)
    height, width = clip.shape[1:]
    share = rng.uniform(0.6, 1.0)
    cut_h, cut_w = int(height * share), int(width * share)
    top, left = rng.integers(0, height - cut_h + 1), rng.integers(0, width - cut_w + 1)
    noise: np.ndarray | None = None
    deviation = rng.uniform(0, 2)
    gain = rng.uniform(0.4, 1.1)
    out = []
    for place in places:
        picture = clip[place, top : top + cut_h, left : left + cut_w]
        luma = work_luma(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)) * np.float32(gain)
        if noise is None:
            noise = rng.normal(0, deviation, luma.shape).astype(np.float32)
        luma += np.roll(noise, tuple(rng.integers(0, 64, 2)), (0, 1))
        out.append(np.clip(luma, 0, 255).astype(np.uint8))
    times_s = np.arange(FRAMES) / RATE_HZ * rng.uniform(0.9, 1.25)
    return np.stack(out)[:, :, :: rng.choice([-1, 1])], (times_s * 1e9).astype(np.int64)


def cells_of(window: Window) -> list[tuple[np.ndarray, np.ndarray]]:
    """Every cell read as lying and as upright chip, of the picture straight and mirrored."""
    width, height = window.size_wh
    plain = layout(height > width)
    readers = [CellReader(replace(plain, sign=np.ones_like(plain.sign), upright=plain.bit < side)) for side in (0, 99)]
    return [
        (lying.cells(window.waves, place), upright.cells(window.waves, place))
        for lying, upright in (readers,)
        for place in (Place(0, 0, width, height, side) for side in (False, True))
    ]


def chosen(both: tuple[np.ndarray, np.ndarray], plan: Layout) -> np.ndarray:
    """The cells as a key's layout would read them."""
    return np.where(plan.upright, both[1], both[0]) * plan.sign


def scores(
    clips: list[np.ndarray], windows: int, keys: int, searches: int, rng: np.random.Generator
) -> Iterator[tuple[str, int, float]]:
    readers = {tall: [CellReader(layout(tall, PUBLIC_KEY + 977 * n)) for n in range(keys)] for tall in (False, True)}
    for number in range(windows):
        source = int(rng.integers(0, len(clips) + 4))
        clip = clips[source] if source < len(clips) else generated(rng)
        window = window_of(*window_lumas(clip, rng))
        if window is None:
            continue
        here = readers[window.size_wh[1] > window.size_wh[0]]
        sides = cells_of(window)
        for plan in (reader.plan for reader in here):
            yield "straight", source, max(decide(chosen(both, plan), plan).score for both in sides)
        if number * searches // windows != (number + 1) * searches // windows:
            yield "searched", source, searched(window, here[number % keys])[0].score


def tail(values: np.ndarray) -> dict[str, float]:
    """Exceedances of the 99th percentile as an exponential tail, the threshold it gives for one in a million."""
    start = float(np.quantile(values, 0.99))
    above = values[values > start] - start
    mean = float(above.mean())
    return {
        "windows": len(values),
        "mean": float(values.mean()),
        "deviation": float(values.std()),
        "p99": start,
        "max": float(values.max()),
        "tail_scale": mean,
        "one_in_a_million": start + mean * float(np.log(0.01 / 1e-6)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--windows", type=int, default=1000)
    parser.add_argument("--keys", type=int, default=101)
    parser.add_argument("--searches", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, required=True)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    paths = [p for folder in given.folders for p in sorted(folder.rglob("*")) if p.suffix in (".mp4", ".mkv", ".gif")]
    clips = [clip_of(path) for path in paths]
    found: dict[str, list[float]] = {"straight": [], "searched": []}
    worst: dict[str, tuple[float, str]] = {}
    for how, source, score in scores(
        clips, given.windows, given.keys, given.searches, np.random.default_rng(given.seed)
    ):
        found[how].append(score)
        name = paths[source].name if source < len(paths) else "generated"
        worst[how] = max(worst.get(how, (0.0, "")), (score, name))
        if len(found["straight"]) % 500 == 0 or how == "searched":
            report = {how: tail(np.array(values)) for how, values in found.items() if len(values) >= 50}
            given.json.write_text(json.dumps({"clips": len(clips), "worst": worst, **report}, indent=1) + "\n")


if __name__ == "__main__":
    main()
