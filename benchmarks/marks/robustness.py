"""What the in-picture mark survives on clips of one's own; `livecam bench marks` is the same on the sample camera.

    python benchmarks/marks/robustness.py CLIP... [--dark] > table.md

Prints one row per case and one column per clip: bits right of 32, and the score against its threshold.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from livecam.bench.marks.pictures import CASES, LARGE_WH, list_available
from livecam.bench.marks.run import COUNT, Survival, mark_pictures, read_marked


def clip(path: Path, dark: bool) -> Iterator[np.ndarray]:
    """COUNT pictures of LARGE_WH, to and fro where the clip is shorter, filled without bars."""
    seen = []
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            pixels = frame.to_ndarray(format="bgr24")
            height, width = pixels.shape[:2]
            scale = max(LARGE_WH[0] / width, LARGE_WH[1] / height)
            cut_w, cut_h = round(LARGE_WH[0] / scale), round(LARGE_WH[1] / scale)
            top, left = (height - cut_h) // 2, (width - cut_w) // 2
            seen.append(cv2.resize(pixels[top : top + cut_h, left : left + cut_w], LARGE_WH))
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


def shown(left: Survival) -> str:
    return f"{left.bits_right}, {left.score:.1f}" + ("" if left.found else " (not found)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--dark", action="store_true", help="the first clip once more at a fifth of its light")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    columns = [(path, False) for path in given.clips] + ([(given.clips[0], True)] if given.dark else [])
    rows: dict[str, list[str]] = {name: [] for name in list_available()}
    for path, dark in columns:
        run = mark_pictures(list(clip(path, dark)))
        for name, cells in rows.items():
            cells.append(shown(read_marked(CASES[name](run))))
    names = [f"{path.stem}{', dark' * dark}" for path, dark in columns]
    print(f"| case | {' | '.join(names)} |\n|---{'|---' * len(names)}|")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
