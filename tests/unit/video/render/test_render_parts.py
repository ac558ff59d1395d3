from itertools import pairwise

import cv2
import numpy as np
import pytest

from livecam.core import topology
from livecam.core.pose import fit_pose, remove_pose
from livecam.core.texture import FaceTexture
from livecam.video.render import mesh_border as mantle
from livecam.video.render.blend import Paster, detail_gain
from livecam.video.render.canvas import GRID, SIZES_PX, Canvas, CanvasView, choose_view
from livecam.video.render.contrast import ContrastMatch
from livecam.video.render.eyelids import EYES, Eyelids, draw_seams, shut_eyelids
from livecam.video.render.lighting import LightEstimator, LiveLight, SkinSamples, _median
from livecam.video.render.masks import eye_polygons
from livecam.video.render.raster import MeshRaster
from livecam.video.render.shape import ShapeMover
from livecam.video.render.skin import SOFT_PX, Skin
from tests.unit.video.drawn import detail_texture, points_at

MAKER = LightEstimator(SkinSamples())


def test_a_raster_interpolates_at_pixel_centres():
    corners = np.float32([[4, 4, 0], [60, 6, 5], [8, 58, 9], [56, 57, -4]])
    raster = MeshRaster(64, np.int32([[0, 1, 2], [1, 3, 2]]), 4)
    picture = raster.draw(corners, np.column_stack([corners[:, :2], np.ones(4)]).astype(np.float32))
    rows, columns = np.nonzero(picture[..., 2])
    assert len(rows) > 2000
    assert picture[rows, columns, 0] == pytest.approx(columns, abs=0.02)
    assert picture[rows, columns, 1] == pytest.approx(rows, abs=0.02)


@pytest.mark.parametrize("gap_px", [0.5, 5, 100])
def test_the_nearer_of_two_sheets_hides_the_other_even_when_close(gap_px):
    square = np.float32([[2, 2, 0], [61, 2, 0], [2, 61, 0], [61, 61, 0]])
    sheets = np.concatenate([square + np.float32([0, 0, gap_px]), square]).astype(np.float32)
    triangles = np.int32([[0, 1, 2], [1, 3, 2], [4, 5, 6], [5, 7, 6]])
    values = np.repeat(np.float32([[1, 1, 1], [2, 2, 2]]), 4, axis=0)
    picture = MeshRaster(64, triangles, 8).draw(sheets, values)
    assert (picture[5:58, 5:58] == 2).all()


def test_a_face_with_the_personas_shape_stays_where_it_is():
    points = points_at()
    moved = ShapeMover().move_points(points, fit_pose(points), remove_pose(points), 1.0)
    assert moved == pytest.approx(points, abs=0.01)


def test_a_wider_persona_widens_the_live_face_and_strength_says_how_far():
    points = points_at()
    wide = topology.CANONICAL * np.float32([1.15, 1, 1])

    def width(strength):
        return float(np.ptp(ShapeMover().move_points(points, fit_pose(points), wide, strength)[:, 0]))

    assert width(0.0) == np.ptp(points[:, 0])
    assert width(0.0) < width(0.5) < width(1.0)


def test_an_open_mouth_is_kept_when_the_persona_has_it_shut():
    points = points_at()
    mover = ShapeMover()
    for _ in range(60):
        mover.move_points(points, fit_pose(points), topology.CANONICAL, 1.0)
    lower = topology.INNER_LIPS[1:10]
    opened = points.copy()
    opened[lower, 1] += 20
    moved = mover.move_points(opened, fit_pose(opened), topology.CANONICAL, 1.0)
    before = topology.opening_ratio(opened, topology.MOUTH_OPENING)
    assert topology.opening_ratio(moved, topology.MOUTH_OPENING) > 0.8 * before


@pytest.mark.parametrize("opened_px", [-1, 20, 45])
def test_a_mouth_open_all_the_time_is_drawn_as_far_open(opened_px):
    points = points_at()
    points[topology.INNER_LIPS[1:10], 1] += opened_px
    thick = topology.CANONICAL.copy()
    thick[topology.INNER_LIPS[1:10], 1] -= 0.02
    mover = ShapeMover()
    for _ in range(60):
        moved = mover.move_points(points, fit_pose(points), thick, 1.0)
    upper, lower = topology.MOUTH_OPENING[:2]
    gap_px, drawn_px = (float(np.linalg.norm(p[upper] - p[lower])) for p in (points, moved))
    assert drawn_px == pytest.approx(gap_px, rel=0.02)


def test_light_of_an_even_face_is_its_colour():
    colour = np.log(np.float32([124, 154, 194]))
    light = MAKER.estimate(np.tile(colour, (len(MAKER.samples.bareness), 1)), MAKER.samples.bareness)
    assert light == pytest.approx(np.tile(colour, (468, 1)), abs=1e-4)


def test_light_from_one_side_is_seen_as_such():
    slope = (MAKER.samples.places[:, :1] - 0.5) * np.ones(3, np.float32)
    light = MAKER.estimate(5 + slope.astype(np.float32), MAKER.samples.bareness)
    assert light[454].mean() - light[234].mean() > 0.4


def test_a_dark_patch_hardly_moves_the_light():
    flat = np.full((len(MAKER.samples.bareness), 3), 5, np.float32)
    spotted = flat.copy()
    spotted[np.linalg.norm(MAKER.samples.places - [0.3, 0.6], axis=1) < 0.08] -= 1.5
    light = LiveLight(MAKER)
    light.update(flat, MAKER.samples.bareness)
    for _ in range(20):
        found = light.update(spotted, MAKER.samples.bareness)
    assert np.abs(found - 5).max() < 0.1


@pytest.mark.parametrize("count", [2, 3, 250, 251])
def test_the_quick_median_is_the_median(count):
    values = np.random.default_rng(count).normal(size=(count, 3)).astype(np.float32)
    assert _median(values) == pytest.approx(np.median(values, axis=0))


def test_gain_never_exceeds_the_light_and_falls_with_strength():
    light = np.random.default_rng(0).uniform(0, 255, (8, 8, 3)).astype(np.float32)
    full, half = (detail_gain(light, np.float32([90, 110, 150]), s) for s in (1.0, 0.5))
    assert (full <= light).all()
    assert (half <= full).all()
    assert half.mean() == pytest.approx(full.mean() / 2, rel=0.15)


@pytest.mark.parametrize("size_px", SIZES_PX)
@pytest.mark.parametrize("side", [32, 208, 416])
def test_pasting_a_canvas_where_its_mask_is_empty_changes_nothing(size_px, side):
    out = np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    before = out.copy()
    view = CanvasView(-20, 30, side, size_px / side)
    Paster().paste(np.zeros((size_px, size_px, 3), np.uint8), np.zeros((size_px, size_px), np.uint8), view, out)
    assert np.array_equal(out, before)


@pytest.mark.parametrize("corner", [(-30, -40), (100, 60), (280, 200), (-500, 0)])
def test_pasting_writes_inside_the_frame_at_the_right_place(corner):
    out = np.zeros((240, 320, 3), np.uint8)
    mask = np.zeros((256, 256), np.uint8)
    mask[64:128, 64:128] = 255
    view = CanvasView(*corner, 128, 2.0)
    Paster().paste(np.full((256, 256, 3), 200, np.uint8), mask, view, out)
    expected = np.zeros((240, 320), bool)
    top, left = max(corner[1] + 33, 0), max(corner[0] + 33, 0)
    expected[top : max(corner[1] + 63, 0), left : max(corner[0] + 63, 0)] = True
    assert (out[expected] > 190).all()
    assert (out > 0).sum() < (expected.sum() + 300) * 3


def test_the_square_keeps_its_size_while_the_face_breathes():
    view, sizes = None, set()
    for k in range(40):
        view, _ = choose_view(points_at(height_px=240 + 8 * np.sin(k)), view)
        sizes.add(view.side)
    assert len(sizes) == 1
    assert view.side % GRID == 0


@pytest.mark.parametrize(("height_px", "size_px"), [(60, 128), (250, 256), (500, 320)])
def test_larger_faces_get_larger_canvases(height_px, size_px):
    assert choose_view(points_at(height_px=height_px), None)[1] == size_px


def test_points_land_on_the_canvas_where_the_frame_shows_them():
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[100:103, 200:203] = 255
    canvas, view = Canvas(128), CanvasView(160, 60, 96, 128 / 96)
    canvas.cut(pixels, view)
    row, column = np.unravel_index(canvas.crop[..., 0].astype(int).argmax(), (128, 128))
    where = view.to_canvas(np.float32([[201, 101, 0]]))[0]
    assert where[:2] == pytest.approx([column, row], abs=1.0)


def test_beyond_the_frame_its_border_continues():
    canvas = Canvas(128)
    canvas.cut(np.full((240, 320, 3), 77, np.uint8), CanvasView(-50, 200, 96, 128 / 96))
    assert (canvas.crop == 77).all()


def test_rings_lie_outside_the_oval_and_read_the_texture_inside():
    points = points_at()
    outside = mantle.add_rings(points, np.empty((mantle.POINT_COUNT, 3), np.float32))
    inside = mantle.add_rings(points, np.empty((mantle.POINT_COUNT, 3), np.float32), inwards=True)
    middle = points[topology.OVAL, :2].mean(0)
    reach = [np.linalg.norm(p[mantle.OUTER_RING, :2] - middle, axis=1) for p in (outside, inside)]
    assert (reach[0] > reach[1]).all()


def test_no_forehead_grows_on_the_side_that_faces_away():
    facing = np.zeros(468, np.float32)
    opacity = mantle.opacity_by_facing(facing, np.empty(mantle.POINT_COUNT, np.float32))
    assert opacity[topology.OVAL].max() == opacity[468:].max() == 0
    assert opacity[4] == 1


def test_softer_copies_are_softer_and_mixtures_lie_between():
    skin = Skin(detail_texture(), MAKER)
    spread = []
    for softness in np.linspace(0, len(SOFT_PX) - 1, 11):
        skin.soften(float(softness))
        spread.append(float(skin.picture[..., :3].std()))
    assert all(a > b for a, b in pairwise(spread))


def test_softening_keeps_alpha():
    texture = detail_texture()
    alpha = np.zeros(texture.pixels.shape[:2], np.uint8)
    alpha[50:100] = 255
    skin = Skin(FaceTexture(texture.pixels, texture.points, alpha=alpha, tone=texture.tone), MAKER)
    skin.soften(3.3)
    assert np.array_equal(skin.picture[..., 3], alpha)


def test_a_hazy_face_gets_little_contrast_and_a_clear_one_all():
    points, light = points_at(height_px=50, center_xy=(32, 32)), np.log(np.full((468, 3), 154, np.float32))
    shares = []
    for feature in (140, 40):
        small = np.full((64, 64, 3), 150, np.uint8)
        small[20:60, 5:60] = feature
        match = ContrastMatch()
        match.update(small, points, light)
        shares.append(match.share)
    assert shares[0] < 0.4
    assert shares[1] == 1


def shut_by(points, share):
    """The face with both upper lids that far down."""
    out = points.copy()
    for eye in EYES:
        out[eye.upper] += (points[eye.lower] - points[eye.upper]) * np.float32(share)
    return out


@pytest.mark.parametrize(("live", "drawn"), [(0.0, 0.0), (0.2, 0.0), (0.5, 0.5), (0.75, 1.0), (1.0, 1.0)])
def test_lids_shut_when_the_live_ones_nearly_do(live, drawn):
    lids = Eyelids()
    lids.update(points_at())
    lids.update(shut_by(points_at(), live))
    assert lids.shut == pytest.approx([drawn, drawn], abs=0.01)


def test_narrow_eyes_are_not_shut_eyes():
    lids = Eyelids()
    lids.update(shut_by(points_at(), 0.5))
    assert (lids.shut == 0).all()


def test_shut_lids_meet_and_half_shut_ones_come_half_way():
    for share in (0.5, 1.0):
        points = points_at()
        before = topology.opening_ratio(points, EYES[0].opening)
        shut_eyelids(points, np.float32([share, 0]))
        assert topology.opening_ratio(points, EYES[0].opening) == pytest.approx(before * (1 - share), abs=0.01)
        assert topology.opening_ratio(points, EYES[1].opening) == pytest.approx(before, rel=0.01)


def test_a_shut_eye_shows_a_dark_line_and_nothing_of_the_eye():
    points = points_at((64, 64), 100)
    shut_eyelids(points, np.ones(2, np.float32))
    picture = np.full((128, 128, 4), 150, np.uint8)
    eye = np.round(points[EYES[0].seam, :2]).astype(int)
    picture[eye[:, 1].min() : eye[:, 1].max() + 1, eye[:, 0].min() : eye[:, 0].max() + 1] = 255
    draw_seams(picture, points, np.float32([1, 0]), dark=60)
    row, column = eye[4][::-1]
    assert picture[row - 2 : row + 3, column, 0].min() < 110
    assert picture[..., :3].max() <= 255 and (picture[row - 1 : row + 2, column - 5 : column + 5, 0] < 200).all()
    assert (picture[:40] == 150).all()


def test_a_shut_lid_is_skin_although_the_photo_shows_its_shadow_there():
    points = points_at((64, 64), 100)
    eye = EYES[0]
    shut_eyelids(points, np.ones(2, np.float32))
    lid = np.round(np.concatenate([points[eye.fold, :2], points[eye.seam[::-1], :2]])).astype(np.int32)
    inside = np.zeros((128, 128), np.uint8)
    cv2.fillPoly(inside, [lid], 1)
    picture = np.full((128, 128, 4), 150, np.uint8)
    picture[inside > 0] = 80
    seam = np.zeros_like(inside)
    cv2.polylines(seam, [np.round(points[eye.seam, :2]).astype(np.int32)], False, 1, 5)
    bare = cv2.erode(inside & (1 - seam), np.ones((2, 2), np.uint8)) > 0
    draw_seams(picture, points, np.float32([1, 0]), dark=60)
    assert bare.sum() > 10 and picture[bare][:, :3].mean() > 125


@pytest.mark.parametrize("share", [0.5, 0.75, 1.0])
def test_a_lid_is_as_bright_as_the_cheek_and_not_as_the_shadow(share):
    points = points_at((64, 64), 100)
    eye = EYES[0]
    shut_eyelids(points, np.float32([share, 0]))
    picture = np.full((128, 128, 4), 150, np.uint8)
    around = np.round(points[np.concatenate([eye.fold, eye.seam, eye.below]), :2]).astype(np.int32)
    cv2.fillConvexPoly(picture, cv2.convexHull(around), (80, 80, 80))
    lid = np.zeros((128, 128), np.uint8)
    middle = points[eye.fold, :2] + (points[eye.upper, :2] - points[eye.fold, :2]) * np.float32(0.4)
    for x, y in np.round(middle[2:5]).astype(int):
        lid[y, x] = 1
    draw_seams(picture, points, np.float32([share, 0]), dark=60)
    assert picture[lid > 0][:, :3].mean() > 118


def test_lashes_are_no_lighter_than_dark_skin():
    points = points_at((64, 64), 100)
    shut_eyelids(points, np.ones(2, np.float32))
    picture = np.full((128, 128, 4), 30, np.uint8)
    draw_seams(picture, points, np.float32([1, 1]), dark=60)
    assert picture[..., :3].max() <= 30 and picture[..., :3].min() < 25


def test_eyes_vanish_when_shut_and_stay_when_open():
    points = points_at()
    assert list(eye_polygons(points, np.float32([0, 0]))) == [0, 1]
    assert list(eye_polygons(points, np.float32([1, 0]))) == [1]


def test_light_runs_on_a_little_beyond_the_mesh_and_stays_the_same():
    canvas = Canvas(256)
    points = mantle.add_rings(points_at(height_px=100), np.empty((mantle.POINT_COUNT, 3), np.float32))
    points[:, :2] += 128 - points[:, :2].mean(0)
    light = canvas.spread_light(points, np.full((mantle.POINT_COUNT, 3), 4.0, np.float32))
    right = int(points[:, 0].max() / 4)
    row = int(points[:, 1].mean() / 4)
    np.testing.assert_allclose(light[row, right - 4 : right + 2], 4.0, atol=0.05)
    assert (light[row, right + 12 :] == 0).all()
