"""Before a training begins, its preview has a place."""

from livecam.cli.main import main


def test_a_preview_never_replaces_a_file_of_the_users(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "mine.png").write_bytes(b"\x89PNG\r\n\x1a\n a photo")
    assert main(["train", "run", "me", "--preview", str(tmp_path / "mine.png")]) == 2
    assert "livecam did not write it" in capsys.readouterr().err
    assert (tmp_path / "mine.png").read_bytes() == b"\x89PNG\r\n\x1a\n a photo"
