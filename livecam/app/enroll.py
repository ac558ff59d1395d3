"""Somebody in front of camera and microphone shows that a persona's statement is theirs; the record says how."""

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
        recogniser: Compares faces; None: their shapes are compared.
        hear: The microphone; None: nobody is listened to.
        voice: The enrolled voice the phrase is compared with; None: with none.
    """

    source: FrameSource
    finder: FaceFinder
    recogniser: FaceRecogniser | None = None
    hear: Hear | None = None
    voice: VoiceStatistics | None = None


def enrol_persona(settings: Settings, name: str, chance: random.Random, prompter: Prompter) -> ConsentRecord:
    """Carry the check out with what the settings name, and write its result into the persona's record.

    The record holds for twelve months from now. When the check is not passed, the old record stays.

    Args:
        settings: Camera, microphone, recogniser, own voice and data folder.
        name: The persona, whose record must hold.
        chance: Draws what is asked.
        prompter: Shows the person what to do.

    Raises:
        PersonaError: No such persona, or it is nobody's face.
        ConsentError: Its record does not hold, or the check was not passed.
        DeviceError, EngineError: Camera, microphone or a network does not do its part.
    """
    folder = settings.folder
    store = PersonaStore(folder)
    persona = _somebody(store, name)
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
                f"{camera.name} is no camera: it shows nobody who is here now", command=f"{_AGAIN} {name}"
            )
        equipment = Equipment(camera, finder, recogniser, None if ear is None else ear.hear, voice)
        checked, lines = check(persona, equipment, chance, store, prompter.say)
    record = replace(new_record(persona.kind, persona.consent.photo_sha256, store.now()), checked=checked, checks=lines)
    store.renew(name, record)
    _LOG.info("persona %s enrolled: %s", name, checked)
    return record


def _somebody(store: PersonaStore, name: str) -> Persona:
    persona = store.load(name)
    if persona.kind is PersonaKind.SYNTHETIC:
        raise PersonaError(
            f"{name} is nobody's face: nobody can show that it is theirs", command="livecam persona list"
        )
    return persona


def check(
    persona: Persona, equipment: Equipment, chance: random.Random, store: PersonaStore, tell: Tell
) -> tuple[Checked, tuple[str, ...]]:
    """Two turns of the head, the face against the photo, and the phrase.

    Returns:
        "verified" with a recogniser, else "basic"; and what was checked, one line each.

    Raises:
        ConsentError: One of them was not passed.
        DeviceError, EngineError: Camera, microphone or a network does not do its part.
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
