"""How often unmarked pictures look marked: the scores of many windows, for `tails.py`.

    python benchmarks/marks/false_alarms.py FOLDER... --windows 2500 --to picture.npz

A window is eight seconds of a clip (played to and fro where it is shorter) or of a generated scene, cut out, scaled,
mirrored, slowed or sped up and made noisy by chance. Each is asked for the marks of several keys: a mark not put
there. What is counted is what `livecam verify` compares with its thresholds: the best of straight and mirrored, and the
best place and message of the whole search. Started again, it goes on where the file ends.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np
from tails import Trials

from livecam.disclosure.picture.layout import PUBLIC_KEY, Layout, choose_layout
from livecam.disclosure.picture_reader.carrier_detection import Window, window_of
from livecam.disclosure.picture_reader.decoding import decode
from livecam.disclosure.picture_reader.hill_climb import CellAnswers
from livecam.disclosure.picture_reader.pilots import PilotSearch
from livecam.disclosure.picture_reader.place import CellReader, Place
from livecam.disclosure.picture_reader.search import search_all

RATE_HZ, WINDOW_S = 30, 8
FRAMES = RATE_HZ * WINDOW_S
SOURCE_PX = 480
# The sizes windows are read at: of wide, older, square and tall pictures.
SIZES_WH = ((320, 180), (320, 240), (320, 320), (180, 320))
STRAIGHT_KEYS, SEARCHED_KEYS = 100, 10


def clip_of(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        lumas = []
        for frame in container.decode(video=0):
            luma = frame.to_ndarray(format="gray")
            scale = min(1.0, SOURCE_PX / max(luma.shape))
            lumas.append(cv2.resize(luma, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            if len(lumas) == 3 * FRAMES:
                break
    return np.stack(lumas)


def scenery(stills: list[Path], size_wh: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """A still picture, or a field of noise as rough as nature."""
    width, height = size_wh
    if stills and rng.random() < 0.6:
        still = cv2.imread(str(stills[int(rng.integers(0, len(stills)))]), cv2.IMREAD_GRAYSCALE)
        return cv2.resize(still, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    field = rng.standard_normal((height, width))
    y, x = np.meshgrid(np.fft.fftfreq(height), np.fft.fftfreq(width), indexing="ij")
    field = np.fft.ifft2(np.fft.fft2(field) / np.maximum(np.hypot(x, y), 0.002) ** rng.uniform(0.6, 1.4)).real
    return (127 + rng.uniform(10, 60) * field / field.std()).astype(np.float32)


def generate_pictures(stills: list[Path], rng: np.random.Generator) -> np.ndarray:
    """A scene that drifts and sways under a lamp that swings."""
    width, height = SOURCE_PX, 270
    scene = scenery(stills, (2 * width, 2 * height), rng)
    speed, pace, depth = rng.normal(0, 25, 2), rng.uniform(0.3, 4), rng.choice([0, rng.uniform(0, 0.2)])
    sway, sway_pace = rng.uniform(0, 12, 2), rng.uniform(0.2, 3)
    out = []
    for t in np.arange(FRAMES) / RATE_HZ:
        left, top = ((width, height) + speed * t + sway * np.sin(2 * np.pi * sway_pace * t)) / 2
        cut = cv2.getRectSubPix(
            scene, (width, height), (float(left % width) + width / 2, float(top % height) + height / 2)
        )
        out.append(cv2.convertScaleAbs(cut, alpha=float(1 + depth * np.sin(2 * np.pi * pace * t))))
    return np.stack(out)


def window_lumas(clip: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """FRAMES pictures of a clip with their times, changed by chance."""
    count = len(clip)
    places = (int(rng.integers(0, count)) + np.arange(FRAMES)) % max(2 * count - 2, 1)
    places = np.where(places < count, places, 2 * count - 2 - places)
    height, width = clip.shape[1:]
    size_wh = min(SIZES_WH, key=lambda size: abs(size[0] / size[1] - width / height))
    share = rng.uniform(0.6, 1.0)
    cut_h, cut_w = int(height * share), int(width * share)
    top, left = rng.integers(0, height - cut_h + 1), rng.integers(0, width - cut_w + 1)
    noise = rng.normal(0, rng.uniform(0, 2), size_wh[::-1]).astype(np.float32)
    gain = np.float32(rng.uniform(0.4, 1.1))
    out = []
    for place in places:
        luma = cv2.resize(clip[place, top : top + cut_h, left : left + cut_w], size_wh, interpolation=cv2.INTER_AREA)
        grained = luma * gain + np.roll(noise, tuple(rng.integers(0, 64, 2)), (0, 1))
        out.append(np.clip(grained, 0, 255).astype(np.uint8))
    times_s = np.arange(FRAMES) / RATE_HZ * rng.uniform(0.9, 1.25)
    return np.stack(out)[:, :, :: rng.choice([-1, 1])], (times_s * 1e9).astype(np.int64)


def cells_of(window: Window) -> list[tuple[np.ndarray, np.ndarray]]:
    """Every cell read as lying and as upright chip, of the picture straight and mirrored."""
    width, height = window.size_wh
    plain = choose_layout(height > width)
    readers = [CellReader(replace(plain, sign=np.ones_like(plain.sign), upright=plain.bit < side)) for side in (0, 99)]
    return [
        (lying.cells(window.waves, place), upright.cells(window.waves, place))
        for lying, upright in (readers,)
        for place in (Place(0, 0, width, height, side) for side in (False, True))
    ]


def choose_places(both: tuple[np.ndarray, np.ndarray], plan: Layout) -> np.ndarray:
    """The cells as a key's layout would read them."""
    return np.where(plan.upright, both[1], both[0]) * plan.sign


@cache
def plan_of(tall: bool, number: int) -> Layout:
    """The layout of the key of a number, 1 or more; the cache of `layout` is too small for so many."""
    return choose_layout.__wrapped__(tall, PUBLIC_KEY + 977 * number)


@cache
def search_of(size_wh: tuple[int, int], number: int) -> tuple[CellReader, PilotSearch]:
    reader = CellReader(plan_of(size_wh[1] > size_wh[0], number))
    return reader, PilotSearch(reader, size_wh)


def straight_scores(window: Window, first_key: int) -> np.ndarray:
    sides, tall = cells_of(window), window.size_wh[1] > window.size_wh[0]
    plans = (plan_of(tall, first_key + n) for n in range(STRAIGHT_KEYS))
    return np.array([max(decode(choose_places(both, plan), plan).score for both in sides) for plan in plans])


def searched_scores(window: Window, first_key: int) -> np.ndarray:
    answers = CellAnswers(window)
    searches = (search_of(window.size_wh, first_key + n) for n in range(SEARCHED_KEYS))
    return np.array([search_all(answers, reader, pilots)[0].score for reader, pilots in searches])


def windows(
    clips: list[np.ndarray], stills: list[Path], seed: int, first: int, count: int
) -> Iterator[tuple[int, int, Window]]:
    """Number, source and swings of the windows; every fifth or so is generated."""
    for number in range(first, count):
        rng = np.random.default_rng((seed, number))
        source = int(rng.integers(0, len(clips) + 6))
        clip = clips[source] if source < len(clips) else generate_pictures(stills, rng)
        window = window_of(*window_lumas(clip, rng))
        if window is not None:
            yield number, min(source, len(clips)), window


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--windows", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--to", type=Path, required=True)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    found = [path for folder in given.folders for path in sorted(folder.rglob("*"))]
    clips = [clip_of(path) for path in found if path.suffix in (".mp4", ".mkv", ".gif")]
    stills = [path for path in found if path.suffix in (".jpg", ".png")]
    trials, first_key = Trials(given.to), 1 + given.seed * max(STRAIGHT_KEYS, SEARCHED_KEYS)
    for number, source, window in windows(clips, stills, given.seed, trials.next_window, given.windows):
        trials.add("in-picture, whole picture", number, source, straight_scores(window, first_key))
        trials.add("in-picture, searched", number, source, searched_scores(window, first_key))
        if number % 10 == 9:
            trials.keep()
    trials.keep()


if __name__ == "__main__":
    main()
