import tracemalloc

import cv2
import numpy as np
import pytest

from livecam.core import topology
from livecam.core.face import Cover
from livecam.core.texture import FaceTexture
from livecam.video.render.renderer import FaceRenderer, RenderSettings
from tests.unit.video.drawn import (
    HEIGHT,
    WIDTH,
    colour_texture,
    cover_all,
    detail_texture,
    frame_of,
    mean_colour,
    mesh,
    picture,
    points_at,
)

CHEEK, BROW, NOSE = 50, 105, 5
NO_COVER = Cover(np.zeros((32, 32), np.float32), np.eye(2, 3, dtype=np.float32))


def drawn(points, pixels=None, texture=None, renderer=None, cover=None):
    pixels = picture(points) if pixels is None else pixels
    out = pixels.copy()
    renderer = renderer or FaceRenderer()
    replaced = renderer.draw(frame_of(pixels), mesh(points, cover), texture or detail_texture(), out)
    return out, replaced


def test_the_persona_is_on_the_face():
    points = points_at()
    before = picture(points)
    out, replaced = drawn(points, before)
    assert replaced > 0.95
    assert mean_colour(out, points, NOSE).mean() > mean_colour(before, points, NOSE).mean() + 20


def test_nothing_changes_away_from_the_face():
    points = points_at()
    before = picture(points)
    out, _ = drawn(points, before)
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    margin = 0.2 * (high - low)
    left, top = np.floor(low - margin).astype(int)
    right, bottom = np.ceil(high + margin).astype(int)
    outside = np.ones(before.shape[:2], bool)
    outside[top:bottom, left:right] = False
    assert np.array_equal(out[outside], before[outside])


def test_a_face_that_something_hides_counts_as_not_replaced():
    points = points_at()
    before = picture(points)
    out, replaced = drawn(points, before, cover=cover_all(points))
    assert replaced < 0.02
    assert np.abs(out[150:300, 260:380].astype(int) - before[150:300, 260:380]).mean() < 12


def test_a_doubtful_patch_lets_nothing_of_the_live_face_through():
    points = points_at()
    cover = cover_all(points)
    cover.probability[:] *= 0.35
    assert drawn(points, cover=cover)[1] > 0.9


def test_a_likely_thing_stays_in_front_if_it_comes_from_outside():
    points = points_at()
    cover = cover_all(points)
    cover.probability[:] = 0
    cover.probability[15:21, 13:19] = 0.6
    within = drawn(points, cover=cover)[1]
    cover.probability[15:, 10:22] = 0.6
    assert within > 0.9
    assert drawn(points, cover=cover)[1] < 0.75


def test_a_thing_that_is_certain_somewhere_stays_in_front_in_whole():
    points = points_at()
    cover = cover_all(points)
    cover.probability[:] *= 0.3
    cover.probability[14:18, 14:18] = 0.9
    assert drawn(points, cover=cover)[1] < 0.1


def right_half(points):
    """A network's word that something hides the half of the face on the right of the picture."""
    cover = cover_all(points)
    cover.probability[:, :16] = 0
    return cover


def with_thing(pixels, points):
    """A patterned thing in front of that half."""
    out = pixels.copy()
    left, top = points[:, :2].min(0).astype(int)
    right, bottom = points[:, :2].max(0).astype(int)
    middle = (left + right) // 2
    tiles = np.random.default_rng(3).integers(40, 160, (12, 8, 3)).astype(np.uint8)
    size = (right + 10 - middle, bottom - top)
    out[top:bottom, middle : right + 10] = cv2.resize(tiles, size, interpolation=cv2.INTER_NEAREST)
    return out


def test_half_a_cover_that_comes_halves_what_counts_as_replaced():
    points, renderer = points_at(), FaceRenderer()
    assert drawn(points, renderer=renderer, cover=NO_COVER)[1] > 0.95
    covered = with_thing(picture(points), points)
    replaced = [drawn(points, covered, renderer=renderer, cover=right_half(points))[1] for _ in range(6)]
    assert 0.3 < replaced[-1] < 0.7


def test_half_a_face_hidden_from_the_start_is_not_shown():
    points = points_at()
    assert drawn(points, with_thing(picture(points), points), cover=right_half(points))[1] == 0


@pytest.mark.parametrize("light", [(0.3, 0.3, 0.3), (0.2, 0.3, 0.6)], ids=["dark", "coloured"])
def test_a_darkened_half_of_the_face_is_covered_whatever_the_network_says(light):
    points, renderer = points_at(), FaceRenderer()
    drawn(points, renderer=renderer, cover=NO_COVER)
    before = picture(points)
    before[:, points[:, 0].mean().astype(int) :] = before[:, points[:, 0].mean().astype(int) :] * light
    for _ in range(6):
        assert drawn(points, before, renderer=renderer, cover=right_half(points))[1] > 0.8


def test_a_lamp_switched_on_is_followed_within_two_frames():
    points, renderer, texture = points_at(), FaceRenderer(), detail_texture()
    for _ in range(20):
        drawn(points, picture(points, light=0.6), texture, renderer)
    for _ in range(2):
        out, _ = drawn(points, picture(points, light=1.1), texture, renderer)
    settled, _ = drawn(points, picture(points, light=1.1), texture)
    assert mean_colour(out, points, CHEEK) == pytest.approx(mean_colour(settled, points, CHEEK), rel=0.08)


def test_noise_does_not_pass_for_a_lamp():
    points, renderer, texture = points_at(), FaceRenderer(), detail_texture()
    rng = np.random.default_rng(1)
    still, cheeks = picture(points), []
    for _ in range(12):
        noisy = np.clip(still + rng.normal(0, 8, still.shape), 0, 255).astype(np.uint8)
        cheeks.append(mean_colour(drawn(points, noisy, texture, renderer)[0], points, CHEEK).mean())
    assert np.std(cheeks[2:]) < 0.6


def test_a_still_picture_gives_a_still_picture():
    points, renderer, texture = points_at(), FaceRenderer(), detail_texture()
    pixels = picture(points)
    for _ in range(60):
        drawn(points, pixels, texture, renderer)
    first, _ = drawn(points, pixels, texture, renderer)
    for _ in range(16):
        again, _ = drawn(points, pixels, texture, renderer)
    assert np.abs(first.astype(int) - again).max() <= 1


def test_the_same_input_gives_the_same_pictures():
    points = points_at(yaw_deg=20)
    runs = []
    for _ in range(2):
        renderer, texture = FaceRenderer(), detail_texture()
        runs.append([drawn(points + k, picture(points + k), texture, renderer)[0] for k in range(3)])
    assert np.array_equal(runs[0], runs[1])


@pytest.mark.parametrize("center", [(0, 220), (WIDTH, 220), (320, 0), (320, HEIGHT), (0, 0)])
def test_a_face_half_outside_the_frame_is_replaced_where_it_shows(center):
    out, replaced = drawn(points_at(center))
    assert replaced > 0.9
    assert out.shape == (HEIGHT, WIDTH, 3)


@pytest.mark.parametrize("center", [(-400, 220), (320, 2000)])
def test_a_face_outside_the_frame_draws_nothing(center):
    before = picture(points_at())
    out, replaced = drawn(points_at(center), before)
    assert replaced == 0
    assert np.array_equal(out, before)


def test_a_tiny_face_is_drawn_and_one_too_tiny_is_not():
    assert drawn(points_at(height_px=20))[1] > 0.8
    assert drawn(points_at(height_px=6))[1] == 0


def test_a_face_larger_than_the_frame_is_drawn():
    assert drawn(points_at(height_px=900))[1] > 0.9


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_the_live_face_is_covered_at_any_strength(strength):
    assert drawn(points_at(), renderer=FaceRenderer(RenderSettings(strength)))[1] > 0.95


def test_strength_scales_detail():
    points = points_at()

    def stripe(strength: float) -> float:
        out, _ = drawn(points, renderer=FaceRenderer(RenderSettings(strength)))
        return float(mean_colour(out, points, NOSE, 2).mean())

    assert stripe(0.0) < stripe(0.5) < stripe(1.0)


def test_strength_outside_its_range_is_refused():
    with pytest.raises(ValueError, match=r"0\.\.1"):
        RenderSettings(1.2)


def test_a_texture_of_colours_takes_the_live_light():
    points = points_at()
    cheeks = [
        mean_colour(drawn(points, picture(points), colour_texture(light))[0], points, CHEEK)
        for light in (0.5, 1.0, 1.3)
    ]
    live = mean_colour(picture(points), points, CHEEK)
    for cheek in cheeks:
        assert cheek == pytest.approx(live, rel=0.06)


def test_live_eyes_stay_unless_the_texture_brings_its_own():
    points = points_at()
    before = picture(points)
    texture = colour_texture()
    texture.pixels[:] = 128
    own = FaceTexture(texture.pixels, texture.points, eyes_and_mouth="own")
    middle = points[[33, 133]].mean(0)
    pupil = middle + np.float32([3, 0, 0])
    cv2.circle(before, tuple(np.round(pupil[:2]).astype(int).tolist()), 2, (10, 10, 10), -1)
    kept, covered = (
        mean_colour(picture, (middle - np.float32([4, 0, 0]))[None], 0, 1) - mean_colour(picture, pupil[None], 0, 1)
        for picture in (drawn(points, before, t)[0] for t in (texture, own))
    )
    assert kept.max() > 40
    assert np.abs(covered).max() < 20


@pytest.mark.parametrize("yaw_deg", [-35, 35])
def test_a_turned_face_is_replaced_on_both_sides(yaw_deg):
    points = points_at(yaw_deg=yaw_deg)
    assert drawn(points)[1] > 0.9


def always_fine(points, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr("livecam.video.render.frontal.LIMIT_DEG", -90.0)
        return drawn(points)[0].astype(np.int16)


@pytest.mark.parametrize("height_px", [90, 240, 420])
def test_a_frontal_face_looks_the_same_with_a_coarse_layout(height_px, monkeypatch):
    points = points_at(height_px=height_px)
    change = np.abs(drawn(points)[0] - always_fine(points, monkeypatch)).max(2)
    assert 0 < change.mean() < 0.2
    assert (change > 12).mean() < 1e-3


def test_a_turned_face_keeps_its_fine_layout(monkeypatch):
    points = points_at(yaw_deg=20)
    assert (drawn(points)[0] == always_fine(points, monkeypatch)).all()


def test_live_brows_do_not_shine_through():
    points = points_at()
    bare = FaceTexture(
        np.full((192, 192, 3), 150, np.uint8), topology.UV * 191, tone=np.float32([120, 150, 190]), shape=None
    )
    out, _ = drawn(points, texture=bare)
    assert mean_colour(out, points, BROW, 2) == pytest.approx(mean_colour(out, points, CHEEK), rel=0.08)


def test_memory_does_not_grow():
    points, renderer, texture = points_at(), FaceRenderer(), detail_texture()
    pixels = picture(points)
    for _ in range(35):
        drawn(points, pixels, texture, renderer)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(30):
        drawn(points, pixels, texture, renderer)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 20_000


def test_reset_forgets_the_face():
    points, texture = points_at(), detail_texture()
    renderer = FaceRenderer()
    for _ in range(5):
        drawn(points, picture(points, light=0.5), texture, renderer)
    renderer.reset()
    fresh, _ = drawn(points, texture=texture)
    again, _ = drawn(points, texture=texture, renderer=renderer)
    assert np.array_equal(fresh, again)
