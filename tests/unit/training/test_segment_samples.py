"""What the segmentation network learns from: heads with other hair, other skin, and turned to the side."""

import numpy as np
import pytest

from livecam.core.fakes import fake_face_points
from livecam.core.segmentation import HeadClass
from livecam.core.texture import FaceTexture
from livecam.video.head.cutout import cut_out_head
from livecam.video.tracking.smoothing import to_rotation
from training.segment.recolour import recolour_hair, recolour_skin
from training.segment.rows import LABEL_PX
from training.segment.turned import LabelledSegmenter, draw_turned

MIDDLE = LABEL_PX / 2


@pytest.fixture(scope="module")
def row():
    """A drawn head: skin below, dark hair above, a grey wall."""
    rows, columns = np.mgrid[0:LABEL_PX, 0:LABEL_PX]
    head = ((columns - MIDDLE) / 30) ** 2 + ((rows - MIDDLE + 4) / 42) ** 2 < 1
    hair = head & (rows < MIDDLE - 22)
    labels = np.zeros((LABEL_PX, LABEL_PX, 5), np.uint8)
    for kind, where in ((HeadClass.BACKGROUND, ~head), (HeadClass.HAIR, hair), (HeadClass.HEAD, head & ~hair)):
        labels[..., kind] = where * 255
    pixels = np.full((LABEL_PX, LABEL_PX, 3), 130, np.uint8)
    pixels[head], pixels[hair] = (120, 150, 200), (30, 35, 45)
    return pixels, labels, fake_face_points((MIDDLE, MIDDLE), 36.0)[:, :2]


@pytest.mark.parametrize(("change", "kind"), [(recolour_hair, HeadClass.HAIR), (recolour_skin, HeadClass.HEAD)])
def test_only_what_is_named_is_recoloured(row, change, kind):
    pixels, labels, _ = row
    share = labels[..., kind].astype(np.float32) / 255
    found = change(pixels.astype(np.float32), share, np.random.default_rng(3))
    moved = np.abs(found - pixels).max(2)
    assert moved[share == 0].max() == 0 and moved[share > 0].mean() > 5


def test_a_head_is_turned_with_its_hair_and_its_labels(row):
    pixels, labels, points = row
    cutout = cut_out_head(FaceTexture(pixels, points), LabelledSegmenter(labels))
    turned = [
        draw_turned(cutout, to_rotation(np.array([0, yaw, 0], np.float32)), cutout.pose.scale) for yaw in (-0.5, 0.5)
    ]
    shares = [found[1].sum((0, 1)) / 255 for found in turned]
    assert all(share[HeadClass.HAIR] > 200 and share[HeadClass.HEAD] > 1000 for share in shares)
    assert all((found[1].astype(int).sum(2) == 255).all() for found in turned)
    noses = [found[2][1, 0] - MIDDLE for found in turned]
    assert noses[0] * noses[1] < 0 and abs(noses[0]) > 5
