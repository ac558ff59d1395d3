"""Measure the shipped segmentation network against the teachers.

On clips it was not trained on.

    python -m training.segment.evaluate_segment --data DIR [--clips FILE ...]

Per clip: intersection over union of hair and of the whole person, as the output is used live: each look is given the
one before. Without --clips: the sign-language clips that were kept apart.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.finder import OnnxFaceFinder, open_finder
from engines.segment.segmenter import OnnxHeadSegmenter, open_segmenter
from livecam.core.frame import Frame
from livecam.core.segmentation import HeadClass, HeadParts
from training.segment.rows import HELDOUT_CLIPS, LABEL_HEIGHTS
from training.segment.teachers import Teacher

CLIPS = "footage/intel_asl_ccby4/{}.mkv"
EVERY_FRAMES, MOST_FRAMES = 4, 30
SEEN = 0.5

Picture = NDArray[np.uint8]


def read_frames(file: Path) -> Iterator[Picture]:
    """Yield every fourth frame, at most thirty."""
    clip, index = cv2.VideoCapture(str(file)), 0
    while index < EVERY_FRAMES * MOST_FRAMES and (read := clip.read())[0]:
        if index % EVERY_FRAMES == 0:
            yield np.asarray(read[1], np.uint8)
        index += 1


def overlap(found: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> float:
    """Return intersection over union; NaN where neither holds anything."""
    union = int((found | wanted).sum())
    return float((found & wanted).sum() / union) if union else float("nan")


def judge_frame(
    parts: HeadParts, picture: Picture, points: NDArray[np.float32], teacher: Teacher
) -> tuple[float, float]:
    """Return the overlap of hair and of person.

    With the teachers' in the network's square.
    """
    size = parts.shares.shape[1:]
    hair, person = (
        cv2.warpAffine(share, parts.to_map, size[::-1], flags=cv2.INTER_AREA) > SEEN
        for share in teacher.look(picture, points, LABEL_HEIGHTS)
    )
    own = parts.shares[HeadClass.HAIR] > SEEN, parts.shares[HeadClass.BACKGROUND] < SEEN
    return overlap(own[0], hair & person), overlap(own[1], person)


def judge_clip(file: Path, finder: OnnxFaceFinder, segmenter: OnnxHeadSegmenter, teacher: Teacher) -> str:
    """Return a line of the table."""
    rows, last = [], None
    for number, picture in enumerate(read_frames(file)):
        frame = Frame(picture, number, number)
        boxes = finder.detect(frame)
        if not boxes:
            last = None
            continue
        points = finder.mesh(frame, boxes[0]).points
        parts = segmenter.segment(picture, points, last)
        last = parts.head
        rows.append(judge_frame(parts, picture, points, teacher))
    hair, person = np.nanmean(np.array(rows).reshape(-1, 2), axis=0)
    return f"{file.stem:<12} {len(rows):>3} frames  hair {hair:.2f}  person {person:.2f}"


def main() -> None:
    """Read the arguments, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--clips", type=Path, nargs="*")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    files = args.clips or [args.data / CLIPS.format(name) for name in HELDOUT_CLIPS]
    finder, segmenter, teacher = open_finder(1, 1), open_segmenter(), Teacher(args.data)
    for file in files:
        print(judge_clip(file, finder, segmenter, teacher), flush=True)


if __name__ == "__main__":
    main()
