from pathlib import Path

import cv2
import pytest

from livecam.core.errors import CameraError
from livecam.devices.media.folder import FolderReel
from livecam.devices.media.recorded_source import UnpacedSource
from tests.clips import number_of, numbered


def test_pictures_come_in_the_order_a_person_would_count(tmp_path: Path) -> None:
    for number in (10, 2, 1):
        cv2.imwrite(str(tmp_path / f"img{number}.png"), numbered(number))
    source = UnpacedSource(FolderReel(tmp_path, rate_hz=10.0))
    frames = [source.read() for _ in range(3)]
    assert [number_of(frame.pixels) for frame in frames if frame] == [1, 2, 10]
    assert [frame.captured_ns for frame in frames if frame] == [0, 10**8, 2 * 10**8]
    assert source.read() is None


def test_all_pictures_take_the_size_of_the_first(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(3, (64, 48)))
    cv2.imwrite(str(tmp_path / "b.png"), numbered(3, (200, 48)))
    source = UnpacedSource(FolderReel(tmp_path))
    assert {frame.size_wh for frame in (source.read(), source.read()) if frame} == {(64, 48)}


def test_a_broken_picture_is_named_and_the_next_one_follows(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff")
    cv2.imwrite(str(tmp_path / "c.png"), numbered(5))
    source = UnpacedSource(FolderReel(tmp_path))
    for broken in ("a.jpg", "b.jpg"):
        with pytest.raises(CameraError, match=broken):
            source.read()
    frame = source.read()
    assert frame is not None and number_of(frame.pixels) == 5


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing to see")
    with pytest.raises(CameraError, match="no picture") as refusal:
        FolderReel(tmp_path)
    assert ".jpg" in refusal.value.help_text


def test_dirt_between_the_pictures_is_left_out_and_remarked_once(tmp_path: Path) -> None:
    for number in (1, 2):
        cv2.imwrite(str(tmp_path / f"img{number}.png"), numbered(number))
    (tmp_path / "._img1.png").write_bytes(b"\0\5\x16\7")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    cv2.imwrite(str(tmp_path / "x.png"), numbered(3))
    (tmp_path / "x.png").rename(tmp_path / "\N{CIRCLED DIGIT ONE}001.png")
    reel = FolderReel(tmp_path)
    found = []
    while reel.grab() is not None:
        found.append(number_of(reel.retrieve()))
    assert sorted(found) == [1, 2, 3]
    assert len(reel.remarks) == 1 and "3" in reel.remarks[0]
