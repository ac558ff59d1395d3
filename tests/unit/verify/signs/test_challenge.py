"""Tasks for a live call: three of ten by chance, what breaks, and what the mesh saw."""

from random import Random

import numpy as np
import pytest

from livecam.verify.signs.challenge import GOTCHA, HELPER, TASKS, describe_task, propose_tasks
from livecam.verify.signs.series import Observation
from tests.unit.verify.signs.windows import open_mouth, window

BY_NAME = {task.name: task for task in TASKS}


def seen(task: str, **changed) -> str:
    readings = window(4.0, **changed).readings
    return describe_task(BY_NAME[task], Observation(readings, (), len(readings), 1))


def test_three_of_ten_different_tasks_are_proposed():
    assert len(BY_NAME) == len(TASKS) == 10
    drawn = {tuple(task.name for task in propose_tasks(Random(seed))) for seed in range(40)}
    assert len(drawn) > 20 and all(len(set(names)) == 3 for names in drawn)


def test_a_turned_head_is_seen():
    def turn(at_s, points):
        angle = np.radians(60 * min(at_s / 3, 1))
        about = points.mean(0)
        spin = np.float32([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        points[:] = (points - about) @ spin.T + about

    assert "turned to 60 degrees" in seen("turn", move=turn)


def test_a_covered_face_and_an_open_mouth_are_seen():
    assert "50%" in seen("hand", covered=lambda at_s: 0.5 if 1 < at_s < 3 else 0.0)
    assert "0.40 eye distances" in seen("tongue", move=lambda at_s, points: open_mouth(points, 0.4))


@pytest.mark.parametrize("name", BY_NAME)
def test_every_task_says_what_breaks_and_what_was_seen(name):
    assert BY_NAME[name].ask.endswith(".") and BY_NAME[name].breaks.endswith(".")
    assert seen(name)
    assert describe_task(BY_NAME[name], Observation(pictures=3)) == "no face was seen"
    assert describe_task(BY_NAME[name], Observation()) == "there was no picture"


def test_the_card_says_what_it_is_and_names_the_study():
    assert "not an identity check" in HELPER
    assert "47 people" in GOTCHA and "88.6" in GOTCHA and "80.1" in GOTCHA
