"""The interview: answers go in, a record comes out."""

from datetime import UTC, datetime

import pytest

from livecam.consent.ask import interview, unasked
from livecam.consent.record import ANSWERS, new_record
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
    question = talk()[0][0]
    assert "me.jpg" in question
    assert all(answer.short in question and answer.means in question for answer in ANSWERS.values())


def test_the_statement_is_shown_before_it_is_agreed_to():
    shown, record = talk("2", "yes")
    assert ANSWERS[PersonaKind.CONSENTED].statement in shown[1]
    assert record.statement in shown[1]


def test_what_is_not_understood_is_asked_again_and_records_nothing():
    shown, record = talk("4", "", "celebrity", "1", "y", "")
    assert record is None
    assert shown[1] == shown[2] == shown[3] == "Please answer 1, 2 or 3 (own, consented, synthetic): "
    assert shown[5] == shown[6] == "Please answer yes or no: "


def test_a_no_to_the_statement_refuses_the_photo():
    with pytest.raises(ConsentError, match=r"me\.jpg is not used"):
        talk("1", "no")


def test_where_nobody_can_be_asked_the_error_names_the_option():
    assert "--consent own|consented|synthetic" in unasked("me.jpg").hint
