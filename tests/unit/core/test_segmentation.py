"""What a look at a head must be made of."""

import numpy as np
import pytest

from livecam.core.fakes import FakeSegmenter
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts

TO_MAP = np.eye(2, 3, dtype=np.float32)


def test_the_head_is_hair_and_skin_together():
    shares = np.zeros((CLASS_COUNT, 4, 4), np.float32)
    shares[HeadClass.HAIR], shares[HeadClass.HEAD] = 0.25, 0.5
    assert np.allclose(HeadParts(shares, TO_MAP).head, 0.75)


@pytest.mark.parametrize(
    "shares",
    [np.zeros((CLASS_COUNT, 4), np.float32), np.zeros((2, 4, 4), np.float32), np.zeros((CLASS_COUNT, 4, 4))],
)
def test_shares_of_another_shape_or_kind_are_refused(shares):
    with pytest.raises(ValueError, match="shares must be"):
        HeadParts(shares, TO_MAP)


def test_a_map_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="to_map must be"):
        HeadParts(np.zeros((CLASS_COUNT, 4, 4), np.float32), np.eye(3, dtype=np.float32))


def test_the_fake_is_closed_like_a_real_one():
    segmenter = FakeSegmenter()
    segmenter.close()
    assert segmenter.closed
