"""The committed sample clip and its truth: equally long, small, and showing what they promise."""

from collections.abc import Iterator

import av
import numpy as np
import pytest
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from livecam.core.topology import LEFT_EYE_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.devices.media.sample import SAMPLE_CLIP, SAMPLE_TRUTH

FRAMES, WIDTH, HEIGHT = 300, 1280, 720
YAW, PITCH, ROLL = range(3)


@pytest.fixture(scope="module")
def truth() -> Iterator[NpzFile]:
    with np.load(SAMPLE_TRUTH, allow_pickle=False) as arrays:
        yield arrays


@pytest.fixture(scope="module")
def points(truth: NpzFile) -> NDArray[np.float32]:
    return np.asarray(truth["points"] / np.float32(truth["subpixels"]), np.float32)


@pytest.fixture(scope="module")
def brightness() -> NDArray[np.float32]:
    """Mean luma of every frame."""
    with av.open(str(SAMPLE_CLIP)) as clip:
        stream = clip.streams.video[0]
        assert (stream.width, stream.height, stream.average_rate) == (WIDTH, HEIGHT, 30)
        return np.array(
            [frame.reformat(64, 36, "gray").to_ndarray().mean() for frame in clip.decode(stream)], np.float32
        )


def scene(truth: NpzFile, name: str) -> slice:
    first, last = truth["scene_frames"][list(truth["scene"]).index(name)]
    return slice(int(first), int(last))


def test_clip_and_truth_are_equally_long(truth: NpzFile, brightness: NDArray[np.float32]) -> None:
    assert len(brightness) == FRAMES
    assert truth["points"].shape == (FRAMES, 468, 3)
    for name in ("visible", "covered", "inside", "hidden", "pose_degrees"):
        assert len(truth[name]) == FRAMES, name


def test_clip_and_truth_stay_under_three_megabytes() -> None:
    assert SAMPLE_CLIP.stat().st_size + SAMPLE_TRUTH.stat().st_size < 3_000_000


def test_scenes_fill_the_clip_without_a_gap(truth: NpzFile) -> None:
    edges = truth["scene_frames"]
    assert edges[0, 0] == 0
    assert edges[-1, 1] == FRAMES
    assert (edges[1:, 0] == edges[:-1, 1]).all()


@pytest.mark.parametrize(
    ("name", "axis", "least_degrees"), [("turn", YAW, 34.0), ("tilt", ROLL, 19.0), ("nod", PITCH, 7.0)]
)
def test_head_moves_both_ways(truth: NpzFile, name: str, axis: int, least_degrees: float) -> None:
    angle = truth["pose_degrees"][scene(truth, name), axis]
    assert angle.max() >= least_degrees
    assert angle.min() <= -least_degrees


def test_face_leaves_the_picture_and_comes_back(truth: NpzFile) -> None:
    inside = truth["inside"]
    away = scene(truth, "away")
    assert (inside[away] == 0).sum() >= 5
    assert not truth["visible"][away].all()
    assert (inside[: away.start] == 1).all()
    assert (inside[away.stop :] == 1).all()


def test_lower_face_is_covered_for_a_while_and_never_elsewhere(truth: NpzFile, points: NDArray[np.float32]) -> None:
    covered, during = truth["covered"], scene(truth, "covered")
    assert covered[during].sum() >= 12
    assert not covered[: during.start].any()
    assert not covered[during.stop :].any()
    assert truth["hidden"][during].mean(0)[[13, 14, 152]].min() > 0.2
    assert truth["hidden"][during].mean(1).max() > 0.3


def test_dark_scene_has_less_than_half_the_light(truth: NpzFile, brightness: NDArray[np.float32]) -> None:
    dark = brightness[scene(truth, "dark")]
    assert dark.min() < 0.4 * np.median(brightness)


def test_face_comes_nearer_when_it_leans_in(truth: NpzFile, points: NDArray[np.float32]) -> None:
    height = points[:, 152, 1] - points[:, 10, 1]
    assert 270 < np.median(height[scene(truth, "still")]) < 340
    assert height[scene(truth, "lean")].max() > 1.2 * np.median(height[scene(truth, "still")])


def test_eyes_close_and_open_again(points: NDArray[np.float32]) -> None:
    for four in (RIGHT_EYE_OPENING, LEFT_EYE_OPENING):
        height = np.array([opening_ratio(frame[:, :2], four) for frame in points])
        assert np.median(height) > 0.25
        assert height.min() < 0.4 * np.median(height)


def test_mouth_opens_while_talking_only(truth: NpzFile, points: NDArray[np.float32]) -> None:
    gap = np.linalg.norm(points[:, 13] - points[:, 14], axis=1)
    assert gap[scene(truth, "talking")].std() > 4 * gap[scene(truth, "still")].std()


def test_last_frame_leads_back_to_the_first(points: NDArray[np.float32], brightness: NDArray[np.float32]) -> None:
    assert np.abs(points[-1, :, :2] - points[0, :, :2]).max() < 3.0
    assert abs(float(brightness[-1] - brightness[0])) < 2.0
