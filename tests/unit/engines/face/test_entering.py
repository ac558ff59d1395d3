"""A third of a face at an edge of the picture is seen next to its mirror image; the room alone is not."""

from collections.abc import Iterator

import numpy as np
import pytest

from engines.face.finder import OnnxFaceFinder, open_finder
from livecam.core.face import EdgeStrip, Side
from livecam.core.frame import Frame
from livecam.video.pipeline.frame_pipeline import add_half
from tests.second_faces import SIZE_WH, entering, room

WIDTH, HEIGHT = SIZE_WH


@pytest.fixture(scope="module")
def finder() -> Iterator[OnnxFaceFinder]:
    opened = open_finder(1, 1)
    yield opened
    opened.close()


def strip_at(side: Side, height_px: int) -> EdgeStrip:
    """The strip around who comes in, as the change detector gives it."""
    middle = 330 if side in (Side.LEFT, Side.RIGHT) else 230
    length = round(1.6 * height_px)
    return EdgeStrip(side, middle - length // 2, length)


@pytest.mark.parametrize("height_px", [100, 200, 300])
@pytest.mark.parametrize("side", Side)
def test_a_third_of_a_face_is_seen(finder: OnnxFaceFinder, side: Side, height_px: int) -> None:
    for persona in range(3):
        pixels = entering(side, 0.35, height_px, persona)
        found = finder.detect_entering(Frame(pixels, 1, 1), [strip_at(side, height_px)])
        assert max((face.score for face in found), default=0.0) >= 0.5


@pytest.mark.parametrize("side", Side)
def test_its_box_is_across_the_edge(finder: OnnxFaceFinder, side: Side) -> None:
    found = finder.detect_entering(Frame(entering(side, 0.5, 200, 0), 1, 1), [strip_at(side, 200)])
    left, top, right, bottom = found[0].box_xyxy
    across = {Side.LEFT: left, Side.RIGHT: WIDTH - right, Side.TOP: top, Side.BOTTOM: HEIGHT - bottom}
    assert across[side] < 0
    assert np.abs((left + right) / 2 - {Side.LEFT: 0, Side.RIGHT: WIDTH}.get(side, 230)) < 60
    assert np.abs((top + bottom) / 2 - {Side.TOP: 0, Side.BOTTOM: HEIGHT}.get(side, 330)) < 60


@pytest.mark.parametrize("side", Side)
def test_the_room_alone_is_no_face(finder: OnnxFaceFinder, side: Side) -> None:
    for height_px in (100, 200, 300):
        assert not finder.detect_entering(Frame(room(), 1, 1), [strip_at(side, height_px)])


def test_a_strip_at_a_corner_or_longer_than_the_picture_is_looked_at(finder: OnnxFaceFinder) -> None:
    strips = [EdgeStrip(side, begin, length) for side in Side for begin in (-300, 1200) for length in (40, 3000)]
    assert isinstance(finder.detect_entering(Frame(room(), 1, 1), strips), list)


@pytest.mark.parametrize("side", Side)
def test_a_whole_face_and_its_mirror_image_do_not_come_in(finder: OnnxFaceFinder, side: Side) -> None:
    """The followed head is in the long strips of a picture that was mirrored or moved."""
    for length_px in (720, 1280):
        assert not finder.detect_entering(Frame(room(), 1, 1), [EdgeStrip(side, 0, length_px)])


@pytest.mark.parametrize("length_px", [560, 1100])
@pytest.mark.parametrize("side", Side)
def test_a_smaller_copy_shows_the_same_face(finder: OnnxFaceFinder, side: Side, length_px: int) -> None:
    frame = Frame(entering(side, 0.4, 340, 0), 1, 1)
    strip = EdgeStrip(side, (330 if side in (Side.LEFT, Side.RIGHT) else 230) - length_px // 2, length_px)
    whole, small = (finder.detect_entering(each, [strip])[0] for each in (frame, add_half(frame)))
    assert small.score == pytest.approx(whole.score, abs=0.05)
    assert np.abs(small.box_xyxy - whole.box_xyxy).max() < 8
    assert np.abs(small.points - whole.points).max() < 8
