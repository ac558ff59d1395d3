"""Make a persona of a photo: consent, quality, and position of the face.

The question is asked once per photo.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from livecam.consent.fingerprint import take_fingerprints
from livecam.consent.interview import consent_required
from livecam.consent.record import new_record
from livecam.consent.record_file import WrittenRecord
from livecam.core.errors import PersonaError, PhotoError
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.persona import ConsentRecord, Persona, PersonaKind, VerifiedPersona
from livecam.core.ports import FaceFinder
from livecam.core.pose import remove_pose
from livecam.core.texture import FaceTexture
from livecam.personas.photo.decoding import check_photo, decode_photo
from livecam.personas.photo.kinds import profile_remark
from livecam.personas.record_store import hash_bytes
from livecam.personas.store import PersonaStore

_CLEAR_SCORE = 0.6
_CLEAR_AREA = 0.2
_FACE_SCORE = 0.5
_SURELY_UPRIGHT = 0.97
_SURER = 0.03
_LARGEST_FILE_BYTES = 100_000_000
FoundFace = tuple[FaceTexture, tuple[str, ...]]
"""The face of a photo as texture, and remarks on the photo's quality."""
_SUFFIXES = frozenset((".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"))


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo's file, not yet decoded.

    Attributes:
        path: Where it is; of a photo that was taken from a clip, where the clip is.
        data: Its bytes.
        sha256: Their hash.
        clip_sha256: Hash of the clip it was taken from; empty where there is none.
    """

    path: Path
    data: bytes
    sha256: str
    clip_sha256: str = ""

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes that identify it."""
        return (self.sha256, self.clip_sha256) if self.clip_sha256 else (self.sha256,)


def read_photo(path: Path) -> PhotoFile:
    """Read a photo file.

    Raises:
        PhotoError: It is not there, not readable, or over 100 MB.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > _LARGEST_FILE_BYTES:
            raise PhotoError(f"{path} has {size_bytes / 1e6:.0f} MB, at most 100 are read", advice="save it smaller")
        data = path.read_bytes()
    except OSError as error:
        raise PhotoError(
            f"{path} cannot be read: {error.strerror}", advice="give --face the path of a photo"
        ) from error
    return PhotoFile(path, data, hash_bytes(data))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file of any size, in hexadecimal.

    Raises:
        PhotoError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror}", advice="choose another file") from error


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


def find_face(photo: PhotoFile, finder: FaceFinder) -> FoundFace:
    """Decode a photo and find the face in it, with remarks on its quality.

    Raises:
        PhotoError: It is no picture, or has no usable face.
    """
    return extract_texture(decode_photo(photo.data, photo.path.name), photo.path.name, finder)


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


def extract_texture(pixels: Pixels, photo_name: str, finder: FaceFinder) -> FoundFace:
    """Find the one face of a picture and check it.

    Returns:
        Its texture, and remarks on the photo's quality.

    Raises:
        PhotoError: No face, several clear faces, or one that does not serve.
    """
    upright, (mesh, score) = pixels, _face_in(pixels, photo_name, finder)
    said: tuple[str, ...] = ()
    if mesh is None or score < _SURELY_UPRIGHT:
        turned = _turn_upright(pixels, photo_name, finder, score)
        if turned is not None:
            upright, mesh, degrees = turned
            said = (f"the photo lay on its side or head: livecam turned it by {degrees} degrees",)
    if mesh is None:
        raise _no_face(photo_name)
    remarks = tuple(f"{finding.says}: {finding.hint}" for finding in check_photo(upright, mesh))
    return FaceTexture(upright, np.ascontiguousarray(mesh.points[:, :2]), remove_pose(mesh.points)), (*said, *remarks)


def _face_in(pixels: Pixels, photo_name: str, finder: FaceFinder) -> tuple[FaceMesh | None, float]:
    """Return the upright face's mesh, or None, and the detector's score of it."""
    frame = Frame(pixels, captured_ns=0, seq=0)
    boxes = finder.detect(frame)
    if not boxes:
        return None, 0.0
    box = _one_face(boxes, photo_name)
    mesh = finder.mesh(frame, finder.mesh(frame, box))
    right, left = mesh.points[33, :2], mesh.points[263, :2]
    is_upright = left[0] - right[0] > abs(left[1] - right[1])
    return (mesh, box.score) if mesh.score >= _FACE_SCORE and is_upright else (None, 0.0)


def _turn_upright(
    pixels: Pixels, photo_name: str, finder: FaceFinder, score: float
) -> tuple[Pixels, FaceMesh, int] | None:
    """Return the picture turned upright, the mesh, and the degrees to the right.

    None where no turn scores higher than `score`, that of the unturned picture. An inverted face is often detected as
    upright, with a lower score: 0.95 at most, where an upright one has 0.95 to 1.
    """
    found = []
    for quarters in (1, 2, 3):
        turned = np.ascontiguousarray(np.rot90(pixels, -quarters))
        mesh, surer = _face_in(turned, photo_name, finder)
        if mesh is not None and surer > score + _SURER:
            found.append((surer, turned, mesh, 90 * quarters))
    best = max(found, key=lambda each: each[0], default=None)
    return None if best is None else best[1:]


def _one_face(boxes: Sequence[FaceBox], photo_name: str) -> FaceBox:
    largest = max(boxes, key=lambda box: box.area_px)
    clear = [b for b in boxes if b.score >= _CLEAR_SCORE and b.area_px >= _CLEAR_AREA * largest.area_px]
    if len(clear) > 1:
        raise PhotoError(
            f"{photo_name} shows {len(clear)} faces, a persona is one",
            advice="cut the photo so that only the wanted face is in it",
        )
    return largest


def _no_face(photo_name: str) -> PhotoError:
    return PhotoError(
        f"no face was found in {photo_name}",
        advice="use a sharp photo, upright, face on, lit from the front, the face at least 200 pixels wide",
    )
