import numpy as np
import pytest

from livecam.doctor.timecode import read_number, write_number


@pytest.mark.parametrize("number", [0, 1, 123456, 2**32 - 1])
@pytest.mark.parametrize("size_wh", [(192, 108), (641, 361), (1280, 720)])
def test_a_number_comes_back(number: int, size_wh: tuple[int, int]) -> None:
    pixels = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    write_number(pixels, number)
    noise = np.random.default_rng(1).integers(-60, 60, pixels.shape)
    assert read_number(np.clip(pixels + noise, 0, 255).astype(np.uint8)) == number


def test_a_picture_without_one_has_none() -> None:
    for grey in (0, 90, 255):
        assert read_number(np.full((360, 640, 3), grey, np.uint8)) is None


def test_a_number_torn_between_two_pictures_is_none() -> None:
    pixels = np.zeros((360, 640, 3), np.uint8)
    write_number(pixels, 1000)
    other = np.zeros_like(pixels)
    write_number(other, 1003)
    pixels[:, :13] = other[:, :13]
    assert read_number(pixels) is None


def test_a_narrow_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="192"):
        write_number(np.zeros((100, 100, 3), np.uint8), 1)
