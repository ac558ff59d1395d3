"""`livecam say`: typed text in a persona's voice."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import typer

from livecam.app.typed_speech import Conversation, check_spoken, check_voice_named, write_speech
from livecam.config.settings import Settings
from livecam.core.errors import EngineError, UsageError
from livecam.core.report import WrittenFile
from livecam.core.stop_signals import stopped_by_signals
from livecam.core.typed_text import LONGEST_TEXT
from livecam.provenance.sign_outputs import signature_line

_MOST_OF_A_LINE: Final = LONGEST_TEXT + 1


def run_say(settings: Settings, text: str, out: Path | None) -> None:
    """Speak a text, or the lines of standard input.

    Raises:
        LivecamError: What opening or speaking raises.
    """
    check_voice_named(settings)
    if text:
        check_spoken(text)
    if out is not None:
        written = text or sys.stdin.read(_MOST_OF_A_LINE)
        files = write_speech(settings, written, out)
        typer.echo(f"{out} is written, in the voice {settings.voice}")
    else:
        files = _converse(settings, text)
    for file in files:
        typer.echo(signature_line(file))


def _converse(settings: Settings, text: str) -> tuple[WrittenFile, ...]:
    conversation = Conversation(settings)
    names = conversation.names
    typer.echo(f"{names.microphone}, in the voice {names.voice}, heard on {names.output}")
    for remark in conversation.remarks:
        typer.echo(f"note: {remark}")
    if not text and sys.stdin.isatty():
        typer.echo("type a line and press Enter; Ctrl-D ends it")
    with conversation:
        _say_all(conversation, iter((text,)) if text else _typed_lines())
    return conversation.files


def _typed_lines() -> Iterator[str]:
    """Yield lines of standard input, none longer than what is spoken."""
    while line := sys.stdin.readline(_MOST_OF_A_LINE):
        yield line


def _say_all(conversation: Conversation, texts: Iterator[str]) -> None:
    """Speak texts until they end, or the user ends it."""
    waits = not sys.stdin.isatty()
    try:
        with stopped_by_signals(_interrupt):
            for text in texts:
                _say(conversation, text, waits)
            conversation.wait_until_spoken()
    except KeyboardInterrupt:
        typer.echo("ended")


def _say(conversation: Conversation, text: str, waits: bool) -> None:
    """Speak one text; of lines that a program sends each waits for the one before it."""
    try:
        if not text.strip():
            return
        conversation.say(text)
    except UsageError as error:
        typer.echo(f"note: {error}; {error.help_line}", err=True)
        return
    if waits and not conversation.wait_until_spoken():
        raise EngineError(f"the audio process ended: {conversation.trouble}", command="livecam doctor")
    if (trouble := conversation.trouble) is not None:
        typer.echo(f"note: {trouble}", err=True)


def _interrupt() -> None:
    raise KeyboardInterrupt
