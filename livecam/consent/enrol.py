"""From a photo to a persona: whose face it is, is it usable, where is the face; asked once per photo."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from livecam.consent.ask import unasked
from livecam.consent.photo import check_photo, decode_photo
from livecam.consent.photo_print import looks_of
from livecam.consent.record import new_record
from livecam.consent.store import PersonaStore
from livecam.core.errors import PersonaError, PhotoError
from livecam.core.face import FaceBox
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.ports import FaceFinder
from livecam.core.pose import unposed
from livecam.core.texture import FaceTexture

_CLEAR_SCORE = 0.6
_CLEAR_AREA = 0.2
_FACE_SCORE = 0.5
_LARGEST_FILE_BYTES = 100_000_000
_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo as it lies on disk, not yet decoded."""

    path: Path
    data: bytes
    sha256: str


def read_photo(path: Path) -> PhotoFile:
    """Read a photo file.

    Raises:
        PhotoError: It is not there, not readable, or over 100 MB.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > _LARGEST_FILE_BYTES:
            raise PhotoError(f"{path} has {size_bytes / 1e6:.0f} MB, at most 100 are read", hint="save it smaller")
        data = path.read_bytes()
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror}", hint="give --face the path of a photo") from error
    return PhotoFile(path, data, hashlib.sha256(data).hexdigest())


def is_answered(photo: PhotoFile, store: PersonaStore) -> bool:
    """Whether a record that holds now says whose face this photo shows."""
    return store.find(photo.sha256) is not None and ended(photo, store) is None


def ended(photo: PhotoFile, store: PersonaStore) -> PersonaError | None:
    """Why the record about this photo does not hold now; None where it does, or there is none."""
    name = store.find(photo.sha256)
    try:
        if name is not None:
            store.check_record(name)
    except PersonaError as error:
        return error
    return None


def persona_of_photo(
    photo: PhotoFile, store: PersonaStore, finder: FaceFinder, kind: PersonaKind | None
) -> VerifiedPersona:
    """The persona remembered for this photo, or a new one, remembered from now on.

    Args:
        photo: The file.
        store: Where it is looked up and kept.
        finder: Finds the face in it.
        kind: The answer to whose face it is; needed when none is on record or the one on record has ended.

    Raises:
        ConsentError: No answer on record and none given, or the record has ended.
        PhotoError: No usable face in it.
    """
    name = store.find(photo.sha256)
    if name is not None:
        if kind is not None and not is_answered(photo, store):
            renew(name, photo, new_record(kind, photo.sha256, store.now()), store, finder)
        return store.load(name)
    if kind is None:
        raise unasked(photo.path.name)
    return take_in(store.free_name(photo.path.stem), photo, new_record(kind, photo.sha256, store.now()), store, finder)


def renew(name: str, photo: PhotoFile, record: ConsentRecord, store: PersonaStore, finder: FaceFinder) -> None:
    """Give a persona of the user a new record about its photo.

    Where the old record was not signed here, nothing but the photo is kept of the persona: its face is found again.

    Raises:
        PersonaError: No such persona, it is damaged, or the photo does not serve.
    """
    if store.signed_here(name):
        store.renew(name, record)
    else:
        take_in(name, photo, record, store, finder)


def add_agreed_again(photo: PhotoFile, store: PersonaStore, finder: FaceFinder, kind: PersonaKind) -> VerifiedPersona:
    """A persona of a photo whose consent was taken back and has been given anew; the record says so.

    Raises:
        PhotoError: No usable face in it.
        ConsentError: The list of revocations cannot be read.
    """
    texture, _ = texture_of(decode_photo(photo.data, photo.path.name), photo.path.name, finder)
    revoked_at = store.revocations.lift((photo.sha256,), looks_of(texture.pixels, texture.points))
    record = new_record(kind, photo.sha256, store.now())
    if revoked_at is not None:
        record = replace(record, checks=(f"agreed to again after it was taken back on {revoked_at:%Y-%m-%d}",))
    return take_in(store.find(photo.sha256) or store.free_name(photo.path.stem), photo, record, store, finder)


def take_in(
    name: str, photo: PhotoFile, record: ConsentRecord, store: PersonaStore, finder: FaceFinder
) -> VerifiedPersona:
    """Find the face in a photo and keep both under a name, with the record.

    Raises:
        PhotoError: No usable face in it.
        ConsentError: The consent for this photo, or one that looks the same, was taken back.
    """
    texture, remarks = texture_of(decode_photo(photo.data, photo.path.name), photo.path.name, finder)
    store.revocations.check(
        photo.path.name, f"livecam persona add {photo.path}", (photo.sha256,), looks_of(texture.pixels, texture.points)
    )
    persona = Persona(name, record.kind, texture, record)
    suffix = photo.path.suffix.lower()
    store.save(persona, photo.data, suffix if suffix in _SUFFIXES else "", remarks)
    return store.load(name)


def texture_of(pixels: Pixels, photo_name: str, finder: FaceFinder) -> tuple[FaceTexture, tuple[str, ...]]:
    """Find the one face of a picture and check it.

    Returns:
        Its texture, and remarks on what keeps the photo from being a good one.

    Raises:
        PhotoError: No face, several clear faces, or one that does not serve.
    """
    frame = Frame(pixels, captured_ns=0, seq=0)
    box = _one_face(finder.detect(frame), photo_name)
    mesh = finder.mesh(frame, finder.mesh(frame, box))
    if mesh.score < _FACE_SCORE:
        raise _no_face(photo_name)
    remarks = tuple(f"{finding.says}: {finding.hint}" for finding in check_photo(pixels, mesh))
    return FaceTexture(pixels, np.ascontiguousarray(mesh.points[:, :2]), unposed(mesh.points)), remarks


def _one_face(boxes: Sequence[FaceBox], photo_name: str) -> FaceBox:
    if not boxes:
        raise _no_face(photo_name)
    largest = max(boxes, key=lambda box: box.area_px)
    clear = [b for b in boxes if b.score >= _CLEAR_SCORE and b.area_px >= _CLEAR_AREA * largest.area_px]
    if len(clear) > 1:
        raise PhotoError(
            f"{photo_name} shows {len(clear)} faces, a persona is one",
            hint="cut the photo so that only the wanted face is in it",
        )
    return largest


def _no_face(photo_name: str) -> PhotoError:
    return PhotoError(
        f"no face was found in {photo_name}",
        hint="use a sharp photo, face on, lit from the front, the face at least 200 pixels wide",
    )
