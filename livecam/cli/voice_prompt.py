"""What the commands about voices do: enrol one, and convert a recording."""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import Progress

from livecam.app.voice_conversion import convert
from livecam.audio.process.engine_selection import VoiceSelection, learn_speaker, open_selection
from livecam.cli.consent_prompt import at_terminal, hold
from livecam.cli.prompt import ask
from livecam.cli.report_file import signature_line
from livecam.cli.voice_intake import SENTENCES, files_of, read_to_the_microphone, readings_of, sentence_in
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.consent.interview import Subject, ask_kind, consent_required, unanswered_error
from livecam.consent.voice_record import MODEL, VOICE
from livecam.core.errors import OutputError, SoundError, UsageError
from livecam.core.files.errors import translate_name_errors, translate_write_errors
from livecam.core.files.own_files import check_output
from livecam.core.persona import PersonaKind
from livecam.core.voice import Voice, VoiceModel, VoiceStatistics, warn_of_distance
from livecam.devices.media.speech import Recording, examine, read_whole_sound
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink
from livecam.disclosure.sound.notice import notice_style
from livecam.personas.own_voice import check_changed
from livecam.personas.voice_store import VoiceStore
from livecam.plugins import VOICE_NETWORKS, open_voice_maker, open_voice_networks
from livecam.provenance.sign_outputs import sign_voice

_GOOD_SPEECH_S = 20
_CLIPPED = 0.99
_CLIPPED_SHARE = 1e-3
_FAINT = 0.003
_SPOKEN_HZ = 50, 600


def voice_store_of(settings: Settings) -> VoiceStore:
    """The user's voices."""
    return VoiceStore(settings.data_folder or data_folder())


def pitch_text(voice: Voice) -> str:
    """How high a voice speaks."""
    return f"{voice.pitch_hz:.0f} Hz" if voice.pitch_hz else "-"


def network_text(voice: Voice) -> str:
    """Which network a voice is; empty for one that is none."""
    return f"the network {voice.path.name}" if isinstance(voice, VoiceModel) else ""


def enrol_voice(settings: Settings, name: str, named: Sequence[Path], agreed_again: bool = False) -> None:
    """Learn a voice and keep it with the answer to whose it is.

    `named` are recordings and folders of them; with none, sentences are read to the microphone.

    Raises:
        SoundError: A recording cannot be read.
        VoiceError: Too little speech in them.
        ConsentError: There is no answer and nobody to ask, the statement was not made, or the yes was taken back and
            `agreed_again` is not set.
        PersonaError: A name that cannot be given.
    """
    store = voice_store_of(settings)
    store.check_name(name)
    recordings = files_of(named)
    sounds = list(_sounds_of(recordings))
    kind = settings.consent or _asked(_shown(recordings), VOICE, "who speaks in {}")
    sentences: Sequence[str | None] = [sentence_in(path) for path in recordings] or SENTENCES
    if recordings:
        digest = hashlib.sha256(b"".join(path.read_bytes() for path in recordings)).hexdigest()
    else:
        sounds = read_to_the_microphone(settings)
        digest = hashlib.sha256(b"".join(sound.tobytes() for sound in sounds)).hexdigest()
    with Console(stderr=True).status("learning the voice"):
        voice = open_voice_maker().learn(np.concatenate(sounds), RATE_HZ, readings_of(sounds, sentences))
    if agreed_again:
        store.revocations.lift(store.hashes(voice, digest))
    record = store.save(name, voice, kind, digest)
    for remark in _remarks(sounds, voice):
        typer.echo(f"note: {remark}")
    typer.echo(
        f"{name} is ready ({voice.speech_s:.0f} s of speech, {pitch_text(voice)}, valid until "
        f"{record.expires_at:%Y-%m-%d}): livecam voice convert IN OUT.wav --voice {name}"
    )


def add_network(
    settings: Settings, name: str, path: Path, pitch_hz: float, provider: str, agreed_again: bool = False
) -> None:
    """Keep a network as a voice, with the answer to whose it is.

    Raises:
        EngineError: It is no voice model, a network it goes with is not here, or it does not run.
        ConsentError, PersonaError: As `enrol_voice`.
        UsageError: A pitch nobody speaks at.
    """
    if pitch_hz and not _SPOKEN_HZ[0] <= pitch_hz <= _SPOKEN_HZ[1]:
        raise UsageError(f"--pitch must be {_SPOKEN_HZ[0]} to {_SPOKEN_HZ[1]} Hz, got {pitch_hz:g}", hint="--pitch 180")
    store = voice_store_of(settings)
    store.check_name(name)
    networks = open_voice_networks(f"{VOICE_NETWORKS}@{provider}")
    model = networks.read(path, pitch_hz)
    kind = settings.consent or _asked(path.name, MODEL, "whose voice {} speaks with")
    if agreed_again:
        store.revocations.lift((model.sha256,))
    trial = networks.run_trial(model)
    record = store.save_model(name, model, kind)
    typer.echo(", ".join(f"{key} {value}" for key, value in trial.facts.items()))
    typer.echo(f"takes {trial.takes_ms} ms for {trial.frame_ms:g} ms of sound; {trial.latency_ms:g} ms late when live")
    if not trial.is_live_capable:
        typer.echo("note: that is too slow to be live here; it works for livecam voice convert")
    typer.echo(
        f"{name} is ready (valid until {record.expires_at:%Y-%m-%d}): livecam voice convert IN OUT.wav --voice {name}"
    )


def _shown(recordings: Sequence[Path]) -> str:
    several = f"these {len(recordings)} recordings" if recordings else "what is going to be recorded"
    return recordings[0].name if len(recordings) == 1 else several


def _asked(shown: str, subject: Subject, what: str) -> PersonaKind:
    if not at_terminal():
        raise consent_required(shown, what)
    try:
        return hold(ask_kind(shown, subject), ask)
    except (EOFError, KeyboardInterrupt):
        typer.echo()  # the answer's line was never ended
        raise unanswered_error(shown, subject.instead) from None


def _remarks(sounds: Sequence[NDArray[np.float32]], voice: VoiceStatistics) -> Iterator[str]:
    """What keeps recordings from being good ones."""
    sound = np.concatenate(sounds)
    if np.mean(np.abs(sound) > _CLIPPED) > _CLIPPED_SHARE:
        yield "the recording is clipped: record it again at a lower level"
    if np.sqrt(np.mean(sound**2)) < _FAINT:
        yield "the recording is very faint: record it again closer to the microphone"
    if voice.speech_s < _GOOD_SPEECH_S:
        yield f"{voice.speech_s:.0f} s of speech give a rough likeness: half a minute is good"


def convert_recording(settings: Settings, recording: Path, out: Path, name: str) -> None:
    """Write a recording in another voice; who speaks in it is learned from itself, or is the own voice that is named.

    Raises:
        PersonaError: No such voice, it may not be used, or it is the speaker's.
        SoundError: The recording cannot be read.
        OutputError: The file cannot be written.
        VoiceError: Too little speech in it.
    """
    voice_store_of(settings).target(name)
    _check_out(recording, out)
    _convert((_examined(recording),), (out,), settings, name)


def convert_folder(settings: Settings, folder: Path, out: Path, name: str) -> None:
    """Write every recording of a folder in another voice; who speaks is learned from all of them together.

    Raises:
        PersonaError: No such voice, it may not be used, or it is the speaker's.
        SoundError: There is no recording in the folder, or one cannot be read.
        OutputError: A file cannot be written.
        VoiceError: Too little speech in all of them.
    """
    voice_store_of(settings).target(name)
    recordings = [path for path in sorted(folder.iterdir()) if path.is_file() and not path.name.startswith(".")]
    if not recordings:
        raise SoundError(f"there is no recording in {folder}", hint="name a folder of recordings")
    outs = tuple(out / f"{path.stem}.wav" for path in recordings)
    if len(set(outs)) < len(outs):
        raise UsageError(f"two recordings in {folder} have one name", hint="rename one of them")
    with translate_write_errors(out):
        out.mkdir(parents=True, exist_ok=True)
    for recording, written in zip(recordings, outs, strict=True):
        _check_out(recording, written)
    _convert(tuple(map(_examined, recordings)), outs, settings, name)


def _check_out(recording: Path, out: Path) -> None:
    with translate_name_errors():
        if out.exists() and recording.exists() and out.samefile(recording):
            raise OutputError("the recording itself would be overwritten", hint="give OUT another name")
        if out.parent.is_dir() and out.suffix.lower() == ".wav":  # else the sink says what is wrong
            check_output(out, "OUT")


def _convert(recordings: Sequence[Recording], outs: Sequence[Path], settings: Settings, name: str) -> None:
    store = voice_store_of(settings)
    target = store.target(name)
    if settings.own_voice is not None:
        speaker: VoiceStatistics | None = store.load(settings.own_voice)
    else:
        speaker = learn_speaker(np.concatenate([each.stretches for each in recordings]), target, settings.denoise)
    if speaker is not None and isinstance(target, VoiceStatistics):
        check_changed(speaker, target, name)
        if (far := warn_of_distance(speaker, target, name)) is not None:
            typer.echo(f"note: {far}")
    for recording, out in zip(recordings, outs, strict=True):
        speaking = open_selection(
            settings.voice_engine, speaker, target, live=False, denoise=settings.denoise, trusted=settings.trusted
        )
        if speaking.why:
            typer.echo(f"note: the voice engine is {speaking.name}; {speaking.why}")
        _write_converted(recording, out, speaking, settings, name)


def _write_converted(recording: Recording, out: Path, speaking: VoiceSelection, settings: Settings, name: str) -> None:
    sink = SoundFileSink(out, RATE_HZ)
    with closing(sink), _progress() as progress:
        bar = progress.add_task(out.name, total=1.0)
        number = secrets.randbelow(1 << 16)
        done = convert(
            recording.pieces(),
            speaking.engine,
            number,
            sink,
            manner=notice_style(settings),
            samples=recording.samples,
        )
        try:
            for share in done:
                progress.update(bar, completed=share)
        except BaseException:
            sink.discard()  # half a conversion is none
            raise
    typer.echo(f"{out} is written, in the voice {name}")
    for file in sign_voice((out,), number, settings.data_folder):
        typer.echo(signature_line(file))


def _sounds_of(recordings: Sequence[Path]) -> Iterator[NDArray[np.float32]]:
    """The sound that a voice is learned from; of a long recording some minutes, of a known sentence all."""
    for path in recordings:
        if sentence_in(path) is None:
            yield _examined(path).stretches
            continue
        sound, remarks = read_whole_sound(path)
        for remark in remarks:
            typer.echo(f"note: {remark}")
        yield sound


def _examined(path: Path) -> Recording:
    """The recording, heard once with a bar that shows how far; says what was changed or lost."""
    with _progress() as progress:
        bar = progress.add_task(f"hearing {path.name}", total=1.0)
        recording = examine(path, lambda share: progress.update(bar, completed=share))
    for remark in recording.remarks:
        typer.echo(f"note: {remark}")
    return recording


def _progress() -> Progress:
    """A bar on a terminal, nothing elsewhere: a log gets no empty lines."""
    console = Console(stderr=True)
    return Progress(console=Console(stderr=True, quiet=not console.is_terminal), transient=True)
