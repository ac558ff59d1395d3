"""Questions about the personas of a user, asked of their records."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from livecam.consent.fingerprint import Fingerprints, both_fingerprints_from_hex, take_fingerprints
from livecam.consent.record_file import WrittenRecord
from livecam.core.errors import PersonaError
from livecam.core.persona import ConsentRecord, PersonaKind
from livecam.personas.built_in import builtin_names, open_builtin
from livecam.personas.generator.compose import STATEMENT
from livecam.personas.signed_store import SignedStore
from livecam.personas.texture_file import texture_from_bytes

TEXTURE: Final = "face.npz"
"""What was read from a persona's photo, in its folder."""


class PersonaLookup(SignedStore[WrittenRecord]):
    """Answers what personas are kept and what their records say, valid or not."""

    def read_fingerprints(self, name: str) -> tuple[Fingerprints, ...]:
        """Return the fingerprints of a persona's photo and of its mirror picture.

        The result is empty where its face cannot be read.
        """
        with suppress(PersonaError, ValueError):
            written = self.record(name)
            if written.looks:
                return both_fingerprints_from_hex(written.looks)
        with suppress(PersonaError, ValueError, OSError, KeyError):
            texture = texture_from_bytes((self.folder_of(name) / TEXTURE).read_bytes())
            return take_fingerprints(texture.pixels, texture.points)
        return ()

    def consent_of(self, name: str) -> ConsentRecord:
        """Return the consent a persona rests on, as stored, valid or not.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return open_builtin(name).consent if name in builtin_names() else self.record(name).record

    def is_generated(self, name: str) -> bool:
        """Whether the record of a persona is the one `livecam persona synth` makes.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return is_generated_record(self.consent_of(name))

    def photo_of(self, name: str) -> Path:
        """Return the photo a persona of the user was made of.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return self.folder_of(name) / self.record(name).photo_file

    def remarks(self, name: str) -> tuple[str, ...]:
        """Return what makes the photo of a persona less suitable.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        return () if name in builtin_names() else self.record(name).remarks

    def hashes_of(self, name: str) -> set[str]:
        """Return the hashes of the photo and the clip that a persona's record names.

        Raises:
            PersonaError: No such persona, or its record is damaged.
        """
        written = self.record(name)
        return {written.record.photo_sha256, written.clip_sha256} - {""}

    def find(self, photo_sha256: str) -> str | None:
        """Return the name of the persona made of this photo."""
        found = self.find_record(photo_sha256)
        return None if found is None else found[0]

    def find_clip(self, clip_sha256: str) -> str | None:
        """Return the name of the persona made of this clip."""
        for name in self.names():
            with suppress(PersonaError):
                if self.record(name).clip_sha256 == clip_sha256:
                    return name
        return None

    def find_record(self, photo_sha256: str) -> tuple[str, WrittenRecord] | None:
        """Return the name and the record of the persona made of this photo.

        Every record is read at most once.
        """
        for name in self.names():
            with suppress(PersonaError):
                written = self.record(name)
                if written.record.photo_sha256 == photo_sha256:
                    return name, written
        return None


def is_generated_record(record: ConsentRecord) -> bool:
    """Whether livecam made the face.

    Such faces share parts, so only their hash identifies them.
    """
    return record.kind is PersonaKind.SYNTHETIC and record.statement == STATEMENT
