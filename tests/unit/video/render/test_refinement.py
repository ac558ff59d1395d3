"""What a refiner is shown, and what it may change."""

import cv2
import numpy as np
import pytest

from livecam.core import topology
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeRefiner
from livecam.core.refinement import LIGHT_STEP_PX, REFINE_PX, RefinePlane
from livecam.video.render import masks
from livecam.video.render.canvas import Canvas
from livecam.video.render.mesh_border import POINT_COUNT, add_rings
from livecam.video.render.refinement import Refinement, add_change
from livecam.video.render.renderer import FaceRenderer
from tests.unit.video.drawn import colour_texture, detail_texture, frame_of, mesh, picture, points_at

FACING = np.ones(468, np.float32)
FULL = 8
"""Frames after which a change is applied in full."""


class EchoingRefiner(FakeRefiner):
    """Returns all it sees of the live face: the worst a network could do."""

    def refine(self, planes):
        super().refine(planes)
        return planes[RefinePlane.LIGHT : RefinePlane.DRAWN].copy()


def canvas_of(size_px, live=90):
    """Return a canvas with a drawn face, and its points."""
    canvas = Canvas(size_px)
    flat = np.asarray(topology.CANONICAL * (0.24 * size_px) + np.array([size_px / 2, size_px / 2, 0]), np.float32)
    points = add_rings(flat, np.empty((POINT_COUNT, 3), np.float32))
    canvas.colour[:], canvas.live[:] = 120, live
    canvas.alpha[:] = 0
    rows, columns = np.mgrid[0:size_px, 0:size_px]
    canvas.alpha[np.hypot(rows - size_px / 2, columns - size_px / 2) < 0.3 * size_px] = 255
    return canvas, points


def whole(canvas):
    """Return a mask (n, n) that limits nothing."""
    return np.full((canvas.size_px, canvas.size_px), 255, np.uint8)


def refined(refiner, canvas, points, covered=None, frames=FULL):
    """Return the colours (n, n, 3) after as many frames."""
    refinement, drawn = Refinement(refiner), canvas.colour.copy()
    quarter = canvas.size_px // 4
    covered = np.zeros((quarter, quarter), np.float32) if covered is None else covered
    for _ in range(frames):
        canvas.colour[:] = drawn
        refinement.update(canvas, whole(canvas), points, FACING, covered, True)
    return canvas.colour.copy()


def checks(size_px):
    """Return a pattern (n, n) of +-60 that no mean over the light's squares contains."""
    step = size_px // REFINE_PX * LIGHT_STEP_PX // 4 if size_px >= REFINE_PX else 1
    rows, columns = np.mgrid[0:size_px, 0:size_px] // max(step, 1)
    return np.where((rows + columns) % 2, 60, -60)


@pytest.mark.parametrize("size_px", [128, 256])
def test_no_pattern_of_the_live_face_comes_out_whatever_it_answers(size_px):
    plain = refined(EchoingRefiner(), *canvas_of(size_px, 90)).astype(int)
    canvas, points = canvas_of(size_px, 90)
    canvas.live[:] = (90 + checks(size_px))[..., None]
    planted = refined(EchoingRefiner(), canvas, points).astype(int)
    assert np.ptp(plain) > 0
    assert np.abs(planted - plain).max() <= 1


def test_the_echo_would_show_what_light_shows():
    """The test above can fail: slow light does come through."""
    dark, bright = (refined(EchoingRefiner(), *canvas_of(128, live)).astype(int) for live in (40, 120))
    assert (bright - dark).max() > 60


@pytest.mark.parametrize("size_px", [128, 256, 320])
def test_only_the_persona_and_its_openings_change(size_px):
    canvas, points = canvas_of(size_px)
    opening = np.zeros((size_px, size_px), np.uint8)
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE, topology.INNER_LIPS):
        cv2.fillPoly(opening, [masks.polygon(points[ring])], 255, shift=masks.SHIFT)
    out = refined(FakeRefiner(0.2), canvas, points)
    free = (canvas.alpha == 0) & (opening == 0)
    assert (out[free] == 120).all()
    assert (out[canvas.alpha == 255] > 160).all()


def test_what_is_in_front_of_the_face_does_not_change():
    canvas, points = canvas_of(128)
    canvas.alpha[:] = 0
    out = refined(FakeRefiner(0.2), canvas, points, covered=np.ones((32, 32), np.float32))
    assert (out == 120).all()


def test_nothing_changes_beyond_the_mask_and_the_network_sees_it():
    canvas, points = canvas_of(128)
    mask = whole(canvas)
    mask[:, :64] = 0
    canvas.colour[:, :64] = 0
    refiner = FakeRefiner(0.2)
    Refinement(refiner).update(canvas, mask, points, FACING, np.zeros((32, 32), np.float32), True)
    assert (canvas.colour[:, :64] == 0).all() and canvas.colour.max() > 120
    assert refiner.seen[RefinePlane.BLUE, 64, 10] == pytest.approx(90 / 255)


def test_a_change_fades_in_and_out():
    refinement, refiner = Refinement(FakeRefiner(0.2)), []
    for has_time in [True] * 10 + [False] * 6:
        canvas, points = canvas_of(128)
        refinement.update(canvas, whole(canvas), points, FACING, np.zeros((32, 32), np.float32), has_time)
        refiner.append(int(canvas.colour[64, 64, 0]))
    steps = np.abs(np.diff([120, *refiner]))
    assert refiner[9] == 171 and refiner[-1] == 120
    assert steps.max() <= 14


def test_without_time_the_network_is_not_asked():
    refiner = FakeRefiner()
    refinement = Refinement(refiner)
    canvas, points = canvas_of(128)
    refinement.update(canvas, whole(canvas), points, FACING, np.zeros((32, 32), np.float32), False)
    assert refiner.refined == 0 and (canvas.colour == 120).all()


def test_another_face_begins_without_the_last_ones_change():
    refinement = Refinement(FakeRefiner())
    canvas, points = canvas_of(128)
    refinement.update(canvas, whole(canvas), points, FACING, np.zeros((32, 32), np.float32), True)
    refinement.reset()
    canvas, points = canvas_of(128)
    refinement.update(canvas, whole(canvas), points, FACING, np.zeros((32, 32), np.float32), False)
    assert (canvas.colour == 120).all()


def test_colours_never_wrap():
    colour = np.full((8, 8, 3), 250, np.uint8)
    where = np.full((8, 8), 255, np.uint8)
    add_change(colour, np.full((3, 8, 8), 1.0, np.float32), where, 1.0)
    assert (colour == 255).all()
    add_change(colour, np.full((3, 8, 8), -2.0, np.float32), where, 1.0)
    assert (colour == 0).all()


def test_the_planes_hold_what_their_names_say():
    refiner = FakeRefiner()
    canvas, points = canvas_of(256)
    refined(refiner, canvas, points, frames=1)
    seen = refiner.seen
    assert seen.min() >= 0 and seen.max() <= 1
    middle = REFINE_PX // 2
    assert seen[RefinePlane.BLUE, 0, 0] == pytest.approx(120 / 255)
    assert seen[RefinePlane.LIGHT, middle, middle] == pytest.approx(90 / 255)
    assert (seen[RefinePlane.DRAWN, middle, middle], seen[RefinePlane.DRAWN, 0, 0]) == (1, 0)
    assert (seen[RefinePlane.OVAL, middle, middle], seen[RefinePlane.OVAL, 0, 0]) == (1, 0)
    assert seen[RefinePlane.FACING, middle, middle] == pytest.approx(1, abs=0.05)
    assert 0 < seen[RefinePlane.OPENING].mean() < 0.05


def test_a_renderer_without_one_draws_as_before_and_with_one_differs():
    points = points_at()
    pixels = picture(points)
    pictures = []
    for refiner in (None, FakeRefiner(0.0), FakeRefiner(0.1)):
        out = pixels.copy()
        FaceRenderer(refiner=refiner).draw(frame_of(pixels), mesh(points), detail_texture(), out)
        pictures.append(out)
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_colours_of_a_trained_or_neural_engine_are_left_alone():
    """The network was judged on photos only; these have a photo's contrast already."""
    points, refiner = points_at(), FakeRefiner()
    pixels = picture(points)
    FaceRenderer(refiner=refiner).draw(frame_of(pixels), mesh(points), colour_texture(), pixels.copy())
    assert refiner.refined == 0


def test_a_network_that_fails_ends_the_frame():
    points = points_at()
    pixels = picture(points)
    renderer = FaceRenderer(refiner=FakeRefiner(error=EngineError("gone", advice="open it again")))
    with pytest.raises(EngineError, match="gone"):
        renderer.draw(frame_of(pixels), mesh(points), detail_texture(), pixels.copy())
