"""The folds of a photo's smile fade in its head, and nothing else does."""

import cv2
import numpy as np

from livecam.core.expression import EFFECT, KINDS, MEAN_SHAPE
from livecam.core.fakes import fake_face_points
from livecam.video.head.folds import fade_folds

SMILING = (MEAN_SHAPE + 0.8 * EFFECT[KINDS.index("smile")]).astype(np.float32)


def photo():
    """Plain skin with a dark fold on each side of the mouth, and a dark spot on the forehead."""
    points = fake_face_points((120.0, 120.0), 80.0)[:, :2].copy()
    colours = np.full((260, 240, 3), 150, np.float32)
    for line in ((206, 216, 212), (426, 436, 432), (151, 9)):
        cv2.polylines(colours, [np.round(points[list(line)]).astype(np.int32)], False, (100, 100, 100), 3)
    return cv2.GaussianBlur(colours, (0, 0), 1.0), points


def depth_at(colours, points, number):
    x, y = np.round(points[number]).astype(int)
    return 150 - colours[y - 1 : y + 2, x - 1 : x + 2].mean()


def test_folds_of_a_smile_fade_and_the_rest_stays():
    colours, points = photo()
    faded = fade_folds(colours, points, SMILING)
    for fold in (216, 436):
        assert depth_at(faded, points, fold) < 0.85 * depth_at(colours, points, fold)
    assert depth_at(faded, points, 151) == depth_at(colours, points, 151)


def test_lips_at_rest_have_no_folds_to_fade():
    colours, points = photo()
    calm = (MEAN_SHAPE - EFFECT[KINDS.index("smile")]).astype(np.float32)
    assert fade_folds(colours, points, calm) is colours
    assert fade_folds(colours, points, None) is colours
