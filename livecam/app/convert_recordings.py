"""Convert recordings to another voice, one file or a folder of them."""

import logging
import secrets
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from livecam.app.examine_recording import examine_with_progress
from livecam.app.stores import voice_store
from livecam.app.voice_conversion import convert
from livecam.audio.process.engine_selection import VoiceSelection, learn_speaker, open_selection
from livecam.config.settings import Settings
from livecam.core.errors import OutputError, SoundError, UsageError
from livecam.core.files.errors import translate_name_errors, translate_write_errors
from livecam.core.files.own_files import check_output
from livecam.core.prompter import Progress, Prompter
from livecam.core.voice import VoiceStatistics, warn_of_distance
from livecam.devices.media.speech import Recording
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink, check_sound_path
from livecam.disclosure.sound.notice import notice_style
from livecam.personas.own_voice import check_changed
from livecam.provenance.sign_outputs import sign_voice, signature_line

_LOG = logging.getLogger(__name__)


def convert_recording(
    settings: Settings, recording: Path, out: Path, name: str, prompter: Prompter, progress: Progress, sign: bool = True
) -> None:
    """Write a recording in another voice.

    livecam learns the speaker from the recording, unless an own voice is named. Without `sign` the file stays
    unsigned, for the machine that has the keys.

    Raises:
        PersonaError: No such voice, it may not be used, or it is the speaker's.
        SoundError: The recording cannot be read.
        OutputError: The file cannot be written.
        VoiceError: Too little speech in it.
    """
    voice_store(settings).target(name)
    _check_out(recording, out)
    _convert((examine_with_progress(recording, prompter, progress),), (out,), settings, name, prompter, progress, sign)


def convert_folder(
    settings: Settings, folder: Path, out: Path, name: str, prompter: Prompter, progress: Progress
) -> None:
    """Write every recording of a folder in another voice.

    livecam learns the speaker from all recordings together.

    Raises:
        PersonaError: No such voice, it may not be used, or it is the speaker's.
        SoundError: There is no recording in the folder, or one cannot be read.
        OutputError: A file cannot be written.
        VoiceError: Too little speech in all of them.
    """
    voice_store(settings).target(name)
    recordings = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    if not recordings:
        raise SoundError(f"there is no recording in {folder}", advice="name a folder of recordings")
    outs = tuple(out / f"{path.stem}.wav" for path in recordings)
    if len(set(outs)) < len(outs):
        raise UsageError(f"two recordings in {folder} have one name", advice="rename one of them")
    with translate_write_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    for recording, written in zip(recordings, outs, strict=True):
        _check_out(recording, written)
    examined = tuple(examine_with_progress(path, prompter, progress) for path in recordings)
    _convert(examined, outs, settings, name, prompter, progress)


def _check_out(recording: Path, out: Path) -> None:
    with translate_name_errors():
        if out.exists() and recording.exists() and out.samefile(recording):
            raise OutputError("the recording itself would be overwritten", advice="give OUT another name")
        check_sound_path(out)
        check_output(out, "OUT")


def _convert(
    recordings: Sequence[Recording],
    outs: Sequence[Path],
    settings: Settings,
    name: str,
    prompter: Prompter,
    progress: Progress,
    sign: bool = True,
) -> None:
    store = voice_store(settings)
    target = store.target(name)
    _LOG.info("%d recordings are converted to the voice %s", len(recordings), name)
    if settings.own_voice is not None:
        speaker: VoiceStatistics | None = store.load(settings.own_voice)
    else:
        speaker = learn_speaker(np.concatenate([each.stretches for each in recordings]), target, settings.denoise)
    if speaker is not None and isinstance(target, VoiceStatistics):
        check_changed(speaker, target, name)
        if (far := warn_of_distance(speaker, target, name)) is not None:
            prompter.note(far)
    for recording, out in zip(recordings, outs, strict=True):
        speaking = open_selection(
            settings.voice_engine, speaker, target, live=False, denoise=settings.denoise, trusted=settings.trusted
        )
        if speaking.why:
            prompter.note(f"the voice engine is {speaking.name}; {speaking.why}")
        number = _write_converted(recording, out, speaking, settings, progress)
        prompter.say(f"{out} is written, in the voice {name}")
        for file in sign_voice((out,), number, settings.data_folder) if sign else ():
            prompter.say(signature_line(file))


def _write_converted(
    recording: Recording, out: Path, speaking: VoiceSelection, settings: Settings, progress: Progress
) -> int:
    """Write one file; return the session number in its mark."""
    sink = SoundFileSink(out, RATE_HZ)
    number = secrets.randbelow(1 << 16)
    with closing(sink), progress.task(out.name, measured=True) as task:
        done = convert(
            recording.pieces(),
            speaking.engine,
            number,
            sink,
            manner=notice_style(settings.disclosure_group),
            samples=recording.samples,
        )
        try:
            for share in done:
                task.update(share)
        except BaseException:
            sink.discard()  # half a conversion is none
            raise
    return number
