"""Choose which pictures of a clip are learned from.

Sharp, lit, not turned away, and each different from the others.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import FaceMesh
from livecam.core.frame import Pixels
from livecam.core.pose import fit_pose
from livecam.video.atlas.detail import GAIN, FaceDetail, read_detail
from livecam.video.atlas.unroll import SIDE_PX, atlas_of
from trainer.crops import cut_crop
from trainer.material import Material, is_held_out

Floats = NDArray[np.float32]
MOST: Final = 1000
"""Pictures of one enrolment: 77 MB at most, however long the clips are."""
SMALL, TURNED, DARK, BLURRED, UNSURE, REPEATED = "too small", "turned away", "too dark", "blurred", "unsure", "repeated"
_LEAST_PX: Final = 90.0
_MOST_YAW_DEG, _MOST_PITCH_DEG = 35.0, 30.0
_DARKEST: Final = 22.0
_LEAST_SCORE: Final = 0.6
_BLURRED_SHARE: Final = 0.5
_JUDGED_AFTER: Final = 12
_REMEMBERED: Final = 400
_ALIKE: Final = 0.003
_FURTHER: Final = 1.4
_EYE_SHARE: Final = 0.05
_DEGREES: Final = 15.0 / 0.02
_MOVING: Final = np.unique(
    np.concatenate(
        [
            topology.INNER_LIPS,
            topology.OUTER_LIPS,
            topology.RIGHT_BROW,
            topology.LEFT_BROW,
            topology.RIGHT_UPPER_LID,
            topology.LEFT_UPPER_LID,
            topology.RIGHT_LOWER_LID,
            topology.LEFT_LOWER_LID,
        ]
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    points: Floats
    detail: NDArray[np.uint8]
    at_ns: int
    traits: Floats
    tone: Floats
    crop: Pixels


@dataclass(slots=True)
class Collector:
    """Takes pictures one by one and keeps the best few, within bounds.

    Attributes:
        most: Number kept.
        dropped: Why pictures were left out, with their number.
        seen: Number of pictures looked at.
    """

    most: int = MOST
    dropped: Counter[str] = field(default_factory=Counter)
    seen: int = 0
    _kept: list[_Kept] = field(default_factory=list)
    _sharpness: list[float] = field(default_factory=list)
    _apart: float = _ALIKE

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, pixels: Pixels, mesh: FaceMesh, at_ns: int) -> str | None:
        """Take a picture in.

        Args:
            pixels: (h, w, 3) uint8 BGR.
            mesh: The face in it.
            at_ns: Its time; clips follow each other.

        Returns:
            Why it was left out; None when it was kept.
        """
        self.seen += 1
        reason = self._judge(pixels, mesh, at_ns)
        if reason is not None:
            self.dropped[reason] += 1
        return reason

    def _judge(self, pixels: Pixels, mesh: FaceMesh, at_ns: int) -> str | None:
        points, pose = mesh.points, fit_pose(mesh.points)
        if mesh.score < _LEAST_SCORE:
            return UNSURE
        if float(np.ptp(points[:, 1])) < _LEAST_PX:
            return SMALL
        if abs(pose.yaw_deg) > _MOST_YAW_DEG or abs(pose.pitch_deg) > _MOST_PITCH_DEG:
            return TURNED
        seen = read_detail(pixels, points)
        if float(seen.tone.mean()) < _DARKEST:
            return DARK
        if self._is_blurred(seen):
            return BLURRED
        traits = _measure_traits(pose.undo(points), seen, pose.yaw_deg, pose.pitch_deg)
        if self._is_repeated(traits, at_ns):
            return REPEATED
        crop = cut_crop(pixels, points)
        self._kept.append(_Kept(points.astype(np.float32), seen.detail, at_ns, traits, seen.tone, crop))
        while len(self._kept) > self.most:
            self._thin_out()
        return None

    def _is_blurred(self, seen: FaceDetail) -> bool:
        """Whether a picture is much less sharp than this clip usually is.

        Moved too fast, or out of focus.
        """
        sharpness = measure_sharpness(seen.detail)
        usual = float(np.median(self._sharpness)) if len(self._sharpness) >= _JUDGED_AFTER else 0.0
        self._sharpness = [*self._sharpness[-_REMEMBERED:], sharpness]
        return sharpness < _BLURRED_SHARE * usual

    def _is_repeated(self, traits: Floats, at_ns: int) -> bool:
        held = _is_held(at_ns)
        others = [one.traits for one in self._kept if _is_held(one.at_ns) == held]
        return bool(others) and float(np.min(_distances(np.array(others), traits))) < self._apart

    def _thin_out(self) -> None:
        """Ask for a larger difference, and drop what no longer differs enough."""
        self._apart *= _FURTHER
        before, self._kept = self._kept, []
        for one in before:
            if self._is_repeated(one.traits, one.at_ns):
                self.dropped[REPEATED] += 1
            else:
                self._kept.append(one)

    def finish(self) -> Material:
        """Return what was kept, in the order of time; empty where nothing was."""
        if not self._kept:
            empty = np.zeros((0, SIDE_PX, SIDE_PX, 3), np.uint8)
            return Material(
                np.zeros((0, 468, 3), np.float32), empty, np.zeros(0, np.int64), np.full(3, 128, np.float32)
            )
        return Material(
            np.array([one.points for one in self._kept]),
            np.array([one.detail for one in self._kept]),
            np.array([one.at_ns for one in self._kept], np.int64),
            np.median([one.tone for one in self._kept], axis=0).astype(np.float32),
            np.array([one.crop for one in self._kept]),
        )


def measure_sharpness(detail: NDArray[np.uint8]) -> float:
    """Return the energy of fine structure in the face of an atlas (n, n, 3)."""
    grey = cv2.cvtColor(detail, cv2.COLOR_BGR2GRAY)
    return float(np.asarray(cv2.Laplacian(grey, cv2.CV_32F))[atlas_of(detail.shape[0]).face].std())


def look_of_eyes(detail: NDArray[np.uint8]) -> Floats:
    """Return how bright the parts of both eyes are (2, 4, 6), 1 as plain skin.

    Where the irises are.
    """
    atlas, grey = atlas_of(detail.shape[0]), cv2.cvtColor(detail, cv2.COLOR_BGR2GRAY)
    looks = []
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE):
        low = np.maximum(np.floor(atlas.points[ring].min(0)).astype(int), 0)
        high = np.ceil(atlas.points[ring].max(0)).astype(int) + 1
        part = grey[low[1] : high[1], low[0] : high[0]]
        looks.append(cv2.resize(part, (6, 4), interpolation=cv2.INTER_AREA))
    return np.asarray(np.array(looks, np.float32) / GAIN, np.float32)


def _measure_traits(shape: Floats, seen: FaceDetail, yaw_deg: float, pitch_deg: float) -> Floats:
    """Return numbers by which two pictures differ.

    Expression, gaze and pose, on one scale.
    """
    moving = shape[_MOVING].ravel() / np.sqrt(len(_MOVING))
    eyes = look_of_eyes(seen.detail).ravel() * (_EYE_SHARE / np.sqrt(48))
    return np.concatenate([moving, eyes, [yaw_deg / _DEGREES, pitch_deg / _DEGREES]]).astype(np.float32)


def _distances(many: Floats, one: Floats) -> Floats:
    return np.asarray(np.linalg.norm(many - one, axis=1), np.float32)


def _is_held(at_ns: int) -> bool:
    return bool(is_held_out(np.array([at_ns], np.int64))[0])
