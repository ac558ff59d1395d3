"""What can be stated about a face and how long it holds."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from livecam.consent.record import ANSWERS, new_record
from livecam.consent.record_file import Written, written_from_json, written_to_json
from livecam.core.persona import PersonaKind

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def written(now: datetime = NOON) -> Written:
    return Written(new_record(PersonaKind.CONSENTED, "ab" * 32, now), "photo.jpg", "cd" * 32, ("a remark",))


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


def test_a_record_is_read_back_as_it_was_written():
    assert written_from_json(written_to_json(written()).decode()) == written()


def test_times_are_written_in_utc_whatever_zone_they_came_in():
    berlin = written(NOON.astimezone(timezone(timedelta(hours=1))))
    assert json.loads(written_to_json(berlin))["given_at"] == "2026-03-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "schema must be 1"),
        ({"kind": "celebrity"}, "celebrity"),
        ({"kind": 3}, "kind must be a text, got 3"),
        ({"statement": None}, "statement must be a text"),
        ({"photo_sha256": ""}, "photo_sha256 must be a text"),
        ({"given_at": "yesterday"}, "yesterday"),
        ({"given_at": "2026-03-01T12:00:00"}, "given_at must name its time zone"),
        ({"expires_at": "2036-03-01T12:00:00+00:00"}, "valid for more than 12 months"),
        ({"remarks": "dark"}, "remarks must be a list of texts"),
        ({"remarks": [1]}, "remarks must be a list of texts"),
        ({"photo_file": "../../other"}, "photo_file must be a name such as photo.jpg"),
    ],
)
def test_a_record_with_a_wrong_value_is_refused_by_name(change, said):
    item = json.loads(written_to_json(written())) | change
    with pytest.raises(ValueError, match=said):
        written_from_json(json.dumps(item))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null"])
def test_what_is_not_a_record_is_refused(text):
    with pytest.raises(ValueError):
        written_from_json(text)
