from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import numpy as np
import pytest

from livecam.core.clock import NS_PER_S
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Points
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.video.tracking.finding import FaceFinding
from livecam.video.tracking.plausibility import MeshLimits, find_mesh_fault, measure_misfit
from livecam.video.tracking.tracker import ENTERING, TWO_FACES, UNFOLLOWED, FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import TrackedFace, measure_overlap
from tests.unit.video.moving_faces import EYES_PX, SIZE_WH, MoodyFinder, frame, path, posed

LEFT, RIGHT = posed(x=320), posed(x=960)
EVERY = 5
T = TypeVar("T")


class LateParallel:
    """Does the work only when its result is asked for, as a busy second core."""

    @contextmanager
    def start(self, work: Callable[[], T]) -> Iterator[Callable[[], T]]:
        yield work


def tracker(finder: FakeFinder, all_faces: bool = False) -> FaceTracker:
    return FaceTracker(finder, TrackerConfig(all_faces=all_faces, detect_every=EVERY))


def looks(tracking: FaceTracker, frames: range) -> list[Sequence[TrackedFace]]:
    return [tracking.detect(frame(seq)) for seq in frames]


def test_a_face_is_detected_once_and_then_followed() -> None:
    finder = MoodyFinder([[LEFT]])
    tracking = tracker(finder)
    seen = looks(tracking, range(EVERY))
    assert [len(faces) for faces in seen] == [1] * EVERY
    assert {faces[0].track_id for faces in seen} == {0}
    assert finder.looks.count(False) == 1
    assert tracking.seen_ns == frame(EVERY - 1).captured_ns


def test_the_whole_picture_is_looked_at_again_every_few_frames() -> None:
    finder = MoodyFinder([[LEFT]])
    looks(tracker(finder), range(4 * EVERY + 1))
    assert finder.looks.count(False) == 5


def test_every_other_frame_gets_a_quick_look_for_strangers() -> None:
    finder = MoodyFinder([[LEFT]])
    looks(tracker(finder), range(4 * EVERY + 1))
    assert finder.looks.count(True) == 4 * (EVERY - 1)


def test_an_empty_picture_has_no_track_and_no_time() -> None:
    tracking = tracker(FakeFinder([[]]))
    assert looks(tracking, range(3)) == [[], [], []]
    assert tracking.seen_ns is None


def test_a_face_that_leaves_is_not_shown_from_that_frame_on() -> None:
    tracking = tracker(FakeFinder([[LEFT]] * 10 + [[]]))
    seen = looks(tracking, range(20))
    assert all(seen[:10])
    assert not any(seen[10:])
    assert tracking.seen_ns is None


def test_a_face_that_comes_back_is_found_at_once_as_another() -> None:
    seen = looks(tracker(FakeFinder([[LEFT]] * 10 + [[]] * 10 + [[RIGHT]])), range(22))
    assert [faces[0].track_id for faces in seen[20:]] == [1, 1]


def test_a_face_is_followed_again_after_the_camera_was_away_for_minutes() -> None:
    tracking = tracker(FakeFinder([[LEFT]]))
    looks(tracking, range(2))
    late = frame(2)
    minutes_later = Frame(late.pixels, late.captured_ns + 5 * 60 * NS_PER_S, late.seq)
    assert len(tracking.detect(minutes_later)) == 1


@pytest.mark.parametrize(
    "mood",
    [
        (LEFT, 0.2),
        (LEFT, float("nan")),
        (np.full_like(LEFT, np.nan), 1.0),
        (LEFT[np.random.default_rng(0).permutation(468)], 1.0),
        (posed(x=-300), 1.0),
        (posed(x=320, eyes_px=4), 1.0),
        (np.tile(LEFT[:1], (468, 1)), 1.0),
        (RIGHT, 1.0),
        (posed(x=320, eyes_px=2 * EYES_PX), 1.0),
    ],
    ids=["low score", "no score", "no numbers", "scrambled", "outside", "tiny", "one point", "jumped", "grown"],
)
def test_a_mesh_that_cannot_be_is_never_shown(mood: tuple[Points, float]) -> None:
    finder = MoodyFinder([[LEFT]], {12: mood}, blind=range(12, 13))
    tracking = tracker(finder)
    looks(tracking, range(12))
    assert tracking.detect(frame(12)) == []
    assert tracking.predict(frame(13)) == []
    assert tracking.seen_ns == frame(11).captured_ns


def test_a_face_doubted_for_one_frame_keeps_its_identity() -> None:
    seen = looks(tracker(MoodyFinder([[LEFT]], {12: (LEFT, 0.1)})), range(15))
    assert [len(faces) for faces in seen[11:]] == [1, 0, 1, 1]
    assert seen[14][0].track_id == seen[11][0].track_id


def test_a_face_doubted_for_long_is_lost() -> None:
    tracking = tracker(MoodyFinder([[LEFT]], {seq: (LEFT, 0.1) for seq in range(5, 30)}))
    looks(tracking, range(30))
    assert tracking.seen_ns is None


def test_a_face_without_a_detection_is_lost_though_its_mesh_is_sure() -> None:
    tracking = tracker(MoodyFinder([[LEFT]], {}, blind=range(1, 1000)))
    seen = looks(tracking, range(60))
    assert seen[10]
    assert not any(seen[6 * EVERY + 1 :])


def test_a_cut_to_another_place_begins_a_new_track() -> None:
    seen = looks(tracker(FakeFinder([[LEFT]] * 10 + [[RIGHT]])), range(12))
    assert [len(faces) for faces in seen] == [1] * 12
    assert seen[10][0].track_id != seen[9][0].track_id
    np.testing.assert_allclose(seen[10][0].mesh.points, RIGHT, atol=0.01)


def test_two_faces_at_the_start_are_trouble() -> None:
    tracking = tracker(FakeFinder([[LEFT, RIGHT]]))
    assert looks(tracking, range(3))[-1] == []
    assert tracking.trouble == TWO_FACES


def test_a_second_face_is_trouble_in_its_first_frame() -> None:
    for first in range(1, 12):
        tracking = tracker(FakeFinder([[LEFT]] * first + [[LEFT, RIGHT]]))
        looks(tracking, range(first))
        assert tracking.trouble is None
        tracking.detect(frame(first))
        assert tracking.trouble == TWO_FACES


def test_a_second_face_found_only_by_full_detection_is_counted() -> None:
    class ShortSighted(FakeFinder):
        def detect(self, frame, quick=False):  # type: ignore[no-untyped-def]
            return super().detect(frame)[: 1 if quick else 2]

    tracking = tracker(ShortSighted([[LEFT]] * 7 + [[LEFT, RIGHT]]))
    looks(tracking, range(7 + EVERY))
    assert tracking.trouble == TWO_FACES
    assert tracking.finding == FaceFinding(stranger=True, overlooked=True)


def test_what_only_a_quick_look_sees_is_no_trouble() -> None:
    class Jumpy(FakeFinder):
        def detect(self, frame, quick=False):  # type: ignore[no-untyped-def]
            found = super().detect(frame)
            return found if quick else found[:1]

    tracking = tracker(Jumpy([[LEFT, RIGHT]]))
    assert all(looks(tracking, range(12)))
    assert tracking.trouble is None


def test_trouble_lasts_until_the_second_face_is_gone_for_some_frames() -> None:
    tracking = tracker(FakeFinder([[LEFT, RIGHT]] * 10 + [[LEFT]]))
    calm = TrackerConfig().calm
    looks(tracking, range(10 + calm - 1))
    assert tracking.trouble == TWO_FACES
    assert tracking.detect(frame(10 + calm - 1))
    assert tracking.trouble is None


def test_a_second_face_that_flickers_stays_trouble() -> None:
    tracking = tracker(FakeFinder([[LEFT, RIGHT], [LEFT]] * 20))
    for seq in range(6, 40):
        tracking.detect(frame(seq))
        assert tracking.trouble == TWO_FACES


def test_a_sure_detection_without_a_sound_mesh_counts_as_a_second_face() -> None:
    class HalfBlind(FakeFinder):
        def mesh(self, frame, hint):  # type: ignore[no-untyped-def]
            found = super().mesh(frame, hint)
            return found if found.points[0, 0] < 640 else type(found)(found.points, 0.1, found.seen_ns)

    tracking = tracker(HalfBlind([[LEFT, RIGHT]]))
    looks(tracking, range(2))
    assert tracking.trouble == TWO_FACES


def test_all_faces_are_followed_and_keep_their_identity_while_they_pass() -> None:
    steps = [[posed(x=300 + 12 * i, y=200), posed(x=980 - 12 * i, y=560)] for i in range(40)]
    tracking = tracker(FakeFinder(steps), all_faces=True)
    for seq in range(40):
        faces = tracking.detect(frame(seq))
        assert [round(f.mesh.points[:, 1].mean()) > 380 for f in sorted(faces, key=lambda f: f.track_id)] == [
            False,
            True,
        ]
    assert tracking.trouble is None


def test_with_all_faces_a_newcomer_is_followed_from_its_detection_on() -> None:
    tracking = tracker(FakeFinder([[LEFT]] * 3 + [[LEFT, RIGHT]]), all_faces=True)
    seen = looks(tracking, range(3 + EVERY))
    assert [f.track_id for f in seen[-1]] == [0, 1]


def test_with_all_faces_one_in_doubt_is_trouble() -> None:
    class Slipping(FakeFinder):
        def mesh(self, frame, hint):  # type: ignore[no-untyped-def]
            found = super().mesh(frame, hint)
            slips = frame.seq == 8 and found.points[0, 0] > 640
            return type(found)(found.points, 0.1, found.seen_ns) if slips else found

    tracking = tracker(Slipping([[LEFT, RIGHT]]), all_faces=True)
    looks(tracking, range(8))
    assert tracking.trouble is None
    assert len(tracking.detect(frame(8))) == 1
    assert tracking.trouble == UNFOLLOWED


def test_more_faces_than_can_be_followed_are_trouble() -> None:
    crowd = [posed(x=100 + 150 * i, eyes_px=40) for i in range(8)]
    tracking = tracker(FakeFinder([crowd]), all_faces=True)
    tracking.detect(frame(0))
    assert tracking.trouble == "more than 6 faces"


def test_a_mesh_found_at_the_edge_of_its_crop_is_looked_at_again() -> None:
    class HalfWay(FakeFinder):
        """Sees only half of the way to a face that is not where it looks."""

        def mesh(self, frame, hint):  # type: ignore[no-untyped-def]
            found = super().mesh(frame, hint)
            known = isinstance(hint, FaceMesh)
            return FaceMesh((found.points + hint.points) / 2, found.score, found.seen_ns) if known else found

    steps = [[posed(x=300)]] * 10 + [[posed(x=360)]]
    tracking = tracker(HalfWay(steps))
    looks(tracking, range(10))
    (face,) = tracking.detect(frame(10))
    assert abs(face.mesh.points[:, 0].mean() - steps[10][0][:, 0].mean()) < 0.15 * EYES_PX


def test_a_mesh_that_runs_away_from_its_crop_is_never_shown() -> None:
    class Runaway(FakeFinder):
        def mesh(self, frame, hint):  # type: ignore[no-untyped-def]
            if frame.seq < 8 or not isinstance(hint, FaceMesh):
                return super().mesh(frame, hint)
            return FaceMesh(hint.points + np.float32([0.3 * EYES_PX, 0, 0]), 1.0, frame.captured_ns)

    seen = looks(tracker(Runaway([[LEFT]])), range(12))
    assert all(seen[:8])
    assert not any(seen[8:])


def test_a_mesh_that_stays_behind_is_put_where_the_detector_sees_the_face() -> None:
    class Stuck(FakeFinder):
        def mesh(self, frame, hint):  # type: ignore[no-untyped-def]
            if isinstance(hint, FaceMesh):
                return FaceMesh(hint.points, 1.0, frame.captured_ns)
            return super().mesh(frame, hint)

    there = posed(x=320 + 0.6 * EYES_PX)
    tracking = tracker(Stuck([[LEFT]] * 8 + [[there]]))
    looks(tracking, range(8))
    (face,) = tracking.detect(frame(8))
    np.testing.assert_allclose(face.mesh.points, there, atol=0.01)


def test_prediction_moves_with_the_face() -> None:
    meshes = path(lambda t: posed(x=300 + 200 * t), 40)
    tracking = tracker(FakeFinder([[m.points] for m in meshes]))
    looks(tracking, range(39))
    ahead = tracking.predict(frame(39))[0]
    assert np.linalg.norm(ahead.mesh.points - meshes[39].points, axis=1).max() < 0.02 * EYES_PX
    assert ahead.track_id == 0


def test_a_new_face_is_not_drawn_in_a_frame_without_a_search() -> None:
    tracking = tracker(FakeFinder([[LEFT]]))
    for seq in range(2):
        assert tracking.detect(frame(seq))
        assert tracking.predict(frame(seq + 1)) == []
    tracking.detect(frame(2))
    assert tracking.predict(frame(3))


@pytest.mark.parametrize(("speed_px_per_s", "carried"), [(150, True), (1500, False)])
def test_a_face_that_moves_too_fast_to_be_guessed_is_not_drawn(speed_px_per_s: float, carried: bool) -> None:
    meshes = path(lambda t: posed(x=300 + speed_px_per_s * t), 40)
    tracking = tracker(FakeFinder([[m.points] for m in meshes]))
    for seq in range(10):
        assert tracking.detect(frame(seq))
    assert bool(tracking.predict(frame(11))) == carried


def test_a_moving_face_survives_dropped_frames() -> None:
    meshes = path(lambda t: posed(x=300 + 200 * t), 90)
    tracking = tracker(FakeFinder([[m.points] for m in meshes]))
    for seq in [*range(30), *range(30, 60, 3), 60, 65, 69, 70, 77, 78]:
        face = tracking.detect(frame(seq))[0]
        assert face.track_id == 0
        assert np.linalg.norm(face.mesh.points - meshes[seq].points, axis=1).mean() < 0.02 * EYES_PX


def test_rules_count_from_one() -> None:
    with pytest.raises(ValueError, match="count from 1"):
        TrackerConfig(detect_every=0)


def test_turned_and_tilted_faces_are_believed() -> None:
    for yaw in np.linspace(-1.2, 1.2, 9):
        mesh = path(lambda _, yaw=yaw: posed(yaw_rad=yaw), 1)[0]  # type: ignore[misc]
        assert find_mesh_fault(mesh, SIZE_WH, MeshLimits()) is None
        assert measure_misfit(mesh.points) < 0.01


def test_overlap_is_intersection_over_union() -> None:
    a = np.float32([0, 0, 10, 10])
    assert measure_overlap(a, a) == 1
    assert measure_overlap(a, np.float32([5, 0, 15, 10])) == pytest.approx(1 / 3)
    assert measure_overlap(a, np.float32([20, 20, 30, 30])) == 0


class SeesAPart(FakeFinder):
    """Sees a part of a face at the edge in the given frames, and no whole one."""

    def __init__(self, seen: range) -> None:
        super().__init__([[LEFT]])
        self._seen = seen

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        box = np.float32([1200, 300, 1360, 500])
        return [FaceBox(box, np.zeros((5, 2), np.float32), 0.6)] if frame.seq in self._seen else []


def coming_in(seq: int, first: int) -> Frame:
    """A frame in which something comes in at the right edge, from the frame `first` on, by two pixels a frame."""
    pixels = np.full((*SIZE_WH[::-1], 3), 100, np.uint8)
    if seq >= first:
        pixels[300:500, -40 - 2 * (seq - first) :] = 180
    return Frame(pixels, frame(seq).captured_ns, seq)


@pytest.mark.parametrize("all_faces", [False, True])
@pytest.mark.parametrize("seen_from", range(9, 14))
def test_a_part_of_a_face_at_the_edge_holds_however_slowly_it_comes_in(seen_from: int, all_faces: bool) -> None:
    tracking = tracker(SeesAPart(range(seen_from, 30)), all_faces)
    for seq in range(30):
        faces = tracking.detect(coming_in(seq, first=8))
        if seq >= seen_from:
            assert tracking.trouble == ENTERING and not tracking.finding.clean
        else:
            assert faces and tracking.trouble is None
        if 8 <= seq < seen_from:
            assert tracking.finding == FaceFinding(clean=True, unsure=True)


def test_a_part_of_a_face_that_goes_lets_the_picture_go_on() -> None:
    tracking = tracker(SeesAPart(range(10, 12)))
    for seq in range(17):
        tracking.detect(coming_in(seq, first=8))
    assert tracking.trouble is None and tracking.finding.clean


def test_a_late_frame_is_looked_at_for_parts_of_faces_too() -> None:
    tracking = tracker(SeesAPart(range(9, 30)))
    for seq in range(9):
        tracking.detect(coming_in(seq, first=8))
    assert tracking.glance(coming_in(9, first=8))
    assert tracking.trouble == ENTERING


@pytest.mark.parametrize("second", [[], [LEFT], [RIGHT], [LEFT, RIGHT]], ids=["none", "same", "another", "two"])
def test_it_does_not_matter_when_the_second_thread_looks(second: list[Points]) -> None:
    def follow(parallel: LateParallel | None) -> list[tuple[object, ...]]:
        tracking = FaceTracker(FakeFinder([[LEFT]] * 7 + [second]), TrackerConfig(detect_every=EVERY), parallel)
        seen = []
        for seq in range(4 * EVERY):
            pixels = frame(seq).pixels.copy()
            pixels[:200, 900:1100] += np.uint8(120 * (7 <= seq < 12))  # something comes in at the upper edge
            now = Frame(pixels, frame(seq).captured_ns, seq)
            faces = tracking.glance(now) if seq % 4 == 3 else tracking.detect(now)
            seen.append(([t.track_id for t in faces], tracking.trouble, tracking.finding, tracking.seen_ns))
        return seen

    assert follow(LateParallel()) == follow(None)
