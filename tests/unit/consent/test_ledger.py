"""What an install remembers: the latest time, the record that counts for each name, and nothing of a copy."""

import hashlib
import json
import os
import shutil
import sys
from dataclasses import replace

import pytest

from livecam.consent.record import new_record
from livecam.consent.record_key import sign_entries
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import Persona, PersonaKind, VerifiedPersona
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.revoke import revoke_persona
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore
from tests.unit.personas.conftest import PHOTO


def as_before(store, key, name="me", **changed) -> bytes:
    """The record as versions before the ledger wrote it: signed, without name and fingerprints."""
    path = store.folder_of(name) / "record.json"
    item = json.loads(path.read_text()) | changed
    for added in ("name", "looks", "signature", "signed_by"):
        item.pop(added, None)
    data = sign_entries(item, key)
    path.write_bytes(data)
    return data


def copied(store, source, target) -> None:
    shutil.copytree(store.folder_of(source), store.folder_of(source).with_name(target))


@pytest.mark.parametrize("back_days", [2, 20, 399])
def test_a_clock_put_back_brings_nothing_to_life(store, persona, calendar, back_days):
    store.save(persona, PHOTO, ".jpg")
    calendar.pass_days(400)
    with pytest.raises(ConsentError, match="ended on"):
        store.load("me")
    calendar.pass_days(-back_days)
    with pytest.raises(ConsentError, match="was used on 2027-04-05 already") as caught:
        store.load("me")
    assert caught.value.help_text.startswith("set the clock")


def test_any_use_moves_the_latest_time_on_and_a_day_is_no_jump(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    calendar.pass_days(30)
    store.check_record("me")
    calendar.pass_days(-1)
    assert store.load("me").name == "me"
    calendar.pass_days(-1)
    with pytest.raises(ConsentError, match="was used on"):
        store.load("me")


def test_after_a_wrong_clock_everything_is_answered_again(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    store.save(replace(persona, name="other"), PHOTO, ".jpg")
    calendar.pass_days(300)
    store.load("me")
    calendar.pass_days(-299)
    store.accept_clock()
    store.renew("me", new_record(PersonaKind.OWN, persona.consent.photo_sha256, calendar()))
    assert store.load("me").name == "me"
    with pytest.raises(ConsentError, match="not known here"):
        store.load("other")


def test_a_copied_folder_is_no_persona_of_its_own(store, persona):
    store.save(persona, PHOTO, ".jpg")
    copied(store, "me", "president")
    with pytest.raises(ConsentError, match="the record in president was given for me") as caught:
        store.load("president")
    assert caught.value.help_text == "livecam persona remove president"
    assert store.load("me").name == "me"


def test_an_older_record_put_back_is_refused(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    older = (store.folder_of("me") / "record.json").read_bytes()
    store.renew("me", new_record(PersonaKind.CONSENTED, persona.consent.photo_sha256, calendar()))
    (store.folder_of("me") / "record.json").write_bytes(older)
    with pytest.raises(ConsentError, match="not the last one that was given"):
        store.load("me")


def test_a_removed_persona_put_back_is_asked_about_again(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    shutil.copytree(store.folder_of("me"), tmp_path / "kept")
    store.remove("me")
    shutil.copytree(tmp_path / "kept", tmp_path / "data" / "personas" / "me")
    with pytest.raises(ConsentError, match="was removed here"):
        store.load("me")


def test_without_its_ledger_no_named_record_counts(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    (tmp_path / "data" / "ledger.json").unlink()
    with pytest.raises(ConsentError, match="not known here"):
        store.load("me")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"schema": 1}', b"[" * 100_000])
def test_a_damaged_ledger_refuses_everything(store, persona, tmp_path, content):
    store.save(persona, PHOTO, ".jpg")
    (tmp_path / "data" / "ledger.json").write_bytes(content)
    with pytest.raises(ConsentError, match="says which records count, cannot be read"):
        store.load("me")


def test_an_edited_ledger_refuses_everything(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    path = tmp_path / "data" / "ledger.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"latest": None}))
    with pytest.raises(ConsentError, match="changed after it was signed"):
        store.load("me")


def test_records_of_earlier_versions_are_bound_to_their_folder_once(store, persona, key, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    before = as_before(store, key)
    (tmp_path / "data" / "ledger.json").unlink()
    assert store.load("me").name == "me"
    item = json.loads((store.folder_of("me") / "record.json").read_text())
    assert item["name"] == "me" and set(item["looks"]) == {"1", "2", "1m", "2m"}
    copied(store, "me", "president")
    (store.folder_of("president") / "record.json").write_bytes(before)
    with pytest.raises(ConsentError, match="not known here"):
        store.load("president")


def test_a_record_of_earlier_versions_in_two_folders_counts_for_neither(store, persona, key, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    as_before(store, key)
    copied(store, "me", "president")
    (tmp_path / "data" / "ledger.json").unlink()
    for name in ("me", "president"):
        with pytest.raises(ConsentError, match="not known here"):
            store.load(name)


def test_a_voice_is_bound_to_its_name_too(tmp_path, calendar):
    voices = VoiceStore(tmp_path / "data", calendar)
    voices.save("mine", open_builtin_voice("cedar"), PersonaKind.OWN, "ab" * 32)
    shutil.copytree(voices.folder_of("mine"), voices.folder_of("mine").with_name("president"))
    with pytest.raises(ConsentError, match="was given for mine"):
        voices.load("president")
    voices.check_record("mine")
    voices.remove("mine")
    with pytest.raises(PersonaError, match='there is no voice "mine"'):
        voices.check_record("mine")


@pytest.mark.skipif(sys.platform == "win32", reason="no POSIX modes")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604])
def test_a_key_that_others_can_read_is_refused_with_the_command(store, persona, tmp_path, mode):
    store.save(persona, PHOTO, ".jpg")
    key = tmp_path / "data" / "keys" / "consent.pem"
    key.chmod(mode)
    for act in (lambda: store.load("me"), lambda: store.save(persona, PHOTO, ".jpg")):
        with pytest.raises(ConsentError, match=f"has mode {mode:04o}") as caught:
            act()
        assert caught.value.help_text == f"chmod 600 {key}"
    key.chmod(0o600)
    assert store.load("me").name == "me"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("what", ["folder", "photo.jpg", "face.npz", "record.json"])
def test_links_are_refused_and_what_they_lead_to_is_never_said_to_be_gone(store, persona, tmp_path, what):
    store.save(persona, PHOTO, ".jpg")
    folder = store.folder_of("me")
    place = folder if what == "folder" else folder / what
    outside = tmp_path / "outside"
    place.rename(outside)
    os.symlink(outside, place)
    with pytest.raises(ConsentError, match="is or holds a link"):
        store.load("me")
    revoked = revoke_persona("me", store)
    assert (revoked.gone, revoked.left) == (("me",), (outside,))
    assert outside.exists() and not folder.exists()
    with pytest.raises(ConsentError, match="taken back"):
        store.save(persona, PHOTO, ".jpg")


def test_the_store_vouches_and_asks_again(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    loaded = store.load("me")
    assert isinstance(loaded, VerifiedPersona)
    loaded.check()
    calendar.pass_days(365)
    with pytest.raises(ConsentError, match="ended on"):
        loaded.check()


def test_a_photo_exchanged_under_the_same_name_is_not_what_is_shown(store, persona):
    store.save(persona, PHOTO, ".jpg")
    loaded = store.load("me")
    other = PHOTO + b"!"
    record = replace(persona.consent, photo_sha256=hashlib.sha256(other).hexdigest())
    store.save(replace(persona, consent=record), other, ".jpg")
    with pytest.raises(ConsentError, match="replaced by another photo"):
        loaded.check()


@pytest.mark.parametrize("act", ["revoke", "remove", "edit"])
def test_revoked_removed_or_edited_it_no_longer_holds(store, persona, act):
    store.save(persona, PHOTO, ".jpg")
    loaded = store.load("me")
    if act == "revoke":
        revoke_persona("me", store)
    elif act == "remove":
        store.remove("me")
    else:
        (store.folder_of("me") / "record.json").write_bytes(b"{")
    with pytest.raises(PersonaError):
        loaded.check()


def test_only_the_store_makes_a_verified_persona(store, persona):
    store.save(persona, PHOTO, ".jpg")
    loaded = store.load("me")
    for make in (lambda: VerifiedPersona("me", persona.kind, persona.photo, persona.consent),
                 lambda: replace(loaded, name="you"), lambda: type("Mine", (VerifiedPersona,), {})):  # fmt: skip
        with pytest.raises(TypeError):
            make()
    assert not isinstance(Persona("me", persona.kind, persona.photo, persona.consent), VerifiedPersona)


def test_one_load_reads_and_verifies_the_record_once(store, persona, monkeypatch):
    from livecam.consent import record_file
    from livecam.personas import record_store

    store.save(persona, PHOTO, ".jpg")
    reads = []
    real = record_store.read_at_most
    monkeypatch.setattr(record_store, "read_at_most", lambda path, most: reads.append(path.name) or real(path, most))
    checks = []
    real_check = record_file.verify_entries
    monkeypatch.setattr(record_file, "verify_entries", lambda data: checks.append(1) or real_check(data))
    store.load("me")
    assert (reads, len(checks)) == (["record.json"], 1)


def test_a_folder_that_is_read_only_allows_use(store, persona, calendar, tmp_path, monkeypatch):
    from livecam.consent import ledger

    store.save(persona, PHOTO, ".jpg")
    calendar.pass_days(3)

    def read_only(path, data):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(ledger, "replace_file", read_only)
    assert PersonaStore(tmp_path / "data", calendar).load("me").name == "me"
