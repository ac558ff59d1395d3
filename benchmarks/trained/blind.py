"""Photo and trained model side by side, without their names: `python -m benchmarks.trained.blind OUT PERSONA OPERATOR`.

It cuts held-out moments of a second, draws both on them and writes strips: the live face on top, then the two in random
order as 1 and 2. OUT/key.json says which is which, and is not looked at before the votes are written. `--vote` reads
OUT/votes.json, {"moment": 1 or 2 or 0 for no difference}, and says how often the trained model was preferred.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.trained.drawn import draw_pictures, frames_at, read_once
from benchmarks.trained.real_clips import draw_all, make_models
from livecam.core.clock import NS_PER_S
from livecam.core.frame import Frame, Pixels
from trainer.basis import find_calm
from trainer.material import Material

COLUMNS, SIDE_PX, TOGETHER = 7, 150, 5
TRAINED, PHOTO = "examples", "photo"


def choose_moments(material: Material, count: int) -> list[NDArray[np.intp]]:
    """Return pictures of moments of a second, spread over what is held out."""
    starts = [0]
    for number in range(1, len(material)):
        if material.at_ns[number] - material.at_ns[starts[-1]] >= NS_PER_S:
            starts.append(number)
    moments = [np.arange(a, b) for a, b in zip(starts, [*starts[1:], len(material)], strict=True) if b - a >= COLUMNS]
    chosen = np.unique(np.linspace(0, len(moments) - 1, min(count, len(moments))).astype(int))
    return [moments[number][np.linspace(0, len(moments[number]) - 1, COLUMNS).astype(int)] for number in chosen]


def cut_faces(frames: Sequence[Frame], points: NDArray[np.float32], which: NDArray[np.intp]) -> Pixels:
    """Return the faces of some pictures next to each other, by the live meshes (k, 468, 3)."""
    cut = []
    for number in which:
        low, high = points[number, :, :2].min(0), points[number, :, :2].max(0)
        middle, half = (low + high) / 2, 0.62 * float(np.max(high - low))
        move = np.array([[1, 0, -middle[0] + half], [0, 1, -middle[1] + half]], np.float32) * (SIDE_PX / (2 * half))
        cut.append(cv2.warpAffine(frames[number].pixels, move, (SIDE_PX, SIDE_PX), flags=cv2.INTER_AREA))
    return np.hstack(cut)


def write_strips(out: Path, clips: tuple[Path, Path], keep: Path | None, count: int, name: str, seed: int) -> None:
    """Write the strips of one pair of clips, persona and operator, and add them to the key."""
    persona, operator = (read_once(clip, keep) for clip in clips)
    learned, driver = operator.select(~operator.is_held), operator.select(operator.is_held)
    models, _, photo = make_models(persona, learned, 0.0)
    drawn = draw_all(models, photo, driver, find_calm(learned).shape)
    pictures = {kind: draw_pictures(clips[1], drawn[kind], driver) for kind in (TRAINED, PHOTO)}
    live, chance = frames_at(clips[1], driver.at_ns), np.random.default_rng(seed)
    kept = out / "key.json"
    key: dict[str, list[str]] = json.loads(kept.read_bytes()) if kept.exists() else {}
    strips = []
    for number, which in enumerate(choose_moments(driver, count)):
        order = [(TRAINED, PHOTO)[place] for place in chance.permutation(2)]
        key[f"{name}-{number:02d}"] = order
        rows = [cut_faces(frames, driver.points, which) for frames in (live, *(pictures[kind] for kind in order))]
        strip = np.vstack(rows)
        cv2.putText(strip, f"{name}-{number:02d}", (4, 14), 0, 0.45, (0, 255, 255), 1)
        strips.append(strip)
    for begin in range(0, len(strips), TOGETHER):
        cv2.imwrite(str(out / f"{name}-{begin:02d}.jpg"), np.vstack(strips[begin : begin + TOGETHER]))
    kept.write_text(json.dumps(key, indent=2) + "\n")


def count_votes(out: Path) -> dict[str, float]:
    """Return how often each was preferred, and the trained one's part of the votes; no difference is half a vote."""
    key, votes = (json.loads((out / f"{name}.json").read_bytes()) for name in ("key", "votes"))
    preferred = [key[moment][vote - 1] if vote else "" for moment, vote in votes.items()]
    trained, photo = preferred.count(TRAINED), preferred.count(PHOTO)
    same = len(preferred) - trained - photo
    share = (trained + same / 2) / max(len(preferred), 1)
    return {"moments": len(preferred), "trained": trained, "photo": photo, "same": same, "preferred": round(share, 3)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("clips", type=Path, nargs="*", help="the persona's and the operator's")
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--name", default="a", help="of this pair")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="keep what was read of the clips in this folder")
    parser.add_argument("--vote", action="store_true", help="count the votes")
    given = parser.parse_args()
    if given.vote:
        print(json.dumps(count_votes(given.out)))
        return 0
    given.out.mkdir(parents=True, exist_ok=True)
    persona, operator = given.clips
    write_strips(given.out, (persona, operator), given.keep, given.moments, given.name, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
