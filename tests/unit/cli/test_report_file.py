"""A report is written whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from livecam.cli.report_file import check_report_path, write_report
from livecam.core.errors import OutputError, UsageError
from livecam.core.report import Report


def test_an_earlier_report_is_replaced_and_nothing_else_is_left(tmp_path):
    path = tmp_path / "report.json"
    path.write_text("old")
    write_report(Report(fps=29.0), path)
    assert path.read_text() == Report(fps=29.0).to_json() + "\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_keeps_the_earlier_report(tmp_path, monkeypatch):
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match=r"report\.json was not written: No space left"):
        write_report(Report(), path)
    assert [item.read_text() for item in tmp_path.iterdir()] == ["old"]


def test_a_link_is_written_through(tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write_report(Report(), tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").is_file()


def test_a_pipe_takes_the_report_as_it_comes(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    write_report(Report(), pipe)
    reader.join(timeout=600)
    assert read == [Report().to_json() + "\n"]
    assert pipe.is_fifo()


def test_no_path_is_no_trouble():
    check_report_path(None)


@pytest.mark.parametrize("place", [".", "none/report.json", "file/report.json"])
def test_a_path_that_cannot_be_a_file_is_found_out_before_the_run(tmp_path, place):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="no report can be written"):
        check_report_path(tmp_path / place)
