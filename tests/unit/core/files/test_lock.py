"""One process writes a file at a time, and a lock never outlives its process."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from livecam.core.errors import OutputError
from livecam.core.files.lock import FileLock, check_free, lock_folder

OTHER = """
import sys
from pathlib import Path
from livecam.core.files.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("locked", flush=True)
sys.stdin.read()
"""


def other_process(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", OTHER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "locked\n"
    return process


@pytest.mark.parametrize("link", [False, True], ids=["by its name", "by a link"])
def test_a_second_process_is_refused_until_the_first_one_dies(tmp_path, link):
    path = tmp_path / "a.mp4"
    with other_process(path) as first:
        if link:
            (tmp_path / "link.mp4").symlink_to(path)
        name = tmp_path / "link.mp4" if link else path
        for take in (FileLock, check_free):
            with pytest.raises(OutputError, match="another livecam writes") as reported:
                take(name)
            assert reported.value.exit_code == 3 and reported.value.help_text
        first.kill()
    FileLock(path).close()


def test_two_in_one_process_are_two_as_well(tmp_path):
    first = FileLock(tmp_path / "a.wav")
    with pytest.raises(OutputError):
        FileLock(tmp_path / "a.wav")
    first.close()
    first.close()
    FileLock(tmp_path / "a.wav").close()


def test_a_file_that_took_the_name_in_between_is_noticed(tmp_path):
    lock = FileLock(tmp_path / "a.mp4")
    assert lock.made and lock.is_current
    (tmp_path / "signed").write_bytes(b"signed")
    (tmp_path / "signed").replace(tmp_path / "a.mp4")
    assert not lock.is_current
    other = FileLock(tmp_path / "a.mp4")
    assert other.is_current and not other.made
    (tmp_path / "a.mp4").unlink()
    assert not other.is_current


def test_nothing_is_lost_by_a_lock(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"kept")
    FileLock(tmp_path / "a.wav").close()
    assert (tmp_path / "a.wav").read_bytes() == b"kept"


def test_a_folder_is_changed_by_one_process_at_a_time_nested_too(tmp_path):
    (tmp_path / "count").write_text("0")

    def count() -> None:
        for _ in range(50):
            with lock_folder(tmp_path), lock_folder(tmp_path):
                (tmp_path / "count").write_text(str(int((tmp_path / "count").read_text()) + 1))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "count").read_text() == "200"
