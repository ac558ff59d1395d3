"""Follow a head through the turns it was asked for.

A picture of a head does not get through.
"""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.face import Points
from livecam.core.pose import fit_pose
from livecam.enrollment.challenge import Challenge, Move

YAW_DEG: Final = 20.0
PITCH_DEG: Final = 12.0
STRAIGHT_DEG: Final = 10.0
"""How far from straight still counts as looking straight."""
FRONT_DEG: Final = 25.0
"""How far from the camera's axis a person may sit."""
DEPTH: Final = 0.03
"""How far points of a turned head lie from any flat picture of it, in eye distances. The head of the sample clip is at
0.064 and above when it has turned far enough; its picture, turned by up to 55 degrees in the hand or bent, at 0.023 and
below."""
QUICKEST_S: Final = 0.15
ANSWER_S: Final = 6.0
SETTLE_S: Final = 15.0
LONGEST_GAP_S: Final = 0.5
"""Longer without a face, and it could be another one."""


class Stage(StrEnum):
    """Where a person is in it."""

    STRAIGHT = "straight"
    TURN = "turn"
    DONE = "done"
    FAILED = "failed"


class HeadTurns:
    """One attempt; fed with a mesh per frame.

    Attributes:
        stage: What is awaited now.
        asked: The turn that is asked for, in `Stage.TURN`.
        why: What went wrong, in `Stage.FAILED`.
        done: What was seen, one line for each turn.
        front: Meshes (468, 3) of the person looking straight.
    """

    def __init__(self, challenge: Challenge) -> None:
        """Begin with looking straight."""
        self.stage, self.asked, self.why = Stage.STRAIGHT, challenge.moves[0], ""
        self.done: list[str] = []
        self.front: list[Points] = []
        self._challenge = challenge
        self._base: NDArray[np.float64] | None = None
        self._held: list[NDArray[np.float64]] = []
        self._held_ns = self._stage_ns = self._seen_ns = -1
        self._between = 0

    def see(self, points: Points | None, now_ns: int, faces: int = 1) -> Stage:
        """Return the next frame.

        Args:
            points: (468, 3) the face's mesh; None where no face was found.
            now_ns: When it was captured.
            faces: How many clear faces are in it.

        Returns:
            The stage from now on.
        """
        if self.stage in (Stage.DONE, Stage.FAILED):
            return self.stage
        if self._stage_ns < 0:
            self._stage_ns = self._seen_ns = now_ns
        if faces > 1:
            return self._fail("another person is in the picture")
        if points is None:
            started = self._base is not None
            if started and now_ns - self._seen_ns > LONGEST_GAP_S * NS_PER_S:
                return self._fail("the face was lost")
            self._held.clear()
            return self._too_late(now_ns)
        if self._base is not None and now_ns - self._seen_ns > LONGEST_GAP_S * NS_PER_S:
            return self._fail("the face was lost")
        self._seen_ns = now_ns
        pose = fit_pose(points)
        turned = np.array([pose.yaw_deg, pose.pitch_deg])
        return (
            self._straight(points, turned, now_ns)
            if self.stage is Stage.STRAIGHT
            else self._turn(points, turned, now_ns)
        )

    def _straight(self, points: Points, turned: NDArray[np.float64], now_ns: int) -> Stage:
        middle, limit = (np.zeros(2), FRONT_DEG) if self._base is None else (self._base, STRAIGHT_DEG)
        first = self._held[0] if self._held else turned
        if np.abs(turned - middle).max() > limit or np.abs(turned - first).max() > STRAIGHT_DEG:
            self._held.clear()
            return self._too_late(now_ns)
        if not self._held:
            self._held_ns = now_ns
        self._held.append(turned)
        self.front.append(points)
        if now_ns - self._held_ns >= self._challenge.holds_ns[len(self.done)]:
            if self._base is None:
                self._base = np.median(self._held, axis=0)
            self._held.clear()
            self._between = 0
            self.stage, self._stage_ns = Stage.TURN, now_ns
            return self.stage
        return self._too_late(now_ns)

    def _turn(self, points: Points, turned: NDArray[np.float64], now_ns: int) -> Stage:
        assert self._base is not None
        yaw, pitch = (turned - self._base) / (YAW_DEG, PITCH_DEG)
        reach = {Move.LEFT: yaw, Move.RIGHT: -yaw, Move.UP: pitch, Move.DOWN: -pitch}
        far = max(reach, key=lambda move: float(reach[move]))
        if reach[far] < 1:
            self._between += bool(reach[far] > 0.25)
            return self._too_late(now_ns)
        after_s = (now_ns - self._stage_ns) / NS_PER_S
        if far is not self.asked:
            return self._fail(f"the head turned {far} where {self.asked} was asked for")
        if after_s < QUICKEST_S or not self._between:
            return self._fail("the head turned before the word could be read, or jumped")
        depth = measure_depth(self.front[-1], points)
        if depth < DEPTH:
            return self._fail("it turned like a flat picture")
        self.done.append(f"head turned {far} {after_s:.1f} s after it was asked")
        self.stage, self._stage_ns = Stage.STRAIGHT, now_ns
        if len(self.done) == len(self._challenge.moves):
            self.stage = Stage.DONE
        else:
            self.asked = self._challenge.moves[len(self.done)]
        return self.stage

    def _too_late(self, now_ns: int) -> Stage:
        limit_s = SETTLE_S if self.stage is Stage.STRAIGHT else ANSWER_S
        if now_ns - self._stage_ns > limit_s * NS_PER_S:
            straight = self.stage is Stage.STRAIGHT
            return self._fail(
                "no face looked straight into the camera" if straight else f"the head did not turn {self.asked}"
            )
        return self.stage

    def _fail(self, why: str) -> Stage:
        self.stage, self.why = Stage.FAILED, why
        return self.stage


def measure_depth(front: Points, turned: Points) -> float:
    """Return how far a turned head (468, 3) is from any flat picture of it.

    In eye distances.

    A flat picture, however it is held, shows points moved by a homography; what remains next to the best one is depth.
    """
    there = np.hstack([front[:, :2], np.ones((len(front), 1), np.float32)]).astype(np.float64)
    matrix = _homography(there, turned[:, :2].astype(np.float64))
    shown = there @ matrix.T
    shown = shown[:, :2] / shown[:, 2:]
    distance_px = max(float(np.linalg.norm(front[33, :2] - front[263, :2])), 1e-6)
    return float(np.sqrt(((shown - turned[:, :2]) ** 2).sum(1).mean())) / distance_px


def _homography(there: NDArray[np.float64], here: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the homography (3, 3) from points (n, 3) to points (n, 2).

    Direct linear transform.
    """
    middle, spread = here.mean(0), max(float(here.std()), 1e-6)
    x, y = ((here - middle) / spread).T
    start = there[:, :2].mean(0), max(float(there[:, :2].std()), 1e-6)
    even = np.column_stack([(there[:, :2] - start[0]) / start[1], there[:, 2]])
    zero = np.zeros_like(even)
    rows = np.vstack([np.hstack([even, zero, -x[:, None] * even]), np.hstack([zero, even, -y[:, None] * even])])
    found = np.linalg.svd(rows, full_matrices=False)[2][-1].reshape(3, 3)
    to_even = np.array([[1, 0, -start[0][0]], [0, 1, -start[0][1]], [0, 0, start[1]]]) / start[1]
    back = np.array([[spread, 0, middle[0]], [0, spread, middle[1]], [0, 0, 1]])
    return np.asarray(back @ found @ to_even, np.float64)
