"""Personas on disk, each with its photo and the record of the right to use it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from livecam.consent.fingerprint import Fingerprints, both_fingerprints_from_hex, fingerprints_to_hex, take_fingerprints
from livecam.consent.record import VALID_MONTHS
from livecam.consent.record_file import WrittenRecord, record_from_bytes, record_to_bytes
from livecam.core.clock import utc_now
from livecam.core.errors import ConsentError, PersonaError, remedy
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.texture import FaceTexture
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.entry import Entry, describe_entry
from livecam.personas.lookup import TEXTURE, PersonaLookup, is_generated_record
from livecam.personas.names import free_name, is_name
from livecam.personas.photo.headroom import has_headroom
from livecam.personas.record_store import StoreText, hash_bytes
from livecam.personas.texture_file import texture_from_bytes, texture_to_bytes
from livecam.personas.vouch import vouch_for

_ADD: Final = "livecam persona add PHOTO"
_WORDS: Final = StoreText("persona", "livecam persona list", "livecam persona remove {}, then add the photo again")


class PersonaStore(PersonaLookup):
    """The personas of one user, and the built-in ones.

    A persona is a folder `personas/NAME` of mode 0700 with three files of mode 0600: the photo as it was given,
    `face.npz` with what was read from it, and `record.json` with the consent record, the name and the hashes of the
    other two, signed with the key of this install.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(folder, "personas", record_from_bytes, _renew, _WORDS, now, builtin_names)

    def list(self) -> tuple[Entry, ...]:
        """Return the user's personas by name, then the built-in ones."""
        mine = (self._describe(name) for name in self.names())
        shipped = (Entry(name, PersonaKind.SYNTHETIC, None, True, None, True) for name in builtin_names())
        return (*mine, *shipped)

    def _describe(self, name: str) -> Entry:
        entry = describe_entry(name, self.consent_of, self.load)
        return entry if entry.trouble else replace(entry, whole_head=has_headroom(self.load_texture(name)))

    def load(self, name: str, written: WrittenRecord | None = None) -> VerifiedPersona:
        """Open a persona that may be used now.

        Its record is read once and its signature verified once. `written` is the record, where `find_record` has just
        read it; then it is not read again.

        Raises:
            PersonaError: No such persona.
            ConsentError: Its record is missing, damaged, edited, not signed here, not the last one, of another name,
                expired or taken back, or its photo is not the one it was given for.
        """
        if name in builtin_names():
            return open_builtin(name)
        with self._records.ledger.lock():
            written = self._read_verified(name, written)
            self._records.file(name, written.photo_file, written.record.photo_sha256)
            texture = texture_from_bytes(self._records.file(name, TEXTURE, written.texture_sha256))
        persona = Persona(name, written.record.kind, texture, written.record, written.remarks)
        return vouch_for(persona, partial(self._check_shown, name, written.record.photo_sha256))

    def load_texture(self, name: str) -> FaceTexture:
        """Return the texture of a user's persona, also after its consent has ended.

        Raises:
            PersonaError: No such persona.
            ConsentError: Its record is missing, damaged, edited or not signed here, or names another face.
        """
        return texture_from_bytes(self._records.file(name, TEXTURE, self._signed(name).texture_sha256))

    def check_record(self, name: str, written: WrittenRecord | None = None) -> None:
        """Check that the record of a user's persona is valid now.

        Raises:
            PersonaError: No such persona.
            ConsentError: As `load`, without the photo's files.
        """
        with self._records.ledger.lock():
            self._read_verified(name, written)

    @property
    def public_key(self) -> str | None:
        """The key this install signs with, in hexadecimal; None before the first record."""
        return self._records.key.public

    def is_signed_here(self, name: str) -> bool:
        """Whether the record of a persona of the user is what this install once signed."""
        return self.public_key is not None and self.record(name).signed_by == self.public_key

    def accept_clock(self) -> None:
        """Accept a clock that is behind.

        Every persona and voice must then be confirmed again.

        Raises:
            ConsentError: The ledger cannot be read.
        """
        if self._records.ledger.is_behind():
            self._records.ledger.start_over()

    def free_name(self, wished: str) -> str:
        """Return a valid unused name, as near as possible to the wanted one."""
        return free_name(wished, {*self.names(), *builtin_names()})

    def save(
        self, persona: Persona, photo: bytes, suffix: str, remarks: tuple[str, ...] = (), clip_sha256: str = ""
    ) -> None:
        """Keep a persona; one of the same name is replaced.

        Args:
            persona: Its consent record is about `photo`.
            photo: The photo file as it is.
            suffix: The ending of its name, ".jpg".
            remarks: What keeps the photo from being a good one, shown whenever it is used.
            clip_sha256: Hash of the clip the photo was taken from, if it was.

        Raises:
            ValueError: The record is about another photo.
            PersonaError: A name that is built in or not one.
            ConsentError: The photo's consent was taken back, or the clock is behind.
        """
        self.revocations.check(persona.name, _ADD, (persona.consent.photo_sha256,))
        if hash_bytes(photo) != persona.consent.photo_sha256:
            raise ValueError(f"the consent record of {persona.name} is about another photo")
        if persona.name in builtin_names() or not is_name(persona.name):
            raise PersonaError(
                f'"{persona.name}" cannot name a persona: it is built in, or not of a-z, 0-9 and inner dashes',
                advice=f"choose another, for example {self.free_name(persona.name)}",
            )
        self._adopt()
        texture, photo_file = texture_to_bytes(persona.photo), f"photo{suffix}"
        looks = fingerprints_to_hex(take_fingerprints(persona.photo.pixels, persona.photo.points))
        written = WrittenRecord(
            persona.consent, photo_file, hash_bytes(texture), remarks, name=persona.name, looks=looks,
            clip_sha256=clip_sha256,
        )  # fmt: skip
        record = record_to_bytes(written, self._records.key)
        self._records.keep(persona.name, {photo_file: photo, TEXTURE: texture}, record)

    def renew(self, name: str, record: ConsentRecord) -> None:
        """Replace the record of a persona by a newer one about the same photo.

        Raises:
            PersonaError: No such persona, or it is damaged.
            ConsentError: The old one was not signed here, so it does not say which face belongs to the photo.
        """
        written = self._signed(name)
        photo = self._records.file(name, written.photo_file, record.photo_sha256)
        texture = texture_from_bytes(self._records.file(name, TEXTURE, written.texture_sha256))
        self._check_revoked(name, written, take_fingerprints(texture.pixels, texture.points))
        renewed = Persona(name, record.kind, texture, record)
        self.save(renewed, photo, Path(written.photo_file).suffix, written.remarks, written.clip_sha256)

    def _signed(self, name: str) -> WrittenRecord:
        written = self.record(name)
        self._records.check_signed(name, written)
        return written

    def _read_verified(self, name: str, written: WrittenRecord | None = None) -> WrittenRecord:
        """Return the record, read and verified once; called under the ledger's lock."""
        written = self._read_current(name, written)
        self._check_time(name, written)
        return written

    def _adopt(self) -> None:
        self._records.adopt(self._upgrade_record)

    def _check_revoked(self, name: str, written: WrittenRecord, looks: Sequence[Fingerprints] = ()) -> None:
        if written.looks and not is_generated_record(written.record):
            looks = both_fingerprints_from_hex(written.looks)
        hashes = (written.record.photo_sha256, *([written.clip_sha256] if written.clip_sha256 else []))
        self.revocations.check(name, _ADD, hashes, looks)

    def _check_shown(self, name: str, photo_sha256: str) -> None:
        """Check that a persona on air may still be shown.

        Its record must be valid and about the same photo.
        """
        with self._records.ledger.lock():
            written = self._read_verified(name)
        if written.record.photo_sha256 != photo_sha256:
            raise ConsentError(f"{name} was replaced by another photo", command=f"livecam run --persona {name}")

    def _upgrade_record(self, name: str, written: WrittenRecord) -> bytes:
        """Return an old record with its name and the photo's fingerprints, signed."""
        self._records.file(name, written.photo_file, written.record.photo_sha256)
        texture = texture_from_bytes(self._records.file(name, TEXTURE, written.texture_sha256))
        looks = fingerprints_to_hex(take_fingerprints(texture.pixels, texture.points))
        return record_to_bytes(replace(written, name=name, looks=looks), self._records.key)

    def _check_time(self, name: str, written: WrittenRecord) -> None:
        now, record = self.now(), written.record
        if now >= record.expires_at:
            raise ConsentError(
                f"the consent for {name} ended on {record.expires_at:%Y-%m-%d}: it holds for {VALID_MONTHS} months",
                **remedy(_renew(name)),
            )
        if not record.valid_at(now):
            raise ConsentError(
                f"the consent for {name} begins on {record.given_at:%Y-%m-%d}, which is still to come",
                advice=f"set this computer's clock, or {_renew(name)}",
            )


def _renew(name: str) -> str:
    return f"livecam persona renew {name}"
