import cv2
import numpy as np

from tests.golden.render_sheet import FILE, sheet

# Processors round differently; a moved feature or another light is far above this.
MEAN_LEVELS, PER_MILLE_OF_PIXELS, LEVELS = 0.5, 3, 12


def test_the_pictures_look_as_they_did():
    expected = cv2.imread(str(FILE)).astype(np.int16)
    difference = np.abs(sheet().astype(np.int16) - expected).max(2)
    assert difference.mean() < MEAN_LEVELS
    assert (difference > LEVELS).mean() * 1000 < PER_MILLE_OF_PIXELS
