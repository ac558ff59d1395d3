"""Which pictures of a clip are learned from, and what is said about the others."""

import numpy as np
import pytest

from livecam.core.face import FaceMesh
from livecam.core.pose import Pose
from livecam.core.topology import CANONICAL
from tests.trained_faces import drawn_amounts, drawn_material, expression_shapes
from trainer.coverage import coverage_rows, measure_coverage, missing_items
from trainer.quality import BLURRED, DARK, REPEATED, SMALL, TURNED, UNSURE, Collector

SECOND = 1_000_000_000


def seen(number=0, shape=CANONICAL, scale=110.0, yaw_deg=0.0, score=1.0, level=130, grain=25.0):
    chance = np.random.default_rng(number)
    pixels = np.clip(chance.normal(level, grain, (480, 640, 3)), 0, 255).astype(np.uint8)
    turn = np.radians(yaw_deg)
    rotation = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]], np.float32)
    points = Pose(scale, rotation, np.array([320, 220, 0], np.float32)).apply(shape)
    return pixels, FaceMesh(points, score, 0)


def test_a_good_picture_is_kept():
    collector = Collector()
    assert collector.add(*seen(), at_ns=0) is None
    material = collector.finish()
    assert len(material) == 1 and material.detail.shape == (1, 160, 160, 3)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"scale": 30.0}, SMALL),
        ({"yaw_deg": 50.0}, TURNED),
        ({"level": 8, "grain": 2.0}, DARK),
        ({"score": 0.3}, UNSURE),
    ],
)
def test_a_poor_picture_is_left_out_with_its_reason(fault, reason):
    collector = Collector()
    assert collector.add(*seen(**fault), at_ns=0) == reason
    assert len(collector) == 0 and collector.dropped == {reason: 1}


def test_a_blurred_picture_is_left_out_of_a_sharp_clip():
    collector = Collector()
    shapes = expression_shapes(drawn_amounts(34)[12:])
    for number, shape in enumerate(shapes):
        collector.add(*seen(number, shape), at_ns=number * SECOND // 8)
    assert collector.add(*seen(99, shapes[0] * np.float32(1.02), grain=3.0), at_ns=SECOND) == BLURRED


def test_equal_pictures_are_kept_once():
    collector = Collector()
    collector.add(*seen(3), at_ns=0)
    assert collector.add(*seen(3), at_ns=SECOND) == REPEATED
    # Held-out blocks have their own: nothing is learned from what they are judged by.
    assert collector.add(*seen(3), at_ns=6 * SECOND) is None


def test_hours_never_exceed_the_bound():
    collector = Collector(most=8)
    for number, shape in enumerate(expression_shapes(drawn_amounts(36)[12:])):
        collector.add(*seen(number, shape), at_ns=number * SECOND // 4)
        assert len(collector) <= 8
    assert collector.dropped[REPEATED] > 0 and len(collector.finish()) >= 4


def test_nothing_kept_is_an_empty_enrolment():
    material = Collector().finish()
    assert len(material) == 0
    assert all(item.is_missing for item in measure_coverage(material))


def test_coverage_says_what_is_missing():
    items = {item.name: item for item in measure_coverage(drawn_material(96))}
    assert not items["lids shut"].is_missing and not items["brows up"].is_missing
    assert items["turned to one side"].is_missing
    assert "turn the head" in " ".join(item.ask for item in missing_items(tuple(items.values())))
    assert ("turned to one side", "0", "missing") in coverage_rows(tuple(items.values()))
