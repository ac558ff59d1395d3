"""Voices in plain types.

A person states who speaks in a recording; it is never assumed.
"""

from pathlib import Path
from typing import Any

from livecam.app.enroll_voice import enrol_voice
from livecam.config.setting_groups import PersonaSettings
from livecam.consent.voice_record import VOICE
from livecam.jobs.unattended import ProgressTeller, Unattended
from livecam.personas.revoke import revoke_voice
from livecam.personas.voice_store import VoiceStore
from livecam.studio.helper.lists import plain_entry, stated


def show(data_folder: Path, name: str) -> dict[str, Any]:
    """Return one voice with how high it speaks.

    Its statement where it is a user's.
    """
    store = VoiceStore(data_folder)
    pitch_hz = store.target(name).pitch_hz
    entry = next(entry for entry in store.list() if entry.name == name)
    statement = "" if entry.built_in else store.record(name).statement
    return {**plain_entry(entry), "pitch_hz": round(pitch_hz), "statement": statement}


def add(
    data_folder: Path,
    paths: list[str],
    file_name: str,
    name: str,
    consent: str | None,
    statement: str | None,
    agreed_again: bool,
) -> dict[str, Any]:
    """Learn a voice from recordings, with the statement that a person chose.

    Raises:
        SoundError: A recording cannot be read.
        VoiceError: Too little speech in them.
        ConsentError: The yes was taken back, and `agreed_again` is not set.
        PersonaError: A name that cannot be given.
    """
    kind = stated(VOICE, file_name, consent, statement)
    settings, person = PersonaSettings(consent=kind, data_folder=data_folder), Unattended()
    progress = ProgressTeller(lambda done: None)
    voice, _ = enrol_voice(settings, name, list(map(Path, paths)), person, progress, agreed_again)
    return {**show(data_folder, name), "speech_s": round(voice.speech_s, 1), "remarks": person.notes}


def remove(data_folder: Path, name: str) -> dict[str, Any]:
    """Delete a voice; its recordings may be used again."""
    return {"gone": [name], "left": [path.name for path in VoiceStore(data_folder).remove(name)]}


def revoke(data_folder: Path, name: str) -> dict[str, Any]:
    """Take the yes back."""
    return {"gone": [name], "left": [path.name for path in revoke_voice(name, VoiceStore(data_folder))]}
