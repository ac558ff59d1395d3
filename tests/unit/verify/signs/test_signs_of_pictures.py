"""Signs of single pictures: sharpness, grain, the codec's grid and the outline."""

import cv2
import numpy as np

from livecam.verify.signs.block_grid import measure_grid
from livecam.verify.signs.compression import read_compression
from livecam.verify.signs.detail import measure_bands, measure_change
from livecam.verify.signs.face_patch import cut_patch
from livecam.verify.signs.grain import read_grain
from livecam.verify.signs.outline import read_outline
from livecam.verify.signs.series import FaceWindow
from livecam.verify.signs.sharpness import read_sharpness
from livecam.verify.signs.sign import SignValue
from tests.unit.verify.signs.windows import at_rest, look, reading, window


def noisy(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 190, (480, 640, 3), np.uint8)


def inside(mask_of) -> np.ndarray:
    """(480, 640) True on the skin of the face at rest."""
    patch = cut_patch(noisy(), at_rest())
    assert patch is not None
    left, top, right, bottom = patch.box
    whole = np.zeros((480, 640), bool)
    whole[top:bottom, left:right] = mask_of(patch) > 0
    return whole


def test_skin_ring_and_neck_do_not_overlap():
    patch = cut_patch(noisy(), at_rest())
    assert patch is not None and patch.scale == 1.0
    assert not (patch.skin & patch.ring).any()
    one, other, neck_one, neck_other = patch.halves
    assert not (one & other).any() and not (neck_one & neck_other).any()
    assert np.array_equal(one | other, patch.skin)
    # The person's right half is on the left of the picture, for the face and for the neck.
    sides = [np.flatnonzero(mask.any(0)).mean() for mask in (one, other, neck_one, neck_other)]
    assert (sides[0] < sides[1]) == (sides[2] < sides[3])


def test_a_tiny_face_and_one_outside_are_left_out():
    points = at_rest()
    assert cut_patch(noisy(), points * np.float32(0.2)) is None
    assert cut_patch(noisy(), points + np.float32([5000, 0, 0])) is None
    points[5] = np.nan
    assert cut_patch(noisy(), points) is None


def test_a_large_face_is_made_smaller():
    patch = cut_patch(cv2.resize(noisy(), (1920, 1440)), at_rest() * np.float32(3))
    assert patch is not None and patch.scale < 0.5


def test_a_blurred_face_is_softer_than_its_surroundings():
    sharp = noisy()
    soft = np.where(inside(lambda p: p.skin)[..., None], cv2.GaussianBlur(sharp, (0, 0), 2), sharp)
    bands = [measure_bands(cut_patch(pixels, at_rest())) for pixels in (sharp, soft)]
    scores = [read_sharpness(FaceWindow((), (look(bands=band),))).score for band in bands]
    assert scores[1] < scores[0] - 0.5


def test_a_face_without_grain_scores_low():
    still, grainy = noisy(), noisy(1)
    held = np.where(inside(lambda p: p.skin)[..., None], still, grainy)
    change, grain = measure_change(cut_patch(held, at_rest()), still)
    assert change[0] < 1 < change[1] and grain[0] < grain[1]
    assert read_grain(window(2.0, grain=grain)).score < read_grain(window(2.0, grain=(5.0, 5.0))).score - 1


def test_grain_that_compression_removed_is_not_judged():
    assert "compression" in read_grain(window(2.0, grain=(0.01, 0.02)))


def blocky(phase: int = 0) -> np.ndarray:
    random = np.random.default_rng(2)
    small = random.integers(60, 190, (61, 81, 1), np.uint8)
    large = cv2.resize(small, (648, 488), interpolation=cv2.INTER_NEAREST)[phase : phase + 480, phase : phase + 640]
    return cv2.cvtColor(large, cv2.COLOR_GRAY2BGR)


def test_a_face_without_the_grid_of_its_picture_is_seen():
    face = inside(lambda p: p.skin | (255 - p.ring) & (255 - p.skin))
    drawn = np.where(face[..., None], noisy(), blocky())
    whole, altered = (measure_grid(pixels, at_rest()) for pixels in (blocky(), drawn))
    scores = [read_compression(FaceWindow((), (look(blocks=grid),))).score for grid in (whole, altered)]
    assert scores[1] < scores[0] - 0.5


def test_the_outline_is_judged_by_its_median_and_needs_a_network():
    looks = tuple(look(n / 5, outline=logit) for n, logit in enumerate((0.0, 5.0, 1.0)))
    read = read_outline(FaceWindow([reading(0, at_rest())], looks))
    assert isinstance(read, SignValue) and read.score == 1.0 and read.at_s == 0.2
    assert "no outline network" in read_outline(FaceWindow([reading(0, at_rest())], (look(),)))
