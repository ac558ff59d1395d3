"""Take back a yes: the persona or voice is deleted, and what it was made of is not taken in again."""

import hashlib
from contextlib import suppress
from pathlib import Path

from livecam.consent.photo_print import photo_print
from livecam.consent.revoked import Revocation
from livecam.consent.store import PersonaStore
from livecam.consent.voice_store import VoiceStore
from livecam.core.errors import PersonaError


def revoke_persona(name: str, store: PersonaStore) -> None:
    """Delete a persona, and any other made of the same photo; its photo is remembered as hash and fingerprint.

    It works on damaged and expired personas too.

    Raises:
        PersonaError: No such persona, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    hashes = {_hash(photo) for photo in store.folder_of(name).glob("photo*")}
    try:
        hashes.add(store.record(name).photo_sha256)
        face = store.face(name)
        look = photo_print(face.pixels, face.points)
    except PersonaError:
        look = None
    store.revocations.add(Revocation(tuple(sorted(hashes)), look, store.now()))
    store.remove(name)
    for photo_sha256 in hashes:
        while (other := store.find(photo_sha256)) is not None:
            store.remove(other)


def revoke_voice(name: str, store: VoiceStore) -> None:
    """Delete a voice; its figures and recordings are remembered by their hashes.

    Raises:
        PersonaError: No such voice, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    hashes = {_hash(file) for file in store.folder_of(name).glob("*.npz")}
    with suppress(PersonaError):  # a damaged record names no recordings
        hashes.add(store.record(name).recording_sha256)
    store.revocations.add(Revocation(tuple(sorted(hashes)), None, store.now()))
    store.remove(name)


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
