"""A photo is used only after the user said who it shows; a script says it with --consent."""

from datetime import timedelta

import cv2
import numpy as np
import pytest

from livecam.app.consent import confirm_own_face
from livecam.cli.terminal import TerminalPrompter
from livecam.consent.record import new_record
from livecam.console import terminal
from livecam.core.clock import utc_now
from livecam.core.persona import Persona, PersonaKind
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import open_builtin
from livecam.personas.photo.photo_file import read_photo
from livecam.personas.store import PersonaStore
from tests.unit.personas.test_store import unsign


@pytest.fixture
def at_a_terminal(monkeypatch):
    """Answers typed at a terminal, one after the other; the input ends after the last."""

    def with_answers(*answers):
        typed = iter(answers)
        asked = []

        def ask(text):
            asked.append(text)
            try:
                return next(typed)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr(terminal, "at_terminal", lambda: True)
        monkeypatch.setattr("builtins.input", ask)
        return asked

    return with_answers


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "me.jpg"
    path.write_bytes(cv2.imencode(".png", open_builtin("robin").photo.pixels)[1].tobytes())
    return path


def remember(photo, folder, age_days=0):
    file = read_photo(photo)
    given_at = utc_now() - timedelta(days=age_days)
    texture = FaceTexture(np.zeros((8, 8, 3), np.uint8), np.zeros((468, 2), np.float32))
    record = new_record(PersonaKind.OWN, file.sha256, given_at)
    PersonaStore(folder, lambda: given_at).save(Persona("me", PersonaKind.OWN, texture, record), file.data, ".jpg")


def test_without_a_terminal_and_an_answer_it_refuses_with_5(livecam, stage, photo):
    said = livecam("run", "--face", photo)
    assert said.code == 5
    assert said.err.splitlines()[0] == "livecam: no user has said who me.jpg shows"
    assert "--consent own|consented|synthetic" in said.err
    assert stage.opened == []


@pytest.mark.parametrize("command", [["replay", "sample", "--out", "null"], ["run"]])
def test_every_command_that_takes_a_photo_refuses_alike(livecam, stage, photo, command):
    assert livecam(*command, "--face", photo).code == 5


def test_adding_a_persona_refuses_alike(livecam, photo):
    assert livecam("persona", "add", photo).code == 5


def test_the_option_answers_for_scripts(livecam, stage, photo):
    assert livecam("run", "--face", photo, "--consent", "consented").code == 0
    assert stage.opened[0].settings.consent is PersonaKind.CONSENTED


def test_an_unknown_answer_is_wrong_use(livecam, stage, photo):
    said = livecam("run", "--face", photo, "--consent", "mine")
    assert said.code == 2
    assert "--consent must be own, consented or synthetic" in said.err


def test_at_a_terminal_it_asks_and_passes_the_answer_on(livecam, stage, photo, at_a_terminal):
    asked = at_a_terminal("dunno", "2", "yes")
    assert livecam("run", "--face", photo).code == 0
    assert stage.opened[0].settings.consent is PersonaKind.CONSENTED
    assert "Who is shown in me.jpg?" in asked[0]


@pytest.mark.parametrize("answers", [["1", "no"], ["1"], []])
def test_a_no_or_an_end_of_input_refuses_with_5(livecam, stage, photo, at_a_terminal, answers):
    at_a_terminal(*answers)
    assert livecam("run", "--face", photo).code == 5
    assert stage.opened == []


def test_no_question_is_asked_about_an_unusable_photo(livecam, stage, photo, at_a_terminal):
    photo.write_bytes(cv2.imencode(".png", np.full((480, 480, 3), 127, np.uint8))[1].tobytes())
    asked = at_a_terminal("1", "yes")
    said = livecam("run", "--face", photo)
    assert (said.code, asked) == (5, [])
    assert "no face was found in me.jpg" in said.err


def test_ctrl_c_leaves_the_question_with_5_and_two_lines(livecam, stage, photo, at_a_terminal, monkeypatch):
    at_a_terminal()

    def interrupted(text):
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", interrupted)
    said = livecam("run", "--face", photo)
    assert (said.code, len(said.err.splitlines())) == (5, 2)
    assert "the question was left without an answer" in said.err


def test_no_question_is_asked_about_a_file_that_is_no_picture(livecam, stage, photo, at_a_terminal):
    photo.write_bytes(b"a letter")
    asked = at_a_terminal("1", "yes")
    said = livecam("run", "--face", photo)
    assert (said.code, asked) == (5, [])
    assert "me.jpg is not a picture" in said.err


def test_a_remembered_photo_is_not_asked_about_again(livecam, stage, photo, tmp_path):
    remember(photo, tmp_path / "data" / "livecam")
    assert livecam("run", "--face", photo).code == 0


def test_a_photo_with_an_ended_record_is_asked_about_again(livecam, stage, photo, tmp_path):
    remember(photo, tmp_path / "data" / "livecam", age_days=400)
    assert livecam("run", "--face", photo).code == 5


def test_a_changed_photo_is_asked_about_again(livecam, stage, photo, tmp_path):
    remember(photo, tmp_path / "data" / "livecam")
    photo.write_bytes(b"another photo")
    assert livecam("run", "--face", photo).code == 5


def test_a_photo_that_is_not_there_is_5(livecam, stage):
    said = livecam("run", "--face", "none.jpg", "--consent", "own")
    assert (said.code, said.err.splitlines()[0]) == (5, "livecam: none.jpg cannot be read: No such file or directory")


@pytest.fixture
def unsigned(photo, tmp_path):
    """A persona with an answer kept by the first version of the program; its record's path."""
    photo.write_bytes(cv2.imencode(".png", open_builtin("robin").photo.pixels)[1].tobytes())
    remember(photo, tmp_path / "data" / "livecam")
    record = tmp_path / "data" / "livecam" / "personas" / "me" / "record.json"
    unsign(record)
    return record


def test_an_answer_that_was_not_signed_is_refused_with_the_reason(livecam, stage, photo, unsigned):
    said = livecam("run", "--face", photo)
    assert (said.code, stage.opened) == (5, [])
    assert "did not sign it" in said.err.splitlines()[0]
    assert said.err.splitlines()[1] == "  try: livecam persona renew me"


def test_at_a_terminal_it_is_asked_for_once_more_with_the_reason(livecam, stage, photo, unsigned, at_a_terminal):
    at_a_terminal("1", "yes")
    said = livecam("run", "--face", photo)
    assert said.code == 0
    assert "note: the consent for me was kept by an earlier version" in said.out


def test_a_renewed_answer_is_signed_and_holds(livecam, unsigned):
    assert livecam("persona", "renew", "me", "--consent", "own").code == 0
    assert '"signature"' in unsigned.read_text()
    said = livecam("persona", "show", "me")
    assert "usable        yes" in said.out
    assert "not to be passed on" in said.out


def test_an_edited_record_is_refused_with_5_and_two_lines(livecam, photo, unsigned):
    livecam("persona", "renew", "me", "--consent", "own")
    unsigned.write_text(unsigned.read_text().replace("2027", "2028"))
    said = livecam("persona", "renew", "me", "--consent", "own")
    assert said.code == 5
    assert said.err.splitlines() == [
        "livecam: the consent record of me is damaged: it was changed after it was signed",
        "  run: livecam persona remove me, then add the photo again",
    ]


@pytest.mark.parametrize(("answers", "insists"), [(("yes",), True), (("no",), False), ((), False)])
def test_at_a_terminal_the_user_may_insist_that_a_face_is_their_own(at_a_terminal, capsys, answers, insists):
    confirm = confirm_own_face(TerminalPrompter())
    assert confirm("the person is another one") is False
    asked = at_a_terminal(*answers)
    assert confirm("the person is another one") is insists
    assert asked == ["Is it your own face all the same? (yes/no): "]
    assert "The person is another one.\n" in capsys.readouterr().out
