"""The detector around its network: what it shows it and how it reads the answer. The network is a script here."""

from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.face.detector import STRIDES, Detector, DetectorConfig, DetectorInput, merge_boxes, overlap_shares

Floats = NDArray[np.float32]
NAMES = [f"{kind}_{stride}" for stride in STRIDES for kind in ("score", "box", "points")]
CHANNELS = {"score": 1, "box": 4, "points": 10}


class ScriptedNetwork:
    """Answers with faces planted as (stride, column, row, score, left, top, right, bottom in strides)."""

    outputs = NAMES

    def __init__(self, *planted: tuple[int, int, int, float, float, float, float, float]) -> None:
        self.planted = planted
        self.shown: Floats = np.zeros((1, 3, 1, 1), np.float32)

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        self.shown = inputs["frame"].copy()
        rows, columns = self.shown.shape[2:]
        answers = {
            name: np.zeros((1, CHANNELS[name.split("_")[0]], rows // int(s), columns // int(s)), np.float32)
            for name in NAMES
            for s in [name.split("_")[1]]
        }
        for stride, column, row, score, *reach in self.planted:
            answers[f"score_{stride}"][0, 0, row, column] = score
            answers[f"box_{stride}"][0, :, row, column] = reach
            answers[f"points_{stride}"][0, :, row, column] = np.arange(10) / 10
        return [answers[name] for name in NAMES]


def detector(*planted: tuple[int, int, int, float, float, float, float, float]) -> Detector:
    return Detector(ScriptedNetwork(*planted))  # type: ignore[arg-type]


def picture(width: int, height: int) -> NDArray[np.uint8]:
    return np.full((height, width, 3), (10, 100, 200), np.uint8)


def test_nothing_seen_is_no_face() -> None:
    assert detector().find(picture(640, 384)) == []


def test_a_cell_says_where_the_face_is_in_its_strides() -> None:
    (face,) = detector((16, 10, 5, 0.9, 1, 2, 3, 4)).find(picture(640, 384))
    x, y = 10.5 * 16, 5.5 * 16
    np.testing.assert_allclose(face.box_xyxy, [x - 16, y - 32, x + 48, y + 64], atol=0.01)
    offsets = np.arange(10).reshape(5, 2) / 10
    np.testing.assert_allclose(face.points, [x, y] + offsets * 16, atol=0.01)
    assert face.score == pytest.approx(0.9)


def test_boxes_are_in_pixels_of_the_frame_however_large_it_is() -> None:
    (small,) = detector((8, 20, 12, 0.9, 2, 2, 2, 2)).find(picture(640, 360))
    (large,) = detector((8, 20, 12, 0.9, 2, 2, 2, 2)).find(picture(1920, 1080))
    np.testing.assert_allclose(large.box_xyxy + 0.5, (small.box_xyxy + 0.5) * 3, atol=0.01)


def test_small_pictures_are_enlarged_at_most_twice() -> None:
    (face,) = detector((8, 10, 10, 0.9, 2, 2, 2, 2)).find(picture(200, 150))
    assert face.box_xyxy[2] - face.box_xyxy[0] == pytest.approx(16)


@pytest.mark.parametrize(
    ("size_wh", "quick", "shape"),
    [
        ((1280, 720), False, (384, 640)),
        ((1280, 720), True, (160, 256)),
        ((640, 480), False, (480, 640)),
        ((720, 1280), False, (640, 384)),
        ((1, 1), False, (32, 32)),
        ((4000, 3), False, (32, 640)),
    ],
)
def test_the_network_sees_sides_that_are_multiples_of_32(
    size_wh: tuple[int, int], quick: bool, shape: tuple[int, int]
) -> None:
    network = ScriptedNetwork()
    Detector(network).find(picture(*size_wh), quick)  # type: ignore[arg-type]
    assert network.shown.shape == (1, 3, *shape)


def test_outside_the_picture_is_black_and_the_picture_keeps_its_colours() -> None:
    canvas = DetectorInput(1280, 720, 640)
    blob = canvas.fill(picture(1280, 720))
    np.testing.assert_array_equal(blob[0, :, 359, 639], [10, 100, 200])
    assert not blob[0, :, 360:].any()


@pytest.mark.parametrize(("value", "shown"), [(120, 120), (60, 60), (30, 60), (10, 40), (0, 0)])
def test_the_network_sees_a_dark_picture_lifted(value: int, shown: int) -> None:
    blob = DetectorInput(1280, 720, 640).fill(np.full((720, 1280, 3), value, np.uint8))
    np.testing.assert_array_equal(blob[0, :, :360], shown)


def test_a_change_of_frame_size_changes_the_canvas() -> None:
    finding = detector((8, 20, 12, 0.9, 2, 2, 2, 2))
    first = finding.find(picture(640, 360))[0].box_xyxy
    finding.find(picture(1920, 1080))
    np.testing.assert_array_equal(finding.find(picture(640, 360))[0].box_xyxy, first)


def test_neighbouring_cells_of_one_face_are_one_face_with_the_best_score() -> None:
    (face,) = detector((8, 20, 12, 0.9, 3, 3, 3, 3), (8, 21, 12, 0.7, 4, 3, 2, 3)).find(picture(640, 384))
    assert face.score == pytest.approx(0.9)
    assert face.box_xyxy[2] - face.box_xyxy[0] == pytest.approx(48, abs=0.1)


def test_levels_that_see_the_same_face_are_merged() -> None:
    assert len(detector((8, 21, 21, 0.7, 8, 8, 8, 8), (16, 10, 10, 0.9, 4, 4, 4, 4)).find(picture(640, 384))) == 1


def test_a_face_inside_a_face_is_one_face() -> None:
    assert len(detector((8, 21, 21, 0.7, 2, 2, 2, 2), (32, 5, 5, 0.9, 3, 3, 3, 3)).find(picture(640, 384))) == 1


def test_separate_faces_come_best_first() -> None:
    faces = detector((8, 5, 5, 0.7, 2, 2, 2, 2), (8, 40, 20, 0.9, 2, 2, 2, 2)).find(picture(640, 384))
    assert [round(face.score, 1) for face in faces] == [0.9, 0.7]


def test_unsure_cells_are_left_out() -> None:
    rules = DetectorConfig()
    assert detector((8, 5, 5, rules.min_score - 0.01, 2, 2, 2, 2)).find(picture(640, 384)) == []
    assert len(detector((8, 5, 5, rules.min_score + 0.01, 2, 2, 2, 2)).find(picture(640, 384))) == 1


def test_what_is_smaller_than_any_face_is_left_out_in_both_looks() -> None:
    tiny, small = (8, 5, 5, 0.9, 0.6, 0.6, 0.6, 0.6), (8, 5, 5, 0.9, 0.7, 0.7, 0.7, 0.7)
    assert detector(tiny).find(picture(1280, 720)) == []
    assert len(detector(small).find(picture(1280, 720))) == 1
    assert len(detector(tiny).find(picture(1280, 720), quick=True)) == 1


def test_a_look_may_ask_for_another_score() -> None:
    assert detector((8, 5, 5, 0.5, 2, 2, 2, 2)).find(picture(640, 384)) == []
    assert len(detector((8, 5, 5, 0.5, 2, 2, 2, 2)).find(picture(640, 384), min_score=0.4)) == 1


def test_candidates_without_area_merge_with_nothing() -> None:
    flat = np.zeros((2, 15), np.float32)
    flat[:, 0] = 0.9
    assert len(merge_boxes(flat, 1.0, 0.5)) == 2


def test_a_large_doubtful_box_around_a_face_does_not_move_it() -> None:
    alone = detector((8, 21, 21, 0.9, 2, 2, 2, 2)).find(picture(640, 384))[0]
    (face,) = detector((8, 21, 21, 0.9, 2, 2, 2, 2), (32, 5, 5, 0.5, 4, 4, 6, 6)).find(picture(640, 384))
    np.testing.assert_allclose(face.box_xyxy, alone.box_xyxy, atol=0.01)


def test_shares_are_of_the_smaller_box_and_of_the_union() -> None:
    box = np.float32([0, 0, 10, 10])
    others = np.float32([[0, 0, 5, 5], [5, 5, 25, 25], [20, 20, 30, 30]])
    smaller, union = overlap_shares(box, others)
    np.testing.assert_allclose(smaller, [1, 0.25, 0], atol=1e-6)
    np.testing.assert_allclose(union, [0.25, 25 / 475, 0], atol=1e-6)
