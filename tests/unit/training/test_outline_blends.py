"""Blends for the outline network: the seam is at the outline, and an untouched picture has none."""

import cv2
import numpy as np
import pytest

from engines.detect.outline import MAP_PX
from engines.face.crop import CROP_PX
from livecam.core.topology import CANONICAL, OVAL, RIGHT_EYE
from training.detect.blends import blend_mask, blend_with_itself, change, degrade, make_sample
from training.detect.faces import is_held_out

SIDE_PX = 160
POINTS = (CANONICAL[:, :2] * 60 + np.float32([80, 70])).astype(np.float32)


def face(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(60, 200, (SIDE_PX, SIDE_PX, 3), np.uint8)


@pytest.mark.parametrize("seed", range(8))
def test_a_sample_has_the_shape_the_network_takes(seed):
    for blended in (False, True):
        sample = make_sample(face(), POINTS, blended, np.random.default_rng(seed))
        assert sample.crop.shape == (CROP_PX, CROP_PX, 3) and sample.crop.dtype == np.uint8
        assert sample.seam.shape == (MAP_PX, MAP_PX) and sample.blended is blended
        assert bool(sample.seam.max() > 0.2) is blended


def test_the_seam_is_near_the_outline_and_not_in_its_middle():
    drawn = (np.random.default_rng(seed) for seed in range(12))
    seams = [blend_with_itself(face(), change(face(), rng), POINTS, rng)[1] for rng in drawn]
    mean = np.mean(seams, axis=0)
    middle = POINTS[OVAL].mean(0).astype(int)
    edge = POINTS[OVAL].astype(int)
    assert (
        mean[edge[:, 1], edge[:, 0]].mean()
        > 3 * mean[middle[1] - 5 : middle[1] + 5, middle[0] - 5 : middle[0] + 5].mean()
    )


def test_a_mask_is_full_inside_and_empty_outside():
    mask = blend_mask(POINTS, SIDE_PX, np.random.default_rng(3))
    assert mask[2, 2] < 0.05 and mask.max() > 0.9


def test_eyes_and_mouth_stay_as_they_were_in_some_masks():
    masks = [blend_mask(POINTS, SIDE_PX, np.random.default_rng(seed)) for seed in range(24)]
    eye, cheek = (POINTS[part].mean(0).astype(int) for part in (RIGHT_EYE, [50, 101]))
    open_eyes = [mask[eye[1], eye[0]] < 0.4 < 0.8 < mask[cheek[1], cheek[0]] for mask in masks]
    assert 0 < sum(open_eyes) < len(masks)


@pytest.mark.parametrize("seed", range(4))
def test_what_a_codec_leaves_resembles_the_picture(seed):
    smooth = cv2.GaussianBlur(face(), (0, 0), 4)
    left = degrade(smooth, np.random.default_rng(seed))
    assert left.shape == smooth.shape and np.abs(left.astype(int) - smooth).mean() < 8


def test_portraits_and_one_whole_set_are_held_out():
    names = [f"pd_congress/{n}.jpg" for n in range(16)] + ["stylegan2_realorfake/a.jpg", "stylegan_basemax/a.jpg"]
    assert is_held_out(names).tolist() == [n % 8 == 0 for n in range(16)] + [True, False]
