"""Check at camera and microphone that a persona's statement is the user's own.

The consent record says how it was checked.
"""

import logging
import random
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

from livecam.config.settings import Settings
from livecam.consent.record import new_record
from livecam.core.clock import SystemClock
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.persona import Checked, ConsentRecord, Persona, PersonaKind
from livecam.core.ports import FaceFinder, FaceRecogniser, FrameSource
from livecam.core.prompter import Prompter
from livecam.core.voice import VoiceStatistics
from livecam.devices.source import open_source
from livecam.enrollment.live_check import PassedCheck, Tell, match_face, turn_head
from livecam.enrollment.phrase import Hear, check_voice, hear_phrase
from livecam.enrollment.prompt_microphone import open_prompt_microphone
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore
from livecam.plugins import open_face_finder, open_recogniser, open_voice_maker

_LOG = logging.getLogger(__name__)

NO_MICROPHONE = "the phrase was left out: no microphone"
_AGAIN = "livecam persona enrol"


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a check is done with.

    Attributes:
        source: The camera.
        finder: Finds the face.
        recogniser: Compares faces; None compares the shapes of faces.
        hear: The microphone; None skips the spoken phrase.
        voice: The enrolled voice the phrase is compared with; None compares with none.
    """

    source: FrameSource
    finder: FaceFinder
    recogniser: FaceRecogniser | None = None
    hear: Hear | None = None
    voice: VoiceStatistics | None = None


def enrol_persona(settings: Settings, name: str, chance: random.Random, prompter: Prompter) -> ConsentRecord:
    """Run the check with what the settings name, and record its result.

    The record is valid for twelve months from now. If the check is not passed, the old record stays.

    Args:
        settings: Camera, microphone, recogniser, own voice and data folder.
        name: The persona; its record must be valid.
        chance: Draws the tasks.
        prompter: Shows the user what to do.

    Raises:
        PersonaError: No such persona, or it is a synthetic face.
        ConsentError: Its record is not valid, or the check was not passed.
        DeviceError, EngineError: Camera, microphone or a network failed.
    """
    folder = settings.folder
    store = PersonaStore(folder)
    persona = _load_real_person(store, name)
    voice = None if settings.own_voice is None else VoiceStore(folder).load(settings.own_voice)
    recogniser = None if settings.identity_model is None else open_recogniser(settings.identity_model, settings.trusted)
    clock = SystemClock()
    with ExitStack() as opened:
        finder = opened.enter_context(closing(open_face_finder(settings.trusted)))
        if Path(settings.microphone).expanduser().is_file():
            raise ConsentError(f"{settings.microphone} is a recording, not a microphone", command=f"{_AGAIN} {name}")
        ear = open_prompt_microphone(settings.microphone, clock)
        if ear is not None:
            opened.callback(ear.close)
        camera = open_source(settings.camera, size_wh=settings.size_wh, rate_hz=settings.fps, clock=clock, paced=False)
        opened.callback(camera.close)
        if not camera.live:
            raise ConsentError(
                f"{camera.name} is not a camera: it does not show who is present", command=f"{_AGAIN} {name}"
            )
        equipment = Equipment(camera, finder, recogniser, None if ear is None else ear.hear, voice)
        checked, lines = check(persona, equipment, chance, store, prompter.say)
    record = replace(new_record(persona.kind, persona.consent.photo_sha256, store.now()), checked=checked, checks=lines)
    store.renew(name, record)
    _LOG.info("persona %s enrolled: %s", name, checked)
    return record


def _load_real_person(store: PersonaStore, name: str) -> Persona:
    persona = store.load(name)
    if persona.kind is PersonaKind.SYNTHETIC:
        raise PersonaError(
            f"{name} is a synthetic face: no person can confirm that it is theirs", command="livecam persona list"
        )
    return persona


def check(
    persona: Persona, equipment: Equipment, chance: random.Random, store: PersonaStore, tell: Tell
) -> tuple[Checked, tuple[str, ...]]:
    """Check two turns of the head, the face against the photo, and the phrase.

    Returns:
        "verified" with a recogniser, else "basic"; and what was checked, one line each.

    Raises:
        ConsentError: One of them was not passed.
        DeviceError, EngineError: Camera, microphone or a network failed.
    """
    today = store.now().date()
    passed = turn_head(equipment.source, equipment.finder, chance, persona.name, today, tell)
    match = match_face(persona.photo, passed, equipment.recogniser)
    if not match.same:
        raise ConsentError(
            f"the person in front of the camera is not taken for the one in the photo of {persona.name} ({match.says})",
            advice=f"run: livecam persona enrol {persona.name}, in the light and from the height the photo was taken",
        )
    checked = Checked.BASIC if equipment.recogniser is None else Checked.VERIFIED
    return checked, (*passed.lines, match.says, _phrase(equipment, passed, tell))


def _phrase(equipment: Equipment, passed: PassedCheck, tell: Tell) -> str:
    if equipment.hear is None:
        return NO_MICROPHONE
    heard = hear_phrase(equipment.source, passed, equipment.hear, tell)
    return check_voice(heard, open_voice_maker(), equipment.voice, passed.challenge.phrase)
