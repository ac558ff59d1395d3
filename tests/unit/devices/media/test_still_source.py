"""A single picture as a camera is shown until it is stopped; what moves is left alone."""

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import CameraError
from livecam.devices.camera.open_errors import NONE
from livecam.devices.media.still_source import StillSource
from livecam.devices.source import open_source

GREY = np.full((48, 64, 3), 120, np.uint8)


class Pictures:
    """A reel of so many pictures, each of its own grey."""

    name, rate_hz, remarks = "pictures", 10.0, ("a remark",)

    def __init__(self, count):
        self.count, self.at, self.closed = count, 0, False

    def grab(self, wanted_ns=0):
        if self.at >= self.count:
            return None
        self.at += 1
        return (self.at - 1) * NS_PER_S // 10

    def retrieve(self):
        return np.full((4, 4, 3), self.at, np.uint8)

    def rewind(self):
        self.at = 0

    def close(self):
        self.closed = True


def test_one_picture_comes_again_at_its_rate():
    held = StillSource(Pictures(1), 30.0)
    times = [held.grab() for _ in range(5)]
    assert times == [n * NS_PER_S // 10 for n in range(5)]
    first, second = held.retrieve(), held.retrieve()
    assert (first == 1).all() and first is not second
    assert held.remarks == ("a remark",)


def test_more_pictures_end_as_they_would():
    held = StillSource(Pictures(3), 30.0)
    assert [held.grab() for _ in range(5)] == [0, NS_PER_S // 10, 2 * NS_PER_S // 10, None, None]
    assert StillSource(Pictures(0), 30.0).grab() is None


def test_it_can_be_played_again_and_is_over_when_it_is_closed():
    reel = Pictures(1)
    held = StillSource(reel, 30.0)
    assert [held.grab() for _ in range(3)][-1] > 0
    held.rewind()
    assert held.grab() == 0 and (held.retrieve() == 1).all()
    held.close()
    assert held.grab() is None and reel.closed


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
@pytest.mark.parametrize("folder", [False, True], ids=["a photo", "a folder with one"])
def test_a_still_photo_is_a_camera_that_goes_on(tmp_path, suffix, folder):
    cv2.imwrite(str(tmp_path / f"photo{suffix}"), GREY)
    clock = ManualClock(1)
    source = open_source(str(tmp_path if folder else tmp_path / f"photo{suffix}"), clock=clock)
    frames = [source.read() for _ in range(60)]
    assert all(frame is not None and abs(int(frame.pixels.mean()) - 120) <= 2 for frame in frames)
    stamps = [frame.captured_ns for frame in frames]
    assert stamps == sorted(set(stamps))
    source.close()
    assert source.read() is None


def test_a_replay_reads_it_once(tmp_path):
    cv2.imwrite(str(tmp_path / "photo.png"), GREY)
    source = open_source(str(tmp_path / "photo.png"), paced=False)
    assert source.read() is not None and source.read() is None


@pytest.mark.parametrize("name", ["a camera of that name"])
def test_without_any_camera_the_next_command_is_named(monkeypatch, name):
    monkeypatch.setattr("livecam.devices.camera.listing.list_cameras", lambda: ())
    with pytest.raises(CameraError) as caught:
        open_source(name)
    assert caught.value.help_text == f"run: {NONE}"
    assert "--camera sample" in NONE and "plug" in NONE
