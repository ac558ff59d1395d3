"""The persona store: private files, whole writes, and a clear word on everything that no longer holds."""

import hashlib
import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from livecam.consent.record import new_record
from livecam.core.errors import ConsentError, OutputError, PersonaError
from livecam.core.persona import PersonaKind
from livecam.personas.built_in import builtin_names
from livecam.personas.store import PersonaStore

PHOTO = b"the bytes of a photo"


def folder_of(tmp_path: Path, name: str = "me") -> Path:
    return tmp_path / "data" / "personas" / name


def test_a_saved_persona_is_loaded_as_it_was(store, persona):
    store.save(persona, PHOTO, ".jpg")
    loaded = store.load("me")
    assert (loaded.name, loaded.kind, loaded.consent) == (persona.name, persona.kind, persona.consent)
    np.testing.assert_array_equal(loaded.photo.pixels, persona.photo.pixels)
    np.testing.assert_array_equal(loaded.photo.points, persona.photo.points)
    np.testing.assert_array_equal(loaded.photo.shape, persona.photo.shape)
    assert loaded.photo.tone is None


def test_the_photo_is_kept_byte_by_byte_and_found_by_its_hash(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    assert (folder_of(tmp_path) / "photo.jpg").read_bytes() == PHOTO
    assert store.find(hashlib.sha256(PHOTO).hexdigest()) == "me"
    assert store.find("00" * 32) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no POSIX modes; the profile folder is private there")
def test_folders_are_0700_and_files_0600_whatever_the_umask(store, persona, tmp_path):
    umask = os.umask(0)
    try:
        store.save(persona, PHOTO, ".jpg")
    finally:
        os.umask(umask)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data", *(tmp_path / "data").rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert len(modes) == 9


def test_an_empty_store_lists_the_built_in_faces_and_creates_nothing(store, tmp_path):
    assert tuple(entry.name for entry in store.list()) == builtin_names()
    assert all(entry.built_in and entry.trouble is None for entry in store.list())
    assert not (tmp_path / "data").exists()


def test_built_in_faces_load_like_any_other(store):
    name = builtin_names()[0]
    assert store.load(name).kind is PersonaKind.SYNTHETIC
    assert store.consent_of(name).kind is PersonaKind.SYNTHETIC
    assert store.remarks(name) == ()


def test_the_list_says_kind_and_end_of_each(store, persona):
    store.save(persona, PHOTO, ".jpg")
    mine = store.list()[0]
    assert (mine.name, mine.kind, mine.expires_at, mine.trouble) == (
        "me", PersonaKind.OWN, persona.consent.expires_at, None,
    )  # fmt: skip


def test_after_twelve_months_it_is_refused_and_says_how_to_renew(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    calendar.pass_days(364)
    assert store.load("me").name == "me"
    calendar.pass_days(1)
    with pytest.raises(ConsentError, match="ended on 2027-03-01") as caught:
        store.load("me")
    assert caught.value.help_text == "livecam persona renew me"
    assert "ended on 2027-03-01" in store.list()[0].trouble


def test_a_record_from_the_future_is_refused(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg")
    calendar.pass_days(-1)
    with pytest.raises(ConsentError, match="still to come"):
        store.load("me")


def test_a_renewed_persona_can_be_used_again(store, persona, calendar):
    store.save(persona, PHOTO, ".jpg", ("rather dark: use a lamp",))
    calendar.pass_days(400)
    store.renew("me", new_record(PersonaKind.CONSENTED, persona.consent.photo_sha256, calendar()))
    assert store.load("me").kind is PersonaKind.CONSENTED
    assert store.remarks("me") == ("rather dark: use a lamp",)
    np.testing.assert_array_equal(store.load("me").photo.pixels, persona.photo.pixels)


@pytest.mark.parametrize("file", ["photo.jpg", "face.npz"])
@pytest.mark.parametrize("damage", ["exchange", "cut", "delete"])
def test_a_changed_or_missing_photo_or_face_is_refused(store, persona, tmp_path, file, damage):
    store.save(persona, PHOTO, ".jpg")
    path = folder_of(tmp_path) / file
    if damage == "delete":
        path.unlink()
    else:
        path.write_bytes(b"another" if damage == "exchange" else path.read_bytes()[:-1])
    with pytest.raises(ConsentError, match=rf"{file} of me (is not the one|cannot be read)") as caught:
        store.load("me")
    assert "livecam persona remove me" in caught.value.help_text


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"schema": 9}', b"[1]"])
def test_a_damaged_record_is_refused_and_listed_as_trouble(store, persona, tmp_path, content):
    store.save(persona, PHOTO, ".jpg")
    (folder_of(tmp_path) / "record.json").write_bytes(content)
    with pytest.raises(ConsentError, match="the consent record of me is damaged"):
        store.load("me")
    entry = store.list()[0]
    assert entry.kind is None
    assert "damaged" in entry.trouble
    assert store.find(persona.consent.photo_sha256) is None


def edit(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def unsign(path: Path) -> None:
    """Write a record as the first version of the program did."""
    item = json.loads(path.read_text())
    for name in ("signature", "signed_by", "about", "purpose", "scope", "checked", "checks"):
        del item[name]
    path.write_text(json.dumps(item | {"schema": 1}))


def test_an_edited_record_is_refused_and_cannot_be_renewed(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    edit(folder_of(tmp_path) / "record.json", kind="synthetic")
    for act in (store.load, store.check_record, lambda name: store.renew(name, persona.consent)):
        with pytest.raises(ConsentError, match="changed after it was signed") as caught:
            act("me")
        assert caught.value.help_text == "run: livecam persona remove me, then add the photo again"


def test_a_record_of_the_first_version_is_asked_for_once_more(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    unsign(folder_of(tmp_path) / "record.json")
    with pytest.raises(ConsentError, match="earlier version, which did not sign it") as caught:
        store.load("me")
    assert caught.value.help_text == "livecam persona renew me"
    assert not store.is_signed_here("me")
    assert store.find(persona.consent.photo_sha256) == "me"
    with pytest.raises(ConsentError, match="earlier version"):
        store.renew("me", persona.consent)


def test_a_record_of_another_computer_is_refused(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    elsewhere = PersonaStore(tmp_path / "elsewhere", store.now)
    elsewhere.save(replace(persona, name="other"), PHOTO, ".jpg")
    record = tmp_path / "elsewhere" / "personas" / "other" / "record.json"
    (folder_of(tmp_path) / "record.json").write_bytes(record.read_bytes())
    with pytest.raises(ConsentError, match="signed on another computer") as caught:
        store.load("me")
    assert caught.value.help_text == "livecam persona renew me"


def test_a_lost_key_makes_every_record_a_strangers(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    (tmp_path / "data" / "keys" / "consent.pem").unlink()
    with pytest.raises(ConsentError, match="or this one has lost its key"):
        store.load("me")
    assert "lost its key" in store.list()[0].trouble


def test_a_persona_without_a_record_is_refused(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    (folder_of(tmp_path) / "record.json").unlink()
    with pytest.raises(ConsentError, match="me has no consent record"):
        store.load("me")


def test_a_removed_persona_leaves_nothing_behind(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    store.remove("me")
    assert list((tmp_path / "data" / "personas").iterdir()) == []
    with pytest.raises(PersonaError, match='there is no persona "me"') as caught:
        store.load("me")
    assert caught.value.help_text == "livecam persona list"


@pytest.mark.parametrize("name", ["unknown", "../me", "", ".", "/etc", "ME"])
def test_a_name_that_is_not_there_is_an_error_and_never_a_path(store, persona, name):
    store.save(persona, PHOTO, ".jpg")
    for act in (store.load, store.record, store.remove):
        with pytest.raises(PersonaError, match="there is no persona"):
            act(name)


def test_a_built_in_face_cannot_be_removed_or_overwritten(store, persona):
    name = builtin_names()[0]
    with pytest.raises(PersonaError, match="built in"):
        store.remove(name)
    with pytest.raises(PersonaError, match="built in"):
        store.save(replace(persona, name=name), PHOTO, ".jpg")


@pytest.mark.parametrize("name", ["", "../me", "Me", "a b", "-a", "a" * 41])
def test_a_name_that_could_be_a_path_is_not_saved(store, persona, name):
    with pytest.raises(PersonaError, match="cannot name a persona"):
        store.save(replace(persona, name=name), PHOTO, ".jpg")


def test_a_record_about_another_photo_is_not_saved(store, persona):
    with pytest.raises(ValueError, match="about another photo"):
        store.save(persona, PHOTO + b"!", ".jpg")


@pytest.mark.parametrize(
    ("wished", "given"),
    [
        ("Me at work", "me-at-work"),
        ("ünï", "uni"),
        ("Мария", "мария"),
        ("李 明", "李-明"),
        ("हिन्दी", "हिन्दी"),
        ("???", "face"),
        ("me", "me-2"),
        ("x" * 80, "x" * 32),
        (f"synthetic-{10**29}", f"synthetic-{10**29}"),
        (f"synthetic-{10**30}", f"synthetic-{10**21}"),
    ],
)
def test_a_free_name_is_near_the_wished_one(store, persona, wished, given):
    store.save(persona, PHOTO, ".jpg")
    assert store.free_name(wished) == given


def test_a_free_name_is_no_built_in_one(store):
    assert store.free_name(builtin_names()[0]) == f"{builtin_names()[0]}-2"


def test_saving_again_replaces_the_whole_persona(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    store.save(persona, PHOTO, ".png")
    assert {path.name for path in folder_of(tmp_path).iterdir()} == {"photo.png", "face.npz", "record.json"}
    assert [path.name for path in folder_of(tmp_path).parent.iterdir()] == ["me"]


def test_a_write_that_fails_leaves_the_old_persona_as_it_was(store, persona, tmp_path, monkeypatch):
    store.save(persona, PHOTO, ".jpg")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        store.save(persona, PHOTO, ".png")
    monkeypatch.undo()
    assert [path.name for path in folder_of(tmp_path).parent.iterdir()] == ["me"]
    assert PersonaStore(tmp_path / "data", store.now).load("me").name == "me"
