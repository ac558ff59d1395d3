import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.core import topology
from livecam.video.recall import Recall

SKIN = np.log(np.array([105, 130, 180], np.float32))
NOTHING = np.zeros(468, np.float32)


def looks() -> NDArray[np.float32]:
    return np.repeat(SKIN[None], 468, axis=0)


def low_half() -> NDArray[np.bool_]:
    return topology.CANONICAL[:, 1] > np.median(topology.CANONICAL[:, 1])


def acquainted() -> Recall:
    recall = Recall()
    for _ in range(10):
        recall.learn(looks())
    return recall


def hand_on(points: NDArray[np.bool_]) -> NDArray[np.float32]:
    """What the network says: a patch in the lowest quarter of those points."""
    low = topology.CANONICAL[:, 1] > np.quantile(topology.CANONICAL[points, 1], 0.75)
    return np.where(points & low, np.float32(0.9), np.float32(0))


@pytest.mark.parametrize(
    "change", [(-0.35, 0.1, 0.05), (0.4, 0.4, 0.4), (-0.5, -0.5, -0.5)], ids=["mug", "paper", "glove"]
)
def test_what_joins_a_thing_and_looks_unlike_the_face_belongs_to_it(change: tuple[float, float, float]):
    covered, colours = hand_on(low_half()), looks()
    colours[low_half()] += np.array(change, np.float32)
    found = acquainted().strange(colours, covered)
    assert (found[low_half()] > 0.5).mean() > 0.95
    assert not found[~low_half()].any()


def test_a_change_that_joins_no_thing_is_the_face_itself():
    colours = looks()
    colours[low_half()] -= 0.5
    assert not acquainted().strange(colours, NOTHING).any()


def test_a_lamp_changes_no_point_against_the_others():
    assert not acquainted().strange(looks() + np.float32(0.6), hand_on(low_half())).any()


def test_a_thing_is_not_learnt_as_the_face():
    recall, covered, colours = acquainted(), hand_on(low_half()), looks()
    colours[low_half()] += np.array([-0.35, 0.1, 0.05], np.float32)
    for _ in range(300):
        found = recall.strange(colours, covered)
    assert (found[low_half()] > 0.5).mean() > 0.95


def test_a_new_look_is_learnt():
    recall, colours = acquainted(), looks()
    colours[low_half()] -= 0.5
    for _ in range(90):
        recall.learn(colours)
    assert not recall.strange(colours, hand_on(low_half())).any()


def test_a_face_first_seen_behind_a_thing_is_not_judged():
    recall, colours = Recall(), looks()
    colours[low_half()] -= 0.5
    assert not recall.strange(colours, hand_on(low_half())).any()


def test_a_forgotten_face_is_not_judged():
    recall, colours = acquainted(), looks()
    colours[low_half()] -= 0.5
    recall.reset()
    assert not recall.strange(colours, hand_on(low_half())).any()
