"""The detector's training pictures and targets, on drawn faces."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.face.detector import STRIDES, Detector
from livecam.core.fakes import fake_face_points
from training.face.detector_data import (
    Composer,
    Scene,
    add_bars,
    add_weather,
    in_order,
    move_box,
    overlap_share,
    paste,
    placement,
    plain,
    shuffle_tiles,
    tilt_face,
    view,
)
from training.face.detector_faces import FacePhoto, Points, five_points, left_first, outline_of
from training.face.detector_targets import BOX, POINTS, SCORE, UNCLEAR, VISIBLE, level_target, targets

SIDE = 320
Picture = NDArray[np.uint8]


def photo() -> FacePhoto:
    """A pale disc on grey, where the mesh says it is."""
    mesh = fake_face_points((200, 190), 110)
    picture = np.full((400, 400, 3), 90, np.uint8)
    cv2.circle(picture, (200, 200), 100, (200, 210, 230), -1)
    levels = [picture]
    for _ in range(3):
        levels.append(cv2.resize(levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    box = np.concatenate([mesh[:, :2].min(0), mesh[:, :2].max(0)])
    return FacePhoto(tuple(levels), outline_of(picture, mesh), box, five_points(mesh))


PHOTO = photo()


def composer() -> Composer:
    empty = [plain(SIDE, np.random.default_rng(n)) for n in range(4)]
    return Composer([PHOTO], empty, [], SIDE)


def scene_with(*boxes: tuple[float, float, float, float]) -> Scene:
    points = [
        np.float32([[b[0], b[1]], [b[2], b[1]], [(b[0] + b[2]) / 2, b[3]], [b[0], b[3]], [b[2], b[3]]]) for b in boxes
    ]
    return Scene(np.zeros((SIDE, SIDE, 3), np.uint8), [np.float32(b) for b in boxes], points)


class PerfectNetwork:
    """Answers every picture with the targets of one scene."""

    outputs = tuple(f"{kind}_{stride}" for stride in STRIDES for kind in ("score", "box", "points"))

    def __init__(self, scene: Scene) -> None:
        self._levels = targets(scene)

    def run(self, _: object) -> list[NDArray[np.float32]]:
        return [level[None, part] for level in self._levels for part in (slice(0, 1), BOX, POINTS)]


@pytest.mark.parametrize("size", [13, 24, 40, 54, 90, 132, 200, 310])
def test_a_network_that_answers_its_targets_is_read_as_the_true_faces(size: float) -> None:
    scene = scene_with((3, 5, 3 + size * 0.9, 5 + size * 1.1))
    (face,) = Detector(PerfectNetwork(scene)).find(cv2.resize(scene.picture, (640, 640)))  # type: ignore[arg-type]
    np.testing.assert_allclose(face.box_xyxy, scene.boxes[0], atol=0.01)
    np.testing.assert_allclose(face.points, scene.points[0], atol=0.01)


@pytest.mark.parametrize("size", np.geomspace(10, 319, 25))
def test_every_size_of_face_has_a_level_that_answers(size: float) -> None:
    scene = scene_with((0, 0, size, size))
    assert sum(level[VISIBLE].sum() for level in targets(scene)) >= 1


def test_unclear_faces_ask_for_nothing() -> None:
    scene = scene_with()
    scene.unclear.append(np.float32([100, 100, 160, 160]))
    target = level_target(scene, 8)
    assert set(np.unique(target[SCORE])) == {0, UNCLEAR}
    assert target[SCORE, 16, 16] == UNCLEAR


def test_composed_faces_are_mostly_inside_and_do_not_overlap() -> None:
    making, rng = composer(), np.random.default_rng(1)
    whole = np.float32([0, 0, SIDE, SIDE])
    for _ in range(40):
        scene = making.compose_picture(rng)
        assert scene.picture.shape == (SIDE, SIDE, 3)
        for i, box in enumerate(scene.boxes):
            assert overlap_share(box, whole) >= 0.45
            assert all(overlap_share(box, other) < 0.1 for other in scene.boxes[i + 1 :])


def carried(matrix: list[list[float]]) -> Points:
    return in_order(PHOTO.points, np.array(matrix))


def test_the_eye_on_the_left_of_the_upright_face_stays_first_at_any_roll() -> None:
    upright, mirrored = carried([[1, 0, 0], [0, 1, 0]]), carried([[-1, 0, 400], [0, 1, 0]])
    upside_down = carried([[-1, 0, 400], [0, -1, 400]])
    assert upright[0, 0] < upright[1, 0]
    assert mirrored[0, 0] < mirrored[1, 0]
    assert upside_down[0, 0] > upside_down[1, 0]
    assert upside_down[3, 0] > upside_down[4, 0]


def test_faces_of_every_roll_are_placed() -> None:
    rng = np.random.default_rng(4)
    rolls = np.degrees([tilt_face(rng) for _ in range(600)])
    assert (np.histogram(rolls, np.linspace(-180, 180, 13))[0] > 10).all()
    assert (np.abs(rolls) <= 35).mean() > 0.5


def test_faces_are_cut_by_every_edge_and_half_of_them_stays() -> None:
    rng, edges = np.random.default_rng(5), set()
    whole = np.float32([0, 0, SIDE, SIDE])
    for _ in range(200):
        size_px = rng.uniform(40, 200)
        box = move_box(PHOTO, placement(PHOTO, SIDE, size_px, rng))
        if overlap_share(box, whole) < 0.6:
            edges.add(int(np.argmax([-box[0], -box[1], box[2] - SIDE, box[3] - SIDE])))
        assert overlap_share(box, whole) > 0.3
    assert edges == {0, 1, 2, 3}


def test_a_black_end_of_the_picture_hides_faces() -> None:
    rng = np.random.default_rng(6)
    for _ in range(30):
        scene = scene_with((100, 300, 120, 320), (10, 10, 80, 80))
        scene.picture[:] = 200
        add_bars(scene, rng)
        black = (scene.picture == 0).all(2)
        assert 0 < black.mean() <= 31 / SIDE
        hidden = black[300:320, 100:120].mean() > 0.55
        assert len(scene.boxes) == 2 - hidden
        assert len(scene.unclear) == hidden


def test_a_pasted_face_is_where_its_box_says() -> None:
    scene = Scene(np.zeros((SIDE, SIDE, 3), np.uint8))
    matrix = np.array([[0.5, 0, 20], [0, 0.5, 30.0]])
    box = np.concatenate([PHOTO.box_xyxy[:2] * 0.5 + [20, 30], PHOTO.box_xyxy[2:] * 0.5 + [20, 30]]).astype(np.float32)
    paste(scene, PHOTO, matrix, box, np.random.default_rng(2))
    x, y = ((box[:2] + box[2:]) / 2).astype(int)
    assert scene.picture[y, x].mean() > 60
    assert scene.picture[:, 250:].max() == 0
    np.testing.assert_allclose(scene.points[0], PHOTO.points * 0.5 + [20, 30], atol=1e-4)


def test_a_hidden_face_is_no_longer_to_be_found() -> None:
    scene = scene_with((100, 100, 140, 140))
    matrix = np.array([[0.6, 0, 0], [0, 0.6, 0.0]])
    box = np.float32([70, 60, 170, 170])
    paste(scene, PHOTO, matrix, box, np.random.default_rng(2))
    assert len(scene.boxes) == 1
    np.testing.assert_array_equal(scene.boxes[0], box)


def test_a_mirrored_face_keeps_image_left_first() -> None:
    mirrored: Points = (PHOTO.points * np.float32([-1, 1])).astype(np.float32)
    assert mirrored[0, 0] > mirrored[1, 0]
    ordered = left_first(mirrored)
    assert ordered[0, 0] < ordered[1, 0]
    assert ordered[3, 0] < ordered[4, 0]


@pytest.mark.parametrize("change", [add_weather, shuffle_tiles, lambda p, rng: view(p, p.shape[0], rng)])
def test_weather_tiles_and_views_keep_size_and_type(change) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    for _ in range(20):
        out: Picture = change(PHOTO.levels[0], rng)
        assert (out.shape, out.dtype) == (PHOTO.levels[0].shape, np.uint8)
