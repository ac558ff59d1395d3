"""What the system does once in a while to whoever writes files."""

import errno
import fcntl
import os
import pickle
import threading
from pathlib import Path

import pytest

from livecam.core import priority
from livecam.core.errors import OutputError, UsageError
from livecam.core.files import lock as file_lock
from livecam.core.files import writing
from livecam.core.files.errors import system_error, translate_name_errors
from livecam.core.files.lock import FileLock
from livecam.core.files.own_files import GENERATOR, TOML_MARK, is_own
from livecam.core.persona import VerifiedPersona
from livecam.core.places import redact_paths
from tests.session.stage import synthetic_persona


def test_an_error_of_the_place_is_left_to_who_knows_it() -> None:
    with pytest.raises(PermissionError), translate_name_errors():
        raise PermissionError(errno.EACCES, "denied", "a")
    with pytest.raises(ValueError, match="other"), translate_name_errors():
        raise ValueError("something other")


def test_a_name_that_cannot_be_is_a_wrong_use() -> None:
    with pytest.raises(UsageError), translate_name_errors():
        raise OSError(errno.ENAMETOOLONG, "too long", "a" * 300)
    with pytest.raises(UsageError), translate_name_errors():
        raise ValueError("embedded null byte")
    assert isinstance(system_error(OSError(errno.ENOSPC, "no space")), OutputError)


def test_a_file_system_without_locks_goes_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", refused)
    lock = FileLock(tmp_path / "a")
    assert lock.is_current
    lock.close()


def test_a_file_that_is_put_in_its_place_again_and_again_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FileLock, "is_current", False)
    with pytest.raises(OutputError, match="another livecam writes"):
        FileLock(tmp_path / "a")


def test_a_file_that_is_gone_is_not_there(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "a")
    (tmp_path / "a").unlink()
    assert not lock.is_current
    lock.close()


def test_pages_and_settings_are_known_by_their_head(tmp_path: Path) -> None:
    page, settings = tmp_path / "a.html", tmp_path / "a.toml"
    page.write_text(f"<!doctype html><head>{GENERATOR}")
    settings.write_text(TOML_MARK)
    assert is_own(page) and is_own(settings)


def test_a_verified_persona_is_neither_derived_nor_copied() -> None:
    with pytest.raises(TypeError, match="subclassed"):
        type("Mine", (VerifiedPersona,), {})
    with pytest.raises(TypeError):
        pickle.dumps(synthetic_persona())


def test_places_are_taken_out_of_lists_and_paths_too() -> None:
    settings = {"many": ["/home/me/b.mp4", "/"], "none": None, "relative": "x.mp4", "here": "./y.mp4"}
    shown = redact_paths(
        {"settings": settings, "a": [Path("/home/me/a.mp4"), "/", "x/y.mp4"], "b": "/home/me/a.mp4 stopped", "c": 1}
    )
    assert "/home/me" not in str(shown)


def test_a_thread_stands_back_as_far_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "setpriority", lambda which, who, nice: asked.append(nice))
    worker = threading.Thread(target=lambda: (priority.raise_nice(-100), priority.raise_nice(40)))
    worker.start()
    worker.join()
    assert asked == [19]


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        writing._replace(tmp_path / "a", b"")


def test_a_folder_that_cannot_be_renamed_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing.write_folder(tmp_path / "me", {"a": b"old"})
    rename = Path.rename

    def renamed(path: Path, target: Path) -> Path:
        if Path(target) == tmp_path / "me" and path.name != "old":
            raise OSError(errno.EIO, "broken", str(path))
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", renamed)
    with pytest.raises((OSError, OutputError)):
        writing.write_folder(tmp_path / "me", {"a": b"new"})
    assert (tmp_path / "me" / "a").read_bytes() == b"old"


def test_the_folder_lock_does_without_what_cannot_be_opened(tmp_path: Path) -> None:
    with file_lock.lock_folder(tmp_path / "none"):
        assert not (tmp_path / "none").exists()
