"""How a persona's record is written in its `record.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from livecam.consent.record import VALID_MONTHS, a_year_after
from livecam.core.persona import ConsentRecord, PersonaKind

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A consent record and what it stands beside.

    Attributes:
        record: The consent record.
        photo_file: Name of the photo in the same folder.
        texture_sha256: Hash of the file with what was read from the photo.
        remarks: What keeps the photo from being a good one.
    """

    record: ConsentRecord
    photo_file: str
    texture_sha256: str
    remarks: tuple[str, ...] = ()


def written_to_json(written: Written) -> bytes:
    """The file's contents; times in ISO 8601, UTC."""
    record = written.record
    item = {
        "schema": SCHEMA,
        "kind": str(record.kind),
        "statement": record.statement,
        "given_at": record.given_at.astimezone(UTC).isoformat(),
        "expires_at": record.expires_at.astimezone(UTC).isoformat(),
        "photo_file": written.photo_file,
        "photo_sha256": record.photo_sha256,
        "texture_sha256": written.texture_sha256,
        "remarks": list(written.remarks),
    }
    return (json.dumps(item, indent=2) + "\n").encode()


def written_from_json(text: str) -> Written:
    """Read it back.

    Raises:
        ValueError: Not JSON, another schema, a key missing, a value of the wrong type, a time without a zone, or a
            validity over twelve months. The message says which.
    """
    item = json.loads(text)
    if not isinstance(item, dict) or item.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}")
    record = ConsentRecord(
        PersonaKind(_text(item, "kind")),
        _text(item, "photo_sha256"),
        _text(item, "statement"),
        _moment(item, "given_at"),
        _moment(item, "expires_at"),
    )
    if record.expires_at > a_year_after(record.given_at):
        raise ValueError(f"it is valid for more than {VALID_MONTHS} months")
    photo_file = _text(item, "photo_file")
    if not re.fullmatch(r"photo(\.[a-z0-9]{1,5})?", photo_file):
        raise ValueError(f"photo_file must be a name such as photo.jpg, got {photo_file!r}")
    remarks = item.get("remarks")
    if not isinstance(remarks, list) or not all(isinstance(remark, str) for remark in remarks):
        raise ValueError(f"remarks must be a list of texts, got {remarks!r}")
    return Written(record, photo_file, _text(item, "texture_sha256"), tuple(remarks))


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key} must be a text, got {value!r}")
    return value


def _moment(item: Mapping[str, Any], key: str) -> datetime:
    moment = datetime.fromisoformat(_text(item, key))
    if moment.tzinfo is None:
        raise ValueError(f"{key} must name its time zone")
    return moment
