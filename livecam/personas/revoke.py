"""Revoke consent.

The persona or voice is deleted, and its sources are refused from now on.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livecam.consent.fingerprint import Fingerprints
from livecam.consent.revocations import Revocation
from livecam.core.errors import PersonaError
from livecam.personas.record_store import hash_bytes
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore


@dataclass(frozen=True, slots=True)
class RevocationResult:
    """Result of a revocation.

    Attributes:
        gone: Names that were deleted, the named one first.
        left: Targets of links outside the store, which were not deleted.
    """

    gone: tuple[str, ...]
    left: tuple[Path, ...]


def revoke_persona(name: str, store: PersonaStore) -> RevocationResult:
    """Delete a persona, and every other one of the same photo.

    The fingerprints of the photo are remembered. It works on damaged and expired personas too.

    Raises:
        PersonaError: No such persona, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    store.check_removable(name)
    looks = store.read_fingerprints(name)
    revocation = Revocation(tuple(sorted(_photo_hashes(name, store))), looks[0] if looks else None, store.now())
    store.revocations.add(revocation)
    gone = (name, *(other for other in store.names() if other != name and _is_of_photo(other, revocation, store)))
    left = [path for each in gone for path in store.remove(each)]
    return RevocationResult(gone, tuple(left))


def _is_of_photo(name: str, revocation: Revocation, store: PersonaStore) -> bool:
    """Whether a persona is of the revoked photo, whatever its record."""
    looks: tuple[Fingerprints, ...] = ()
    with suppress(PersonaError):
        if not store.is_generated(name):
            looks = store.read_fingerprints(name)
    return revocation.covers(_photo_hashes(name, store), looks)


def _photo_hashes(name: str, store: PersonaStore) -> set[str]:
    """Return the hashes of a persona's photo: its file's and its record's."""
    hashes = {hash_bytes(photo.read_bytes()) for photo in store.folder_of(name).glob("photo*") if photo.is_file()}
    with suppress(PersonaError):  # a damaged record names no photo
        hashes |= store.hashes_of(name)
    return hashes


def revoke_voice(name: str, store: VoiceStore) -> tuple[Path, ...]:
    """Delete a voice; remember its figures and recordings by their hashes.

    Returns:
        Targets of links: they were not deleted.

    Raises:
        PersonaError: No such voice, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    store.check_removable(name)
    hashes = {hash_bytes(file.read_bytes()) for file in store.folder_of(name).glob("*.npz") if file.is_file()}
    with suppress(PersonaError):  # a damaged record names no recordings
        hashes.add(store.record(name).recording_sha256)
    store.revocations.add(Revocation(tuple(sorted(hashes)), None, store.now()))
    return store.remove(name)
