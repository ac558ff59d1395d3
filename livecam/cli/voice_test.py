"""`livecam voice test`: hear yourself in the persona's voice, with its latency."""

import secrets
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

import typer
from rich.console import Console

from livecam.audio.process.components import open_voice
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import EngineError, UsageError
from livecam.core.levels import level_bar
from livecam.core.stop_signals import stopped_by_signals
from livecam.core.supervisor import Supervisor
from livecam.devices.sound.devices import find_headphones

_EVERY_S: Final = 0.1
_LINES_EVERY: Final = 50
_JOIN_S: Final = 2.0


def line_of(voice: VoiceProcessMonitor) -> str:
    """Return the figures of the voice for a user who listens to it."""
    latency_ms, trouble = voice.latency_ms, voice.trouble
    heard = trouble or ("starting" if latency_ms is None else f"you hear yourself {latency_ms:.0f} ms late")
    return f"{level_bar(voice.level)}  {heard}"


def hear_yourself(settings: Settings, clock: Clock | None = None) -> None:
    """Play the user's converted voice until Ctrl-C or the given time.

    Raises:
        UsageError: No voice is named.
        PersonaError: No such voice, or it may not be used.
        SoundError: No such microphone.
        OutputError: Nothing to hear oneself with.
        EngineError: The voice never came up.
    """
    if settings.voice == "off":
        raise UsageError("no voice is named", command="livecam voice test --voice NAME")
    spec = find_headphones() if settings.voice_sink == "auto" else settings.voice_sink
    chosen = replace(settings.voice_group, voice_sink=spec)
    parts = open_voice(chosen, settings.disclosure_group, settings.folder, settings.trusted)
    assert parts is not None
    clock, workers = clock or SystemClock(), Supervisor()
    voice = VoiceProcessMonitor(parts.make_job(secrets.randbelow(1 << 16)), parts.names, clock)
    typer.echo(f"{parts.names.microphone} in the voice {settings.voice}, heard on {parts.names.output}")
    for remark in ("wear headphones: a loudspeaker is heard by the microphone again", *parts.remarks):
        typer.echo(f"note: {remark}")
    typer.echo("Ctrl-C ends it")
    with ExitStack() as opened:
        opened.callback(parts.close)
        opened.callback(voice.close)
        opened.enter_context(stopped_by_signals(workers.stopping.set))
        workers.start("voice", voice.run)
        _watch(voice, workers, settings.duration_s, clock)
        workers.join(_JOIN_S)
    _say_how_it_was(voice)


def _watch(voice: VoiceProcessMonitor, workers: Supervisor, most_s: float | None, clock: Clock) -> None:
    console = Console()
    end_ns = None if most_s is None else clock.now_ns() + round(most_s * NS_PER_S)
    with console.status("starting") as status:
        turn = 0
        while not workers.stopping.wait(_EVERY_S) and (end_ns is None or clock.now_ns() < end_ns):
            turn += 1
            status.update(line_of(voice))
            if not console.is_terminal and turn % _LINES_EVERY == 0:
                typer.echo(line_of(voice))


def _say_how_it_was(voice: VoiceProcessMonitor) -> None:
    stats = voice.report().stats
    if stats is None:
        why = voice.trouble or "it ended before it had started"
        raise EngineError(f"nothing was heard: {why}", command="livecam doctor")
    typical = stats.latency_ms.get("p50")
    late = "nothing was said" if typical is None else f"latency p50 {typical:.0f} ms"
    typer.echo(
        f"{late}, {stats.algorithmic_ms} ms of it the method's; {stats.underflows} times out of sound, "
        f"{stats.faults} faults"
    )
