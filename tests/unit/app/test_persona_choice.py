"""A persona is opened once on the way of a run: one read and one signature check of its record, one decoded photo."""

from collections import Counter
from dataclasses import replace

import pytest

from livecam.app import persona_choice
from livecam.app.persona_choice import choose_persona
from livecam.config.settings import Settings
from livecam.consent import record_file
from livecam.core.errors import ConsentError, UsageError
from livecam.core.fake_prompter import ScriptedPrompter
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.personas import record_store
from livecam.personas.intake import open_photo_persona
from livecam.personas.photo import face
from livecam.personas.photo.photo_file import read_photo
from livecam.personas.store import PersonaStore
from tests.unit.personas.test_intake import drawn_photo


@pytest.fixture
def counted(monkeypatch) -> Counter:
    """How often records are read and their signatures verified, and photos read and decoded."""
    counts: Counter[str] = Counter()

    def count(module, name, what):
        original = getattr(module, name)

        def counting(*arguments, **named):
            counts[what] += 1
            return original(*arguments, **named)

        monkeypatch.setattr(module, name, counting)

    count(record_store, "read_at_most", "records read")
    count(record_file, "verify_entries", "signatures")
    count(persona_choice, "read_photo", "photos read")
    count(face, "decode_photo", "photos decoded")
    count(persona_choice, "persona_store", "stores")
    return counts


@pytest.fixture
def photo(tmp_path):
    return drawn_photo(tmp_path)


@pytest.fixture
def settings(tmp_path, photo):
    return Settings(face=photo, data_folder=tmp_path / "data")


@pytest.fixture
def remembered(settings, photo):
    store = PersonaStore(settings.data_folder)
    return open_photo_persona(read_photo(photo), store, FakeFinder(), PersonaKind.OWN).name


def test_a_stored_persona_is_read_and_verified_once(settings, remembered, counted):
    choice = choose_persona(Settings(persona=remembered, data_folder=settings.data_folder))
    assert choice.open(FakeFinder()).name == remembered
    assert counted == {"records read": 1, "signatures": 1, "stores": 1}


def test_a_remembered_photo_is_read_and_verified_once(settings, remembered, counted):
    choice = choose_persona(settings, ScriptedPrompter([]))
    assert choice.open(FakeFinder()).name == remembered
    assert counted == {"records read": 1, "signatures": 1, "stores": 1, "photos read": 1}
    assert choice.apply_answer(settings) is settings


def test_a_new_photo_is_asked_about_and_decoded_once(settings, counted, monkeypatch):
    finder = FakeFinder()
    monkeypatch.setattr(persona_choice, "open_face_finder", lambda trusted=(): finder)
    prompter = ScriptedPrompter(["1", "yes"])
    choice = choose_persona(settings, prompter)
    assert choice.apply_answer(settings).consent is PersonaKind.OWN
    assert choice.open(finder).kind is PersonaKind.OWN
    assert counted["photos read"] == counted["photos decoded"] == counted["stores"] == 1
    assert (counted["records read"], counted["signatures"]) == (1, 1)
    assert len(prompter.asked) == 2


def test_without_a_person_to_ask_a_new_photo_is_refused(settings):
    for prompter in (None, ScriptedPrompter()):
        with pytest.raises(ConsentError, match="no user has said who"):
            choose_persona(settings, prompter)


def test_settings_that_name_no_face_are_refused():
    with pytest.raises(UsageError):
        choose_persona(Settings())


def test_a_record_that_changed_after_it_was_found_is_refused(settings, remembered):
    choice = choose_persona(settings)
    store = PersonaStore(settings.data_folder)
    store.renew(remembered, replace(store.consent_of(remembered), purpose="another"))
    with pytest.raises(ConsentError, match="not the last one"):
        choice.open(FakeFinder())


def test_a_persona_that_was_revoked_after_it_was_found_is_refused(settings, remembered, photo):
    from livecam.personas.revoke import revoke_persona

    choice = choose_persona(settings)
    revoke_persona(remembered, PersonaStore(settings.data_folder))
    with pytest.raises(ConsentError):
        choice.open(FakeFinder())
