"""Take back a yes.

The persona or voice is deleted, and what it was made of is not taken in again.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from livecam.consent.fingerprint import Fingerprints
from livecam.consent.revocations import Revocation
from livecam.core.errors import PersonaError
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore


@dataclass(frozen=True, slots=True)
class RevocationResult:
    """What a revocation did.

    Attributes:
        gone: Names that are deleted, the one that was named first.
        left: Files and folders outside the store that links led to; these were not deleted.
    """

    gone: tuple[str, ...]
    left: tuple[Path, ...]


def revoke_persona(name: str, store: PersonaStore) -> RevocationResult:
    """Delete a persona, and every other one that shows the same photo.

    The photo is remembered by its fingerprints.

    It works on damaged and expired personas too.

    Raises:
        PersonaError: No such persona, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    hashes = {_hash(photo) for photo in store.folder_of(name).glob("photo*") if photo.is_file()}
    with suppress(PersonaError):  # a damaged record names no photo
        hashes.add(store.record(name).photo_sha256)
    looks = store.read_fingerprints(name)
    revocation = Revocation(tuple(sorted(hashes)), looks[0] if looks else None, store.now())
    store.revocations.add(revocation)
    gone = (name, *(other for other in store.names() if other != name and _is_of_photo(other, revocation, store)))
    left = [path for each in gone for path in store.remove(each)]
    return RevocationResult(gone, tuple(left))


def _is_of_photo(name: str, revocation: Revocation, store: PersonaStore) -> bool:
    """Whether a persona is of the revoked photo, whatever state its record is in."""
    hashes = {_hash(photo) for photo in store.folder_of(name).glob("photo*") if photo.is_file()}
    looks: tuple[Fingerprints, ...] = ()
    with suppress(PersonaError):
        hashes.add(store.record(name).photo_sha256)
        if not store.is_generated(name):
            looks = store.read_fingerprints(name)
    return revocation.covers(hashes, looks)


def revoke_voice(name: str, store: VoiceStore) -> tuple[Path, ...]:
    """Delete a voice; its figures and recordings are remembered by their hashes.

    Returns:
        Targets of links: they were not deleted.

    Raises:
        PersonaError: No such voice, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    hashes = {_hash(file) for file in store.folder_of(name).glob("*.npz")}
    with suppress(PersonaError):  # a damaged record names no recordings
        hashes.add(store.record(name).recording_sha256)
    store.revocations.add(Revocation(tuple(sorted(hashes)), None, store.now()))
    return store.remove(name)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
