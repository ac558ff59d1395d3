"""The interview: answers go in, a record comes out."""

from datetime import UTC, datetime

import pytest

from livecam.consent.interview import FACE, ask_owner, consent_required, interview
from livecam.consent.record import ANSWERS, new_record
from livecam.consent.voice_record import MODEL, VOICE
from livecam.core.errors import ConsentError
from livecam.core.persona import ConsentRecord, PersonaKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def talk(*answers: str) -> tuple[list[str], ConsentRecord | None]:
    conversation = interview("me.jpg", "ab" * 32, NOW)
    shown = [next(conversation)]
    for answer in answers:
        try:
            shown.append(conversation.send(answer))
        except StopIteration as end:
            return shown, end.value
    return shown, None


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("1", PersonaKind.OWN),
        (" Own ", PersonaKind.OWN),
        ("2", PersonaKind.CONSENTED),
        ("consented", PersonaKind.CONSENTED),
        ("3", PersonaKind.SYNTHETIC),
        ("SYNTHETIC", PersonaKind.SYNTHETIC),
    ],
)
def test_an_answer_and_a_yes_make_the_record_of_that_kind(typed, kind):
    assert talk(typed, "Yes")[1] == new_record(kind, "ab" * 32, NOW)


def test_the_question_names_the_photo_and_what_every_answer_means():
    question = " ".join(talk()[0][0].split())
    assert "me.jpg" in question
    assert all(answer.short in question and answer.means in question for answer in ANSWERS.values())


def test_the_statement_is_shown_before_it_is_agreed_to():
    shown, record = talk("2", "yes")
    assert ANSWERS[PersonaKind.CONSENTED].statement in " ".join(shown[1].split())
    assert record.statement in " ".join(shown[1].split())


@pytest.mark.parametrize("name", ["me.jpg", "a-rather-long-name-" * 3 + ".jpg", "with several words in it.png"])
@pytest.mark.parametrize("subject", [FACE, VOICE, MODEL])
def test_no_line_is_wider_than_a_terminal_and_no_word_is_broken(name, subject):
    conversation = ask_owner(name, subject)
    shown = next(conversation) + "\n" + conversation.send("2")
    assert max(map(len, shown.splitlines())) < 80
    answer = subject.answers[PersonaKind.CONSENTED]
    assert set(f"{answer.means} {subject.kept} {subject.question.format(name)}".split()) <= set(shown.split())


@pytest.mark.parametrize(
    ("typed", "kind"), [("y", PersonaKind.OWN), (" Y ", PersonaKind.OWN), ("YES", PersonaKind.OWN)]
)
def test_y_is_a_yes(typed, kind):
    assert talk("1", typed)[1] == new_record(kind, "ab" * 32, NOW)


@pytest.mark.parametrize("typed", [("q",), ("Q ",), ("4", "q"), ("1", "q"), ("1", "perhaps", "quit")])
def test_every_question_can_be_left(typed):
    with pytest.raises(ConsentError, match="was left without an answer"):
        talk(*typed)


def test_what_is_not_understood_is_asked_again_and_records_nothing():
    shown, record = talk("4", "", "celebrity", "1", "si", "")
    assert record is None
    assert shown[1] == shown[2] == shown[3] == "Please answer 1, 2 or 3 (own, consented, synthetic; q leaves): "
    assert shown[5] == shown[6] == "Please answer yes or no (q leaves): "


@pytest.mark.parametrize("typed", ["no", "n", " N"])
def test_a_no_to_the_statement_refuses_the_photo(typed):
    with pytest.raises(ConsentError, match=r"me\.jpg is not used: the statement was not made"):
        talk("1", typed)


def test_without_a_terminal_the_error_names_the_option():
    assert "--consent own|consented|synthetic" in consent_required("me.jpg").help_text
