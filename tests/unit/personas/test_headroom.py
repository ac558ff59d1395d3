"""Which photos have room for a whole head."""

import numpy as np
import pytest

from livecam.core.fakes import fake_face_points
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.photo.headroom import has_headroom


def photo(centre, size=400):
    points = np.ascontiguousarray(fake_face_points(centre, 120.0)[:, :2])
    return FaceTexture(np.zeros((size, size, 3), np.uint8), points)


@pytest.mark.parametrize(
    ("centre", "whole"),
    [((200.0, 180.0), True), ((200.0, 60.0), False), ((60.0, 180.0), False), ((350.0, 180.0), False)],
)
def test_a_head_needs_room_above_the_face_and_at_its_sides(centre, whole):
    assert has_headroom(photo(centre)) is whole


def test_every_built_in_persona_has_a_whole_head():
    assert all(has_headroom(open_builtin(name).photo) for name in builtin_names())
