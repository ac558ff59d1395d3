"""What can be stated about a face and how long it holds."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from livecam.consent.record import ANSWERS, new_record
from livecam.consent.record_file import WrittenRecord, record_from_bytes, record_to_bytes
from livecam.consent.record_key import RecordKey, sign_entries
from livecam.core.persona import Checked, PersonaKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def written(now: datetime = NOON) -> WrittenRecord:
    return WrittenRecord(new_record(PersonaKind.CONSENTED, "ab" * 32, now), "photo.jpg", "cd" * 32, ("a remark",))


def test_there_is_an_answer_for_every_kind_of_persona():
    assert set(ANSWERS) == set(PersonaKind)


def test_a_record_holds_from_its_moment_to_the_same_day_twelve_months_on():
    record = new_record(PersonaKind.OWN, "ab" * 32, NOON)
    end = datetime(2027, 3, 1, 12, tzinfo=UTC)
    assert record.valid_at(NOON)
    assert record.valid_at(end - timedelta(seconds=1))
    assert not record.valid_at(end)
    assert not record.valid_at(NOON - timedelta(seconds=1))


def test_a_record_of_a_leap_day_ends_on_the_28th():
    record = new_record(PersonaKind.OWN, "ab" * 32, datetime(2028, 2, 29, tzinfo=UTC))
    assert record.expires_at == datetime(2029, 2, 28, tzinfo=UTC)


def test_a_record_is_read_back_as_it_was_written(key):
    assert record_from_bytes(record_to_bytes(written(), key)) == replace(written(), signed_by=key.public)


def test_what_was_checked_is_read_back(key):
    record = replace(written().record, checked=Checked.BASIC, checks=("turned left, then up",))
    there = replace(written(), record=record)
    assert record_from_bytes(record_to_bytes(there, key)).record == record


def test_times_are_written_in_utc_whatever_zone_they_came_in(key):
    berlin = written(NOON.astimezone(timezone(timedelta(hours=1))))
    assert json.loads(record_to_bytes(berlin, key))["given_at"] == "2026-03-01T12:00:00+00:00"


def changed(change: dict[str, object], key: RecordKey) -> bytes:
    """The record with other values, signed again: what a program with the key could write."""
    return sign_entries({name: value for name, value in (content(key) | change).items()}, key)


def content(key: RecordKey) -> dict[str, object]:
    item = json.loads(record_to_bytes(written(), key))
    return {name: value for name, value in item.items() if name not in ("signature", "signed_by")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 3}, "schema must be 2"),
        ({"about": "voice"}, "not about a persona"),
        ({"kind": "celebrity"}, "celebrity"),
        ({"kind": 3}, "kind must be a text, got 3"),
        ({"statement": None}, "statement must be a text"),
        ({"purpose": ""}, "purpose must be a text"),
        ({"scope": []}, "scope must be a text"),
        ({"photo_sha256": ""}, "photo_sha256 must be a text"),
        ({"given_at": "yesterday"}, "yesterday"),
        ({"given_at": "2026-03-01T12:00:00"}, "given_at must name its time zone"),
        ({"given_at": "9999-12-31T23:59:59+00:00"}, "beyond the calendar"),
        ({"given_at": "9999-12-31T23:59:59-23:59"}, "beyond the calendar"),
        ({"expires_at": "2036-03-01T12:00:00+00:00"}, "valid for more than 12 months"),
        ({"checked": "certainly"}, "certainly"),
        ({"checks": "all"}, "checks must be a list of texts"),
        ({"remarks": "dark"}, "remarks must be a list of texts"),
        ({"remarks": [1]}, "remarks must be a list of texts"),
        ({"photo_file": "../../other"}, "photo_file must be a name such as photo.jpg"),
    ],
)
def test_a_record_with_a_wrong_value_is_refused_by_name(change, said, key):
    with pytest.raises(ValueError, match=said):
        record_from_bytes(changed(change, key))


@pytest.mark.parametrize("name", ["kind", "statement", "purpose", "scope", "given_at", "expires_at", "photo_sha256"])
def test_any_edit_of_a_signed_record_is_noticed(name, key):
    item = json.loads(record_to_bytes(written(), key))
    item[name] = {"kind": "own", "expires_at": "2027-02-28T12:00:00+00:00"}.get(name, "0" * 64)
    with pytest.raises(ValueError, match="changed after it was signed"):
        record_from_bytes(json.dumps(item).encode())


@pytest.mark.parametrize("change", [{"signature": "00"}, {"signed_by": "zz"}, {"signature": 7}, {"signed_by": None}])
def test_a_signature_that_is_none_is_noticed(change, key):
    item = json.loads(record_to_bytes(written(), key)) | change
    with pytest.raises(ValueError, match="changed after it was signed"):
        record_from_bytes(json.dumps(item).encode())


def test_a_record_of_the_first_version_is_read_and_said_not_to_be_signed(key):
    item = content(key) | {"schema": 1}
    for name in ("about", "purpose", "scope", "checked", "checks"):
        del item[name]
    read = record_from_bytes(json.dumps(item).encode())
    assert (read.signed_by, read.record.kind, read.record.purpose) == (None, PersonaKind.CONSENTED, "")


def test_a_record_without_its_signature_is_no_record(key):
    with pytest.raises(ValueError, match="schema must be 1 where it is not signed"):
        record_from_bytes(json.dumps(content(key)).encode())


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"7", b"null", b"\xff", b"[" * 100_000, b"1" * 5000])
def test_what_is_not_a_record_is_refused(data):
    with pytest.raises(ValueError):
        record_from_bytes(data)
