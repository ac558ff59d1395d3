"""First pass over a clip: locate the face, and average it over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import ManualClock
from livecam.core.face import FaceMesh, Points
from livecam.core.ports import FaceFinder
from livecam.devices.media.sample import SAMPLE_TRUTH
from livecam.devices.source import open_source
from livecam.video.tracking.tracker import FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig

STEADY_FRAMES = 3.0
_REACH = int(3 * STEADY_FRAMES)


@dataclass(frozen=True, slots=True, eq=False)
class FollowedFace:
    """A face in one frame of a clip.

    Attributes:
        mesh: As a session has it, smoothed forwards in time.
        steady: (468, 3) averaged over neighbouring frames on both sides: it follows the head without jitter.
    """

    mesh: FaceMesh
    steady: Points


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Ground truth of the sample clip.

    Attributes:
        points: (frames, 468, 3) mesh in pixels.
        hidden: (frames, 468) points behind a hand or a mug.
        visible: (frames,) whether the head is wholly in the picture.
    """

    points: NDArray[np.float32]
    hidden: NDArray[np.bool_]
    visible: NDArray[np.bool_]


def load_sample_truth() -> Truth:
    """Return the ground truth of the sample clip."""
    with np.load(SAMPLE_TRUTH, allow_pickle=False) as file:
        points = file["points"].astype(np.float32) / float(file["subpixels"])
        return Truth(points, file["hidden"], file["visible"] & (file["inside"] == 1))


def follow(clip: str, finder: FaceFinder) -> Mapping[int, FollowedFace]:
    """Return the first confirmed face of every frame, by the frame's number.

    Raises:
        CameraError: The clip cannot be read.
        EngineError: A network failed.
    """
    source, tracker = open_source(clip, clock=ManualClock(), paced=False), FaceTracker(finder, TrackerConfig())
    try:
        meshes = {}
        while (frame := source.read()) is not None:
            for tracked in tracker.detect(frame)[:1]:
                meshes[frame.seq] = tracked.mesh
    finally:
        source.close()
    return {
        seq: FollowedFace(meshes[seq], steady)
        for run in split_runs(meshes)
        for seq, steady in average_runs(run, meshes)
    }


def split_runs(meshes: Mapping[int, FaceMesh]) -> list[list[int]]:
    """Return runs of frame numbers, cut where one is missing."""
    found: list[list[int]] = [[]]
    for before, seq in pairwise([None, *sorted(meshes)]):
        if before is not None and seq is not None and seq != before + 1:
            found.append([])
        if seq is not None:
            found[-1].append(seq)
    return [run for run in found if run]


def average_runs(run: list[int], meshes: Mapping[int, FaceMesh]) -> list[tuple[int, Points]]:
    """Return the points of a run, averaged over neighbouring frames.

    Its ends are extended.
    """
    points = np.stack([meshes[seq].points for seq in run])
    kernel = np.exp(-0.5 * (np.arange(-_REACH, _REACH + 1) / STEADY_FRAMES) ** 2)
    padded = np.concatenate([points[:1].repeat(_REACH, 0), points, points[-1:].repeat(_REACH, 0)])
    mean = sum(k * padded[i : i + len(points)] for i, k in enumerate(kernel / kernel.sum()))
    return list(zip(run, np.asarray(mean, np.float32), strict=True))
