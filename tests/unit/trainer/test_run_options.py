"""Before a training begins, its preview has a place."""

from livecam.cli.main import main


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
