"""`livecam persona enrol` from outside, with a head that turns as camera and a recording as microphone."""

from dataclasses import replace

import pytest

from livecam.cli import persona_check
from livecam.consent.record import new_record
from livecam.core.errors import ConsentError
from livecam.core.persona import Checked, PersonaKind
from tests.unit.cli.test_voice import record
from tests.unit.consent.conftest import FIRST_DAY


@pytest.fixture
def checks(monkeypatch):
    """What the check was asked to do; it is passed at once."""
    asked = []

    def enrol_persona(settings, name, hear, chance, tell):
        asked.append((settings, name, hear))
        tell("Look straight into the camera.")
        return replace(
            new_record(PersonaKind.OWN, "ab" * 32, FIRST_DAY), checked=Checked.BASIC, checks=("head turned left",)
        )

    monkeypatch.setattr(persona_check, "enrol_persona", enrol_persona)
    return asked


def test_what_was_checked_is_told(livecam, checks):
    said = livecam("persona", "enrol", "me", "--camera", "sample")
    assert (said.code, said.out.splitlines()) == (
        0, ["Look straight into the camera.", "  head turned left", "me is checked (basic), valid until 2027-03-01"],
    )  # fmt: skip
    assert checks[0][1:] == ("me", None)


def test_a_recording_serves_as_microphone(livecam, checks, tmp_path):
    sound = record(tmp_path / "talk.wav", seconds=2.0)
    assert livecam("persona", "enrol", "me", "--microphone", sound).code == 0
    hear = checks[0][2]
    assert len(hear(48_000)) == 48_000
    assert len(hear(96_000)) < 96_000
    assert hear(1) is None


def test_a_recording_that_is_not_there_is_wrong_use(livecam, checks):
    said = livecam("persona", "enrol", "me", "--microphone", "none.wav")
    assert (said.code, "there is no recording none.wav" in said.err) == (2, True)


def test_a_check_that_is_not_passed_ends_with_5(livecam, monkeypatch):
    def refuse(*_):
        raise ConsentError(
            "the check in front of the camera was not passed: it turned like a flat picture", hint="again"
        )

    monkeypatch.setattr(persona_check, "enrol_persona", refuse)
    said = livecam("persona", "enrol", "me")
    assert (said.code, said.err.count("\n")) == (5, 2)


def test_somebody_who_is_not_there_cannot_be_checked(livecam):
    assert livecam("persona", "enrol", "nobody", "--camera", "sample").code == 5
    assert livecam("persona", "enrol", "robin", "--camera", "sample").code == 5
