"""A persona as one encrypted file, to carry to another computer: photo and signed record, in the age format."""

import hashlib
import io
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pyrage

from livecam.consent.enrol import PhotoFile
from livecam.consent.private_files import read_at_most
from livecam.consent.record import VALID_MONTHS
from livecam.consent.record_file import written_from_bytes
from livecam.consent.signing import LARGEST_RECORD_BYTES
from livecam.consent.store import PersonaStore
from livecam.core.errors import ConsentError, PersonaError, UsageError
from livecam.core.persona import Checked, ConsentRecord

SUFFIX: Final = ".age"
SHORTEST_PASSPHRASE: Final = 8
_RECORD: Final = "record.json"
_LARGEST_PHOTO_BYTES: Final = 100_000_000
_LARGEST_BYTES: Final = _LARGEST_PHOTO_BYTES + 1_000_000
_CARRY: Final = "livecam persona export NAME FILE.age, where the persona is"


@dataclass(frozen=True, slots=True)
class Carried:
    """What an archive holds.

    Attributes:
        photo: Its path is the archive's, with the photo's ending.
        record: As it was signed elsewhere; what was checked there is known from there only.
        signed_by: The key that signed it, in hexadecimal.
    """

    photo: PhotoFile
    record: ConsentRecord
    signed_by: str


def check_passphrase(passphrase: str) -> str:
    """A passphrase that is not too short.

    Raises:
        UsageError: It is.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters", hint="take several words")
    return passphrase


def locked(content: bytes, passphrase: str) -> bytes:
    """Encrypt; takes about a second, so that passphrases are not tried by the thousand. `age --decrypt` opens it too.

    Raises:
        UsageError: The passphrase is too short.
    """
    return bytes(pyrage.passphrase.encrypt(content, check_passphrase(passphrase)))


def unlocked(file: Path, passphrase: str) -> bytes:
    """The contents of an encrypted file.

    Raises:
        PersonaError: It cannot be read, is none, or the passphrase is another.
    """
    try:
        return bytes(pyrage.passphrase.decrypt(read_at_most(file, _LARGEST_BYTES), passphrase))
    except (OSError, ValueError) as error:
        raise PersonaError(f"{file} cannot be read: {error}", hint=_CARRY) from error
    except pyrage.DecryptError as error:
        raise PersonaError(
            f"{file} is not opened by this passphrase, or is no persona's archive", hint="try the passphrase again"
        ) from error


def packed(name: str, store: PersonaStore) -> bytes:
    """A persona that may be used now, its record and its photo, as a ZIP.

    Raises:
        PersonaError: No such persona, it is built in, or may not be used.
    """
    photo = store.photo_of(name)
    store.load(name)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(_RECORD, (store.folder_of(name) / _RECORD).read_bytes())
        archive.writestr(photo.name, photo.read_bytes())
    return buffer.getvalue()


def unpacked(content: bytes, file: Path, now: datetime) -> Carried:
    """Read such a ZIP and check what it carries.

    Args:
        content: The ZIP.
        file: What it came in.
        now: Calendar time, UTC.

    Raises:
        PersonaError: It is no such ZIP.
        ConsentError: It carries no record, or one that is not signed, edited, expired, or about another photo.
    """
    record, name, photo = _files(content, file)
    return _checked(PhotoFile(file.with_suffix(Path(name).suffix), photo, _sha256(photo)), record, file, now)


def record_here(carried: Carried, own_key: str | None) -> ConsentRecord:
    """The record to keep on this install: it ends when the first one does, and says where it came from.

    What was checked elsewhere counts as stated here, unless this install signed it itself.
    """
    came = f"imported; first signed by {carried.signed_by[:16]}"
    if carried.signed_by == own_key:
        return replace(carried.record, checks=(*carried.record.checks, came))
    return replace(carried.record, checked=Checked.STATED, checks=(came,))


def _files(content: bytes, file: Path) -> tuple[bytes, str, bytes]:
    """The record, the photo's name and the photo."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            photos = [name for name in names if name.startswith("photo")]
            if len(photos) != 1 or sorted(names) != sorted([_RECORD, photos[0]]):
                raise ConsentError(f"{file} does not carry one photo with its consent record", hint=_CARRY)
            return _read(archive, _RECORD, LARGEST_RECORD_BYTES), photos[0], _read(archive, photos[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise PersonaError(f"{file} is damaged: {error}", hint=_CARRY) from error


def _read(archive: zipfile.ZipFile, name: str, size_bytes: int = _LARGEST_PHOTO_BYTES) -> bytes:
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    with archive.open(name) as member:
        data = member.read(size_bytes + 1)
    if len(data) > size_bytes:
        raise ValueError(f"{name} is larger than {size_bytes} bytes")
    return data


def _checked(photo: PhotoFile, record: bytes, file: Path, now: datetime) -> Carried:
    try:
        written = written_from_bytes(record)
    except ValueError as error:
        raise ConsentError(f"the consent record in {file} is damaged: {error}", hint=_CARRY) from error
    if written.signed_by is None:
        raise ConsentError(f"the consent record in {file} is not signed", hint=_CARRY)
    if written.record.photo_sha256 != photo.sha256:
        raise ConsentError(f"the consent record in {file} is about another photo", hint=_CARRY)
    if not written.record.valid_at(now):
        ended = f"{written.record.expires_at:%Y-%m-%d}"
        raise ConsentError(
            f"the consent in {file} holds for {VALID_MONTHS} months, to {ended}",
            hint="livecam persona renew NAME there",
        )
    return Carried(photo, written.record, written.signed_by)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
