"""Personas on disk, each with the photo it was made of and the record of the right to use it."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from livecam.consent.builtin import builtin, builtin_names
from livecam.consent.entry import Entry
from livecam.consent.names import free_name, is_name
from livecam.consent.private_files import private_folder, read_at_most, remove_folder, write_folder
from livecam.consent.record import VALID_MONTHS
from livecam.consent.record_file import Written, written_from_bytes, written_to_bytes
from livecam.consent.revoked import Revocations
from livecam.consent.signing import LARGEST_RECORD_BYTES, InstallKey
from livecam.consent.standing import check_standing
from livecam.consent.texture_file import texture_from_bytes, texture_to_bytes
from livecam.core.clock import utc_now
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import ConsentRecord, Persona, PersonaKind
from livecam.core.texture import FaceTexture

_RECORD = "record.json"
_TEXTURE = "face.npz"
_ADD = "livecam persona add PHOTO"


class PersonaStore:
    """The personas of one user, and the built-in ones.

    A persona is a folder `personas/NAME` of mode 0700 with three files of mode 0600: the photo as it was given,
    `face.npz` with what was read from it, and `record.json` with the consent record and the hashes of the other two,
    signed with the key of this install.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._personas = folder / "personas"
        self._key = InstallKey(folder)
        self.revocations = Revocations(folder)
        self.now = now

    def list(self) -> tuple[Entry, ...]:
        """The user's personas by name, then the built-in ones."""
        mine = (self._entry(name) for name in self._names())
        shipped = (Entry(name, PersonaKind.SYNTHETIC, None, True, None) for name in builtin_names())
        return (*mine, *shipped)

    def load(self, name: str) -> Persona:
        """A persona that may be used now.

        Raises:
            PersonaError: No such persona.
            ConsentError: Its record is missing, damaged, edited, not signed here, expired or taken back, or its photo
                is not the one it was given for.
        """
        if name in builtin_names():
            return builtin(name)
        self.check_record(name)
        written = self._signed(name)
        self._checked(name, written.photo_file, written.record.photo_sha256)
        return Persona(name, written.record.kind, self.face(name), written.record)

    def face(self, name: str) -> FaceTexture:
        """What was read from the photo of a persona of the user, whether its consent holds or has ended.

        Raises:
            PersonaError: No such persona.
            ConsentError: Its record is missing, damaged, edited or not signed here, or names another face.
        """
        return texture_from_bytes(self._checked(name, _TEXTURE, self._signed(name).texture_sha256))

    def record(self, name: str) -> ConsentRecord:
        """The consent record as it stands there, whether it holds or not.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return builtin(name).consent if name in builtin_names() else self._written(name).record

    def folder_of(self, name: str) -> Path:
        """Where a persona of the user is kept.

        Raises:
            PersonaError: No such persona.
        """
        if name not in self._names():
            raise PersonaError(f'there is no persona "{name}"', hint="livecam persona list")
        return self._personas / name

    def photo_of(self, name: str) -> Path:
        """The photo a persona of the user was made of.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return self.folder_of(name) / self._written(name).photo_file

    def remarks(self, name: str) -> tuple[str, ...]:
        """What keeps the photo of a persona from being a good one.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return () if name in builtin_names() else self._written(name).remarks

    def find(self, photo_sha256: str) -> str | None:
        """The name of the persona made of this photo."""
        for name in self._names():
            try:
                if self._written(name).record.photo_sha256 == photo_sha256:
                    return name
            except PersonaError:
                continue
        return None

    def check_record(self, name: str) -> None:
        """Whether the record of a persona of the user holds now.

        Raises:
            PersonaError: No such persona.
            ConsentError: It is missing, damaged, edited, not signed here, expired or taken back.
        """
        record = self._signed(name).record
        self._check_time(name, record)
        self.revocations.check(name, _ADD, (record.photo_sha256,))

    @property
    def public_key(self) -> str | None:
        """The key this install signs with, in hexadecimal; None before the first record."""
        return self._key.public

    def signed_here(self, name: str) -> bool:
        """Whether the record of a persona of the user is what this install once signed."""
        return self.public_key is not None and self._written(name).signed_by == self.public_key

    def free_name(self, wished: str) -> str:
        """A valid name nobody has, as near as possible to the wished one."""
        return free_name(wished, {*self._names(), *builtin_names()})

    def save(self, persona: Persona, photo: bytes, suffix: str, remarks: tuple[str, ...] = ()) -> None:
        """Keep a persona; one of the same name is replaced.

        Args:
            persona: Its consent record is about `photo`.
            photo: The photo file as it is.
            suffix: The ending of its name, ".jpg".
            remarks: What keeps the photo from being a good one, to be told whenever it is used.

        Raises:
            ValueError: The record is about another photo.
            PersonaError: A name that is built in or not one.
            ConsentError: The photo's consent was taken back.
        """
        self.revocations.check(persona.name, _ADD, (persona.consent.photo_sha256,))
        if _sha256(photo) != persona.consent.photo_sha256:
            raise ValueError(f"the consent record of {persona.name} is about another photo")
        if persona.name in builtin_names() or not is_name(persona.name):
            raise PersonaError(
                f'"{persona.name}" cannot name a persona: it is built in, or not of a-z, 0-9 and inner dashes',
                hint=f"choose another, for example {self.free_name(persona.name)}",
            )
        texture, photo_file = texture_to_bytes(persona.photo), f"photo{suffix}"
        private_folder(self._folder)
        record = written_to_bytes(Written(persona.consent, photo_file, _sha256(texture), remarks), self._key)
        write_folder(self._personas / persona.name, {photo_file: photo, _TEXTURE: texture, _RECORD: record})

    def renew(self, name: str, record: ConsentRecord) -> None:
        """Replace the record of a persona by a newer one about the same photo.

        Raises:
            PersonaError: No such persona, or it is damaged.
            ConsentError: The old one was not signed here, so it does not say which face belongs to the photo.
        """
        written = self._signed(name)
        photo = self._checked(name, written.photo_file, record.photo_sha256)
        renewed = Persona(name, record.kind, self.face(name), record)
        self.save(renewed, photo, Path(written.photo_file).suffix, written.remarks)

    def remove(self, name: str) -> None:
        """Delete a persona with its photo and record.

        Raises:
            PersonaError: No such persona, or it is built in.
        """
        if name in builtin_names():
            raise PersonaError(f"{name} is built in and stays", hint="livecam persona list")
        remove_folder(self.folder_of(name))

    def _names(self) -> tuple[str, ...]:
        if not self._personas.is_dir():
            return ()
        return tuple(sorted(item.name for item in self._personas.iterdir() if is_name(item.name)))

    def _entry(self, name: str) -> Entry:
        try:
            record = self.record(name)
        except PersonaError as error:
            return Entry(name, None, None, False, str(error))
        try:
            self.load(name)
            trouble = None
        except PersonaError as error:
            trouble = str(error)
        return Entry(name, record.kind, record.expires_at, False, trouble)

    def _written(self, name: str) -> Written:
        try:
            return written_from_bytes(read_at_most(self.folder_of(name) / _RECORD, LARGEST_RECORD_BYTES))
        except FileNotFoundError:
            raise ConsentError(f"{name} has no consent record", hint=_again(name)) from None
        except (OSError, ValueError) as error:
            raise ConsentError(f"the consent record of {name} is damaged: {error}", hint=_again(name)) from error

    def _signed(self, name: str) -> Written:
        written = self._written(name)
        check_standing(name, written.signed_by, self._key, f"livecam persona renew {name}")
        return written

    def _check_time(self, name: str, record: ConsentRecord) -> None:
        now = self.now()
        if now >= record.expires_at:
            raise ConsentError(
                f"the consent for {name} ended on {record.expires_at:%Y-%m-%d}: it holds for {VALID_MONTHS} months",
                hint=f"livecam persona renew {name}",
            )
        if not record.valid_at(now):
            raise ConsentError(
                f"the consent for {name} begins on {record.given_at:%Y-%m-%d}, which is still to come",
                hint=f"set this computer's clock, or livecam persona renew {name}",
            )

    def _checked(self, name: str, file: str, sha256: str) -> bytes:
        try:
            data = (self.folder_of(name) / file).read_bytes()
        except OSError as error:
            raise ConsentError(f"{file} of {name} cannot be read: {error}", hint=_again(name)) from error
        if _sha256(data) != sha256:
            raise ConsentError(f"{file} of {name} is not the one the consent was given for", hint=_again(name))
        return data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _again(name: str) -> str:
    return f"livecam persona remove {name}, then add the photo again"
