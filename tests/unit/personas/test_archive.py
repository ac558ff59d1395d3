"""A persona goes to another computer with its record, and not without one."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from livecam.consent.record_key import RecordKey, sign_entries
from livecam.core.errors import ConsentError, PersonaError, UsageError
from livecam.core.persona import Checked
from livecam.personas.archive import decrypt, describe_signer, encrypt, make_local_record, pack_persona, unpack_persona
from tests.unit.personas.conftest import FIRST_DAY, PHOTO

WORDS = "four quiet garden chairs"
FILE = Path("me.age")


@pytest.fixture
def archive(store, persona, tmp_path):
    store.save(persona, PHOTO, ".jpg")
    return pack_persona("me", store)


def pack(*members: tuple[str, bytes], method=zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def test_a_persona_comes_out_as_it_went_in(archive, persona, key):
    carried = unpack_persona(archive, FILE, FIRST_DAY)
    assert (carried.photo.data, carried.photo.path.suffix) == (PHOTO, ".jpg")
    assert (carried.record, carried.signed_by) == (persona.consent, key.public)


@pytest.mark.slow
def test_the_encrypted_file_is_in_the_age_format_and_shows_nothing(tmp_path):
    file = tmp_path / "me.age"
    file.write_bytes(encrypt(PHOTO, WORDS))
    assert file.read_bytes().startswith(b"age-encryption.org/v1\n-> scrypt ")
    assert PHOTO not in file.read_bytes()
    assert decrypt(file, WORDS) == PHOTO
    with pytest.raises(PersonaError, match="not opened by this passphrase"):
        decrypt(file, "another passphrase")
    whole = file.read_bytes()
    for damaged in (whole[:-1], whole[: len(whole) // 2], whole[:-5] + b"." + whole[-4:]):
        file.write_bytes(damaged)
        with pytest.raises(PersonaError, match="damaged or cut off"):
            decrypt(file, WORDS)


def test_what_was_checked_elsewhere_counts_as_stated_here(archive, key):
    carried = unpack_persona(archive, FILE, FIRST_DAY)
    carried = replace(carried, record=replace(carried.record, checked=Checked.VERIFIED, checks=("face 0.8",)))
    elsewhere = make_local_record(carried, "00" * 32)
    assert elsewhere.checked is Checked.STATED
    assert elsewhere.checks == (f"imported; first signed by {key.public[:16]}, a key that anybody can have made",)
    assert elsewhere.expires_at == carried.record.expires_at
    assert make_local_record(carried, key.public).checked is Checked.VERIFIED
    assert make_local_record(carried, key.public).checks[0] == "face 0.8"


def test_a_short_passphrase_is_wrong_use():
    with pytest.raises(UsageError, match="at least 8 characters"):
        encrypt(b"", "short")


@pytest.mark.parametrize("name", ["unknown", "robin"])
def test_what_is_not_there_or_built_in_is_not_exported(store, name):
    with pytest.raises(PersonaError, match="there is no persona"):
        pack_persona(name, store)


def test_a_persona_that_may_not_be_used_is_not_exported(archive, store, calendar):
    calendar.pass_days(400)
    with pytest.raises(ConsentError, match="ended on"):
        pack_persona("me", store)


def test_an_ended_record_is_not_imported(archive, calendar):
    calendar.pass_days(400)
    with pytest.raises(ConsentError, match="holds for 12 months, to 2027-03-01"):
        unpack_persona(archive, FILE, calendar())


def record_of(store) -> bytes:
    return (store.folder_of("me") / "record.json").read_bytes()


def unsigned(record: bytes) -> bytes:
    item = json.loads(record)
    return json.dumps(
        {name: value for name, value in item.items() if not name.startswith("sign")} | {"schema": 1}
    ).encode()


BAD = {
    "no record": (lambda record: [("photo.jpg", PHOTO)], "does not carry one photo with its consent record"),
    "no photo": (lambda record: [("record.json", record)], "does not carry one photo"),
    "two photos": (
        lambda record: [("record.json", record), ("photo.jpg", PHOTO), ("photo.png", PHOTO)],
        "does not carry one photo",
    ),
    "something else": (
        lambda record: [("record.json", record), ("photo.jpg", PHOTO), ("run.sh", b"")],
        "does not carry one photo",
    ),
    "another photo": (lambda record: [("record.json", record), ("photo.jpg", b"x")], "about another photo"),
    "edited": (
        lambda record: [("record.json", record.replace(b"own", b"owm")), ("photo.jpg", PHOTO)],
        "changed after it was signed",
    ),
    "not signed": (lambda record: [("record.json", unsigned(record)), ("photo.jpg", PHOTO)], "is not signed"),
    "a large record": (lambda record: [("record.json", b" " * 200_000), ("photo.jpg", PHOTO)], "larger than"),
}


@pytest.mark.parametrize("what", list(BAD))
def test_an_archive_without_a_record_that_holds_is_refused(archive, store, what):
    members, said = BAD[what]
    with pytest.raises(PersonaError, match=said) as caught:
        unpack_persona(pack(*members(record_of(store))), FILE, FIRST_DAY)
    assert caught.value.exit_code == 5


def test_a_compressed_archive_is_refused_before_it_is_expanded(archive, store):
    content = pack(("record.json", record_of(store)), ("photo.jpg", bytes(10_000_000)), method=zipfile.ZIP_DEFLATED)
    with pytest.raises(PersonaError, match="is compressed"):
        unpack_persona(content, FILE, FIRST_DAY)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"\x00" * 1000])
def test_what_is_no_zip_is_refused(content):
    with pytest.raises(PersonaError, match=r"me\.age is damaged"):
        unpack_persona(content, FILE, FIRST_DAY)


@pytest.mark.parametrize("content", [b"", b"age-encryption.org/v1\n", b"\x00" * 1000])
def test_what_is_not_encrypted_is_refused(tmp_path, content):
    (tmp_path / "me.age").write_bytes(content)
    with pytest.raises(PersonaError, match="not a file that livecam persona export wrote"):
        decrypt(tmp_path / "me.age", WORDS)


@pytest.mark.parametrize("factor", [21, 22, 30, 63, 255])
def test_a_header_that_asks_for_too_much_memory_is_refused_before_any_work(tmp_path, factor, monkeypatch):
    monkeypatch.setattr("pyrage.passphrase.decrypt", lambda *_: pytest.fail("it was tried"))
    stanza = f"-> scrypt {'A' * 22} {factor}\n{'A' * 43}\n--- {'A' * 43}\n"
    (tmp_path / "me.age").write_bytes(b"age-encryption.org/v1\n" + stanza.encode() + bytes(100))
    with pytest.raises(PersonaError, match=f"its work factor is {factor}, at most 20 is tried"):
        decrypt(tmp_path / "me.age", WORDS)


@pytest.mark.parametrize(
    "name", ["photo/../../x.so", "photo.jpg/", "photo\\x.jpg", "photo.toolong", "photo.JPG", "photos", "/photo.jpg"]
)
def test_a_member_of_another_name_is_refused(archive, store, name):
    content = pack(("record.json", record_of(store)), (name, PHOTO))
    with pytest.raises(PersonaError, match=r"does not carry one photo|is damaged"):
        unpack_persona(content, FILE, FIRST_DAY)


def test_a_list_of_many_members_is_refused_before_it_is_read(archive, store, monkeypatch):
    content = pack(*((f"photo{number}", b"") for number in range(3000)))
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("it was read"))
    with pytest.raises(PersonaError, match="does not carry one photo"):
        unpack_persona(content, FILE, FIRST_DAY)
    forged = content[:-12] + (2).to_bytes(2, "little") + content[-10:]
    with pytest.raises(PersonaError, match="lists two files in"):
        unpack_persona(forged, FILE, FIRST_DAY)


def test_it_says_which_key_signed_the_record(archive, key):
    carried = unpack_persona(archive, FILE, FIRST_DAY)
    assert describe_signer(carried, key.public) == "the record in the file was signed by this install"
    assert f"by the key {key.public[:16]}, which is not this install's. Anybody can" in describe_signer(carried, None)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(PersonaError, match=r"none\.age cannot be read"):
        decrypt(tmp_path / "none.age", WORDS)


def test_a_record_signed_elsewhere_names_its_signer(archive, store, tmp_path):
    other = RecordKey(tmp_path / "elsewhere")
    item = {name: value for name, value in json.loads(record_of(store)).items() if not name.startswith("sign")}
    content = pack(("record.json", sign_entries(item, other)), ("photo.jpg", PHOTO))
    assert unpack_persona(content, FILE, FIRST_DAY).signed_by == other.public
