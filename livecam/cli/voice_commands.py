"""`livecam voice …`: what voices there are, by what right, and speech converted to one of them."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.options import AgreedAgain, CommandLine, takes_settings

voices = typer.Typer(help="Voices you have the right to use, and speech converted to them.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="As in: livecam voice list")]
Recordings = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[RECORDING…]", help="One person speaking, half a minute or more; else you read aloud."),
]


@voices.command("list")
@takes_settings(only=("data-folder",))
def list_all(given: CommandLine) -> None:
    """Your voices and the built-in ones."""
    from livecam.cli.voice_prompt import network_text, pitch_text, voice_store_of
    from livecam.console.columns import columns

    store = voice_store_of(given.resolved().settings)
    rows = [("name", "kind", "pitch", "valid until", "")]
    for entry in store.list():
        until = f"{entry.expires_at:%Y-%m-%d}" if entry.expires_at else "built in" if entry.built_in else "-"
        voice = None if entry.trouble else store.target(entry.name)
        about = entry.trouble or ("" if voice is None else network_text(voice))
        rows.append(
            (entry.name, str(entry.kind or "unknown"), "-" if voice is None else pitch_text(voice), until, about)
        )
    typer.echo(columns(rows))


@voices.command()
@takes_settings(only=("data-folder",))
def show(given: CommandLine, name: Name) -> None:
    """The consent record of one of your voices, or what a built-in one is."""
    from livecam.cli.voice_prompt import pitch_text, voice_store_of
    from livecam.console.columns import columns
    from livecam.personas.built_in_voices import builtin_voice, builtin_voice_names

    store = voice_store_of(given.resolved().settings)
    if name in builtin_voice_names():
        statement = "It belongs to nobody: a mixture made by livecam. It needs no consent and does not expire."
        about = (("name", name), ("kind", "built in"), ("pitch", pitch_text(builtin_voice(name))))
        typer.echo(columns([*about, ("statement", statement), ("usable", "yes")]))
        return
    record = store.record(name)
    entry = next(entry for entry in store.list() if entry.name == name)
    rows = [
        ("name", name),
        ("kind", str(record.kind)),
        ("statement", record.statement),
        *([("purpose", record.purpose), ("scope", record.scope)] if record.purpose else []),
        ("given", f"{record.given_at:%Y-%m-%d %H:%M} UTC"),
        ("valid until", f"{record.expires_at:%Y-%m-%d %H:%M} UTC"),
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
    files: Annotated[Path | None, typer.Option("--files", metavar="FOLDER", help="A folder of recordings.")] = None,
    agreed_again: AgreedAgain = False,
) -> None:
    """Learn a voice from sentences read to the microphone, or recordings; asks whose it is. No recording is kept."""
    from livecam.cli.voice_prompt import enrol_voice

    named = [*(recordings or ()), *(() if files is None else (files,))]
    enrol_voice(given.resolved().settings, name, named, agreed_again)


@voices.command()
@takes_settings(only=("data-folder", "consent"))
def add(
    given: CommandLine,
    name: Name,
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="RVC, or stateful as LLVC: docs/voice.md.")],
    pitch: Annotated[
        float, typer.Option("--pitch", metavar="HZ", min=0, max=600, help="How high its voice speaks; yours is moved.")
    ] = 0.0,
    provider: Annotated[str, typer.Option("--provider", help="Where it is tried: cpu, cuda, …")] = "cpu",
    agreed_again: AgreedAgain = False,
) -> None:
    """A network that speaks with somebody's voice; asks whose it is, and tries it. The file stays where it is."""
    from livecam.cli.voice_prompt import add_network

    add_network(given.resolved().settings, name, model, pitch, provider, agreed_again)


@voices.command()
@takes_settings(
    only=("data-folder", "language", "sign-every", "sentence-every", "voice-engine", "denoise", "own-voice")
)
def convert(
    given: CommandLine,
    recording: Annotated[Path, typer.Argument(metavar="IN", help="Speech: any file with sound, or a folder of them.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The .wav to write; with a folder, the folder.")],
    voice: Annotated[str, typer.Option("--voice", metavar="NAME", help="As in: livecam voice list")],
) -> None:
    """Speech in another voice, by the path a live voice takes. It begins with a spoken notice that it is altered.

    Who speaks is learned from the recording, from all files of a folder together, or taken from --own-voice.
    """
    from livecam.cli.voice_prompt import convert_folder, convert_recording

    convert_all = convert_folder if recording.is_dir() else convert_recording
    convert_all(given.resolved().settings, recording, out, voice)


@voices.command()
@takes_settings(only=("voice", "own-voice", "denoise", "microphone", "voice-sink", "duration", "data-folder"))
def test(given: CommandLine) -> None:
    """Hear yourself in another voice, in your headphones, with how late that is; Ctrl-C ends it."""
    from livecam.cli.voice_test import hear_yourself

    hear_yourself(given.resolved().settings)


@voices.command()
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, name: Name) -> None:
    """Delete a voice and its record; it may be enrolled again."""
    from livecam.cli.persona_intake import tell_left
    from livecam.cli.voice_prompt import voice_store_of

    left = voice_store_of(given.resolved().settings).remove(name)
    typer.echo(f"{name} is gone, with its record" if not left else f"{name} is no longer listed")
    tell_left(left)


@voices.command()
@takes_settings(only=("data-folder",))
def revoke(given: CommandLine, name: Name) -> None:
    """Take the yes back: delete a voice for good; its recordings are not learned again without a new yes."""
    from livecam.cli.persona_intake import tell_left
    from livecam.cli.voice_prompt import voice_store_of
    from livecam.personas.revoke import revoke_voice

    left = revoke_voice(name, voice_store_of(given.resolved().settings))
    gone = "no longer listed" if left else "gone"
    typer.echo(f"{name} is {gone}; its recordings are remembered by hash and will not be learned again")
    tell_left(left)


@voices.command()
def unplug() -> None:
    """Remove the virtual microphone that a run left for programs that knew it (Linux)."""
    from livecam.devices.sound.virtual_microphone import unplug as remove

    typer.echo("the virtual microphone is gone" if remove() else "there is no virtual microphone")
