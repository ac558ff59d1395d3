"""The shipped refiner on the sample clip's first frame."""

import cv2
import numpy as np
import pytest

from engines.face.network import Network
from engines.refine.refiner import PACKAGE, OnnxFaceRefiner, open_refiner, trial_planes
from engines.swap.photo.engine import PhotoEngine
from livecam.core import topology
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.ports import FaceRefiner
from livecam.core.refinement import REFINE_PX
from livecam.personas.built_in import open_builtin
from livecam.video.render.renderer import FaceRenderer
from tests.sample_face import read_first_face

FRAMES = 8
CHECKS_PX, STRENGTH = 4, 40


@pytest.fixture(scope="module")
def refiner():
    opened = open_refiner()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def live():
    """The sample's first frame, and the points of its face."""
    frame, mesh = read_first_face()
    return frame.pixels, mesh.points


@pytest.fixture(scope="module")
def texture():
    return PhotoEngine().prepare(open_builtin("robin"))


def drawn(pixels, points, texture, refiner):
    """Return the picture after the change has faded in."""
    renderer = FaceRenderer(refiner=refiner)
    for number in range(FRAMES):
        out = pixels.copy()
        renderer.draw(Frame(pixels, number * 33_000_000, number), FaceMesh(points, 1.0, 0), texture, out)
    return out


def face_mask(points, shape, shrink=0.75):
    hull = cv2.convexHull(points[:, :2].astype(np.float32))[:, 0]
    middle = hull.mean(0)
    mask = np.zeros(shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(middle + (hull - middle) * shrink).astype(np.int32), 1)
    return mask.astype(bool)


def test_it_is_a_refiner_and_answers_small_changes(refiner):
    change = refiner.refine(trial_planes())
    assert isinstance(refiner, FaceRefiner)
    assert change.shape == (3, REFINE_PX, REFINE_PX) and change.dtype == np.float32
    assert 0 < np.abs(change).mean() < 0.5


def test_eight_bits_answer_as_floats_do():
    small, exact = (OnnxFaceRefiner(Network.open_shipped(name, 1, PACKAGE)) for name in ("refine_int8", "refine"))
    apart = np.abs(small.refine(trial_planes()) - exact.refine(trial_planes()))
    assert apart.mean() < 0.02


def test_a_refined_face_is_sharper_not_smoother(refiner, live, texture):
    pixels, points = live
    mask = face_mask(points, pixels.shape)
    plain, fine = (drawn(pixels, points, texture, each) for each in (None, refiner))
    contrast = [np.abs(cv2.Laplacian(p, cv2.CV_32F)).mean(2)[mask].mean() for p in (plain, fine)]
    assert contrast[1] > 1.05 * contrast[0]


def test_nothing_beyond_the_drawn_face_changes(refiner, live, texture):
    pixels, points = live
    plain, fine = (drawn(pixels, points, texture, each) for each in (None, refiner))
    beyond = ~face_mask(points, pixels.shape, shrink=1.6)
    assert np.array_equal(plain[beyond], fine[beyond])


def test_a_pattern_planted_on_the_live_face_does_not_come_out(refiner, live, texture):
    pixels, points = live
    mask = face_mask(points, pixels.shape, shrink=0.6)
    rows, columns = np.mgrid[0 : pixels.shape[0], 0 : pixels.shape[1]] // CHECKS_PX
    pattern = np.where((rows + columns) % 2, 1.0, -1.0) * mask
    planted = np.clip(pixels + STRENGTH * pattern[..., None], 0, 255).astype(np.uint8)
    openings = cv2.dilate(_openings(points, pixels.shape), np.ones((9, 9), np.uint8)) > 0
    judged = mask & ~openings

    def shown(refined_by):
        found = drawn(planted, points, texture, refined_by).astype(float).mean(2)
        usual = drawn(pixels, points, texture, refined_by).astype(float).mean(2)
        return abs(((found - usual) * pattern)[judged].mean()) / STRENGTH

    assert shown(refiner) < 0.02
    assert shown(refiner) <= shown(None) + 0.01


def _openings(points, shape):
    mask = np.zeros(shape[:2], np.uint8)
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE, topology.INNER_LIPS):
        cv2.fillPoly(mask, [np.round(points[ring, :2]).astype(np.int32)], 1)
    return mask


def test_a_closed_refiner_says_so():
    closed = open_refiner()
    closed.close()
    closed.close()
    with pytest.raises(EngineError, match="closed"):
        closed.refine(trial_planes())
