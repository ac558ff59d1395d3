"""`livecam persona enrol` from outside."""

from dataclasses import replace

import pytest

from livecam.app import enroll as enrolment
from livecam.consent.record import new_record
from livecam.core.errors import ConsentError
from livecam.core.persona import Checked, PersonaKind
from tests.unit.personas.conftest import FIRST_DAY


@pytest.fixture
def checks(monkeypatch):
    """What the check was asked to do; it is passed at once."""
    asked = []

    def enrol_persona(settings, name, chance, prompter):
        asked.append((settings, name))
        prompter.say("Look straight into the camera.")
        return replace(
            new_record(PersonaKind.OWN, "ab" * 32, FIRST_DAY), checked=Checked.BASIC, checks=("head turned left",)
        )

    monkeypatch.setattr(enrolment, "enrol_persona", enrol_persona)
    return asked


def test_what_was_checked_is_reported(livecam, checks):
    said = livecam("persona", "enrol", "me", "--camera", "sample", "--microphone", "off", "--own-voice", "sam")
    assert (said.code, said.out.splitlines()) == (
        0, ["Look straight into the camera.", "  head turned left", "me is checked (basic), valid until 2027-03-01"],
    )  # fmt: skip
    settings, name = checks[0]
    assert (name, settings.camera, settings.microphone, settings.own_voice) == ("me", "sample", "off", "sam")


def test_a_check_that_is_not_passed_ends_with_5(livecam, monkeypatch):
    def refuse(*_):
        raise ConsentError("the check was not passed: it turned like a flat picture", advice="again")

    monkeypatch.setattr(enrolment, "enrol_persona", refuse)
    said = livecam("persona", "enrol", "me")
    assert (said.code, said.err.count("\n")) == (5, 2)


@pytest.mark.parametrize("name", ["unknown", "robin"])
def test_an_absent_person_or_a_synthetic_one_cannot_be_checked(livecam, name):
    assert livecam("persona", "enrol", name, "--camera", "sample", "--microphone", "off").code == 5
