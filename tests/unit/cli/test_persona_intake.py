"""Personas that come in, go out and are taken back, from outside."""

import cv2
import pytest

from livecam import plugins
from livecam.app import persona_intake
from livecam.console import terminal
from livecam.core.errors import EngineError
from livecam.personas.built_in import open_builtin
from tests.unit.cli.test_voice import record

WORDS = "four quiet garden chairs"


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "me.png"
    path.write_bytes(cv2.imencode(".png", open_builtin("robin").photo.pixels)[1].tobytes())
    return path


@pytest.fixture
def passphrase(tmp_path):
    path = tmp_path / "passphrase"
    path.write_text(f"{WORDS}\n")
    return path


@pytest.fixture
def plain(monkeypatch):
    """Archives without encryption, which takes a second each way by design."""
    monkeypatch.setattr(persona_intake, "encrypt", lambda content, passphrase: passphrase.encode() + content)
    monkeypatch.setattr(
        persona_intake, "decrypt", lambda file, passphrase: file.read_bytes().removeprefix(passphrase.encode())
    )


def test_a_photo_that_was_revoked_comes_in_again_only_after_a_new_yes(livecam, photo):
    assert livecam("persona", "add", photo, "--consent", "own").code == 0
    said = livecam("persona", "revoke", "me")
    assert (said.code, said.out) == (
        0, "me is gone; its photo is remembered by fingerprint and will not be taken in again\n",
    )  # fmt: skip
    for command in (["persona", "add", photo], ["run", "--face", photo, "--sink", "null"]):
        said = livecam(*command, "--consent", "own")
        assert said.code == 5
        assert "the consent for me.png was taken back on" in said.err.splitlines()[0]
        assert said.err.splitlines()[1].endswith(f"livecam persona add {photo} --reconsent")
    photo.write_bytes(cv2.imencode(".jpg", open_builtin("robin").photo.pixels[10:, 10:])[1].tobytes())
    assert livecam("persona", "add", photo, "--consent", "own").code == 5
    assert livecam("persona", "add", photo, "--reconsent").code == 5
    said = livecam("persona", "add", photo, "--reconsent", "--consent", "consented")
    assert (said.code, said.out) == (0, "me is ready: livecam run --persona me\n")
    assert "agreed to again after it was taken back" in livecam("persona", "show", "me").out


def test_a_voice_that_was_revoked_comes_in_again_only_after_a_new_yes(livecam, tmp_path):
    sound = record(tmp_path / "me.wav")
    enrol = ["voice", "enrol", "mine", sound, "--consent", "own"]
    assert livecam(*enrol).code == 0
    assert "remembered by hash" in livecam("voice", "revoke", "mine").out
    said = livecam(*enrol)
    assert said.code == 5
    assert "the consent for mine was taken back" in said.err
    assert livecam(*enrol, "--reconsent").code == 0


@pytest.mark.slow
def test_a_persona_goes_to_another_computer_encrypted(livecam, photo, passphrase, monkeypatch, tmp_path):
    assert livecam("persona", "add", photo, "--consent", "own").code == 0
    said = livecam("persona", "export", "me", "me.age", "--passphrase-file", passphrase)
    assert (said.code, said.out) == (0, "me is in me.age: livecam persona import me.age\n")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))
    said = livecam("persona", "import", "me.age", "--passphrase-file", passphrase, "--consent", "own")
    assert (said.code, said.out.splitlines()[1]) == (0, "me is ready: livecam run --persona me")
    assert "Anybody can make such a key" in said.out.splitlines()[0]
    assert "imported; first signed by" in livecam("persona", "show", "me").out


@pytest.fixture
def exported(livecam, photo, passphrase, plain, monkeypatch, tmp_path):
    """An archive, and an empty data folder to import it into."""
    livecam("persona", "add", photo, "--consent", "own")
    livecam("persona", "export", "me", "me.age", "--passphrase-file", passphrase)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "elsewhere"))
    return "me.age", "--passphrase-file", passphrase


def test_an_imported_persona_is_stated_again_and_as_it_was(livecam, exported):
    assert livecam("persona", "import", *exported).code == 5
    said = livecam("persona", "import", *exported, "--consent", "synthetic")
    assert said.code == 5
    assert "the record in me.age says own, you say synthetic" in said.err
    assert livecam("persona", "import", *exported, "--consent", "own", "--name", "robin").code == 5
    assert livecam("persona", "import", *exported, "--consent", "own", "--name", "work").code == 0
    said = livecam("persona", "import", *exported, "--consent", "own")
    assert said.code == 5
    assert "here already, as work" in said.err


def test_a_revoked_persona_is_not_imported(livecam, exported):
    assert livecam("persona", "import", *exported, "--consent", "own").code == 0
    assert livecam("persona", "revoke", "me").code == 0
    said = livecam("persona", "import", *exported, "--consent", "own")
    assert said.code == 5
    assert "taken back" in said.err


def test_a_file_is_never_overwritten_by_an_export(livecam, photo, passphrase, plain, tmp_path):
    livecam("persona", "add", photo, "--consent", "own")
    (tmp_path / "me.age").write_bytes(b"dear")
    assert livecam("persona", "export", "me", "me.age", "--passphrase-file", passphrase).code == 3
    assert livecam("persona", "export", "me", "no/folder.age", "--passphrase-file", passphrase).code == 3
    assert (tmp_path / "me.age").read_bytes() == b"dear"


def test_a_passphrase_comes_from_a_file_or_a_terminal(livecam, photo, plain, monkeypatch, tmp_path):
    livecam("persona", "add", photo, "--consent", "own")
    assert livecam("persona", "export", "me", "me.age").code == 2
    assert livecam("persona", "export", "me", "me.age", "--passphrase-file", tmp_path / "none").code == 2
    (tmp_path / "short").write_text("short")
    assert livecam("persona", "export", "me", "me.age", "--passphrase-file", tmp_path / "short").code == 2
    (tmp_path / "other").write_bytes(b"\xff\xfe four quiet garden chairs")
    said = livecam("persona", "export", "me", "me.age", "--passphrase-file", tmp_path / "other")
    assert (said.code, "is no text in UTF-8" in said.err, "codec" in said.err) == (2, True, False)
    typed = iter((WORDS, "something else", WORDS, WORDS, WORDS))
    monkeypatch.setattr(terminal, "at_terminal", lambda: True)
    monkeypatch.setattr(terminal, "getpass", lambda text: next(typed))
    said = livecam("persona", "export", "me", "me.age")
    assert (said.code, "the two passphrases differ" in said.err) == (2, True)
    assert livecam("persona", "export", "me", "me.age").code == 0
    assert livecam("persona", "import", "me.age", "--consent", "own").code == 5


def test_at_a_terminal_a_photo_is_asked_about_again(livecam, photo, monkeypatch):
    typed = iter(("2", "yes"))
    monkeypatch.setattr(terminal, "at_terminal", lambda: True)
    monkeypatch.setattr("builtins.input", lambda text: next(typed))
    assert livecam("persona", "add", photo, "--reconsent").code == 0
    assert "consented" in livecam("persona", "show", "me").out


def test_revoking_reaches_the_same_photo_under_another_name(livecam, photo, tmp_path):
    again = tmp_path / "again.jpg"
    again.write_bytes(
        cv2.imencode(".jpg", open_builtin("robin").photo.pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    )
    mirrored = tmp_path / "mirrored.jpg"
    mirrored.write_bytes(cv2.imencode(".jpg", open_builtin("robin").photo.pixels[:, ::-1])[1].tobytes())
    other = tmp_path / "other.png"
    other.write_bytes(cv2.imencode(".png", open_builtin("kim").photo.pixels)[1].tobytes())
    for file in (photo, again, mirrored, other):
        assert livecam("persona", "add", file, "--consent", "own").code == 0
    said = livecam("persona", "revoke", "me")
    assert "again shows the same photo and is removed too" in said.out
    assert "mirrored shows the same photo and is removed too" in said.out
    for name in ("me", "again", "mirrored"):
        assert livecam("run", "--persona", name, "--sink", "null", "--camera", "sample").code == 5
    assert livecam("persona", "show", "other").code == 0


def test_a_revoked_seed_says_why_and_what_to_do(livecam):
    assert livecam("persona", "synth", "--seed", "7").code == 0
    assert livecam("persona", "revoke", "synthetic-7").code == 0
    said = livecam("persona", "synth", "--seed", "7")
    assert (said.code, len(said.err.splitlines())) == (5, 2)
    assert "the face of seed 7 was revoked here on" in said.err
    assert "livecam persona synth --seed 8" in said.err
    assert livecam("persona", "synth", "--seed", "8").code == 0


@pytest.mark.parametrize("command", ["add", "renew"])
def test_a_package_the_user_trusts_may_find_the_face(livecam, photo, monkeypatch, command):
    def refuse(trusted=()):
        raise EngineError(f"trusted: {', '.join(trusted)}", advice="none")

    words = {"add": ["add", photo], "renew": ["renew", "me"]}[command]
    if command == "renew":
        assert livecam("persona", "add", photo, "--consent", "own").code == 0
    monkeypatch.setattr(plugins, "open_face_finder", refuse)
    said = livecam("persona", *words, "--consent", "own", "--trust-plugin", "my-faces, others")
    assert said.code == 4 and "trusted: my-faces, others" in said.err
