"""Make the pictures under docs/pictures from the sample camera and the built-in personas: synthetic people only.

python scripts/make_pictures.py [--only before-after] [--out docs/pictures]
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from livecam.app.components import open_parts
from livecam.app.replay import Replay
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.frame import Pixels
from livecam.devices.media.sample import SAMPLE_TRUTH, load_sample_scenes
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import make_random_persona

WIDTH_PX = 480
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
    yield "refined", lambda: refined([12, 19, 50, 80, 275], "robin")
    puppet = [middle("still"), middle("talking", 0.3), sides[1], sides[3]]
    yield "puppet", lambda: before_after(list(pairs_at(puppet, names[5], "puppet").values()), width_px=360)

    heads = [middle("still"), middle("talking", 0.3), sides[1], sides[3], middle("lean")]
    yield "head", lambda: head_sheet(("robin", "toni"), heads)
    yield "heads", lambda: head_sheet(names, [middle("still"), *sides[:2], *sides[3:]], 200)
    hard = [*(middle("covered", s) for s in (0.25, 0.5, 0.75)), *(middle("dark", s) for s in (0.1, 0.4, 0.8))]
    yield "head-hard", lambda: head_sheet(names[:2], hard, 220)


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
