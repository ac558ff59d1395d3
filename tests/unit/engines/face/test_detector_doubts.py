"""When a quick look is not enough: what it suspects, and what changed since the last full look."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.face.changes import GridChanges, to_cells
from engines.face.doubts import Doubts, is_apart
from livecam.core.face import FaceBox

SIZE_WH = (1280, 720)
FACE = FaceBox(np.float32([500, 200, 780, 520]), np.zeros((5, 2), np.float32), 0.99)


def box(left: float, top: float, size: float = 60, score: float = 0.5) -> FaceBox:
    return FaceBox(np.float32([left, top, left + size, top + size]), np.zeros((5, 2), np.float32), score)


def picture(seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(60, 180, (720, 1280, 3)).astype(np.uint8)


def cells(value: float = 100.0) -> NDArray[np.float32]:
    return to_cells(np.full((144, 256, 3), value, np.uint8))


def test_a_suspicion_is_looked_at_once_while_nothing_changes() -> None:
    doubts, pixels = Doubts(), picture()
    assert doubts.open(pixels, [box(100, 100)])
    doubts.clear(pixels, [box(100, 100)], [])
    assert not doubts.open(pixels, [box(104, 98)])


def test_a_suspicion_is_looked_at_again_when_its_place_changes() -> None:
    doubts, pixels = Doubts(), picture()
    doubts.clear(pixels, [box(100, 100)], [])
    pixels[100:160, 100:160] = 255 - pixels[100:160, 100:160] // 2
    assert doubts.open(pixels, [box(100, 100)])


def test_a_suspicion_elsewhere_or_one_that_was_confirmed_stays_open() -> None:
    doubts, pixels = Doubts(), picture()
    doubts.clear(pixels, [box(100, 100), box(400, 100)], [box(398, 103, score=0.9)])
    assert doubts.open(pixels, [box(250, 100)])
    assert doubts.open(pixels, [box(400, 100)])
    assert not doubts.open(pixels, [])


@pytest.mark.parametrize("at", [(-50, -50), (1270, 700), (-5000, 300)])
def test_a_suspicion_over_the_edge_is_like_any_other(at: tuple[float, float]) -> None:
    doubts, pixels = Doubts(), picture()
    doubts.clear(pixels, [box(*at)], [])
    assert not doubts.open(pixels, [box(*at)])


def test_only_a_few_places_are_kept() -> None:
    doubts, pixels = Doubts(), picture()
    for n in range(40):
        doubts.clear(pixels, [box(30 * n, 100, 25)], [])
    assert doubts.open(pixels, [box(0, 100, 25)])
    assert not doubts.open(pixels, [box(30 * 39, 100, 25)])


def test_faces_are_apart_if_they_share_less_than_half_of_the_smaller() -> None:
    assert is_apart(box(0, 0), [])
    assert is_apart(box(0, 0), [box(40, 0)])
    assert not is_apart(box(0, 0), [box(300, 0), box(-20, -20, 100)])


def test_without_a_full_look_everything_has_changed() -> None:
    assert GridChanges().has_change(cells(), [], SIZE_WH)


@pytest.mark.parametrize(("value", "step"), [(100, 40), (200, 40), (15, 8)])
@pytest.mark.parametrize("at", [(0, 0), (27, 47), (0, 6), (12, 5)])
def test_a_change_away_from_the_faces_is_found_in_any_light(value: float, step: float, at: tuple[int, int]) -> None:
    changes, now = GridChanges(), cells(value)
    changes.remember(cells(value))
    assert not changes.has_change(now, [FACE], SIZE_WH)
    now[at] += step
    assert changes.has_change(now, [FACE], SIZE_WH)


def test_the_head_and_the_body_of_a_known_face_may_move() -> None:
    changes, now = GridChanges(), cells()
    changes.remember(cells())
    now[12, 24] += 90
    now[27, 14:32] += 90
    assert not changes.has_change(now, [FACE], SIZE_WH)
    assert changes.has_change(now, [], SIZE_WH)


def test_light_that_changes_as_a_whole_is_no_change() -> None:
    changes = GridChanges()
    changes.remember(cells(100))
    assert not changes.has_change(cells(140), [FACE], SIZE_WH)
