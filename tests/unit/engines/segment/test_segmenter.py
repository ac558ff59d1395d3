"""The shipped segmentation network on the sample clip and on built-in portraits."""

import numpy as np
import pytest

from engines.segment.segmenter import open_segmenter
from engines.segment.square import OUTPUT_PX
from livecam.core.errors import EngineError
from livecam.core.ports import HeadSegmenter
from livecam.core.segmentation import CLASS_COUNT, HeadClass
from livecam.personas.built_in import open_builtin
from livecam.video.head.cutout import cut_out_head, name_faults
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import HeadGrid
from livecam.video.head.masks import HeadMask, Rung
from tests.sample_face import read_first_face


@pytest.fixture(scope="module")
def segmenter():
    opened = open_segmenter()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def live():
    """The sample's first frame and its mesh."""
    return read_first_face()


def test_shares_sum_to_one_and_the_face_is_head(segmenter, live):
    frame, mesh = live
    parts = segmenter.segment(frame.pixels, mesh.points)
    assert isinstance(segmenter, HeadSegmenter)
    assert parts.shares.shape == (CLASS_COUNT, OUTPUT_PX, OUTPUT_PX)
    assert np.allclose(parts.shares.sum(0), 1, atol=1e-3)
    nose = parts.to_map @ np.array([*mesh.points[4, :2], 1])
    assert parts.head[round(nose[1]), round(nose[0])] > 0.5
    assert parts.shares[HeadClass.BACKGROUND, :4].mean() > 0.5


def test_a_live_head_is_believed_with_its_hair(segmenter, live):
    frame, mesh = live
    grid = HeadGrid.cut(frame.pixels, mesh.points, HeadGeometry.of(mesh.points).height, None)
    on_grid = grid.to_grid(mesh.points)
    geometry, masks = HeadGeometry.of(on_grid), HeadMask()
    mask = masks.update(segmenter.segment(grid.small, on_grid), grid, geometry, 0)
    top = geometry.points[10] + geometry.up * geometry.height * 0.15
    assert masks.rung is Rung.SEEN
    assert mask[round(float(top[1])), round(float(top[0]))] > 0


@pytest.mark.parametrize("name", ["toni", "alex"])
def test_a_built_in_head_is_cut_out_whole(segmenter, name):
    cutout = cut_out_head(open_builtin(name).photo, segmenter)
    x, y = cutout.points[10].astype(int)
    above = int(cutout.height * 0.15)
    assert name_faults(cutout) == ()
    assert cutout.alpha[y - above, x] > 200
    assert cutout.alpha[:4].max() == 0 and cutout.alpha[-4:].max() == 0


def test_a_closed_segmenter_says_so(live):
    frame, mesh = live
    closed = open_segmenter()
    closed.close()
    closed.close()
    with pytest.raises(EngineError, match="closed"):
        closed.segment(frame.pixels, mesh.points)
