"""A face without a camera: followed like any other, moved by the voice alone, shut and calm where there is none."""

import numpy as np
import pytest

from livecam.app.no_camera import check_no_camera, open_talking_face
from livecam.config.settings import Settings
from livecam.core import topology
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import UsageError
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder, FrameSource
from livecam.devices.source import open_source
from livecam.video.talking.face_finder import LOOK_BACK_MS, TRACKING
from livecam.video.talking.face_shape import make_shape
from livecam.video.talking.mouth_track import MouthTrack
from livecam.video.talking.performance import stance_at
from livecam.video.tracking.plausibility import MeshLimits, measure_misfit
from livecam.video.tracking.tracker import FaceTracker

PERIOD_NS = NS_PER_S // 30
LOOK_BACK_NS = round(LOOK_BACK_MS * NS_PER_MS)


def opening_at(t_ns: int) -> float:
    """A mouth that speaks four syllables a second after the first second."""
    t_s = t_ns / NS_PER_S
    return max(0.0, float(np.sin(2 * np.pi * 4 * t_s))) if t_s > 1 else 0.0


def followed(track_until_s: float, seconds: float = 4.0) -> list[float]:
    """How open the mouth of the followed face is, picture by picture."""
    finder, track = open_talking_face()
    tracker, clock = FaceTracker(finder, TRACKING), ManualClock()
    source = open_source("none", size_wh=(320, 240), clock=clock)
    openings = []
    for _ in range(round(30 * seconds)):
        frame = source.read()
        heard_ns = min(frame.captured_ns - 100 * NS_PER_MS, round(track_until_s * NS_PER_S))
        track.add((t, opening_at(t), 0.0) for t in range(0, heard_ns, 10 * NS_PER_MS))
        faces = tracker.detect(frame)
        assert len(faces) == 1 and tracker.trouble is None
        openings.append(topology.opening_ratio(faces[0].mesh.points, topology.MOUTH_OPENING))
    return openings


def test_a_camera_that_is_none_gives_plain_pictures_at_its_pace():
    clock = ManualClock(NS_PER_S)
    source = open_source("none", rate_hz=30.0, clock=clock)
    frames = [source.read() for _ in range(31)]
    assert isinstance(source, FrameSource) and source.live and frames[0].size_wh == (1280, 720)
    assert frames[-1].captured_ns - frames[0].captured_ns == pytest.approx(NS_PER_S, abs=100)
    assert len(np.unique(frames[0].pixels)) == 1
    clock.advance_ns(NS_PER_S)
    assert source.read().seq == 60
    source.close()
    assert source.read() is None


def test_the_face_is_the_same_whatever_a_picture_holds():
    finder, _ = open_talking_face()
    assert isinstance(finder, FaceFinder)
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), dtype=np.uint8)
    plain, noisy = (Frame(pixels, 5, 0) for pixels in (np.zeros_like(noise), noise))
    (box,) = finder.detect(plain)
    assert np.array_equal(finder.mesh(plain, box).points, finder.mesh(noisy, box).points)
    assert not finder.detect_entering(noisy, ())


def test_lips_follow_the_voice_within_one_picture():
    openings = np.array(followed(track_until_s=10.0))
    times_ns = np.arange(len(openings)) * PERIOD_NS - LOOK_BACK_NS

    def likeness(late_ms: int) -> float:
        planted = [opening_at(t - late_ms * NS_PER_MS) for t in times_ns]
        return float(np.corrcoef(openings[45:], planted[45:])[0, 1])

    best_ms = max(range(-80, 81, 5), key=likeness)
    assert 0 <= best_ms <= 20 and likeness(best_ms) > 0.97


def test_a_mouth_shuts_when_nothing_more_is_heard():
    openings = followed(track_until_s=2.0)
    assert max(openings[40:62]) > 0.3 and max(openings[75:]) < 0.12


def test_a_face_that_says_nothing_is_calm_and_blinks():
    stances = [stance_at(n * PERIOD_NS, seed=3) for n in range(900)]
    turns, lids = np.array([stance.turn for stance in stances]), np.array([stance.lids for stance in stances])
    assert np.abs(turns).max() < 0.06 and np.abs(np.diff(turns, axis=0)).max() < 0.004
    blinks = int(((lids[1:] > 0.5) & (lids[:-1] <= 0.5)).sum())
    assert 4 <= blinks <= 8 and lids.max() > 0.9 and (lids == 0).mean() > 0.9


@pytest.mark.parametrize("opening", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("width", [-1.0, 0.0, 1.0])
def test_every_shape_is_a_plausible_face(opening, width):
    for lids in (0.0, 1.0):
        assert measure_misfit(make_shape(opening, width, lids)) < MeshLimits().max_misfit / 4
    shut, now = make_shape(0, 0, 0), make_shape(opening, width, 0)
    across = np.ptp(now[topology.INNER_LIPS, 0]) / np.ptp(shut[topology.INNER_LIPS, 0])
    assert np.sign(round(across - 1, 3)) == np.sign(width)


def test_shapes_between_two_are_halfway_and_older_ones_are_left_out():
    track = MouthTrack()
    assert track.at(5) == (0.0, 0.0)
    track.add([(10 * NS_PER_MS, 0.0, 0.0), (20 * NS_PER_MS, 1.0, -1.0), (15 * NS_PER_MS, 0.3, 0.3)])
    assert track.at(15 * NS_PER_MS) == (0.5, -0.5) and track.at(5 * NS_PER_MS) == (0.0, 0.0)
    assert track.at(80 * NS_PER_MS)[0] == pytest.approx(0.5) and track.at(NS_PER_S) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"mode": "swap"}, "no face to draw on"),
        ({"voice": "off"}, "the voice moves the persona"),
        ({"identity_model": "net.onnx"}, "no face can be compared"),
    ],
)
def test_a_session_without_a_camera_needs_a_puppet_and_a_voice(changes, why):
    usual = {"camera": "none", "mode": "puppet", "voice": "cedar", "persona": "robin"}
    check_no_camera(Settings(**usual))
    with pytest.raises(UsageError, match=why):
        check_no_camera(Settings(**{**usual, **changes}))
