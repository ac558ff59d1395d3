"""Read and write a persona's signed `record.json`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from livecam.consent.record import VALID_MONTHS, add_year
from livecam.consent.record_key import RecordKey, sign_entries, verify_entries
from livecam.core.persona import Checked, ConsentRecord, PersonaKind

SCHEMA: Final = 2
UNSIGNED_SCHEMA: Final = 1
"""Schema of the first versions, which were not signed.

Such records can be read and confirmed again, and permit nothing.
"""


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """A consent record and the hash it belongs to.

    Attributes:
        record: The consent record.
        photo_file: Name of the photo in the same folder.
        texture_sha256: Hash of the file with what was read from the photo.
        remarks: What makes the photo less suitable.
        signed_by: The public key that signed it, in hexadecimal; None: not signed.
        name: The persona it belongs to; empty in records of earlier versions.
        looks: Fingerprints of the photo by version, in hexadecimal; empty in records of earlier versions.
        clip_sha256: Hash of the clip the photo was taken from; empty where it was a photo.
        digest: SHA-256 of what was signed; set where the record was read.
    """

    record: ConsentRecord
    photo_file: str
    texture_sha256: str
    remarks: tuple[str, ...] = ()
    signed_by: str | None = None
    name: str = ""
    looks: Mapping[str, str] = field(default_factory=dict)
    clip_sha256: str = ""
    digest: str = field(default="", compare=False)

    @property
    def given_at(self) -> datetime:
        """When it becomes valid."""
        return self.record.given_at

    @property
    def expires_at(self) -> datetime:
        """When it expires."""
        return self.record.expires_at


def record_to_bytes(written: WrittenRecord, key: RecordKey) -> bytes:
    """Return the file's contents, signed with `key`; times in ISO 8601, UTC."""
    record = written.record
    item = {
        "schema": SCHEMA,
        "about": "persona",
        "kind": str(record.kind),
        "statement": record.statement,
        "purpose": record.purpose,
        "scope": record.scope,
        "given_at": record.given_at.astimezone(UTC).isoformat(),
        "expires_at": record.expires_at.astimezone(UTC).isoformat(),
        "checked": str(record.checked),
        "checks": list(record.checks),
        "photo_file": written.photo_file,
        "photo_sha256": record.photo_sha256,
        "texture_sha256": written.texture_sha256,
        "remarks": list(written.remarks),
    }
    if written.name:
        item |= {"name": written.name, "looks": dict(written.looks)}
    if written.clip_sha256:
        item["clip_sha256"] = written.clip_sha256
    return sign_entries(item, key)


def record_from_bytes(data: bytes) -> WrittenRecord:
    """Read a record back; the caller judges which key signed it.

    Raises:
        ValueError: Not JSON, changed after it was signed, another schema, a key missing, a value of the wrong type, a
            time without a zone, or a validity over twelve months. The message says which.
    """
    read = verify_entries(data)
    item = read.item
    check_schema(item, "persona", signed=read.signed_by is not None)
    photo_file = parse_text(item, "photo_file")
    if not re.fullmatch(r"photo(\.[a-z0-9]{1,5})?", photo_file):
        raise ValueError(f"photo_file must be a name such as photo.jpg, got {photo_file!r}")
    remarks, name, looks = parse_texts(item, "remarks"), item.get("name", ""), item.get("looks", {})
    if not isinstance(name, str):
        raise ValueError(f"name must be a text, got {name!r}")
    if not isinstance(looks, dict) or not all(isinstance(look, str) for look in looks.values()):
        raise ValueError("looks must be texts by version")
    return WrittenRecord(
        _record(item),
        photo_file,
        parse_text(item, "texture_sha256"),
        remarks,
        read.signed_by,
        name,
        looks,
        parse_text(item, "clip_sha256") if "clip_sha256" in item else "",
        read.digest,
    )


def _record(item: Mapping[str, Any]) -> ConsentRecord:
    stated = (
        PersonaKind(parse_text(item, "kind")),
        parse_text(item, "photo_sha256"),
        parse_text(item, "statement"),
        given_at := parse_time(item, "given_at"),
        expires_at := parse_time(item, "expires_at"),
    )
    check_validity(given_at, expires_at)
    if item["schema"] == UNSIGNED_SCHEMA:
        return ConsentRecord(*stated)
    checked = Checked(parse_text(item, "checked"))
    return ConsentRecord(
        *stated, parse_text(item, "purpose"), parse_text(item, "scope"), checked, parse_texts(item, "checks")
    )


def check_schema(item: Mapping[str, Any], about: str, *, signed: bool) -> None:
    """Check the schema version and the subject of a record.

    The subject is "persona" or "voice".

    Raises:
        ValueError: It is not.
    """
    schema = SCHEMA if signed else UNSIGNED_SCHEMA
    if item.get("schema") != schema:
        raise ValueError(f"schema must be {schema} where it is {'' if signed else 'not '}signed")
    if signed and item.get("about") != about:
        raise ValueError(f"it is not about a {about}")


def check_validity(given_at: datetime, expires_at: datetime) -> None:
    """Check that a record claims no more than twelve months.

    Raises:
        ValueError: It does.
    """
    try:
        latest = add_year(given_at)
    except ValueError:
        raise ValueError("given_at is beyond the calendar") from None
    if expires_at > latest:
        raise ValueError(f"it is valid for more than {VALID_MONTHS} months")


def parse_time(item: Mapping[str, Any], key: str) -> datetime:
    """Return a time of a record, in UTC.

    Raises:
        ValueError: It is none, or names no zone.
    """
    read = datetime.fromisoformat(parse_text(item, key))
    if read.tzinfo is None:
        raise ValueError(f"{key} must name its time zone")
    try:
        return read.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{key} is beyond the calendar") from None


def parse_text(item: Mapping[str, Any], key: str) -> str:
    """Return a text of a record.

    Raises:
        ValueError: It is none, or empty.
    """
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be a text, got {value!r}")
    return value


def parse_texts(item: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Return a list of texts of a record.

    Raises:
        ValueError: It is none.
    """
    values = item.get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError(f"{key} must be a list of texts, got {values!r}")
    return tuple(values)
