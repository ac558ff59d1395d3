"""Head and expression by an outside judge: MediaPipe's face landmarker looks at the camera's picture and at the output.

    python benchmarks/quality/judge.py --landmarker face_landmarker.task [--clip CLIP] [--json judge.json]

Needs the extra `train` (mediapipe) and the landmarker's `.task` file with blendshapes. livecam and the classical way
(triangles bent, seamlessClone) draw the same frames. Pose: angle between the 4x4 poses the judge finds, degrees.
Expression: mean distance of its 52 blendshapes, in hundredths; following: the same less its mean over the clip, since
another person's brows and lips read as an expression that never changes. The untouched picture scores 0 in all three.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.standins import Livecam, Peer, WarpAndClone
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.frame import Frame, Pixels
from livecam.devices.media.sample import load_sample_scenes
from livecam.devices.source import open_source
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.plugins import open_face_finder, open_texture_engine

SIZE_WH, PERIOD_NS, WARMUP = (1280, 720), NS_PER_S // 30, 10
LEFT_OUT = ("covered", "away")
"""Scenes in which there is no whole face to judge."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge saw: rotation (3, 3) and blendshapes (52,) 0..1."""

    rotation: NDArray[np.float64]
    blendshapes: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One way to draw, one persona.

    Attributes:
        frames: How many were judged.
        seen: Share of outputs in which a face was found.
        pose_deg: Median over frames.
        expression, following: Means over frames and blendshapes, hundredths.
    """

    way: str
    persona: str
    frames: int
    seen: float
    pose_deg: float
    expression: float
    following: float


def angle_deg(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Angle between two rotations (3, 3)."""
    cosine = (np.trace(a.T @ b) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


class Landmarker:
    """MediaPipe's face landmarker on single pictures."""

    def __init__(self, file: Path) -> None:
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(file)),
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
            num_faces=1,
        )
        self._image: Any = mp.Image
        self._srgb: Any = mp.ImageFormat.SRGB
        self._model: Any = vision.FaceLandmarker.create_from_options(options)

    def look(self, picture: Pixels) -> Verdict | None:
        """What is seen on a picture (h, w, 3) BGR; None without a face."""
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        result = self._model.detect(self._image(image_format=self._srgb, data=rgb))
        if not result.face_blendshapes:
            return None
        pose = np.asarray(result.facial_transformation_matrixes[0], np.float64)[:3, :3]
        rotation = pose / np.linalg.norm(pose, axis=0)
        return Verdict(rotation, np.array([shape.score for shape in result.face_blendshapes[0]], np.float64))


def frames_of(clip: str) -> Iterator[Frame]:
    """The clip's frames; the sample clip's without the scenes that hide the face."""
    hidden = {n for name in LEFT_OUT for n in load_sample_scenes()[name]} if clip == "sample" else set()
    source = open_source(clip, size_wh=SIZE_WH if clip == "sample" else None, clock=ManualClock(), paced=False)
    try:
        for number, frame in enumerate(iter(source.read, None)):
            if number not in hidden:
                yield Frame(frame.pixels, number * PERIOD_NS, number)
    finally:
        source.close()


def judge(
    peer: Peer,
    persona: str,
    frames: list[Frame],
    look: Callable[[Pixels], Verdict | None],
    before: list[Verdict | None],
) -> Row:
    """Let a peer draw the frames and compare what is seen on them with what was seen before."""
    nothing = np.zeros((468, 3), np.float32)
    pairs, shown = [], 0
    for number, frame in enumerate(frames):
        picture, seen = peer.draw(frame, nothing), before[number]
        if number < WARMUP or seen is None:
            continue
        shown += 1
        if (after := look(picture)) is not None:
            pairs.append((seen, after))
    return row_of(peer.name, persona, shown, pairs)


def row_of(way: str, persona: str, shown: int, pairs: list[tuple[Verdict, Verdict]]) -> Row:
    """The figures of what was seen before and after, out of so many frames shown."""
    if not pairs:
        return Row(way, persona, shown, 0.0, *(float("nan"),) * 3)
    pose_deg = float(np.median([angle_deg(before.rotation, after.rotation) for before, after in pairs]))
    change = 100 * np.array([after.blendshapes - before.blendshapes for before, after in pairs])
    raw, following = np.abs(change).mean(), np.abs(change - change.mean(0)).mean()
    figures = (round(len(pairs) / shown, 4), round(pose_deg, 2), round(float(raw), 2), round(float(following), 2))
    return Row(way, persona, shown, *figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--landmarker", type=Path, required=True)
    parser.add_argument("--clip", default="sample")
    parser.add_argument("--every", type=int, default=1, help="judge every n-th frame only")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    look, finder = Landmarker(given.landmarker).look, open_face_finder()
    frames = list(frames_of(given.clip))
    before = [look(frame.pixels) if n % given.every == 0 else None for n, frame in enumerate(frames)]
    rows = []
    for name in builtin_names():
        persona = open_builtin(name)
        engine = open_texture_engine("auto")
        for peer in (Livecam(finder, engine, persona, frames[0].size_wh), WarpAndClone(finder, persona)):
            rows.append(judge(peer, name, frames, look, before))
            print(rows[-1], flush=True)
    if given.json:
        shown = {"machine": describe_machine(), "clip": Path(given.clip).name, "rows": [asdict(row) for row in rows]}
        given.json.write_text(json.dumps(shown, indent=2) + "\n")


if __name__ == "__main__":
    main()
