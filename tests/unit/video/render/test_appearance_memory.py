import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.core import topology
from livecam.video.render.appearance_memory import AppearanceMemory

SKIN = np.log(np.array([105, 130, 180], np.float32))
NOTHING = np.zeros(468, np.float32)


def looks() -> NDArray[np.float32]:
    return np.repeat(SKIN[None], 468, axis=0)


def low_half() -> NDArray[np.bool_]:
    return topology.CANONICAL[:, 1] > np.median(topology.CANONICAL[:, 1])


def acquainted() -> AppearanceMemory:
    recall = AppearanceMemory()
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
    found = acquainted().find_hidden(colours, covered)
    assert (found[low_half()] > 0.5).mean() > 0.95
    assert not found[~low_half()].any()


def test_a_change_that_joins_no_thing_is_the_face_itself():
    colours = looks()
    colours[low_half()] -= 0.5
    assert not acquainted().find_hidden(colours, NOTHING).any()


def test_a_lamp_changes_no_point_against_the_others():
    assert not acquainted().find_hidden(looks() + np.float32(0.6), hand_on(low_half())).any()


def test_a_thing_is_not_learnt_as_the_face():
    recall, covered, colours = acquainted(), hand_on(low_half()), looks()
    colours[low_half()] += np.array([-0.35, 0.1, 0.05], np.float32)
    for _ in range(300):
        found = recall.find_hidden(colours, covered)
    assert (found[low_half()] > 0.5).mean() > 0.95


def test_a_new_look_is_learnt():
    recall, colours = acquainted(), looks()
    colours[low_half()] -= 0.5
    for _ in range(90):
        recall.learn(colours)
    assert not recall.find_hidden(colours, hand_on(low_half())).any()


def test_a_face_first_seen_behind_a_thing_is_not_judged():
    recall, colours = AppearanceMemory(), looks()
    colours[low_half()] -= 0.5
    assert not recall.find_hidden(colours, hand_on(low_half())).any()


def test_a_forgotten_face_is_not_judged():
    recall, colours = acquainted(), looks()
    colours[low_half()] -= 0.5
    recall.reset()
    assert not recall.find_hidden(colours, hand_on(low_half())).any()


RNG = np.random.default_rng(7)
FEATURES = RNG.normal(0, 0.2, (468, 1)).astype(np.float32)


def known_with_features() -> AppearanceMemory:
    recall = AppearanceMemory()
    recall.learn(looks() + FEATURES)
    return recall


@pytest.mark.parametrize(
    "change", [(-1.2, -1.2, -1.2), (-2.0, -0.5, -1.5), (0.6, 0.6, 0.6)], ids=["dark", "red", "light"]
)
@pytest.mark.parametrize("upper", [False, True])
def test_a_half_that_is_darkened_or_coloured_is_the_face_itself(change: tuple[float, float, float], upper: bool):
    opened, colours = low_half() != upper, looks() + FEATURES
    colours[opened] += np.array(change, np.float32)
    colours += RNG.normal(0, 0.05, colours.shape).astype(np.float32)
    assert known_with_features().shows_face(colours, opened.astype(np.float32))


def test_a_thing_in_front_is_not_the_face():
    opened = low_half()
    for _ in range(20):
        colours = looks() + FEATURES
        colours[opened] = SKIN - 0.5 + RNG.normal(0, 0.2, (opened.sum(), 1)).astype(np.float32)
        assert not known_with_features().shows_face(colours, opened.astype(np.float32))


def test_a_small_part_that_is_open_may_be_the_face():
    opened = topology.CANONICAL[:, 1] > np.quantile(topology.CANONICAL[:, 1], 0.9)
    assert not known_with_features().shows_face(looks() + FEATURES, opened.astype(np.float32))


def test_a_face_that_was_never_seen_bare_is_not_known():
    assert not AppearanceMemory().has_appearance
    assert known_with_features().has_appearance
