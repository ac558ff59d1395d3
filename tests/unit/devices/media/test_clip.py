from pathlib import Path

import numpy as np
import pytest

from livecam.core.errors import CameraError
from livecam.devices.media.door import Clip as ClipReel
from livecam.devices.reel import EveryFrame
from tests.clips import number_of, steady, turned, write_clip


def numbers(reel: ClipReel) -> list[int]:
    source, found = EveryFrame(reel), []
    while (frame := source.read()) is not None:
        found.append(number_of(frame.pixels))
    return found


def test_every_picture_comes_once_and_in_order(tmp_path: Path) -> None:
    assert numbers(ClipReel(write_clip(tmp_path / "a.mp4", steady(10)))) == list(range(10))


def test_times_are_the_clips_own_also_at_a_changing_pace(tmp_path: Path) -> None:
    times_ms = [0, 40, 50, 300, 301, 900]
    reel = ClipReel(write_clip(tmp_path / "a.mkv", times_ms))
    grabbed = [reel.grab() for _ in times_ms]
    assert grabbed == [t * 1_000_000 for t in times_ms]
    assert reel.grab() is None


def test_the_first_picture_is_at_zero_wherever_the_clip_starts(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mkv", [5000, 5040, 5080]))
    assert [reel.grab(), reel.grab()] == [0, 40_000_000]


@pytest.mark.parametrize(
    ("degrees", "blue", "red"),
    [
        (90, np.s_[1:7, 20:30], np.s_[30:40, -5:]),
        (180, np.s_[20:30, -6:], np.s_[-5:, 20:30]),
        (270, np.s_[-7:, 20:30], np.s_[30:40, :5]),
    ],
)
def test_a_clip_a_phone_turned_is_upright(
    tmp_path: Path, degrees: int, blue: tuple[slice, slice], red: tuple[slice, slice]
) -> None:
    """The blue left and the red top edge go where a clockwise turn takes them."""
    reel = ClipReel(turned(write_clip(tmp_path / "a.mp4", steady(3), (96, 64)), degrees))
    reel.grab()
    pixels = reel.retrieve()
    assert pixels.shape[:2] == ((64, 96) if degrees == 180 else (96, 64))
    assert pixels[blue].mean((0, 1)).argmax() == 0
    assert pixels[red].mean((0, 1)).argmax() == 2


def test_a_clip_that_breaks_off_gives_what_is_there_and_then_ends(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(20), (640, 480))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 6 // 10])
    found = numbers(ClipReel(path))
    assert 5 < len(found) < 20
    assert found[:5] == [0, 1, 2, 3, 4]


def test_a_damaged_stretch_is_left_out(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(20), (640, 480), key_every=2)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(bytes(data))
    found = numbers(ClipReel(path))
    assert len(found) >= 10
    assert found[-1] == 19


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.mp4", b"", "cannot be opened"),
        ("text.mp4", b"no video at all\n" * 100, "cannot be opened"),
        ("header.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "cannot be opened|no video|no picture"),
    ],
)
def test_what_is_no_clip_is_refused_in_words(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CameraError, match=message) as refusal:
        ClipReel(tmp_path / name)
    assert "sample" in refusal.value.hint


def test_a_size_wish_scales_and_letterboxes(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mp4", steady(3), (64, 48)), size_wh=(128, 48))
    reel.grab()
    pixels = reel.retrieve()
    assert pixels.shape == (48, 128, 3)
    assert (pixels[:, :30] == 0).all()
    assert pixels[24, 64].mean() > 5


def test_rewinding_starts_from_the_first_picture(tmp_path: Path) -> None:
    reel = ClipReel(write_clip(tmp_path / "a.mp4", steady(4)))
    first = numbers(reel)
    reel.rewind()
    assert numbers(reel) == first
