"""`livecam persona enrol` in a terminal: the lines a person reads, and the microphone."""

import random
from pathlib import Path

import numpy as np
import typer

from livecam.config import Settings
from livecam.consent.phrase import Hear, Samples
from livecam.core.errors import UsageError
from livecam.devices.sound_file import read_sound
from livecam.enrolment import enrol_persona


def enrol_in_terminal(settings: Settings, name: str, microphone: str) -> None:
    """Check a persona in front of the camera and say what its record holds from now on.

    Raises:
        LivecamError: As `enrol_persona`.
    """
    record = enrol_persona(settings, name, microphone_of(microphone), random.SystemRandom(), typer.echo)
    for line in record.checks:
        typer.echo(f"  {line}")
    typer.echo(f"{name} is checked ({record.checked}), valid until {record.expires_at:%Y-%m-%d}")


def microphone_of(name: str) -> Hear | None:
    """A recording in place of a microphone; None for "off".

    Raises:
        UsageError: Neither a recording nor "off".
        SoundError: The recording cannot be read.
    """
    if name == "off":
        return None
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(f"there is no recording {name}", hint="--microphone RECORDING.wav or off")
    return played(read_sound(path))


def played(sound: Samples) -> Hear:
    """A recording as a microphone hears it, once."""
    place = 0

    def hear(count: int) -> Samples | None:
        nonlocal place
        if place >= len(sound):
            return None
        place += count
        return np.asarray(sound[place - count : place])

    return hear
