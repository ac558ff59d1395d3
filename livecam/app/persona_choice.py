"""Choose the persona of a run.

Its store, photo and consent answer are each opened and asked for once.
"""

import logging
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from livecam.app.clip_faces import is_clip
from livecam.app.clip_photo import read_face_file
from livecam.app.consent import ask_who_is_shown
from livecam.app.stores import persona_store
from livecam.config.setting_groups import PersonaSettings
from livecam.consent.interview import consent_required
from livecam.core.errors import UsageError
from livecam.core.persona import PersonaKind, VerifiedPersona
from livecam.core.ports import FaceFinder
from livecam.core.prompter import Prompter
from livecam.personas.intake import KnownPhoto, look_up, persona_of_known
from livecam.personas.photo.face import FoundFace, find_face
from livecam.personas.photo.photo_file import PhotoFile, read_photo
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder

_LOG = logging.getLogger(__name__)

S = TypeVar("S", bound=PersonaSettings)


@dataclass(frozen=True, slots=True)
class PersonaChoice:
    """A persona that is about to be opened.

    Attributes:
        store: The user's personas.
        name: A stored or built-in persona; None where a photo is named.
        photo: The photo and what the store knows of it; None where a name is given.
        kind: The answer to who the photo shows, from a setting or the user; None where the record is valid.
        face: What was found in the photo before the question was asked.
    """

    store: PersonaStore
    name: str | None = None
    photo: KnownPhoto | None = None
    kind: PersonaKind | None = None
    face: FoundFace | None = None

    def open(self, finder: FaceFinder) -> VerifiedPersona:
        """Open and return the verified persona; keep a new photo.

        Raises:
            PersonaError: No such persona, no record that holds, or a photo that does not serve.
        """
        if self.photo is not None:
            return persona_of_known(self.photo, self.store, finder, self.kind, self.face)
        assert self.name is not None
        return self.store.load(self.name)

    def apply_answer(self, settings: S) -> S:
        """Return the settings with the answer that was given."""
        return settings if self.kind is None else replace(settings, consent=self.kind)


def choose_persona(
    settings: PersonaSettings, prompter: Prompter | None = None, trusted: Collection[str] = ()
) -> PersonaChoice:
    """Choose the persona of the settings, and ask who their photo shows.

    livecam asks only where no record says it. It reads and hashes the photo once, and decodes it once at most.

    Args:
        settings: Face or persona, answer and data folder.
        prompter: Answers; None where no person can.
        trusted: Packages that may replace the built-in engines.

    Raises:
        UsageError: Neither a face nor a persona is named.
        PhotoError: The photo cannot be read or does not serve.
        ConsentError: There is no answer and no person to ask, the statement was not made, or it was taken back.
    """
    store = persona_store(settings)
    _LOG.info("persona: %s", settings.persona or "from a photo")
    if settings.face is None:
        if settings.persona is None:
            raise UsageError(
                "no face is named", advice="give --face PHOTO, or --persona NAME from: livecam persona list"
            )
        return PersonaChoice(store, name=settings.persona)
    file, face = _read_face_file(settings.face, store, trusted)
    store.revocations.check(file.path.name, f"livecam persona add {file.path}", file.hashes)
    photo = look_up(file, store)
    if settings.consent is not None or photo.is_answered:
        return PersonaChoice(store, photo=photo, kind=settings.consent, face=face)
    if prompter is None or not prompter.interactive:
        raise photo.trouble or consent_required(file.path.name)
    if face is None:
        with closing(open_face_finder(trusted)) as finder:
            face = find_face(file, finder)
    return PersonaChoice(store, photo=photo, kind=ask_who_is_shown(photo, store, prompter).kind, face=face)


def _read_face_file(path: Path, store: PersonaStore, trusted: Collection[str]) -> tuple[PhotoFile, FoundFace | None]:
    """Return the photo of a photo file or clip.

    Only a clip needs the face finder.
    """
    if not is_clip(path):
        return read_photo(path), None
    with closing(open_face_finder(trusted)) as finder:
        return read_face_file(path, store, finder)
