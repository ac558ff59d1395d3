"""What searches a picture sees the same in a copy that was halved once."""

import numpy as np
import pytest

from engines.face.crop import Square, cut, matrix_to_crop
from engines.face.detector import DetectorInput
from livecam.core.frame import Frame
from livecam.video.pipeline.frame_pipeline import add_half
from livecam.video.tracking.change_detection import _blocks


def noisy(width: int, height: int) -> Frame:
    """Return a frame of noise with its half."""
    pixels = np.random.default_rng(width).integers(0, 256, (height, width, 3)).astype(np.uint8)
    return add_half(Frame(pixels, 0, 0))


@pytest.mark.parametrize("size_wh", [(1280, 720), (641, 363), (1920, 1080), (854, 480)])
@pytest.mark.parametrize("longest_px", [256, 640])
def test_the_detector_input_is_the_same(size_wh: tuple[int, int], longest_px: int) -> None:
    frame = noisy(*size_wh)
    own, given = (DetectorInput(*size_wh, longest_px) for _ in range(2))
    expected = own.fill(frame.pixels)
    np.testing.assert_array_equal(expected, given.fill(frame.pixels, frame.half))
    np.testing.assert_array_equal(expected, given.fill(frame.pixels, frame.half, frame.quarter))


@pytest.mark.parametrize("middle", [(300.0, 200.0), (5.0, 7.0), (636.0, 360.0), (-900.0, 50.0)])
@pytest.mark.parametrize("side_px", [90.0, 310.7, 700.0])
@pytest.mark.parametrize("plain", [False, True])
def test_a_crop_is_the_same(middle: tuple[float, float], side_px: float, plain: bool) -> None:
    frame = noisy(641, 363)
    matrix = matrix_to_crop(Square(middle, side_px, 0.3))
    whole, given = (cut(frame.pixels, matrix, plain=plain, halved=half) for half in (None, frame.half))
    np.testing.assert_array_equal(whole, given)


@pytest.mark.parametrize("size_wh", [(1280, 720), (640, 480), (1920, 1080)])
def test_the_watch_for_changes_sees_the_same(size_wh: tuple[int, int]) -> None:
    frame = noisy(*size_wh)
    np.testing.assert_array_equal(
        _blocks(frame.pixels, frame.half, None), _blocks(frame.pixels, frame.half, frame.quarter)
    )


def test_a_picture_one_pixel_high_has_no_half() -> None:
    assert noisy(40, 1).half is None
