"""What every face finder promises, on the sample clip with its true meshes."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from engines.face.finder import open_finder
from livecam.core.errors import EngineError
from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.devices.media.sample import SAMPLE_CLIP, SAMPLE_TRUTH
from livecam.video.tracking.tracks import measure_overlap

SCENES = ("still", "talking", "turn", "tilt", "nod", "lean")
FIVE = ([33, 133], [362, 263], [4], [61], [291])


@dataclass(frozen=True)
class Shown:
    """A frame and the mesh that is true in it."""

    frame: Frame
    points: Points

    @property
    def truth(self) -> FaceMesh:
        return FaceMesh(self.points, 1.0, self.frame.captured_ns)


def shown_frames() -> list[Shown]:
    """The middle frame of each scene."""
    with np.load(SAMPLE_TRUTH) as truth:
        points = truth["points"].astype(np.float32) / truth["subpixels"]
        scenes = dict(zip(truth["scene"].tolist(), truth["scene_frames"].mean(1).astype(int), strict=True))
    clip = cv2.VideoCapture(str(SAMPLE_CLIP))
    wanted = [int(scenes[name]) for name in SCENES]
    pictures = [clip.read()[1] for _ in range(max(wanted) + 1)]
    return [Shown(Frame(pictures[n], 1000 + seq, seq), points[n]) for seq, n in enumerate(wanted)]


SHOWN = shown_frames()
FINDERS: dict[str, Callable[[], FaceFinder]] = {
    "fake": lambda: FakeFinder([*([s.points] for s in SHOWN), []]),
    "onnx": lambda: open_finder(1, 1),
}


@pytest.fixture(scope="module", params=FINDERS)
def finder(request: pytest.FixtureRequest) -> Iterator[FaceFinder]:
    opened = FINDERS[request.param]()
    yield opened
    opened.close()


def empty(kind: str) -> Frame:
    pictures = {
        "black": np.zeros((720, 1280, 3), np.uint8),
        "noise": np.random.default_rng(0).integers(0, 256, (720, 1280, 3), np.uint8),
        "wall": np.full((720, 1280, 3), (150, 160, 170), np.uint8),
        "slope": np.broadcast_to(np.linspace(0, 255, 1280).astype(np.uint8)[:, None], (720, 1280, 3)),
    }
    return Frame(pictures[kind], 0, len(SHOWN))


def box_of(points: Points) -> Points:
    return np.concatenate([points[:, :2].min(0), points[:, :2].max(0)])


def five_of(points: Points) -> Points:
    return np.array([points[where, :2].mean(0) for where in FIVE])


def only(found: Sequence[FaceBox]) -> FaceBox:
    assert len(found) == 1
    return found[0]


def test_it_is_a_face_finder(finder: FaceFinder) -> None:
    assert isinstance(finder, FaceFinder)


@pytest.mark.parametrize("shown", SHOWN, ids=SCENES)
@pytest.mark.parametrize("quick", [False, True], ids=["full", "quick"])
def test_the_face_is_found_once_and_in_its_place(finder: FaceFinder, shown: Shown, quick: bool) -> None:
    face = only(finder.detect(shown.frame, quick))
    assert measure_overlap(face.box_xyxy, box_of(shown.points)) > 0.6
    away = np.linalg.norm(face.points - five_of(shown.points), axis=1)
    assert away.mean() < 0.3 * shown.truth.eye_distance_px
    assert 0.5 < face.score <= 1


@pytest.mark.parametrize("kind", ["black", "noise", "wall", "slope"])
def test_nothing_is_found_where_nothing_is(finder: FaceFinder, kind: str) -> None:
    assert list(finder.detect(empty(kind))) == []


@pytest.mark.parametrize("shown", SHOWN, ids=SCENES)
@pytest.mark.parametrize("hinted_by", ["box", "mesh"])
def test_the_mesh_is_on_the_face(finder: FaceFinder, shown: Shown, hinted_by: str) -> None:
    hint = shown.truth if hinted_by == "mesh" else only(finder.detect(shown.frame))
    mesh = finder.mesh(shown.frame, hint)
    away = np.linalg.norm(mesh.points[:, :2] - shown.points[:, :2], axis=1).mean()
    assert away < 0.12 * shown.truth.eye_distance_px
    assert mesh.score > 0.5
    assert mesh.seen_ns == shown.frame.captured_ns


@pytest.mark.parametrize("kind", ["black", "noise", "wall", "slope"])
def test_a_hint_where_nothing_is_gets_a_low_score(finder: FaceFinder, kind: str) -> None:
    assert finder.mesh(empty(kind), SHOWN[0].truth).score < 0.5


def test_a_hint_outside_the_frame_gets_a_low_score(finder: FaceFinder) -> None:
    far = FaceMesh(SHOWN[0].points + np.float32([5000, 0, 0]), 1.0, 0)
    assert finder.mesh(SHOWN[0].frame, far).score < 0.5


def test_a_frame_is_left_as_it_was(finder: FaceFinder) -> None:
    before = SHOWN[0].frame.pixels.copy()
    finder.mesh(SHOWN[0].frame, only(finder.detect(SHOWN[0].frame)))
    np.testing.assert_array_equal(SHOWN[0].frame.pixels, before)


def test_answers_are_the_callers_own(finder: FaceFinder) -> None:
    first = finder.mesh(SHOWN[0].frame, SHOWN[0].truth)
    kept = first.points.copy(), None if first.cover is None else first.cover.probability.copy()
    finder.mesh(SHOWN[2].frame, SHOWN[2].truth)
    np.testing.assert_array_equal(first.points, kept[0])
    if first.cover is not None:
        np.testing.assert_array_equal(first.cover.probability, kept[1])


@pytest.mark.parametrize("name", FINDERS)
def test_closing_twice_is_fine(name: str) -> None:
    finder = FINDERS[name]()
    finder.close()
    finder.close()


def test_the_real_finder_refuses_after_closing() -> None:
    finder = open_finder(1, 1)
    finder.close()
    with pytest.raises(EngineError, match="closed"):
        finder.detect(SHOWN[0].frame)


def test_the_real_finder_maps_the_cover_onto_the_face() -> None:
    finder = open_finder(1, 1)
    shown = SHOWN[0]
    cover = finder.mesh(shown.frame, shown.truth).cover
    finder.close()
    assert cover is not None
    size = cover.probability.shape[0]
    on_map = shown.points[:, :2] @ cover.frame_to_map[:, :2].T + cover.frame_to_map[:, 2]
    assert (on_map.min(0) > 0).all()
    assert (on_map.max(0) < size - 1).all()
    np.testing.assert_allclose((on_map.min(0) + on_map.max(0)) / 2, (size - 1) / 2, atol=0.5)
