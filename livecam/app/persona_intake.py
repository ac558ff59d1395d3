"""Add, renew, export and import personas."""

import logging
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from livecam import plugins as registry
from livecam.app.clip_photo import read_face_file
from livecam.app.consent import ask_about
from livecam.app.persona_choice import choose_persona
from livecam.app.stores import persona_store
from livecam.config.setting_groups import PersonaSettings
from livecam.consent.record import new_record
from livecam.core.errors import ConsentError, OutputError, PersonaError, UsageError
from livecam.core.files.errors import reason_of
from livecam.core.files.private import write_file
from livecam.core.persona import ConsentRecord, Persona
from livecam.core.prompter import NoAnswer, Prompter
from livecam.enrollment.face_match import SAME_SHAPE, measure_shape_distance
from livecam.personas import intake
from livecam.personas.archive import (
    ArchivedPersona,
    check_passphrase,
    decrypt,
    describe_signer,
    encrypt,
    make_local_record,
    pack_persona,
    unpack_persona,
)
from livecam.personas.generated import save_generated
from livecam.personas.intake import add_persona, add_renewed
from livecam.personas.photo.face import FoundFace, find_face
from livecam.personas.photo.photo_file import read_photo

_LOG = logging.getLogger(__name__)
_IN_A_FILE = "write the passphrase into the first line of a text file, and name it: --passphrase-file PATH"
_LONGEST_PASSPHRASE_BYTES = 10_000


def add_photo(
    settings: PersonaSettings, photo: Path, agreed_again: bool, prompter: Prompter, trusted: Collection[str] = ()
) -> Persona:
    """Make a persona of a photo; ask who it shows, unless that is answered.

    Raises:
        PhotoError: The photo does not serve.
        ConsentError: No answer, or consent was taken back and `agreed_again` is not set.
    """
    if not agreed_again:
        choice = choose_persona(replace(settings, face=photo, persona=None), prompter, trusted)
        with closing(registry.open_face_finder(trusted)) as finder:
            return choice.open(finder)
    store = persona_store(settings)
    with closing(registry.open_face_finder(trusted)) as finder:
        file, face = read_face_file(photo, store, finder, revoked=True)
        kind = settings.consent or ask_about(file, store, prompter, trusted).kind
        return add_renewed(file, store, finder, kind, face)


def improve_persona(
    settings: PersonaSettings, name: str, clip: Path, prompter: Prompter, trusted: Collection[str] = ()
) -> Persona:
    """Give a persona a better photo, from a clip or photo of the same person.

    Raises:
        PersonaError: No such persona, or the face is not taken for the same one.
        PhotoError: No picture serves.
        ConsentError: No answer, another one than before, or the consent was taken back.
    """
    store = persona_store(settings)
    persona = store.load(name)
    with closing(registry.open_face_finder(trusted)) as finder:
        file, face = read_face_file(clip, store, finder)
        face = face or find_face(file, finder)
        _check_same_person(persona, face, clip)
        kind = settings.consent or ask_about(file, store, prompter, trusted).kind
        if kind is not persona.kind:
            raise ConsentError(
                f"{name} is of the kind {persona.kind}, {clip.name} was said to be {kind}",
                advice=f"run: livecam persona add {clip}, which makes a persona of its own",
            )
        _LOG.info("persona %s gets another photo", name)
        return add_persona(name, file, new_record(kind, file.sha256, store.now()), store, finder, face)


def _check_same_person(persona: Persona, face: FoundFace, clip: Path) -> None:
    texture, _ = face
    if persona.photo.shape is None or texture.shape is None:
        raise PersonaError(
            f"the photo of {persona.name} carries no face shape to compare with", advice="add the persona again"
        )
    distance = measure_shape_distance(persona.photo.shape, texture.shape)
    if distance > SAME_SHAPE:
        raise PersonaError(
            f"the face in {clip.name} is not taken for that of {persona.name} "
            f"(distance {distance:.2f}, at most {SAME_SHAPE})",
            advice=f"run: livecam persona add {clip}, which makes a persona of its own",
        )


def renew_persona(
    settings: PersonaSettings, name: str, prompter: Prompter, trusted: Collection[str] = ()
) -> ConsentRecord:
    """Ask again who a persona's photo shows; the answer is valid for twelve months.

    Raises:
        PersonaError: No such persona, or it is damaged.
        ConsentError: No answer.
    """
    store = persona_store(settings)
    photo = read_photo(store.photo_of(name))
    store.accept_clock()
    if settings.consent:
        record = new_record(settings.consent, photo.sha256, store.now())
    else:
        record = ask_about(photo, store, prompter, trusted)
    with closing(registry.open_face_finder(trusted)) as finder:
        intake.renew(name, photo, record, store, finder)
    return record


def generate_persona(settings: PersonaSettings, seed: int, name: str | None) -> Persona:
    """Make and keep a synthetic persona; the same seed gives the same face.

    Raises:
        PersonaError: The name is taken or is no name.
        ConsentError: The face of this seed was revoked here.
    """
    return save_generated(seed, name, persona_store(settings))


def read_remarks(settings: PersonaSettings, name: str) -> tuple[str, ...]:
    """Return what the photo of a persona lacks."""
    return tuple(persona_store(settings).remarks(name))


def export_persona(
    settings: PersonaSettings, name: str, file: Path, passphrase_file: Path | None, prompter: Prompter
) -> None:
    """Write a persona into an encrypted file.

    Raises:
        PersonaError: No such persona, or it may not be used.
        OutputError: The file exists or cannot be written.
        UsageError: There is no passphrase that serves.
    """
    store = persona_store(settings)
    store.load(name)
    if file.exists():
        raise OutputError(f"{file} exists", advice="give FILE another name")
    _LOG.info("persona %s is exported", name)
    content = encrypt(pack_persona(name, store), _passphrase(passphrase_file, prompter, new=True))
    try:
        write_file(file, content)
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror}", advice="choose another place") from error


def import_persona(
    settings: PersonaSettings,
    file: Path,
    name: str | None,
    passphrase_file: Path | None,
    prompter: Prompter,
    trusted: Collection[str] = (),
) -> Persona:
    """Import a persona from an encrypted file; the user makes its statement.

    Raises:
        PersonaError: The file is none, it is here already, or the name cannot be given.
        ConsentError: It carries no record that holds, the statement was not made, or consent was taken back.
        UsageError: There is no passphrase that serves.
    """
    store = persona_store(settings)
    content = decrypt(file, _passphrase(passphrase_file, prompter, new=False))
    return take_in(settings, unpack_persona(content, file, store.now()), file, name, prompter, trusted)


def take_in(
    settings: PersonaSettings,
    carried: ArchivedPersona,
    file: Path,
    name: str | None,
    prompter: Prompter,
    trusted: Collection[str] = (),
) -> Persona:
    """Keep the persona of an opened archive.

    Raises:
        PersonaError: It is here already, or the name cannot be given.
        ConsentError: The statement was not made, is not the record's, or consent was taken back.
    """
    store = persona_store(settings)
    known = store.find(carried.photo.sha256)
    if known is not None:
        raise PersonaError(
            f"{file} holds a photo that is here already, as {known}", command=f"livecam persona show {known}"
        )
    store.revocations.check(file.name, f"livecam persona add {carried.photo.path}", (carried.photo.sha256,))
    wished = name or file.stem
    free = store.free_name(wished)
    if name not in (None, free):
        raise PersonaError(f'"{name}" is taken or is no name', advice=f"choose another, for example --name {free}")
    _LOG.info("persona %s is imported", free)
    prompter.note(describe_signer(carried, store.public_key))
    stated = settings.consent or ask_about(carried.photo, store, prompter, trusted).kind
    if stated is not carried.record.kind:
        raise ConsentError(
            f"the record in {file} says {carried.record.kind}, you say {stated}",
            advice="ask the person who gave it to you who it shows",
        )
    with closing(registry.open_face_finder(trusted)) as finder:
        return add_persona(free, carried.photo, make_local_record(carried, store.public_key), store, finder)


def _passphrase(file: Path | None, prompter: Prompter, *, new: bool) -> str:
    if file is not None:
        try:
            with file.open("rb") as opened:  # a pipe serves too, and never ends in one line
                line = opened.read(_LONGEST_PASSPHRASE_BYTES).partition(b"\n")[0]
            return check_passphrase(line.decode().rstrip("\r"))
        except UnicodeDecodeError as error:
            raise UsageError(f"the passphrase in {file} is no text in UTF-8", advice=_IN_A_FILE) from error
        except (OSError, ValueError) as error:
            raise UsageError(f"{file} cannot be read: {reason_of(error)}", advice=_IN_A_FILE) from error
    if not prompter.interactive:
        raise UsageError("no user can be asked for a passphrase", advice="add --passphrase-file PATH")
    try:
        typed = check_passphrase(prompter.ask_secret("Passphrase: "))
        if new and prompter.ask_secret("Once more: ") != typed:
            raise UsageError("the two passphrases differ", advice="run the same command again")
    except NoAnswer:
        raise UsageError("no passphrase was typed", advice="add --passphrase-file PATH") from None
    return typed
