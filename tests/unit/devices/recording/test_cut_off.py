"""A recording that stops is reported with its length, and what was recorded decodes to its end."""

import errno
import os
import sys
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.devices.recording import video_file as file_sink
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from tests.clips import numbered
from tests.full_disk import small_disk

SIZE_WH = (160, 120)
FORMS = ("a.mp4", "a.mov", "a.mkv")


def noisy(number: int) -> MarkedFrame:
    """A picture that takes some kilobytes."""
    pixels = numbered(number % 25, SIZE_WH).copy()
    pixels[40:90, 60:130] = np.random.default_rng(number).integers(0, 255, (50, 70, 3), np.uint8)
    return Marker(SIZE_WH, "bottom-right").mark(pixels, number * 33_000_000, number)


def recorded(path: Path, count: int) -> OutputError | None:
    sink = FileSink(path, SIZE_WH, 30.0)
    try:
        for number in range(count):
            sink.send(noisy(number))
        sink.close()
    except OutputError as error:
        with pytest.raises(OutputError, match="stopped"):
            sink.send(noisy(0))
        sink.close()
        return error
    return None


def decoded(path: Path) -> int:
    """Pictures of a file that must decode to its end."""
    with av.open(str(path)) as container:
        times = [frame.pts for frame in container.decode(video=0)]
    assert all(later > sooner for sooner, later in pairwise(times))
    return len(times)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("kilobytes", [8, 48, 96, 400])
def test_a_disk_that_is_really_full(tmp_path, name, kilobytes):
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        reported = recorded(disk / name, 150)
        assert reported is not None and reported.exit_code == 3
        assert str(reported).startswith("the recording stopped after ") and "No space left" in str(reported)
        if (disk / name).exists():
            assert decoded(disk / name) > 0
            assert "plays" in reported.help_text
        else:
            assert kilobytes == 8
        assert [path.name for path in disk.iterdir()] in ([], [name])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit for the size of files")
@pytest.mark.parametrize("name", FORMS)
def test_a_file_that_may_not_grow(tmp_path, name):
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        reported = recorded(tmp_path / name, 150)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert reported is not None and "stopped after" in str(reported) and decoded(tmp_path / name) > 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps an open file from being removed")
@pytest.mark.parametrize("gone", ["removed", "replaced", "renamed"])
def test_a_file_that_is_removed_during_the_run(tmp_path, gone):
    path = tmp_path / "a.mp4"
    sink = FileSink(path, SIZE_WH, 30.0)
    for number in range(40):
        sink.send(noisy(number))
    if gone == "removed":
        path.unlink()
    elif gone == "renamed":
        path.rename(tmp_path / "b.mp4")
    else:
        (tmp_path / "other").write_bytes(b"another user's")
        (tmp_path / "other").replace(path)
    with pytest.raises(OutputError, match=r"the recording stopped after \d+\.\d s: .*removed or replaced") as reported:
        for number in range(40, 110):
            sink.send(noisy(number))
    sink.close()
    assert "plays" not in reported.value.help_text
    assert {each.name: each.stat().st_size for each in tmp_path.iterdir()}.get("a.mp4") == (
        len(b"another user's") if gone == "replaced" else None
    )


def test_a_file_that_is_removed_before_it_is_closed(tmp_path):
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    sink.send(noisy(0))
    (tmp_path / "a.mp4").unlink()
    with pytest.raises(OutputError, match="removed or replaced"):
        sink.close()


@pytest.mark.parametrize("error", [av.error.ExternalError(1, "the encoder broke"), OSError(errno.EIO, "no answer")])
def test_a_failing_encoder_ends_the_recording_and_the_rest_plays(tmp_path, monkeypatch, error):
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    for number in range(70):
        sink.send(noisy(number))

    class Broken:
        def encode(self, picture: object) -> list[object]:
            raise error

    monkeypatch.setattr(sink, "_stream", Broken())
    with pytest.raises(OutputError, match=r"the recording stopped after 2\.\d s"):
        sink.send(noisy(70))
    sink.close()
    assert decoded(tmp_path / "a.mp4") >= 60


def test_a_colon_in_a_name_is_no_protocol(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("rec-10:30.mp4", "http:x.mkv", "file:y.mov", "a b\nc.mp4", os.fsdecode(b"\xe9\xff.mp4")):
        assert recorded(Path(name), 5) is None
        assert (tmp_path / name).stat().st_size > 500
        with (tmp_path / name).open("rb") as file, av.open(file) as container:
            assert sum(1 for _ in container.decode(video=0)) == 5


def test_two_sinks_do_not_write_one_file(tmp_path):
    first = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    first.send(noisy(0))
    with pytest.raises(OutputError, match="another livecam writes"):
        FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    first.send(noisy(1))
    first.close()
    assert decoded(tmp_path / "a.mp4") == 2
    assert recorded(tmp_path / "a.mp4", 3) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes")
def test_a_recording_is_for_its_owner(tmp_path):
    old_mask = os.umask(0)
    try:
        recorded(tmp_path / "a.mp4", 3)
    finally:
        os.umask(old_mask)
    assert (tmp_path / "a.mp4").stat().st_mode & 0o777 == 0o600


def test_a_place_where_nothing_opens_leaves_no_file(tmp_path, monkeypatch):
    def refuses(*_: object, **__: object) -> object:
        raise av.error.ExternalError(1, "no answer")

    monkeypatch.setattr(file_sink.av, "open", refuses)
    with pytest.raises(OutputError):
        FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0)
    assert list(tmp_path.iterdir()) == []
