import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS
from livecam.core.payload import FACE, MarkPayload
from livecam.disclosure.picture import Marker, Plates, label_height_px, sign_at
from livecam.disclosure.picture.carrier import CARRIER_HZ, HALF_NS
from livecam.disclosure.picture.layout import PILOT, choose_layout
from livecam.disclosure.picture.masking import STRONGEST, Masking
from livecam.disclosure.picture.visibility import contrast_of, sensitivity, threshold_contrast
from tests.unit.disclosure.scenes import PERIOD_NS, scene

SIZE_WH = (640, 360)
# The first row of cells, as docs/mark-format.md gives it.
WIDE_BITS = [2, 0, 28, 22, 24, 31, 23, 29, 2, 10, 5, 21, 8, 27, 32, 13, 6, 32]
WIDE_BITS += [9, 16, 19, 2, 28, 8, 24, 23, 30, 22, 0, 19, 4, 11, 2, 12, 20, 32]
WIDE_SIGNS = "+++-+-+++-++-++------+++----+++-+++-"
WIDE_UPRIGHT = "====|==||====||=|=||||==|||||===|==|"
TALL_BITS = WIDE_BITS[:18]


def below_the_plate(pixels):
    """The rows between plate and badge."""
    size_wh = pixels.shape[1::-1]
    badge = Plates(size_wh, "top-right").places[0][0]
    return pixels[2 * label_height_px(size_wh) : badge.start].astype(np.float32)


def psnr_db(before, after):
    error = float(((below_the_plate(before) - below_the_plate(after)) ** 2).mean())
    return 10 * np.log10(255**2 / max(error, 1e-9))


def amplitude(level, size_wh=SIZE_WH):
    """The mark on an even field, as the sum of its fields of both signs: (h, w) float, before the plate."""
    marker = Marker(size_wh)
    field = np.full((size_wh[1], size_wh[0], 3), level, np.uint8)
    plus = marker.mark(field.copy(), HALF_NS // 2, 0).pixels
    minus = marker.mark(field.copy(), HALF_NS + HALF_NS // 2, 1).pixels
    return (below_the_plate(plus) - below_the_plate(minus))[..., 1] / 2


def strengths_of(strip, row, faces=(), before=None):
    masking = Masking(SIZE_WH, (36, 18))
    return masking.strengths(masking.levels(strip), row, faces, None if before is None else masking.levels(before))


def test_every_block_carries_every_bit_and_four_pilots():
    for tall in (False, True):
        plan = choose_layout(tall)
        for top in range(0, plan.grid_wh[1], 6):
            for left in range(0, plan.grid_wh[0], 6):
                counts = np.bincount(plan.bit[top : top + 6, left : left + 6].ravel())
                assert counts.tolist() == [1] * PILOT + [4]


def test_the_layout_is_the_documented_one():
    wide, tall = choose_layout(False), choose_layout(True)
    assert wide.bit[0].tolist() == WIDE_BITS
    assert "".join("-+"[int(sign > 0)] for sign in wide.sign[0]) == WIDE_SIGNS
    assert "".join("=|"[int(up)] for up in wide.upright[0]) == WIDE_UPRIGHT
    assert tall.bit[0].tolist() == TALL_BITS


def test_the_sign_follows_the_clock_with_a_breath_at_each_change():
    signs = [sign_at(ms * NS_PER_MS) for ms in (0, 33, 34, 399, 400, 433, 434, 799, 800, 840)]
    assert signs == [0, 0, 1, 1, 0, 0, -1, -1, 0, 1]
    assert CARRIER_HZ * 2 * HALF_NS == 1e9


@pytest.mark.parametrize("level", [20, 60, 110, 170])
def test_a_picture_stays_above_44_db(level):
    marker = Marker(SIZE_WH)
    for n, pixels in enumerate(scene(SIZE_WH, 24, level)):
        assert psnr_db(pixels, marker.mark(pixels.copy(), n * PERIOD_NS, n).pixels) >= 44


def test_the_strongest_texture_stays_above_44_db():
    pixels = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    assert psnr_db(pixels, Marker(SIZE_WH).mark(pixels.copy(), HALF_NS // 2, 0).pixels) >= 44


@pytest.mark.parametrize("level", [0, 8, 30, 60, 128, 200, 250])
def test_an_even_wall_flickers_below_the_threshold_of_sight(level):
    """Kelly 1979: the source is given in `livecam.disclosure.picture.visibility`."""
    seen = amplitude(level)
    cell_h, cell_w = 360 / 18, 640 / 36
    whole = seen[: int(cell_h) * 12, : int(cell_w * 36)]
    # The field's own waves, free of dither: the largest step of a patch an eye melts together at this distance.
    smooth = np.abs(np.asarray([row.mean() for row in np.array_split(whole, 8)]))
    assert smooth.max() < 0.1
    rms = float(np.sqrt((whole**2).mean()))
    strengths = strengths_of(np.full((20, 640, 3), level, np.uint8), 5)
    assert contrast_of(float(strengths.max()), level) <= threshold_contrast()
    assert rms <= np.sqrt(strengths.max() * 0.8) + 0.05


def test_the_threshold_is_kellys_surface():
    # Figures of the surface: its peak near 2 cycles per degree at 4 Hz, falling to both sides.
    assert sensitivity(2.0, 4.0) > 200
    assert sensitivity(0.2, 4.0) < sensitivity(2.0, 4.0) > sensitivity(12.0, 4.0)


def test_marks_are_weak_on_walls_and_stronger_on_texture_and_people():
    wall = np.full((20, 640, 3), 128, np.uint8)
    texture = np.random.default_rng(0).integers(98, 158, (20, 640, 3), np.uint8)
    assert strengths_of(texture, 9).min() > 1.3 * strengths_of(wall, 9).max()
    assert strengths_of(wall, 9).max() < 0.8
    assert strengths_of(np.full((20, 640, 3), 40, np.uint8), 9).max() < 0.4
    face = np.array([280, 100, 360, 200], np.float32)
    above, head, chest = (strengths_of(wall, row, [face]) > strengths_of(wall, row) for row in (3, 7, 14))
    assert not above.any()
    assert head[16:20].all() and not head[:14].any()
    assert chest[10:26].all() and not chest[:8].any()


def test_what_moves_is_marked_more_than_what_stands():
    before, after = np.full((20, 640, 3), 128, np.uint8), np.full((20, 640, 3), 128, np.uint8)
    after[:, 320:] += 12
    moved = strengths_of(after, 9, before=before)
    assert moved[:18] == pytest.approx(strengths_of(before, 9)[:18])
    assert moved[18:].min() > 2 * moved[:18].max()
    standing = Marker(SIZE_WH)
    first, last = (standing.mark(before_all(), HALF_NS // 2, n).pixels for n in (0, 40))
    assert np.array_equal(first, last)


def before_all():
    return next(scene(SIZE_WH, 1))


def test_no_step_is_larger_than_the_strongest():
    noise = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
    marked = Marker(SIZE_WH).mark(noise.copy(), HALF_NS // 2, 0).pixels
    assert np.abs(below_the_plate(marked) - below_the_plate(noise)).max() <= np.ceil(STRONGEST)


def test_black_and_white_are_not_wrapped_round():
    for level in (0, 255):
        pixels = np.full((360, 640, 3), level, np.uint8)
        marked = Marker(SIZE_WH).mark(pixels, HALF_NS // 2, 0).pixels
        assert np.abs(below_the_plate(marked) - level).max() <= np.ceil(STRONGEST)


def test_another_message_is_another_picture():
    field = np.full((360, 640, 3), 128, np.uint8)
    one, other = (
        Marker(SIZE_WH, payload=MarkPayload(FACE, session)).mark(field.copy(), HALF_NS // 2, 0).pixels
        for session in (1, 2)
    )
    assert (one != other).any()


def test_a_picture_that_stands_has_the_mark_of_the_moment():
    marker = Marker(SIZE_WH)
    pixels = next(scene(SIZE_WH, 1))
    plus = marker.mark(pixels.copy(), HALF_NS // 2, 7)
    minus = marker.restamp(plus, HALF_NS + HALF_NS // 2)
    nothing = marker.restamp(plus, HALF_NS)
    assert (minus.seq, minus.captured_ns) == (7, HALF_NS + HALF_NS // 2)
    assert np.abs(below_the_plate(nothing.pixels) - below_the_plate(pixels)).mean() < 0.05
    swing = below_the_plate(plus.pixels) + below_the_plate(minus.pixels) - 2 * below_the_plate(pixels)
    assert np.abs(swing).mean() < 0.05
    assert psnr_db(pixels, minus.pixels) >= 44


def test_a_picture_that_stands_keeps_what_it_says_when_the_message_changes():
    field = np.full((SIZE_WH[1], SIZE_WH[0], 3), 120, np.uint8)
    said, unchanged = Marker(SIZE_WH), Marker(SIZE_WH)
    standing = said.mark(field.copy(), HALF_NS // 2, 7)
    said.set_payload(MarkPayload(FACE, 99))
    again = said.restamp(standing, HALF_NS + HALF_NS // 2)
    expected = unchanged.mark(field.copy(), HALF_NS + HALF_NS // 2, 7)
    assert np.array_equal(again.pixels, expected.pixels)
    following = said.mark(field.copy(), HALF_NS + HALF_NS // 2, 8)
    assert not np.array_equal(following.pixels, expected.pixels)
    other = Marker(SIZE_WH, payload=MarkPayload(FACE, 99)).mark(field.copy(), HALF_NS // 2, 8)
    assert np.array_equal(said.restamp(following, HALF_NS // 2).pixels, other.pixels)
