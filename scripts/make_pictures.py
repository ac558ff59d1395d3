"""Make the pictures under docs/pictures from the sample camera and the built-in personas: synthetic people only.

python scripts/make_pictures.py [--only before-after] [--out docs/pictures]
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.bench.pictures import preload
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.fakes import FakeSource
from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_TRUTH, load_sample_scenes
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import make_random_persona

WIDTH_PX = 480
TURNS_DEG = (-35, -25, -12, 12, 25, 35)
LAMP_FRAMES, SKIN_FRAMES = 34, 18
JPEG = [cv2.IMWRITE_JPEG_QUALITY, 84]
Pair = tuple[Pixels, Pixels]


def yaw_degrees() -> np.ndarray:
    """Yaw of the head in each frame of the sample clip; infinite where it is not wholly in the picture."""
    with np.load(SAMPLE_TRUTH) as truth:
        return np.where(truth["inside"] == 1, truth["pose_degrees"][:, 0], np.inf)


def pairs_at(numbers: Sequence[int], persona: str, mode: str = "swap", refine: str = "on") -> dict[int, Pair]:
    """What the camera saw and what was sent, for some frames of the sample clip."""
    settings = Settings(persona=persona, camera="sample", sink="null", mode=mode, refine=refine)  # type: ignore[arg-type]
    parts = open_parts(settings, ManualClock(), paced=False)
    kept: dict[int, Pair] = {}
    try:
        for frame, picture in Replay(settings, parts).run():
            if frame.seq in numbers:
                kept[frame.seq] = frame.pixels.copy(), picture.pixels.copy()
            if frame.seq >= max(numbers):
                break
    finally:
        parts.close()
    return kept


def refined(numbers: Sequence[int], persona: str, height_px: int = 330) -> Pixels:
    """Columns of close-ups: the camera's, drawn, and drawn and refined."""
    plain, fine = (pairs_at(numbers, persona, refine=refine) for refine in ("off", "on"))
    rows = [[plain[n][0] for n in numbers], [plain[n][1] for n in numbers], [fine[n][1] for n in numbers]]
    size = (height_px, height_px)
    return np.vstack([
        np.hstack([cv2.resize(close_up(each, 380), size, interpolation=cv2.INTER_AREA) for each in row])
        for row in rows
    ])  # fmt: skip


def small(picture: Pixels, width_px: int = WIDTH_PX) -> Pixels:
    height = round(picture.shape[0] * width_px / picture.shape[1])
    return np.asarray(cv2.resize(picture, (width_px, height), interpolation=cv2.INTER_AREA), np.uint8)


def close_up(picture: Pixels, side_px: int = 520) -> Pixels:
    """The middle of the picture, where the sample's head is."""
    height, width = picture.shape[:2]
    left, top = (width - side_px) // 2, max(0, height * 46 // 100 - side_px // 2)
    return picture[top : top + side_px, left : left + side_px]


def before_after(
    pairs: Sequence[Pair], cut: Callable[[Pixels], Pixels] = lambda p: p, width_px: int = WIDTH_PX
) -> Pixels:
    """Columns of camera above output."""
    return np.hstack([np.vstack([small(cut(a), width_px), small(cut(b), width_px)]) for a, b in pairs])


def sheets() -> Iterator[tuple[str, Callable[[], Pixels]]]:
    """Name and maker of every sheet."""
    scenes, yaw, names = load_sample_scenes(), yaw_degrees(), builtin_names()

    def middle(scene: str, share: float = 0.5) -> int:
        frames = scenes[scene]
        return frames[int(share * (len(frames) - 1))]

    def moments(numbers: Sequence[int], persona: str) -> list[Pair]:
        made = pairs_at(numbers, persona)
        return [made[n] for n in numbers]

    yield "before-after", lambda: before_after(moments([middle("talking"), middle("tilt"), middle("lean")], names[0]))
    clip = [middle(s) for s in ("still", "talking", "tilt", "nod", "lean", "covered", "dark", "still_again")]
    yield "sample-clip", lambda: before_after(moments(clip, names[1]), width_px=320)
    sides = [int(np.argmin(np.abs(yaw - y))) for y in (-35, -20, 0, 20, 35)]
    yield "side-poses", lambda: before_after(moments(sides, names[2]), close_up, 300)
    covered = [middle("covered", s) for s in (0.2, 0.4, 0.6, 0.8)]
    yield "covered", lambda: before_after(moments(covered, names[3]), close_up, 300)
    dark = [middle("dark", s) for s in (0.1, 0.4, 0.7, 0.95)]
    yield "dark", lambda: before_after(moments(dark, names[4]), close_up, 300)
    yield "personas", lambda: persona_sheet(names, [middle("still"), middle("talking", 0.3)])
    yield "synth", lambda: np.vstack([
        np.hstack([small(make_random_persona(row * 6 + column).photo.pixels, 240) for column in range(6)])
        for row in range(2)
    ])  # fmt: skip
    yield "refined", lambda: refined([12, 19, 50, 80], "robin")
    puppet = [middle("still"), middle("talking", 0.3), sides[1], sides[3]]
    yield "puppet", lambda: before_after(list(pairs_at(puppet, names[5], "puppet").values()), width_px=360)

    heads = [middle("still"), middle("talking", 0.3), sides[1], sides[3], middle("lean")]
    yield "head", lambda: head_sheet(("robin", "toni"), heads)
    yield "heads", lambda: head_sheet(names, [middle("still"), *sides[:2], *sides[3:]], 200)
    yield "head-turns", lambda: head_sheet(("noor", "sasha"), [int(np.argmin(np.abs(yaw - y))) for y in TURNS_DEG], 200)
    yield "head-lamp", lambda: lamp_sheet(("robin", "kim"))
    yield "head-hair", lambda: hair_sheet("toni", "kim", [middle("still"), *sides[1:4:2]])
    yield "head-skin", lambda: skin_sheet(("noor", "kim"), scenes["covered"])
    yield "head-fails", lambda: fail_sheet("toni", "alex", [int(np.argmin(np.abs(yaw - y))) for y in (-35, 35)])
    hard = [*(middle("covered", s) for s in (0.25, 0.5, 0.75)), *(middle("dark", s) for s in (0.1, 0.4, 0.8))]
    yield "head-hard", lambda: head_sheet(names[:2], hard, 220)


def drawn_on(pictures: Sequence[Pixels], persona: str, **more: object) -> list[Pair]:
    """Some pictures as a camera's, and what was sent for each in mode head."""
    settings = Settings(persona=persona, camera="sample", sink="null", mode="head", **more)  # type: ignore[arg-type]
    clock = ManualClock()
    parts = open_parts(settings, clock, paced=False)
    parts.source.close()
    parts = replace(parts, source=FakeSource(pictures, 30.0, clock))
    try:
        return [(frame.pixels.copy(), sent.pixels.copy()) for frame, sent in Replay(settings, parts).run()]
    finally:
        parts.close()


def sheet_of(rows: Sequence[Sequence[Pixels]], width_px: int = 220) -> Pixels:
    """Rows of pictures, each cut to the head."""
    return np.vstack([np.hstack([small(close_up(picture, 720), width_px) for picture in row]) for row in rows])


def switch_lamp(picture: Pixels) -> Pixels:
    """The picture without its lamp: a third of the light, and bluer."""
    return np.asarray(np.clip(picture * np.array([0.42, 0.34, 0.30]), 0, 255), np.uint8)


def lamp_sheet(names: Sequence[str]) -> Pixels:
    """The last picture with a lamp, and the first, second and fifth without it: camera above each persona."""
    pictures = preload("sample", (1280, 720), LAMP_FRAMES)
    pictures = [*pictures[:-8], *map(switch_lamp, pictures[-8:])]
    shown = [len(pictures) + n for n in (-9, -8, -7, -4)]
    made = [drawn_on(pictures, name) for name in names]
    return sheet_of([[pictures[n] for n in shown], *([pairs[n][1] for n in shown] for pairs in made)])


def hair_sheet(long: str, short: str, moments: Sequence[int]) -> Pixels:
    """Long hair over the sample's short hair; then that long hair as the live one, and short hair over it."""
    pictures = preload("sample", (1280, 720), max(moments) + 1)
    over_short = drawn_on(pictures, long)
    over_long = drawn_on([sent for _, sent in over_short], short)
    columns = [[pictures[n], over_short[n][1], over_long[n][1]] for n in moments]
    return sheet_of(list(zip(*columns, strict=True)))


def skin_sheet(names: Sequence[str], scene: Sequence[int]) -> Pixels:
    """With each persona: the body's tone of skin in the left half of a row, the persona's in the right half."""
    pictures = preload("sample", (1280, 720), SKIN_FRAMES, scene[0])
    rows = []
    for name in names:
        made = [drawn_on(pictures, name, skin=skin) for skin in ("body", "persona")]
        rows.append([drawn[n][1] for drawn in made for n in (2, -1)])
    return sheet_of(rows)


def fail_sheet(long: str, short: str, turned: Sequence[int]) -> Pixels:
    """What fails: short hair at 35 degrees, and clothes that long live hair hid."""
    pictures = preload("sample", (1280, 720), max(turned) + 1)
    over_short = drawn_on(pictures, short)
    live = [sent for _, sent in drawn_on(pictures[:40], long)]
    over_long = drawn_on(live, short)[-1][1]
    above = [pictures[turned[0]], pictures[turned[1]], live[-1]]
    return sheet_of([above, [over_short[turned[0]][1], over_short[turned[1]][1], over_long]])


def head_sheet(names: Sequence[str], moments: Sequence[int], width_px: int = 260) -> Pixels:
    """What the camera saw above each persona's head at the same moments."""
    made = [pairs_at(moments, name, "head") for name in names]
    rows = [[made[0][n][0] for n in moments], *([pairs[n][1] for n in moments] for pairs in made)]
    return np.vstack([np.hstack([small(close_up(picture, 720), width_px) for picture in row]) for row in rows])


def persona_sheet(names: Sequence[str], moments: Sequence[int]) -> Pixels:
    """Each persona's own picture above what it makes of the same live moments."""
    columns = []
    for name in names:
        made = pairs_at(moments, name)
        shown = [small(open_builtin(name).photo.pixels, 260), *(small(close_up(made[n][1]), 260) for n in moments)]
        columns.append(np.vstack(shown))
    return np.hstack(columns)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--only", help="the name of one sheet")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for name, make in sheets():
        if args.only in (None, name):
            path = args.out / f"{name}.jpg"
            path.write_bytes(cv2.imencode(".jpg", make(), JPEG)[1].tobytes())
            print(path)


if __name__ == "__main__":
    main()
