"""Judge how much of the live head is left, by networks that livecam does not run.

    python benchmarks/quality/head.py ... --keep KEPT
    python -m training.segment.judge_left --data DIR KEPT/CLIP_PERSONA_head ...

They are MediaPipe's, for a person and for hair. A pixel is left when the sent picture differs from the live one by
less than six levels in it and its neighbours. Some are equal by chance: dark hair over dark hair. Both networks also
taught livecam's own, so errors that they share are not seen.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.finder import OnnxFaceFinder, open_finder
from livecam.core.frame import Frame
from livecam.video.head.geometry import HeadGeometry
from training.segment.teachers import Teacher

HEIGHTS, SEEN, SAME = 2.6, 0.5, 6
LEAST_PX = 50

Picture = NDArray[np.uint8]
Truth = NDArray[np.bool_]


def find_head(live: Picture, points: NDArray[np.float32], teacher: Teacher) -> tuple[Truth, Truth]:
    """Return hair above the chin and the head round the face (h, w).

    Both are without their outermost pixel.
    """
    hair, person = (share > SEEN for share in teacher.look(live, points, HEIGHTS))
    geometry = HeadGeometry.of(points)
    skull, zone, face = (np.zeros(live.shape[:2], np.uint8) for _ in range(3))
    geometry.draw_skull(skull)
    geometry.draw_zone(zone, 1.0)
    geometry.draw_face(face)
    above = np.arange(live.shape[0])[:, None] < points[152, 1]
    return _inner(hair & person & above), _inner(person & (skull > 0) & (zone > 0) & (face == 0))


def _inner(mask: Truth) -> Truth:
    return np.asarray(cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0, np.bool_)


def judge(folder: Path, finder: OnnxFaceFinder, teacher: Teacher) -> str:
    """Return a line of the table."""
    rows = []
    for file in sorted(folder.glob("*_live.png")):
        both = file, file.with_name(file.name.replace("_live", "_sent"))
        live, sent = (np.asarray(cv2.imread(str(f)), np.uint8) for f in both)
        frame = Frame(live, 0, 0)
        boxes = finder.detect(frame)
        if not boxes:
            continue
        same = _inner(cv2.absdiff(live, sent).max(2) < SAME)
        parts = find_head(live, finder.mesh(frame, boxes[0]).points, teacher)
        rows.append([(same & part).sum() / part.sum() if part.sum() > LEAST_PX else np.nan for part in parts])
    shown = np.array(rows)
    hair, head = (f"{np.nanmean(c):.1%} / {np.nanmax(c):.1%}" for c in shown.T)
    return f"{folder.name:<24} {len(rows):>3} pictures  hair left {hair}  head left {head}"


def main() -> None:
    """Read the arguments, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("folders", type=Path, nargs="+")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    finder, teacher = open_finder(1, 1), Teacher(args.data)
    for folder in args.folders:
        print(judge(folder, finder, teacher), flush=True)


if __name__ == "__main__":
    main()
