"""The one door for files: whole or not at all, private, two lines for whatever goes wrong."""

import errno
import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest

from livecam.core.errors import LivecamError, OutputError, UsageError
from livecam.core.files import writing as door
from livecam.core.files.errors import translate_name_errors, translate_write_errors
from livecam.core.files.writing import (
    check_place,
    own_folder,
    private_folder,
    remove_folder,
    replace_file,
    write_folder,
    write_new,
    write_whole,
)
from tests.full_disk import small_disk

WRITES = {
    "write_whole": lambda folder: write_whole(folder / "a", b"new" * 5000),
    "write_new": lambda folder: write_new(folder / "new", b"new" * 5000),
    "write_folder": lambda folder: write_folder(folder / "persona", {"photo": b"new" * 5000, "record": b"new"}),
    "replace_file": lambda folder: replace_file(folder / "a", b"new" * 5000),
}
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def old(folder: Path) -> Path:
    write_whole(folder / "a", b"old")
    write_folder(folder / "persona", {"photo": b"old", "record": b"old"})
    return folder


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("call", ["fsync", "write", "rename", "replace", "open", "mkstemp", "mkdtemp"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO, errno.EACCES])
def test_whatever_the_system_refuses_leaves_what_was_there(tmp_path, monkeypatch, write, call, code):
    before = content(old(tmp_path))

    def refuses(*_, **__):
        raise OSError(code, os.strerror(code))

    places = {"mkstemp": (tempfile, "mkstemp"), "mkdtemp": (tempfile, "mkdtemp"), "rename": (Path, "rename"),
              "replace": (Path, "replace"), "write": (os, "fdopen"), "open": (door.os, "open")}  # fmt: skip
    with monkeypatch.context() as planted:
        planted.setattr(*places.get(call, (os, call)), refuses)
        try:
            write(tmp_path)
        except OutputError as error:
            assert os.strerror(code) in str(error) and error.help_text
            refused = True
        else:
            refused = False
    if refused:
        assert content(tmp_path) == before


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_disk_that_is_really_full_leaves_what_was_there(tmp_path, write):
    with small_disk(tmp_path / "disk") as disk:
        before = content(old(disk))
        (disk / "filler").write_bytes(bytes(disk_free(disk)))
        with pytest.raises(OutputError, match="No space left") as reported:
            write(disk)
        assert "free some space" in reported.value.help_text
        (disk / "filler").unlink()
        assert content(disk) == before


def disk_free(folder: Path) -> int:
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="Linux has a folder that takes no files, even from root")
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_folder_that_takes_no_files_is_reported(write):
    with pytest.raises(OutputError):
        write(Path("/proc"))
    with pytest.raises(OutputError):
        check_place(Path("/proc/a.json"))


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_a_file_in_the_place_of_a_folder_is_reported(tmp_path, write):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        write(tmp_path / "file" / "inside")
    assert content(tmp_path) == {"file": b"in the way"}


@pytest.mark.parametrize("name", ["n" * 300, "a\0b"], ids=["300 letters", "a null"])
def test_a_name_that_is_none_is_wrong_use(tmp_path, name):
    for write in (write_whole, write_new, replace_file):
        with pytest.raises(UsageError):
            write(tmp_path / name, b"new")
    with pytest.raises(UsageError):
        write_folder(tmp_path / name, {"a": b"new"})
    with pytest.raises(UsageError):
        check_place(tmp_path / name)
    with pytest.raises(UsageError), translate_name_errors():
        os.stat(tmp_path / name)
    assert content(tmp_path) == {}


@pytest.mark.parametrize("name", ["n" * 250 + ".json", "a\nb.json", "rec-10:30.json", os.fsdecode(b"\xff\xfe.json")])
def test_any_name_the_system_takes_is_written(tmp_path, name):
    write_whole(tmp_path / name, b"new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@posix
def test_new_files_are_private_and_earlier_ones_keep_their_mode(tmp_path):
    old_mask = os.umask(0)
    try:
        write_whole(tmp_path / "new", b"")
        (tmp_path / "shared").write_bytes(b"")
        (tmp_path / "shared").chmod(0o644)
        write_whole(tmp_path / "shared", b"x")
        write_folder(tmp_path / "data" / "personas" / "kim", {"photo": b"x"})
    finally:
        os.umask(old_mask)
    assert mode(tmp_path / "new") == 0o600 and mode(tmp_path / "shared") == 0o644
    assert {mode(path) for path in (tmp_path / "data").rglob("*") if path.is_dir()} == {0o700}
    assert mode(tmp_path / "data") == 0o700 and mode(tmp_path / "data/personas/kim/photo") == 0o600


@posix
def test_a_given_folder_keeps_its_mode_and_livecams_own_is_closed(tmp_path):
    for name in ("given", "models"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    private_folder(tmp_path / "given")
    own_folder(tmp_path / "models")
    assert mode(tmp_path / "given") == 0o755 and mode(tmp_path / "models") == 0o700


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_folder_is_replaced_whole_and_removed_whole(tmp_path):
    write_folder(tmp_path / "kim", {"a": b"1", "b": b"2"})
    write_folder(tmp_path / "kim", {"a": b"3"})
    assert content(tmp_path) == {"kim/a": b"3"}
    remove_folder(tmp_path / "kim")
    assert list(tmp_path.iterdir()) == []


def test_a_device_takes_it_as_it_comes():
    write_whole(Path(os.devnull), b"new")
    if Path("/dev/full").exists():
        with pytest.raises(OutputError, match="No space left"):
            write_whole(Path("/dev/full"), b"new")


def test_what_is_a_defect_stays_one(tmp_path):
    with pytest.raises(ZeroDivisionError), translate_write_errors(tmp_path):
        raise ZeroDivisionError
    with pytest.raises(ValueError, match="a shape"), translate_write_errors(tmp_path):
        raise ValueError("a shape")
    with pytest.raises(LivecamError, match="own words"), translate_write_errors(tmp_path):
        raise OutputError("own words", advice="-")


def test_the_message_of_a_folder_names_the_folder_and_no_temporary_one(tmp_path):
    with small_disk(tmp_path / "full", 16) as full, pytest.raises(OutputError) as refused:
        write_folder(full / "personas" / "anna", {"photo.png": bytes(100_000)})
    assert "personas/anna cannot be written" in str(refused.value)
    assert ".livecam-" not in f"{refused.value} {refused.value.help_text}"
