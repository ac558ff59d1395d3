"""The log of a command: from a level on, to standard error or a file, and gone after the command."""

import logging
import stat
import sys
from pathlib import Path

import pytest


def test_a_use_case_is_logged_in_a_file_that_is_the_users_alone(livecam, tmp_path):
    assert livecam("--log-file", "l.txt", "persona", "synth", "--seed", "7").code == 0
    assert livecam("--log-file", "l.txt", "persona", "revoke", "synthetic-7").code == 0
    lines = (tmp_path / "l.txt").read_text().splitlines()
    assert lines[-1].endswith("INFO livecam.app.removal: persona synthetic-7 is revoked")
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "l.txt").stat().st_mode) == 0o600


def test_without_the_options_nothing_is_logged_and_none_stays_on(livecam):
    before = list(logging.getLogger("livecam").handlers)
    assert livecam("--log-level", "info", "persona", "list").code == 0
    assert logging.getLogger("livecam").handlers == before
    assert "INFO" not in livecam("persona", "remove", "synthetic-9").err


def test_a_level_is_kept(livecam):
    assert livecam("persona", "synth", "--seed", "8").code == 0
    assert "INFO" not in livecam("--log-level", "warning", "persona", "revoke", "synthetic-8").err


@pytest.mark.parametrize(("words", "code"), [(["--log-level", "loud"], 2), (["--log-file", "no/such/file"], 3)])
def test_a_log_that_cannot_be_written_is_refused(livecam, words, code):
    said = livecam(*words, "persona", "list")
    assert (said.code, len(said.err.splitlines())) == (code, 2)


def test_no_file_of_the_users_is_logged_into(livecam, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff a photo")
    said = livecam("--log-file", "photo.jpg", "persona", "list")
    assert said.code == 2 and "livecam did not write it" in said.err
    assert (tmp_path / "photo.jpg").read_bytes() == b"\xff\xd8\xff a photo"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_log_that_ends_is_said_without_a_traceback_at_the_end(livecam):
    assert livecam("persona", "synth", "--seed", "7", "--name", "sam").code == 0
    said = livecam("--log-file", "/dev/full", "persona", "revoke", "sam")
    assert said.code == 3 and "Traceback" not in said.err and "the log" in said.err
    assert "sam is gone" in said.out and "sam" not in livecam("persona", "list").out


def test_a_log_without_a_reader_costs_nothing(livecam, monkeypatch):
    assert livecam("persona", "synth", "--seed", "7", "--name", "sam").code == 0
    monkeypatch.setattr("livecam.cli.logs._ErrorStream.flush", lambda self: (_ for _ in ()).throw(BrokenPipeError()))
    said = livecam("--log-level", "info", "persona", "revoke", "sam")
    assert said.code == 0 and "Traceback" not in said.err
