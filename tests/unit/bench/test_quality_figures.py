import json
import math

import numpy as np
import pytest

from livecam.bench.quality.figures import compute_identity, compute_quality, compute_tracking
from livecam.bench.quality.follow import FollowedFace, Truth, average_runs, split_runs
from livecam.bench.quality.metrics import grey_outside, ring_round_skull
from livecam.bench.quality.run import QualityResult
from livecam.bench.quality.watch import Watched, Watcher
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.core.report import HeadStats
from tests.unit.video.drawn import picture, points_at

COUNTS = {"frames": 10, "held": 2, "face_lost": 1, "unswapped_shown": 0}


class OneWay:
    """A recogniser that sees how bright a picture is."""

    def embed(self, pixels, points):
        bright = float(pixels.mean()) / 255
        return np.array([bright, np.sqrt(1 - bright**2)], np.float32)


def followed(seq: int = 0, points=None) -> FollowedFace:
    points = points_at() if points is None else points
    return FollowedFace(FaceMesh(points, 1.0, seq * 33_000_000), points)


def watched(change=lambda pixels, seq: pixels.copy(), frames: int = 8, hidden=None) -> Watched:
    finder = FakeFinder([[points_at()]])
    watcher, before = Watcher(finder, [OneWay()]), picture(points_at())
    for seq in range(frames):
        watcher.observe(Frame(before, seq * 33_000_000, seq), change(before, seq), followed(seq), hidden)
    return watcher.watched


def test_an_untouched_clip_reads_the_best_of_everything():
    figures = compute_quality("sam", watched(hidden=points_at()[:0, :2]), COUNTS)
    assert (figures.flicker_added, figures.outline_error, figures.sharpness_ratio) == (0, 0, 1)
    assert figures.pose_error_deg < 0.1
    assert figures.expression_error < 1e-3
    assert (figures.frames, figures.held, figures.face_lost, figures.unswapped_shown) == (10, 2, 1, 0)


def test_a_trembling_output_flickers():
    trembling = watched(lambda pixels, seq: np.clip(pixels.astype(int) + 4 * (seq % 2), 0, 255).astype(np.uint8))
    assert compute_quality("sam", trembling, COUNTS).flicker_added == pytest.approx(4, abs=0.2)


def test_hidden_places_are_judged_by_what_was_kept_only():
    lips = points_at()[:20, :2]
    painted = watched(lambda pixels, seq: np.full_like(pixels, 250), hidden=lips)
    figures = compute_quality("sam", painted, COUNTS)
    assert figures.kept_share == 0
    assert math.isnan(figures.outline_error)
    assert compute_quality("sam", watched(hidden=lips), COUNTS).kept_share == 1


def test_a_gap_is_no_flicker():
    finder = FakeFinder([[points_at()]])
    watcher, before = Watcher(finder), picture(points_at())
    for seq in [0, 1, 2, 9, 10, 11]:
        lit = np.clip(before.astype(int) + (30 if seq > 5 else 0), 0, 255).astype(np.uint8)
        watcher.observe(Frame(lit, seq * 33_000_000, seq), lit, followed(seq))
    assert compute_quality("sam", watcher.watched, COUNTS).flicker_added == 0
    assert [len(run) for run in watcher.watched.skin] == [3, 3]


def test_identity_looks_the_output_up():
    w = watched(lambda pixels, seq: np.full_like(pixels, 250), frames=12)
    gallery = np.array([[0.1, math.sqrt(0.99)], [0.98, math.sqrt(1 - 0.98**2)]], np.float32)
    found = compute_identity(w.looks[0], gallery, 1)
    assert (found.first, found.gallery) == (1, 2)
    assert found.to_persona > 0.99 > 0.8 > found.to_live
    assert compute_identity(w.looks[0], gallery, 0).first == 0


def test_the_face_alone_is_judged_where_the_rest_is_grey():
    def repaint_the_wall(pixels, seq):
        out = np.full_like(pixels, 250)
        face = grey_outside(pixels, points_at()) != grey_outside(np.zeros_like(pixels), points_at())
        out[face] = pixels[face]
        return out

    (looks,) = watched(repaint_the_wall, frames=12).looks
    found = compute_identity(looks, np.eye(2, dtype=np.float32), 0, model="bright.onnx")
    assert found.face_to_live > 0.999 > found.to_live
    assert found.model == "bright.onnx" and found.face_to_persona != found.to_persona


def test_a_trembling_outline_is_unrest_and_an_untouched_one_is_none():
    def tremble(pixels, seq):
        out = pixels.copy()
        out[ring_round_skull(points_at(), pixels.shape)] += np.uint8(6 * (seq % 2))
        return out

    calm = compute_quality("sam", watched(hidden=points_at()[:0, :2]), COUNTS)
    assert calm.unrest == 0 and compute_quality("sam", watched(tremble), COUNTS).unrest > 5


def test_what_a_head_left_is_among_the_figures():
    head = HeadStats(pictures=8, guessed=0, left_mean=0.01, left_worst=0.04)
    figures = compute_quality("sam", watched(), COUNTS, head=head)
    assert (figures.head_left_mean, figures.head_left_worst) == (0.01, 0.04)


def moving_truth(frames: int = 40) -> Truth:
    points = np.stack([points_at() + np.float32([12 * np.sin(n / 5), 0, 0]) for n in range(frames)])
    return Truth(points, np.zeros((frames, 468), bool), np.ones(frames, bool))


def test_a_perfect_mesh_has_no_error_jitter_or_lag():
    truth = moving_truth()
    faces = {n: followed(n, truth.points[n]) for n in range(40)}
    perfect = compute_tracking(faces, truth, range(10), range(10, 40))
    assert (perfect.error, perfect.jitter, perfect.lag_frames) == (0, 0, 0)


def test_a_late_and_trembling_mesh_is_noticed():
    truth = moving_truth()
    tremble = np.random.default_rng(1).normal(0, 0.5, (40, 468, 3)).astype(np.float32)
    faces = {n: followed(n, truth.points[max(n - 1, 0)] + tremble[n]) for n in range(40)}
    late = compute_tracking(faces, truth, range(10), range(10, 40))
    assert late.error > 1
    assert late.jitter > 0.5
    assert late.lag_frames == pytest.approx(1, abs=0.1)


def test_runs_end_at_a_missing_frame_and_steady_points_do_not_tremble():
    points = points_at()
    meshes = {seq: FaceMesh(points + np.float32(seq % 2), 1.0, seq) for seq in [*range(20), 25]}
    assert [len(run) for run in split_runs(meshes)] == [20, 1]
    steps = np.diff(np.stack([steady for _, steady in average_runs(list(range(20)), meshes)]), axis=0)
    assert np.abs(steps[8:-8]).max() < 0.02


def test_json_holds_no_nan():
    figures = compute_quality("sam", Watched(), COUNTS)
    result = QualityResult({"camera": "sample"}, [figures], None, None, {"cpu": "x"})
    assert json.loads(result.to_json())["personas"][0]["flicker_ratio"] is None
