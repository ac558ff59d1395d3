"""Label faces in clips of real people, for WORK/shards/clips.npz.

The labels are the teacher's points, averaged over views of a crop.

    python -m training.face.clips --data DIR --work WORK

Three of the sign-language clips are kept for WORK/heldout/clips.npz. The teacher hardly closes its lids: where its
blink score is high they are closed here, and where it is undecided the frame is left out.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import Square, cut, matrix_to_crop, points_to_frame
from training.face.expressions import lower_lids
from training.face.label import TASK_FILE, average_points
from training.face.shards import Shard, surroundings
from training.face.teacher import TaughtFace, Teacher

CLIPS = ("footage/intel_asl_ccby4/*.mkv", "footage/intel_preview_ccby4/*.gif")
FINDER = "models/yunet/*640*.onnx"
HELDOUT = ("eat", "milk", "thanks")
EVERY_FRAMES, REST_FRAMES, SIGNING = 3, 8, ".mkv"
CONTEXT, CONTEXT_PX = 2.2, 384
BLINKS = slice(9, 11)
OPEN_BELOW, SHUT_ABOVE = 0.35, 0.6

Picture = NDArray[np.uint8]


def frames(file: Path) -> Iterator[tuple[Picture, bool]]:
    """Yield every third frame of a clip, and whether the person is at rest.

    Rest is before the hands rise, or after they are down again.
    """
    clip = cv2.VideoCapture(str(file))
    count = int(clip.get(cv2.CAP_PROP_FRAME_COUNT))
    index = 0
    while True:
        ok, frame = clip.read()
        if not ok:
            return
        if index % EVERY_FRAMES == 0:
            rest = file.suffix == SIGNING and not REST_FRAMES <= index < count - REST_FRAMES
            yield np.asarray(frame, np.uint8), rest
        index += 1


def label_frame(frame: Picture, finder: cv2.FaceDetectorYN, teacher: Teacher) -> Iterator[TaughtFace]:
    """Find faces in a frame, and average the teacher over views of each.

    Points are in frame pixels.
    """
    finder.setInputSize((frame.shape[1], frame.shape[0]))
    found = finder.detect(frame)[1]
    for left, top, width, height in () if found is None else found[:, :4]:
        square = Square((left + width / 2, top + height / 2), CONTEXT * max(width, height), 0.0)
        matrix = matrix_to_crop(square, CONTEXT_PX)
        taught = average_points(cut(frame, matrix, CONTEXT_PX), teacher)
        if taught is not None:
            yield TaughtFace(points_to_frame(taught[0].points, matrix), taught[0].blendshapes)


def add(shard: Shard, frame: Picture, face: TaughtFace, rest: bool) -> None:
    """Add a frame unless its lids are in doubt."""
    shut = face.blendshapes[BLINKS]
    if ((shut > OPEN_BELOW) & (shut < SHUT_ABOVE)).any():
        return
    left, right = (float(s > SHUT_ABOVE) for s in shut)
    picture, points = surroundings(frame, face.points)
    shard.add(picture, lower_lids(points, right, left)[0], 1 - max(left, right), 0.0, rest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    args = parser.parse_args()
    shards = {"shards": Shard(), "heldout": Shard()}
    finder = cv2.FaceDetectorYN.create(str(next(args.data.glob(FINDER))), "", (640, 480), 0.7)
    with Teacher(args.data / TASK_FILE) as teacher:
        for file in sorted(f for pattern in CLIPS for f in args.data.glob(pattern)):
            for frame, rest in frames(file):
                for face in label_frame(frame, finder, teacher):
                    add(shards["heldout" if file.stem in HELDOUT else "shards"], frame, face, rest)
    for folder, shard in shards.items():
        (args.work / folder).mkdir(parents=True, exist_ok=True)
        shard.save(args.work / folder / "clips.npz")
        print(f"{folder}: {len(shard.jpg)} faces, {sum(e < 0.5 for e in shard.eyes_open)} with shut eyes")


if __name__ == "__main__":
    main()
