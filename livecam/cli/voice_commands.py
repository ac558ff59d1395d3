"""`livecam voice …`: list, enrol and remove voices, and convert speech."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.completion import complete_voice
from livecam.console.options import AgreedAgain, CommandLine, takes_settings

voices = typer.Typer(help="List, enrol and remove voices you have the right to use, and convert speech.")
Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="Name of a voice from: livecam voice list.", autocompletion=complete_voice),
]
Recordings = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[RECORDING…]", help="Recordings of one speaker, 30 s or more.", show_default="you read sentences aloud"
    ),
]


@voices.command("list")
@takes_settings(only=("data-folder",))
def list_all(given: CommandLine) -> None:
    """List your voices and the built-in ones."""
    from livecam.app.stores import voice_store
    from livecam.cli.record_rows import end_of
    from livecam.cli.voice_text import network_text, pitch_text
    from livecam.console.columns import columns

    store = voice_store(given.resolved().settings)
    rows = [("name", "kind", "pitch", "valid until", "")]
    for entry in store.list():
        voice = None if entry.trouble else store.target(entry.name)
        about = entry.trouble or ("" if voice is None else network_text(voice))
        rows.append(
            (
                entry.name,
                str(entry.kind or "unknown"),
                "-" if voice is None else pitch_text(voice),
                end_of(entry),
                about,
            )
        )
    typer.echo(columns(rows))


@voices.command()
@takes_settings(only=("data-folder",))
def show(given: CommandLine, name: Name) -> None:
    """Show the consent record of a voice."""
    from livecam.app.stores import voice_store
    from livecam.cli.record_rows import record_rows
    from livecam.cli.voice_text import pitch_text
    from livecam.console.columns import columns
    from livecam.personas.built_in_voices import builtin_voice_names, open_builtin_voice

    store = voice_store(given.resolved().settings)
    if name in builtin_voice_names():
        statement = "A synthetic voice made by livecam. It needs no consent and does not expire."
        about = (("name", name), ("kind", "built in"), ("pitch", pitch_text(open_builtin_voice(name))))
        typer.echo(columns([*about, ("statement", statement), ("usable", "yes")]))
        return
    record = store.record(name)
    entry = next(entry for entry in store.list() if entry.name == name)
    rows = [
        *record_rows(name, record),
        (f"{store.learned_from(name)} sha256", record.recording_sha256),
        ("kept in", str(store.folder_of(name))),
        ("usable", entry.trouble or "yes"),
    ]
    typer.echo(columns(rows))


@voices.command()
@takes_settings(only=("data-folder", "consent", "microphone"))
def enrol(
    given: CommandLine,
    name: Name,
    recordings: Recordings = None,
    files: Annotated[
        Path | None, typer.Option("--files", metavar="FOLDER", help="Read every recording in this folder.")
    ] = None,
    agreed_again: AgreedAgain = False,
) -> None:
    """Learn a voice from recordings, or from sentences you read aloud.

    livecam asks who speaks. No recording is kept.
    """
    from livecam.app.enroll_voice import enrol_voice
    from livecam.cli.terminal import TerminalProgress, TerminalPrompter
    from livecam.cli.voice_text import enrolled_line

    named = [*(recordings or ()), *(() if files is None else (files,))]
    settings = given.resolved().settings
    group, terminal = settings.persona_group, TerminalPrompter()
    voice, record = enrol_voice(group, name, named, terminal, TerminalProgress(), agreed_again, settings.microphone)
    typer.echo(enrolled_line(name, voice, record))


@voices.command()
@takes_settings(only=("data-folder", "consent"))
def add(
    given: CommandLine,
    name: Name,
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="An RVC or LLVC network: see docs/voice.md.")],
    pitch: Annotated[
        float,
        typer.Option(
            "--pitch",
            metavar="HZ",
            min=0,
            max=600,
            help="State the pitch of its voice in Hz, 0 to 600. 0: your pitch is kept.",
        ),
    ] = 0.0,
    provider: Annotated[
        str, typer.Option("--provider", metavar="PROVIDER", help="Try it on this execution provider: cpu, cuda.")
    ] = "cpu",
    agreed_again: AgreedAgain = False,
) -> None:
    """Add a network that speaks with one voice, and try it.

    livecam asks who speaks. The file stays where it is.
    """
    from livecam.app.enroll_voice import add_network
    from livecam.cli.terminal import TerminalPrompter
    from livecam.cli.voice_text import network_lines

    settings = given.resolved().settings
    trial, record = add_network(settings.persona_group, name, model, pitch, provider, TerminalPrompter(), agreed_again)
    for line in network_lines(name, trial, record):
        typer.echo(line)


@voices.command()
@takes_settings(
    only=("data-folder", "language", "sign-every", "sentence-every", "voice-engine", "denoise", "own-voice")
)
def convert(
    given: CommandLine,
    recording: Annotated[Path, typer.Argument(metavar="IN", help="A file with speech, or a folder of them.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Write this .wav or .flac file, or this folder.")],
    voice: Annotated[
        str,
        typer.Option(
            "--voice",
            metavar="NAME",
            help="Convert to a voice from: livecam voice list.",
            autocompletion=complete_voice,
        ),
    ],
) -> None:
    """Convert speech to another voice, after a spoken notice that it is altered.

    The speaker's voice is learned from IN, or taken from --own-voice.
    """
    from livecam.app.convert_recordings import convert_folder, convert_recording
    from livecam.cli.terminal import TerminalProgress, TerminalPrompter

    convert_all = convert_folder if recording.is_dir() else convert_recording
    convert_all(given.resolved().settings, recording, out, voice, TerminalPrompter(), TerminalProgress())


@voices.command()
@takes_settings(
    only=("voice", "own-voice", "denoise", "microphone", "voice-sink", "duration", "data-folder"),
    defaults={"voice": "none, required", "voice-sink": "headphones"},
)
def test(given: CommandLine) -> None:
    """Hear yourself in another voice in your headphones, until Ctrl-C."""
    from livecam.cli.voice_test import hear_yourself

    hear_yourself(given.resolved().settings)


@voices.command()
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, name: Name) -> None:
    """Delete a voice and its record. It may be enrolled again."""
    from livecam.app.removal import remove_voice
    from livecam.cli.removal_text import tell_left

    left = remove_voice(given.resolved().settings, name)
    typer.echo(f"{name} is gone, with its record" if not left else f"{name} is no longer listed")
    tell_left(left)


@voices.command()
@takes_settings(only=("data-folder",))
def revoke(given: CommandLine, name: Name) -> None:
    """Withdraw consent: delete a voice and refuse its recordings.

    They are accepted again after new consent is recorded.
    """
    from livecam.app.removal import revoke_voice
    from livecam.cli.removal_text import tell_left

    left = revoke_voice(given.resolved().settings, name)
    gone = "no longer listed" if left else "gone"
    typer.echo(f"{name} is {gone}; its recordings are remembered by hash and will not be learned again")
    tell_left(left)


@voices.command()
def unplug() -> None:
    """Remove the virtual microphone that a run left (Linux)."""
    from livecam.devices.sound.virtual_microphone import unplug as remove

    typer.echo("the virtual microphone is gone" if remove() else "there is no virtual microphone")
