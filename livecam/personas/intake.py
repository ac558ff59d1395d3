"""Make a persona of a photo: consent, quality, and position of the face.

The question is asked once per photo.
"""

from dataclasses import dataclass, replace

from livecam.consent.fingerprint import take_fingerprints
from livecam.consent.interview import consent_required
from livecam.consent.record import new_record
from livecam.consent.record_file import WrittenRecord
from livecam.core.errors import PersonaError
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.ports import FaceFinder
from livecam.personas.photo.face import FoundFace, find_face
from livecam.personas.photo.kinds import profile_remark
from livecam.personas.photo.photo_file import PhotoFile
from livecam.personas.store import PersonaStore

_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class KnownPhoto:
    """A photo, and what the store knows of it.

    Attributes:
        photo: The file.
        name: The persona that was made of it; None where there is none.
        record: The record of that persona, read and its signature verified.
        trouble: Why the record does not hold now; None where it does, or there is none.
    """

    photo: PhotoFile
    name: str | None = None
    record: WrittenRecord | None = None
    trouble: PersonaError | None = None

    @property
    def is_answered(self) -> bool:
        """Whether a valid record says who the photo shows."""
        return self.name is not None and self.trouble is None


def look_up(photo: PhotoFile, store: PersonaStore) -> KnownPhoto:
    """Find what the store knows of a photo; every record is read once."""
    found = store.find_record(photo.sha256)
    if found is None:
        return KnownPhoto(photo)
    name, record = found
    try:
        store.check_record(name, record)
    except PersonaError as error:
        return KnownPhoto(photo, name, record, error)
    return KnownPhoto(photo, name, record)


def is_answered(photo: PhotoFile, store: PersonaStore) -> bool:
    """Whether a valid record covers the face in this photo."""
    return look_up(photo, store).is_answered


def find_ended(photo: PhotoFile, store: PersonaStore) -> PersonaError | None:
    """Return why the record about this photo is not valid now.

    None where it is valid, or there is none.
    """
    return look_up(photo, store).trouble


def open_photo_persona(
    photo: PhotoFile, store: PersonaStore, finder: FaceFinder, kind: PersonaKind | None
) -> VerifiedPersona:
    """Return the persona stored for this photo, or store a new one.

    Args:
        photo: The file.
        store: Where it is looked up and kept.
        finder: Finds the face in it.
        kind: Who owns the face; needed when none is on record or the one on record has ended.

    Raises:
        ConsentError: No answer on record and none given, or the record has ended.
        PhotoError: No usable face in it.
    """
    return persona_of_known(look_up(photo, store), store, finder, kind)


def persona_of_known(
    known: KnownPhoto, store: PersonaStore, finder: FaceFinder, kind: PersonaKind | None, face: FoundFace | None = None
) -> VerifiedPersona:
    """Return the persona of a photo that was looked up.

    Arguments and errors are those of `open_photo_persona`. `face` is what was found in the photo before, if that was
    done.
    """
    photo, name = known.photo, known.name
    if name is not None:
        if kind is None or known.is_answered:
            return store.load(name, known.record)
        renew(name, photo, new_record(kind, photo.sha256, store.now()), store, finder, face)
        return store.load(name)
    if kind is None:
        raise consent_required(photo.path.name)
    record = new_record(kind, photo.sha256, store.now())
    return add_persona(store.free_name(photo.path.stem), photo, record, store, finder, face)


def renew(
    name: str,
    photo: PhotoFile,
    record: ConsentRecord,
    store: PersonaStore,
    finder: FaceFinder,
    face: FoundFace | None = None,
) -> None:
    """Give a persona of the user a new record about its photo.

    Where the old record was not signed here, only the photo is kept, and its face is detected again.

    Raises:
        PersonaError: No such persona, it is damaged, or the photo does not serve.
    """
    if store.is_signed_here(name):
        store.renew(name, record)
    else:
        add_persona(name, photo, record, store, finder, face)


def add_renewed(
    photo: PhotoFile, store: PersonaStore, finder: FaceFinder, kind: PersonaKind, face: FoundFace | None = None
) -> VerifiedPersona:
    """Add a persona after its consent was revoked and given again.

    The record says so. `face` is what was found in the photo before, if that was done.

    Raises:
        PhotoError: No usable face in it.
        ConsentError: The list of revocations cannot be read.
    """
    face = face or find_face(photo, finder)
    texture, _ = face
    revoked_at = store.revocations.lift(photo.hashes, take_fingerprints(texture.pixels, texture.points))
    record = new_record(kind, photo.sha256, store.now())
    if revoked_at is not None:
        record = replace(record, checks=(f"agreed to again after it was taken back on {revoked_at:%Y-%m-%d}",))
    name = store.find(photo.sha256) or store.free_name(photo.path.stem)
    return add_persona(name, photo, record, store, finder, face)


def add_persona(
    name: str,
    photo: PhotoFile,
    record: ConsentRecord,
    store: PersonaStore,
    finder: FaceFinder,
    face: FoundFace | None = None,
) -> VerifiedPersona:
    """Find the face in a photo unless `face` is given; keep both with the record.

    Raises:
        PhotoError: No usable face in it.
        ConsentError: The consent for this photo, or one that looks the same, was taken back.
    """
    texture, remarks = find_face(photo, finder) if face is None else face
    store.revocations.check(
        photo.path.name,
        f"livecam persona add {photo.path}",
        photo.hashes,
        take_fingerprints(texture.pixels, texture.points),
    )
    profile = profile_remark(photo.data)
    remarks = remarks if profile is None else (*remarks, profile)
    persona = Persona(name, record.kind, texture, record)
    suffix = photo.path.suffix.lower()
    store.save(persona, photo.data, suffix if suffix in _SUFFIXES else "", remarks, photo.clip_sha256)
    return store.load(name)
