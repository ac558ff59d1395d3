"""Before a training begins, its preview has a place; a request to end stops it in order."""

import os
import signal

import pytest

from livecam.cli.main import main
from trainer.run import stop_on_interrupt


def test_a_preview_never_replaces_a_file_of_the_users(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "mine.png").write_bytes(b"\x89PNG\r\n\x1a\n a photo")
    assert main(["train", "run", "me", "--preview", str(tmp_path / "mine.png")]) == 2
    assert "livecam did not write it" in capsys.readouterr().err
    assert (tmp_path / "mine.png").read_bytes() == b"\x89PNG\r\n\x1a\n a photo"


def test_a_dfm_of_an_atlas_is_refused_with_the_reason(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert main(["train", "export", "me", str(tmp_path / "me.dfm"), "--format", "dfm"]) == 2
    said = capsys.readouterr().err
    assert "renderer" in said and "--method classic --dfm" in said


def test_only_the_classic_method_gives_a_dfm_and_replaces_none(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    mine = tmp_path / "mine.dfm"
    assert main(["train", "run", "me", "--dfm", str(mine)]) == 2
    assert "only the classic method" in capsys.readouterr().err
    mine.write_bytes(b"mine")
    assert main(["train", "run", "me", "--method", "classic", "--dfm", str(mine)]) == 2
    assert "exists" in capsys.readouterr().err and mine.read_bytes() == b"mine"


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process by other means")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
def test_every_request_to_end_stops_a_training_in_order(number):
    before = signal.getsignal(number)
    with stop_on_interrupt() as stopped:
        assert not stopped.is_set()
        os.kill(os.getpid(), number)
        assert stopped.wait(10)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) is before
