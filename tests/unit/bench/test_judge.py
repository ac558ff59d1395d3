"""The comparison with an outside judge, with a judge of our own: no defect reads 0, each planted one is noticed."""

import cv2
import numpy as np
import pytest

from benchmarks.quality.judge import WARMUP, Verdict, angle_deg, judge, row_of
from livecam.core.frame import Frame


def turned(degrees: float) -> np.ndarray:
    return cv2.Rodrigues(np.array([0.0, np.radians(degrees), 0.0]))[0]


def verdict(degrees: float = 0.0, smile: float = 0.2, brows: float = 0.1) -> Verdict:
    return Verdict(turned(degrees), np.array([smile, brows, *[0.0] * 50]))


def test_the_angle_between_two_poses() -> None:
    assert angle_deg(turned(10), turned(10)) == pytest.approx(0, abs=1e-5)
    assert angle_deg(turned(-5), turned(12)) == pytest.approx(17)


def test_the_untouched_picture_scores_nothing() -> None:
    row = row_of("way", "who", 4, [(verdict(n), verdict(n)) for n in range(4)])
    assert (row.seen, row.pose_deg, row.expression, row.following) == (1, pytest.approx(0, abs=1e-4), 0, 0)


def test_a_head_that_does_not_turn_along_is_noticed() -> None:
    assert row_of("way", "who", 3, [(verdict(n), verdict(0)) for n in (8, 9, 10)]).pose_deg == pytest.approx(9)


def test_a_stiff_expression_is_distinguished_from_another_face() -> None:
    smiles = (0.0, 0.5, 1.0, 0.5)
    frozen = row_of("way", "who", 4, [(verdict(smile=s), verdict(smile=0.5)) for s in smiles])
    other = row_of("way", "who", 4, [(verdict(smile=s), verdict(smile=s, brows=0.9)) for s in smiles])
    assert frozen.following > 0.4 and frozen.expression > 0.4
    assert other.following == 0 and other.expression > 1


def test_a_face_lost_by_the_drawing_is_counted() -> None:
    assert row_of("way", "who", 4, [(verdict(), verdict())]).seen == 0.25
    assert row_of("way", "who", 4, []).seen == 0


class Eraser:
    """A way to draw that leaves no face on every second picture."""

    name, note, shows, used = "eraser", "", True, None

    def draw(self, frame: Frame, true: np.ndarray) -> np.ndarray:
        return frame.pixels if frame.seq % 2 else np.zeros_like(frame.pixels)


def test_frames_are_judged_in_step_after_the_start() -> None:
    frames = [Frame(np.full((8, 8, 3), 200, np.uint8), n, n) for n in range(WARMUP + 10)]
    row = judge(Eraser(), "who", frames, lambda p: verdict() if p.any() else None, [verdict() for _ in frames])
    assert (row.frames, row.seen) == (10, 0.5)
