"""A persona as one encrypted file, to move to another computer.

It has the photo and the signed record, in the age format.
"""

import io
import re
import struct
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

import pyrage

from livecam.consent.record import VALID_MONTHS
from livecam.consent.record_file import record_from_bytes
from livecam.consent.record_key import LARGEST_RECORD_BYTES
from livecam.core.errors import ConsentError, PersonaError, UsageError
from livecam.core.files.errors import reason_of
from livecam.core.files.private import read_at_most
from livecam.core.persona import Checked, ConsentRecord
from livecam.personas.photo.photo_file import PhotoFile
from livecam.personas.record_store import hash_bytes
from livecam.personas.store import PersonaStore

SUFFIX: Final = ".age"
SHORTEST_PASSPHRASE: Final = 8
LARGEST_WORK_FACTOR: Final = 20
"""Memory exponent of scrypt: 2^20 takes 1 GiB.

livecam writes 2^17 to 2^19, about a second on the machine that writes.
"""
_LARGEST_DIRECTORY_BYTES: Final = 400
_PHOTO: Final = re.compile(r"photo(\.[a-z0-9]{1,5})?")
_RECORD: Final = "record.json"
_LARGEST_PHOTO_BYTES: Final = 100_000_000
_LARGEST_BYTES: Final = _LARGEST_PHOTO_BYTES + 1_000_000
_DAMAGED: Final = "is damaged or cut off"
_WRONG: Final = "is not opened by this passphrase"
_FAULTS: Final = {"Decryption failed": _WRONG, "Header MAC is invalid": _DAMAGED, "decryption error": _DAMAGED}
_EITHER: Final = f"{_WRONG}, or {_DAMAGED}"
_AGAIN: Final = "try the passphrase again, and copy the file again from where it was written"
_CARRY: Final = "run: livecam persona export NAME FILE.age, where the persona is"


@dataclass(frozen=True, slots=True)
class ArchivedPersona:
    """The content of an archive.

    Attributes:
        photo: Its path is the archive's, with the photo's suffix.
        record: As it was signed on the other computer; its checks are known only from there.
        signed_by: The key that signed it, in hexadecimal.
    """

    photo: PhotoFile
    record: ConsentRecord
    signed_by: str


def check_passphrase(passphrase: str) -> str:
    """Return a passphrase that is not too short.

    Raises:
        UsageError: It is.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise UsageError(f"a passphrase has at least {SHORTEST_PASSPHRASE} characters", advice="take several words")
    return passphrase


def encrypt(content: bytes, passphrase: str) -> bytes:
    """Encrypt content with a passphrase.

    It takes about a second, to slow down guessing of passphrases. `age --decrypt` opens it too.

    Raises:
        UsageError: The passphrase is too short.
    """
    return bytes(pyrage.passphrase.encrypt(content, check_passphrase(passphrase)))


def decrypt(file: Path, passphrase: str, named: Path | None = None) -> bytes:
    """Return the contents of an encrypted file.

    Args:
        file: The file.
        passphrase: What opens it.
        named: What its user calls it; the file itself by default.

    Raises:
        PersonaError: It cannot be read, is none, or the passphrase is another.
    """
    named = named or file
    try:
        data = read_at_most(file, _LARGEST_BYTES)
        _check_header(data)
        return bytes(pyrage.passphrase.decrypt(data, passphrase))
    except (OSError, ValueError) as error:
        raise PersonaError(f"{named} cannot be read: {reason_of(error)}", advice=_CARRY) from error
    except pyrage.DecryptError as error:
        raise PersonaError(f"{named} {_FAULTS.get(str(error), _EITHER)}", advice=_AGAIN) from error


def _check_header(data: bytes) -> None:
    """Check that a file's passphrase costs an acceptable amount of memory.

    An attempt costs 2^N KiB, and N is in the file.

    Raises:
        ValueError: It is not in the age format with one passphrase, or asks for more than 1 GiB.
    """
    head = re.match(rb"age-encryption\.org/v1\n-> scrypt [A-Za-z0-9+/]{22} (\d{1,3})\n", data[:200])
    if head is None:
        raise ValueError("it is not a file that livecam persona export wrote")
    if int(head[1]) > LARGEST_WORK_FACTOR:
        raise ValueError(f"its work factor is {int(head[1])}, at most {LARGEST_WORK_FACTOR} is tried")


def _lists_two(content: bytes) -> bool:
    """Whether a ZIP has two members, by its last record.

    It is checked before the list of members is read.

    Raises:
        ValueError: It has no such record at its end, or its list is longer than two names need.
    """
    place = content.rfind(b"PK\x05\x06", max(0, len(content) - 22))
    if place < 0 or len(content) - place != 22:
        raise ValueError("it does not end as a ZIP of livecam does")
    members, size_bytes = struct.unpack_from("<HL", content, place + 10)
    if members == 2 and size_bytes > _LARGEST_DIRECTORY_BYTES:
        raise ValueError(f"it lists two files in {size_bytes} bytes")
    return bool(members == 2)


def describe_signer(carried: ArchivedPersona, own_key: str | None) -> str:
    """Return who signed an archive's record, in one line for its recipient."""
    if carried.signed_by == own_key:
        return "the record in the file was signed by this install"
    return (
        f"the record in the file was signed by the key {carried.signed_by[:16]}, which is not this install's. Anybody "
        "can make such a key: it does not show who signed. The statement becomes yours"
    )


def pack_persona(name: str, store: PersonaStore) -> bytes:
    """Return a persona that may be used now, its record and its photo, as a ZIP.

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


def unpack_persona(content: bytes, file: Path, now: datetime) -> ArchivedPersona:
    """Read such a ZIP and check its content.

    Args:
        content: The ZIP.
        file: What it came in.
        now: Calendar time, UTC.

    Raises:
        PersonaError: It is no such ZIP.
        ConsentError: It carries no record, or one that is not signed, edited, expired, or about another photo.
    """
    record, name, photo = _files(content, file)
    return _checked(PhotoFile(file.with_suffix(Path(name).suffix), photo, hash_bytes(photo)), record, file, now)


def make_local_record(carried: ArchivedPersona, own_key: str | None) -> ConsentRecord:
    """Return the record to keep on this installation.

    It ends when the original ends, and names its origin. What was checked elsewhere counts as stated here, unless
    this installation signed it itself.
    """
    came = f"imported; first signed by {carried.signed_by[:16]}"
    if carried.signed_by != own_key:
        came += ", a key that anybody can have made"
    if carried.signed_by == own_key:
        return replace(carried.record, checks=(*carried.record.checks, came))
    return replace(carried.record, checked=Checked.STATED, checks=(came,))


def _files(content: bytes, file: Path) -> tuple[bytes, str, bytes]:
    """Return the record, the photo's name and the photo."""
    try:
        if not _lists_two(content):
            raise ConsentError(f"{file} does not carry one photo with its consent record", advice=_CARRY)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            photos = [name for name in names if _PHOTO.fullmatch(name)]
            if len(photos) != 1 or sorted(names) != sorted([_RECORD, photos[0]]):
                raise ConsentError(f"{file} does not carry one photo with its consent record", advice=_CARRY)
            return _read(archive, _RECORD, LARGEST_RECORD_BYTES), photos[0], _read(archive, photos[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise PersonaError(f"{file} is damaged: {reason_of(error)}", advice=_CARRY) from error


def _read(archive: zipfile.ZipFile, name: str, size_bytes: int = _LARGEST_PHOTO_BYTES) -> bytes:
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{name} is compressed")
    with archive.open(name) as member:
        data = member.read(size_bytes + 1)
    if len(data) > size_bytes:
        raise ValueError(f"{name} is larger than {size_bytes} bytes")
    return data


def _checked(photo: PhotoFile, record: bytes, file: Path, now: datetime) -> ArchivedPersona:
    try:
        written = record_from_bytes(record)
    except ValueError as error:
        raise ConsentError(f"the consent record in {file} is damaged: {error}", advice=_CARRY) from error
    if written.signed_by is None:
        raise ConsentError(f"the consent record in {file} is not signed", advice=_CARRY)
    if written.record.photo_sha256 != photo.sha256:
        raise ConsentError(f"the consent record in {file} is about another photo", advice=_CARRY)
    if not written.record.valid_at(now):
        ended = f"{written.record.expires_at:%Y-%m-%d}"
        raise ConsentError(
            f"the consent in {file} holds for {VALID_MONTHS} months, to {ended}",
            advice="run: livecam persona renew NAME there",
        )
    return ArchivedPersona(photo, written.record, written.signed_by)
