"""Smooth a face so that it rests when still and does not lag when moving.

One filter is for the pose, one for the shape that remains. Both are One-Euro filters (Casiez, Roussel, Vogel 2012): a
low cut-off at rest, raised with speed. The pose is estimated from 468 points at once and needs little filtering. The
rest, the expression, hardly changes with the head. It can be filtered more, except lids and lips.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.face import POINT_COUNT, FaceMesh
from livecam.core.pose import Pose, find_pose
from livecam.core.topology import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    OUTER_LIPS,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
)

Floats = NDArray[np.float32]
_LIDS = (LEFT_EYE, RIGHT_EYE, LEFT_UPPER_LID, RIGHT_UPPER_LID, LEFT_LOWER_LID, RIGHT_LOWER_LID)


@dataclass(frozen=True, slots=True)
class SmoothingConfig:
    """Cut-off frequencies.

    Attributes:
        pose_hz: Of a head at rest.
        pose_hz_per_speed: Added per eye distance a second; 16 bounds the lag to about 1 % of the eye distance.
        shape_hz: Of a face at rest; `lips_hz` and `lids_hz` for the parts that move fast.
        shape_hz_per_speed: Added per eye distance a second of the point's own motion.
        pose_rest_speed, shape_rest_speed: Eye distances a second that noise alone makes; only what is above counts.
        full_detail_px: Eye distance below which noise grows, in eye distances, as the face gets smaller.
        speed_hz: How fast the speed itself is learned.
        gap_s: After a longer gap the past is forgotten.
    """

    pose_hz: float = 1.2
    pose_hz_per_speed: float = 20.0
    pose_rest_speed: float = 0.03
    shape_hz: float = 1.0
    lips_hz: float = 4.0
    lids_hz: float = 7.0
    shape_hz_per_speed: float = 20.0
    shape_rest_speed: float = 0.1
    full_detail_px: float = 90.0
    speed_hz: float = 4.0
    gap_s: float = 0.3


def _shape_cutoffs(rules: SmoothingConfig) -> Floats:
    hz = np.full((POINT_COUNT, 1), rules.shape_hz, np.float32)
    hz[np.concatenate([LEFT_BROW, RIGHT_BROW])] = 2 * rules.shape_hz
    hz[np.concatenate([INNER_LIPS, OUTER_LIPS])] = rules.lips_hz
    hz[np.concatenate(_LIDS)] = rules.lids_hz
    return hz


def smoothing_factor(cutoff_hz: Floats, step_s: float) -> Floats:
    """Return a first-order low-pass's share of the new value.

    0 keeps the old one, 1 follows at once.
    """
    turn = np.float32(2 * np.pi * step_s) * cutoff_hz
    return np.asarray(turn / (turn + 1), np.float32)


class OneEuro:
    """The filter over an array; each row has its own speed and cut-off."""

    def __init__(
        self, rest_hz: Floats, hz_per_speed: float | Floats, rest_speed: float | Floats, speed_hz: float | Floats
    ) -> None:
        """Set numbers or arrays (1, 1) or (n, 1); speeds are lengths of rows per second."""
        self._rest_hz, self._speed_hz = rest_hz, np.asarray(speed_hz, np.float32)
        self._hz_per_speed, self._rest_speed = np.asarray(hz_per_speed, np.float32), np.asarray(rest_speed, np.float32)
        self.value: Floats | None = None
        self.velocity: Floats = np.zeros((1, 1), np.float32)

    def reset(self) -> None:
        """Forget the past."""
        self.value = None

    def update(self, measured: Floats, step_s: float, noise: float = 1.0) -> Floats:
        """Add a value (n, k) measured `step_s` after the last one.

        `noise` scales the speed that noise makes.
        """
        if self.value is None:
            self.value, self.velocity = measured, np.zeros_like(measured)
            return measured
        seen = (measured - self.value) / np.float32(step_s)
        self.velocity = self.velocity + smoothing_factor(self._speed_hz, step_s) * (seen - self.velocity)
        speed = np.sqrt(np.einsum("nk,nk->n", self.velocity, self.velocity))[:, None]
        excess = np.maximum(speed - self._rest_speed * np.float32(noise), np.float32(0))
        share = smoothing_factor(self._rest_hz + self._hz_per_speed * excess, step_s)
        self.value = self.value + share * (measured - self.value)
        return self.value


def to_rotation_vector(rotation: Floats) -> Floats:
    """Return axis times angle (3,) of a rotation (3, 3) of less than half a turn."""
    (a, b, c), (d, e, f), (g, h, i) = rotation.tolist()
    x, y, z = h - f, c - g, d - b
    sine, cosine = math.sqrt(x * x + y * y + z * z) / 2, (a + e + i - 1) / 2
    share = (math.atan2(sine, cosine) / sine if sine > 1e-9 else 1.0) / 2
    return np.array([x * share, y * share, z * share], np.float32)


def to_rotation(vector: Floats) -> Floats:
    """Return the rotation (3, 3) about an axis by its length (Rodrigues)."""
    x, y, z = vector.tolist()
    angle = math.sqrt(x * x + y * y + z * z)
    if angle < 1e-9:
        return np.eye(3, dtype=np.float32)
    x, y, z = x / angle, y / angle, z / angle
    sine, rest = math.sin(angle), 1 - math.cos(angle)
    return np.array([
        [1 - rest * (y * y + z * z), rest * x * y - sine * z, rest * x * z + sine * y],
        [rest * x * y + sine * z, 1 - rest * (x * x + z * z), rest * y * z - sine * x],
        [rest * x * z - sine * y, rest * y * z + sine * x, 1 - rest * (x * x + y * y)],
    ], np.float32)  # fmt: skip


class FaceSmoother:
    """Smooths one face's meshes, each given with the time it was seen at."""

    def __init__(self, rules: SmoothingConfig | None = None) -> None:
        self._rules = rules = rules or SmoothingConfig()
        rest = np.full((1, 1), rules.pose_hz, np.float32)
        self._pose = OneEuro(rest, rules.pose_hz_per_speed, rules.pose_rest_speed, rules.speed_hz)
        self._shape = OneEuro(_shape_cutoffs(rules), rules.shape_hz_per_speed, rules.shape_rest_speed, rules.speed_hz)
        self._reference = Pose(1.0, np.eye(3, dtype=np.float32), np.zeros(3, np.float32))
        self._seen_ns: int | None = None

    def reset(self) -> None:
        """Forget the past; the next mesh is taken as it is."""
        self._seen_ns = None
        self._pose.reset()
        self._shape.reset()

    def update(self, mesh: FaceMesh) -> FaceMesh:
        """Return the smoothed mesh with its velocity.

        Meshes must come in the order of their times.
        """
        step_s = 0.0 if self._seen_ns is None else (mesh.seen_ns - self._seen_ns) / NS_PER_S
        if not 0 < step_s <= self._rules.gap_s:
            self.reset()
            step_s = 1.0
        self._seen_ns = mesh.seen_ns
        pose = find_pose(mesh)
        noise = max(1.0, self._rules.full_detail_px / max(pose.scale, 1.0))
        shape = self._shape.update(pose.undo(mesh.points), step_s, noise)
        if self._pose.value is None:
            self._reference = pose
        smooth = self._pose.update(self._relative(pose), step_s, noise)
        points = self._absolute(smooth).apply(shape)
        ahead = self._absolute(smooth + self._pose.velocity * _LOOK_AHEAD_S).apply(shape)
        return replace(mesh, points=points, velocity=(ahead - points) / _LOOK_AHEAD_S)

    def _relative(self, pose: Pose) -> Floats:
        """Return the pose as (1, 7), relative to the first pose.

        It has the offset in eye distances, the rotation in radians, and the log scale. The units agree: a rotation of
        1 rad moves the face's outline by about one eye distance.
        """
        first = self._reference
        offset = (pose.offset - first.offset) / np.float32(first.scale)
        turn = to_rotation_vector(pose.rotation @ first.rotation.T)
        return np.concatenate([offset, turn, [np.log(pose.scale / first.scale)]]).astype(np.float32)[None]

    def _absolute(self, relative: Floats) -> Pose:
        first, row = self._reference, relative[0]
        offset = first.offset + row[:3] * np.float32(first.scale)
        return Pose(float(first.scale * np.exp(row[6])), to_rotation(row[3:6]) @ first.rotation, offset)


_LOOK_AHEAD_S: Final = np.float32(0.01)
