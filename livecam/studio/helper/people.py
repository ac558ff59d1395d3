"""Personas in plain types.

A person states who a photo shows; it is never assumed.
"""

import base64
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import cv2

from livecam.app.persona_intake import take_in as import_carried
from livecam.config.setting_groups import PersonaSettings
from livecam.consent.interview import FACE
from livecam.consent.record import new_record
from livecam.core.errors import PersonaError
from livecam.jobs.unattended import Unattended
from livecam.personas.archive import decrypt, encrypt, pack_persona, unpack_persona
from livecam.personas.generated import save_generated
from livecam.personas.intake import add_persona, add_renewed, is_answered, open_photo_persona
from livecam.personas.intake import renew as renew_record
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.photo.face import extract_texture
from livecam.personas.photo.photo_file import PhotoFile, read_photo
from livecam.personas.revoke import revoke_persona
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder
from livecam.studio.helper.lists import plain_entry, stated

_PICTURE_PX: Final = 256


def show(data_folder: Path, name: str) -> dict[str, Any]:
    """Return one persona with its record."""
    store = PersonaStore(data_folder)
    record = store.consent_of(name)
    entry = next(entry for entry in store.list() if entry.name == name)
    return {
        **plain_entry(entry),
        "statement": record.statement,
        "purpose": record.purpose,
        "scope": record.scope,
        "given_at": record.given_at.isoformat(),
        "checked": str(record.checked),
        "checks": list(record.checks),
        "photo_sha256": record.photo_sha256,
        "remarks": list(store.remarks(name)),
    }


def picture(data_folder: Path, name: str) -> str:
    """Return the persona's photo as a JPEG in base64, at most 256 pixels high.

    A revoked or expired one has none.

    Raises:
        PersonaError: No such persona, or it may not be used.
    """
    pixels = PersonaStore(data_folder).load(name).photo.pixels
    scale = min(_PICTURE_PX / pixels.shape[0], 1.0)
    size_wh = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    done, jpeg = cv2.imencode(".jpg", cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA))
    if not done:
        raise PersonaError(f"the photo of {name} cannot be shown", command="livecam persona list")
    return base64.b64encode(jpeg.tobytes()).decode()


def _photo(path: str, file_name: str) -> PhotoFile:
    """Return an uploaded photo under the name that its user knows."""
    return replace(read_photo(Path(path)), path=Path(file_name))


def check(data_folder: Path, path: str, file_name: str) -> dict[str, Any]:
    """Return whether a photo serves, before the question of consent.

    Nothing is kept.

    Raises:
        PhotoError: It does not serve.
    """
    photo = _photo(path, file_name)
    store = PersonaStore(data_folder)
    with closing(open_face_finder()) as finder:
        _, remarks = extract_texture(decode_photo(photo.data, photo.path.name), photo.path.name, finder)
    return {"remarks": list(remarks), "known_as": store.find(photo.sha256)}


def add(
    data_folder: Path,
    path: str,
    file_name: str,
    name: str | None,
    consent: str | None,
    statement: str | None,
    agreed_again: bool,
) -> dict[str, Any]:
    """Make a persona of a photo with the statement that a person chose.

    Raises:
        PhotoError: The photo does not serve.
        ConsentError: The yes was taken back, and `agreed_again` is not set.
        PersonaError: The name is taken, or is none.
    """
    store, photo = PersonaStore(data_folder), _photo(path, file_name)
    kind = stated(FACE, file_name, consent, statement)
    if name is not None and store.find(photo.sha256) is None and store.free_name(name) != name:
        raise PersonaError(
            f'"{name}" is taken or is no name', advice=f"choose another, for example {store.free_name(name)}"
        )
    if not agreed_again:
        store.revocations.check(photo.path.name, f"livecam persona add {photo.path}", (photo.sha256,))
    with closing(open_face_finder()) as finder:
        if agreed_again:
            persona = add_renewed(photo, store, finder, kind)
        elif name is not None and store.find(photo.sha256) is None:
            persona = add_persona(name, photo, new_record(kind, photo.sha256, store.now()), store, finder)
        else:
            persona = open_photo_persona(photo, store, finder, None if is_answered(photo, store) else kind)
    return show(data_folder, persona.name)


def synth(data_folder: Path, seed: int, name: str | None) -> dict[str, Any]:
    """Make the face of a person who does not exist."""
    return show(data_folder, save_generated(seed, name, PersonaStore(data_folder)).name)


def renew(data_folder: Path, name: str, consent: str | None, statement: str | None) -> dict[str, Any]:
    """Give a persona a new record, with the statement that a person chose now."""
    store, kind = PersonaStore(data_folder), stated(FACE, name, consent, statement)
    photo = read_photo(store.photo_of(name))
    store.accept_clock()
    record = new_record(kind, photo.sha256, store.now())
    with closing(open_face_finder()) as finder:
        renew_record(name, photo, record, store, finder)
    return show(data_folder, name)


def remove(data_folder: Path, name: str) -> dict[str, Any]:
    """Delete a persona; its photo may be added again."""
    return {"gone": [name], "left": [path.name for path in PersonaStore(data_folder).remove(name)]}


def revoke(data_folder: Path, name: str) -> dict[str, Any]:
    """Take the yes back: the photo is not taken in again without a new one."""
    revoked = revoke_persona(name, PersonaStore(data_folder))
    return {"gone": list(revoked.gone), "left": [path.name for path in revoked.left]}


def export(data_folder: Path, name: str, passphrase: str) -> str:
    """Return the persona as an encrypted file, in base64.

    Raises:
        PersonaError: No such persona, or it may not be used.
        UsageError: The passphrase is too short.
    """
    return base64.b64encode(encrypt(pack_persona(name, PersonaStore(data_folder)), passphrase)).decode()


def take_in(
    data_folder: Path,
    path: str,
    file_name: str,
    passphrase: str,
    name: str | None,
    consent: str | None,
    statement: str | None,
) -> dict[str, Any]:
    """Take a persona in from an encrypted file.

    With the statement that a person chose.

    Raises:
        PersonaError: The file is none, the passphrase is another, or it is here already.
        ConsentError: No statement, or another than the record in the file.
    """
    store, file = PersonaStore(data_folder), Path(file_name)
    kind = stated(FACE, file_name, consent, statement)
    carried = unpack_persona(decrypt(Path(path), passphrase, file), file, store.now())
    person = Unattended()
    made = import_carried(PersonaSettings(consent=kind, data_folder=data_folder), carried, file, name, person)
    shown = show(data_folder, made.name)
    return {**shown, "remarks": [*person.notes, *shown["remarks"]]}
