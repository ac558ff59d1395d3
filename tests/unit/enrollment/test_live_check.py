"""In front of the camera: the sample camera's head, with our own networks, does what is asked, or something else."""

import random

import cv2
import numpy as np
import pytest

from livecam.core.errors import ConsentError
from livecam.core.face import FaceBox
from livecam.core.fakes import FakeFinder, FakeSource, fake_face_points
from livecam.core.frame import Frame
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.enrollment import live_check
from livecam.enrollment.challenge import Challenge, Move
from livecam.enrollment.face_match import match_by_recogniser, match_by_shape, measure_shape_distance
from livecam.enrollment.live_check import ATTEMPTS, FaceFollower, PassedCheck, clear_faces, match_face, turn_head
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.photo.face import extract_texture
from livecam.plugins import open_face_finder
from tests.unit.enrollment.heads import HALF_S, acted, head, sample
from tests.unit.personas.conftest import FIRST_DAY

TODAY = FIRST_DAY.date()
ASKED = (Move.LEFT, Move.RIGHT)


@pytest.fixture(scope="module")
def finder():
    return open_face_finder()


@pytest.fixture
def asked(monkeypatch):
    """Chance asks for left, then right, whenever it is asked."""
    challenge = Challenge(ASKED, (HALF_S, HALF_S), "I agree")
    monkeypatch.setattr(live_check, "draw_challenge", lambda chance, name, today: challenge)


def turn(pictures, finder, tell=lambda line: None) -> PassedCheck:
    return turn_head(FakeSource(pictures), finder, random.Random(0), "me", TODAY, tell)


def test_a_head_that_turns_as_asked_passes_and_gets_instructions(finder, asked):
    reported = []
    passed = turn(acted(ASKED), finder, reported.append)
    straight = "Look straight into the camera."
    assert reported == [straight, "Turn your head left.", straight, "Turn your head right."]
    assert [line.split(" ")[:3] for line in passed.lines] == [["head", "turned", "left"], ["head", "turned", "right"]]
    assert 1 < len(passed.pictures) <= 5


def test_the_wrong_direction_does_not_get_through(finder, asked):
    wrong = acted((Move.RIGHT,))
    reported = []
    with pytest.raises(ConsentError, match="turned right where left was asked for") as caught:
        turn(wrong * ATTEMPTS, finder, reported.append)
    assert caught.value.exit_code == 5
    assert reported.count("The head turned right where left was asked for. Once more, with other turns.") == 2


def test_a_still_picture_does_not_get_through(finder, asked):
    small = cv2.resize(sample()[20], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    with pytest.raises(ConsentError, match="the head did not turn left"):
        turn([small] * 640, finder)


def held(picture, yaw_deg: float, pitch_deg: float = 0.0):
    """A print of a picture, held at an angle before the camera."""
    height, width = picture.shape[:2]
    far = 1.2 * width
    yaw, pitch = np.radians([yaw_deg, pitch_deg])
    turning = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    tilting = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    middle = np.array([width / 2, height / 2])
    there = np.column_stack([corners - middle, np.zeros(4)]) @ (turning @ tilting).T + [0, 0, far]
    shown = (there[:, :2] / there[:, 2:] * far + middle).astype(np.float32)
    return cv2.warpPerspective(
        picture, cv2.getPerspectiveTransform(corners, shown), (width, height), borderValue=(90,) * 3
    )


@pytest.mark.slow
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("axis", [(1, 0), (0, 1)])
def test_a_picture_turned_in_the_hand_does_not_get_through(finder, asked, sign, axis):
    small = cv2.resize(sample()[20], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    waved = [
        held(small, sign * axis[0] * angle, sign * axis[1] * angle) for angle in (0, 10, 20, 30, 40, 50, 40, 30, 20, 10)
    ]
    pictures = [small] * 20 + [picture for picture in waved for _ in range(2)] * 40
    with pytest.raises(ConsentError, match="the check in front of the camera was not passed"):
        turn(pictures, finder)


def test_a_picture_that_ends_is_no_pass(finder, asked):
    with pytest.raises(ConsentError, match="ended before the check was done"):
        turn(acted(ASKED)[:60], finder)


def test_two_faces_are_one_too_many(asked):
    two = [fake_face_points((100, 100), 40), fake_face_points((300, 100), 40)]
    with pytest.raises(ConsentError, match="another person is in the picture"):
        turn([np.zeros((240, 400, 3), np.uint8)] * 30, FakeFinder([two]))


def test_small_faces_behind_and_unsure_ones_do_not_count():
    def box(side: float, score: float) -> FaceBox:
        return FaceBox(np.array([0, 0, side, side], np.float32), np.zeros((5, 2), np.float32), score)

    assert clear_faces([]) == 0
    assert clear_faces([box(100, 0.9), box(20, 0.9), box(100, 0.4)]) == 1
    assert clear_faces([box(100, 0.9), box(80, 0.8)]) == 2


def test_a_follower_says_when_no_face_is_there():
    follower = FaceFollower(FakeFinder([[], [fake_face_points((100, 100), 40)], []]))
    empty = np.zeros((240, 400, 3), np.uint8)
    seen = [follower.see(Frame(empty, 0, number)) for number in range(4)]
    assert [points is not None for points, _ in seen] == [False, True, False, False]


@pytest.fixture(scope="module")
def passed(finder) -> PassedCheck:
    """The sample camera's head, looking straight."""
    follower = FaceFollower(finder)
    found = PassedCheck(Challenge(ASKED, (0, 0), ""), follower)
    for number in range(4, 24):
        points, _ = follower.see(Frame(sample()[number], 0, number))
        found.front.append(points)
    found.pictures = [(sample()[number], found.front[number - 4]) for number in (5, 10, 20)]
    return found


@pytest.fixture(scope="module")
def own_photo(finder) -> FaceTexture:
    points = finder.mesh(frame := Frame(sample()[290], 0, 0), finder.detect(frame)[0]).points
    return FaceTexture(sample()[290], points[:, :2].copy(), remove_pose(points))


def test_the_same_head_has_the_shape_of_its_photo(passed, own_photo):
    match = match_by_shape(own_photo, passed.front)
    assert match.same
    assert match.says.startswith("face compared with the photo by its shape: distance 0.")
    assert match_face(own_photo, passed, None) == match


def test_another_head_has_another_shape(passed):
    shapes = [open_builtin(name).photo for name in builtin_names()]
    assert sum(match_by_shape(photo, passed.front).same for photo in shapes) <= 1


def test_shapes_are_alike_or_opposite():
    shape = remove_pose(head())
    wide = shape * np.array([1.1, 1, 1], np.float32)
    assert measure_shape_distance(wide, wide) == pytest.approx(0, abs=1e-5)
    assert 0 < measure_shape_distance(wide, shape * np.array([1, 1.1, 1], np.float32)) <= 2


def test_a_photo_without_a_shape_is_a_mistake_of_the_caller(passed, own_photo):
    with pytest.raises(ValueError, match="no shape"):
        match_by_shape(FaceTexture(own_photo.pixels, own_photo.points), passed.front)


class Recogniser:
    """Sees everybody at the given angle, next to the photo."""

    def __init__(self, cosine: float) -> None:
        self.cosine, self.asked = cosine, 0

    def embed(self, pixels, points):
        self.asked += 1
        first = self.asked == 1
        return np.array([1, 0] if first else [self.cosine, np.sqrt(1 - self.cosine**2)], np.float32)


@pytest.mark.parametrize(("cosine", "same"), [(0.8, True), (0.2, False)])
def test_a_recogniser_decides_where_there_is_one(passed, own_photo, cosine, same):
    match = match_face(own_photo, passed, Recogniser(cosine))
    assert (match.same, match.says) == (same, f"face compared with the photo by a recogniser: cosine {cosine:.2f}")
    assert match_by_recogniser(Recogniser(cosine), own_photo, passed.pictures) == match


def test_the_photo_of_the_persona_is_found_by_the_same_networks(finder):
    texture, _ = extract_texture(sample()[290], "sample", finder)
    assert texture.shape is not None
