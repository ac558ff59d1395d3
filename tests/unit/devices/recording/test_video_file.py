import os
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.devices.media.door import Clip as ClipReel
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from tests.clips import number_of, numbered

SIZE_WH = (320, 240)
MS = 1_000_000


def picture(number: int, at_ms: int, size_wh: tuple[int, int] = SIZE_WH) -> MarkedFrame:
    return Marker(size_wh, "bottom-right").mark(numbered(number, size_wh), at_ms * MS, number)


def content(path: Path) -> list[tuple[int, int]]:
    """Number and time in milliseconds of every picture."""
    reel, found = ClipReel(path), []
    while (at_ns := reel.grab()) is not None:
        found.append((number_of(reel.retrieve()), round(at_ns / MS)))
    return found


def test_what_was_sent_is_in_the_file_at_its_own_pace(tmp_path: Path) -> None:
    times_ms = [7000, 7033, 7100, 7900, 7901, 9000]
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    for number, at_ms in enumerate(times_ms):
        sink.send(picture(number, at_ms))
    sink.close()
    assert content(tmp_path / "a.mp4") == [(k, t - 7000) for k, t in enumerate(times_ms)]


def test_the_same_picture_again_only_lasts_longer(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    held = picture(1, 33)
    for frame in (picture(0, 0), held, held, held, picture(2, 133)):
        sink.send(frame)
    sink.close()
    assert content(tmp_path / "a.mp4") == [(0, 0), (1, 33), (2, 133)]


def test_time_that_stands_still_or_goes_back_does_not_break_the_file(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    for number, at_ms in enumerate([0, 40, 40, 20, 80]):
        sink.send(picture(number, at_ms))
    sink.close()
    assert [number for number, _ in content(tmp_path / "a.mp4")] == [0, 1, 2, 3, 4]


def test_colours_survive(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    sink.send(picture(4, 0))
    sink.send(picture(4, 33))
    sink.close()
    reel = ClipReel(tmp_path / "a.mp4")
    reel.grab()
    wanted, got = numbered(4, SIZE_WH).astype(int), reel.retrieve().astype(int)
    for place in (np.s_[5:25, 60:300], np.s_[60:180, 5:35], np.s_[60:160, 100:200]):
        assert np.abs(wanted[place] - got[place]).mean() < 6


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_a_run_that_is_killed_leaves_a_file_that_plays_to_the_last_second(tmp_path: Path, name: str) -> None:
    sink = FileSink(tmp_path / name, SIZE_WH, 30.0)
    for number in range(90):
        sink.send(picture(number % 25, number * 33))
    killed = shutil.copy(tmp_path / name, tmp_path / f"killed-{name}")
    sink.close()
    assert len(content(Path(killed))) >= 60
    assert len(content(tmp_path / name)) == 90


def test_a_finished_file_is_an_ordinary_one_with_its_length(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    for number in range(60):
        sink.send(picture(number % 25, number * 33))
    sink.close()
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(2.0, abs=0.1)
        assert (stream.frames, stream.codec_context.name, stream.pix_fmt) == (60, "h264", "yuv420p")


@pytest.mark.parametrize("size_wh", [(321, 241), (320, 241), (321, 240), (31, 33)])
def test_odd_sizes_become_even(tmp_path: Path, size_wh: tuple[int, int]) -> None:
    sink = FileSink(tmp_path / "a.mp4", size_wh, 30.0)
    for number in range(3):
        sink.send(picture(number, number * 33, size_wh))
    sink.close()
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (size_wh[0] + size_wh[0] % 2, size_wh[1] + size_wh[1] % 2)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_reported_in_words(tmp_path: Path) -> None:
    (tmp_path / "full.mp4").symlink_to("/dev/full")
    with pytest.raises(OutputError) as reported:
        sink = FileSink(tmp_path / "full.mp4", SIZE_WH, 30.0)
        for number in range(200):
            sink.send(picture(number % 25, number * 33))
    assert "space" in f"{reported.value} {reported.value.help_text}".lower()
    sink.close()


@pytest.mark.parametrize(
    ("name", "hint"),
    [("no/such/folder/a.mp4", "mkdir -p"), ("a.avi", "a.mp4"), ("", ".mp4"), ("folder.mp4", "another place")],
)
def test_a_place_that_cannot_be_written_is_refused_at_once(tmp_path: Path, name: str, hint: str) -> None:
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(OutputError) as refusal:
        FileSink(tmp_path / name, SIZE_WH, 30.0)
    assert hint in refusal.value.help_text


def test_a_run_without_a_picture_leaves_no_file(tmp_path: Path) -> None:
    FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0).close()
    assert not (tmp_path / "a.mp4").exists()


def test_one_picture_is_a_file(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    sink.send(picture(3, 0))
    sink.close()
    assert content(tmp_path / "a.mp4") == [(3, 0)]
