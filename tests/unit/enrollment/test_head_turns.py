"""Who turns as asked gets through; a picture, the wrong way, a cut, or another person does not."""

import numpy as np
import pytest

from livecam.enrollment.challenge import Challenge, Move
from livecam.enrollment.head_turns import DEPTH, HeadTurns, Stage, measure_depth
from tests.unit.enrollment.heads import FRAME_NS, HALF_S, head, path_of

MOVES = [(one, other) for one in Move for other in Move if one is not other]


def challenge(*moves: Move) -> Challenge:
    return Challenge(moves, (HALF_S, 2 * HALF_S), "")


def play(turns: HeadTurns, path, start: int = 0) -> HeadTurns:
    for number, (yaw, pitch) in enumerate(path, start):
        turns.see(head(yaw, pitch), number * FRAME_NS)
    return turns


@pytest.mark.parametrize("moves", MOVES, ids="-".join)
def test_who_turns_as_asked_gets_through(moves):
    turns = play(HeadTurns(challenge(*moves)), path_of(challenge(*moves)))
    assert (turns.stage, turns.why) == (Stage.DONE, "")
    assert [line.split()[2] for line in turns.done] == list(moves)
    assert len(turns.front) > 30


@pytest.mark.parametrize("moves", MOVES, ids="-".join)
def test_who_turns_in_another_order_does_not(moves):
    turns = play(HeadTurns(challenge(*moves)), path_of(challenge(*reversed(moves))))
    assert turns.stage is Stage.FAILED
    assert turns.why == f"the head turned {moves[1]} where {moves[0]} was asked for"


def test_a_still_picture_does_not():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(1.0, 2.0)] * 300)
    assert (turns.stage, turns.why) == (Stage.FAILED, "the head did not turn left")


def test_a_person_who_never_looks_straight_does_not_pass():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(40.0, 0.0)] * 500)
    assert turns.why == "no face looked straight into the camera"


def test_a_head_that_keeps_moving_is_not_looking_straight():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(12.0, 0.0), (-12.0, 0.0)] * 250)
    assert turns.why == "no face looked straight into the camera"


def test_a_head_that_sits_askew_is_measured_from_there():
    askew = [(yaw + 10, pitch - 8) for yaw, pitch in path_of(challenge(Move.RIGHT, Move.UP))]
    assert play(HeadTurns(challenge(Move.RIGHT, Move.UP)), askew).stage is Stage.DONE


def test_no_face_at_all_ends_it():
    turns = HeadTurns(challenge(Move.LEFT, Move.UP))
    for number in range(500):
        turns.see(None, number * FRAME_NS, 0)
    assert turns.why == "no face looked straight into the camera"


@pytest.mark.parametrize("lost_frames", [3, 40])
def test_a_face_that_is_lost_for_long_could_be_another_one(lost_frames):
    path = list(path_of(challenge(Move.LEFT, Move.UP)))
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), path[:20])
    for number in range(20, 20 + lost_frames):
        turns.see(None, number * FRAME_NS, 0)
    play(turns, path[20:], 20 + lost_frames)
    assert turns.why == ("" if lost_frames == 3 else "the face was lost")


def test_a_camera_that_stalled_could_show_another_one():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(0.0, 0.0)] * 20)
    turns.see(head(), 100 * FRAME_NS)
    assert turns.why == "the face was lost"


def test_a_second_face_ends_it():
    turns = HeadTurns(challenge(Move.LEFT, Move.UP))
    turns.see(head(), 0, faces=2)
    assert turns.why == "another person is in the picture"
    assert turns.see(head(), FRAME_NS) is Stage.FAILED


def test_a_jump_to_a_turned_picture_does_not_get_through():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(0.0, 0.0)] * 30 + [(30.0, 0.0)] * 5)
    assert "before the word could be read, or jumped" in turns.why


def test_a_turn_before_the_word_could_be_read_does_not_get_through():
    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(0.0, 0.0)] * 16 + [(9.0, 0.0), (18.0, 0.0), (27.0, 0.0)])
    assert "before the word could be read" in turns.why


def test_a_flat_picture_that_seems_to_turn_does_not_get_through():
    def claimed(yaw_deg: float):
        """Points of the straight head with depths that claim a turn."""
        points = head()
        points[:, 2] += (points[:, 0] - 320) * np.tan(np.radians(yaw_deg)) * 2
        return points

    turns = play(HeadTurns(challenge(Move.LEFT, Move.UP)), [(0.0, 0.0)] * 30)
    for number, yaw_deg in enumerate([3.0, 6.0, 9.0, 12.0, 15.0, 18.0, 24.0], 30):
        turns.see(claimed(yaw_deg), number * FRAME_NS)
    assert turns.why == "it turned like a flat picture"


@pytest.mark.parametrize("turn", [(20, 0), (-20, 0), (0, 12), (0, -12)])
def test_a_turned_head_has_depth_and_a_held_picture_none(turn):
    slanted = np.array([[0.7, 0.1, 30], [0.05, 0.9, -20], [2e-4, 1e-4, 1]])
    points = np.hstack([head()[:, :2], np.ones((468, 1))]) @ slanted.T
    picture = np.column_stack([points[:, :2] / points[:, 2:], head()[:, 2]]).astype(np.float32)
    assert measure_depth(head(), head(*turn)) > DEPTH
    assert measure_depth(head(), picture) < 1e-4
