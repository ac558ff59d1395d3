"""Enrol a voice from recordings, the microphone or a network.

Its consent record says who speaks.
"""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.app.consent import ask_kind
from livecam.app.examine_recording import examine_with_progress
from livecam.app.stores import voice_store
from livecam.app.voice_recordings import files_of, read_to_the_microphone, readings_of, sentence_in
from livecam.config.setting_groups import PersonaSettings
from livecam.consent.voice_record import MODEL, VOICE, VoiceRecord
from livecam.core.errors import UsageError
from livecam.core.files.reading import open_regular
from livecam.core.prompter import Progress, Prompter
from livecam.core.voice import NetworkTrial, VoiceStatistics
from livecam.devices.media.speech import read_whole_sound
from livecam.devices.recording.sound_file import RATE_HZ
from livecam.personas.reading_sentences import SENTENCES
from livecam.plugins import VOICE_NETWORKS, open_voice_maker, open_voice_networks

_LOG = logging.getLogger(__name__)

_PIECE_BYTES = 1 << 20
_GOOD_SPEECH_S = 20
_CLIPPED = 0.99
_CLIPPED_SHARE = 1e-3
_FAINT = 0.003
_SPOKEN_HZ = 50, 600


def enrol_voice(
    settings: PersonaSettings,
    name: str,
    named: Sequence[Path],
    prompter: Prompter,
    progress: Progress,
    agreed_again: bool = False,
    microphone: str = "default",
) -> tuple[VoiceStatistics, VoiceRecord]:
    """Learn a voice, and keep it with the answer to who speaks.

    Args:
        settings: Answer and data folder.
        name: What the voice is called.
        named: Recordings and folders of them; with none, the user reads sentences to the microphone.
        prompter: Answers who speaks, and reads remarks.
        progress: Shows the progress.
        agreed_again: Whether a consent that was taken back was given again.
        microphone: What sentences are read to.

    Raises:
        SoundError: A recording cannot be read.
        VoiceError: Too little speech in them.
        ConsentError: There is no answer and no person to ask, the statement was not made, or the consent was taken
            back and `agreed_again` is not set.
        PersonaError: A name that cannot be given.
    """
    store = voice_store(settings)
    store.check_name(name)
    recordings = files_of(named)
    sounds = list(_sounds_of(recordings, prompter, progress))
    kind = settings.consent or ask_kind(_shown(recordings), VOICE, "who speaks in {}", prompter)
    sentences: Sequence[str | None] = [sentence_in(path) for path in recordings] or SENTENCES
    if recordings:
        digest = _hash_together(recordings)
    else:
        sounds = read_to_the_microphone(microphone, prompter, progress)
        digest = hashlib.sha256(b"".join(sound.tobytes() for sound in sounds)).hexdigest()
    with progress.task("learning the voice"):
        voice = open_voice_maker().learn(np.concatenate(sounds), RATE_HZ, readings_of(sounds, sentences))
    if agreed_again:
        store.revocations.lift(store.hashes(voice, digest))
    record = store.save(name, voice, kind, digest)
    _LOG.info("voice %s enrolled: %s", name, kind)
    for remark in _remarks(sounds, voice):
        prompter.note(remark)
    return voice, record


def add_network(
    settings: PersonaSettings,
    name: str,
    path: Path,
    pitch_hz: float,
    provider: str,
    prompter: Prompter,
    agreed_again: bool = False,
) -> tuple[NetworkTrial, VoiceRecord]:
    """Keep a network as a voice; return the result of its trial, and the record.

    The record has the answer to who speaks.

    Raises:
        EngineError: It is no voice model, a network it goes with is not here, or it does not run.
        ConsentError, PersonaError: As `enrol_voice`.
        UsageError: A pitch no person speaks at.
    """
    if pitch_hz and not _SPOKEN_HZ[0] <= pitch_hz <= _SPOKEN_HZ[1]:
        raise UsageError(
            f"--pitch must be {_SPOKEN_HZ[0]} to {_SPOKEN_HZ[1]} Hz, got {pitch_hz:g}", advice="add --pitch 180"
        )
    store = voice_store(settings)
    store.check_name(name)
    networks = open_voice_networks(f"{VOICE_NETWORKS}@{provider}")
    model = networks.read(path, pitch_hz)
    kind = settings.consent or ask_kind(path.name, MODEL, "which person's voice {} has", prompter)
    if agreed_again:
        store.revocations.lift((model.sha256,))
    trial = networks.run_trial(model)
    _LOG.info("voice %s is a network: %s", name, kind)
    return trial, store.save_model(name, model, kind)


def _hash_together(recordings: Sequence[Path]) -> str:
    """Return the SHA-256 of files one after the other; none is kept in memory."""
    digest = hashlib.sha256()
    for path in recordings:
        with open_regular(path) as file:
            while piece := file.read(_PIECE_BYTES):
                digest.update(piece)
    return digest.hexdigest()


def _shown(recordings: Sequence[Path]) -> str:
    several = f"these {len(recordings)} recordings" if recordings else "what is going to be recorded"
    return recordings[0].name if len(recordings) == 1 else several


def _remarks(sounds: Sequence[NDArray[np.float32]], voice: VoiceStatistics) -> Iterator[str]:
    """Yield what makes recordings less suitable."""
    sound = np.concatenate(sounds)
    if np.mean(np.abs(sound) > _CLIPPED) > _CLIPPED_SHARE:
        yield "the recording is clipped: record it again at a lower level"
    if np.sqrt(np.mean(sound**2)) < _FAINT:
        yield "the recording is very faint: record it again closer to the microphone"
    if voice.speech_s < _GOOD_SPEECH_S:
        yield f"{voice.speech_s:.0f} s of speech give a rough likeness: half a minute is good"


def _sounds_of(recordings: Sequence[Path], prompter: Prompter, progress: Progress) -> Iterator[NDArray[np.float32]]:
    """Yield the sound a voice is learned from.

    Of a long recording that is some minutes; of a known sentence, all.
    """
    for path in recordings:
        if sentence_in(path) is None:
            yield examine_with_progress(path, prompter, progress).stretches
            continue
        sound, remarks = read_whole_sound(path)
        for remark in remarks:
            prompter.note(remark)
        yield sound
