"""Find and open what `--microphone` and `--voice-sink` name.

A place is a complete text, so that another process can open it: "pulse:NAME", "portaudio:NAME", "file:PATH" or
"null".
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from livecam.core.clock import Clock, SystemClock
from livecam.core.errors import OutputError, SoundError, remedy
from livecam.core.label import Label
from livecam.core.ports import SoundSink, SoundSource
from livecam.devices.sound import pulse_server
from livecam.devices.sound.portaudio import PortMicrophone, PortSpeaker, find_cable, list_inputs
from livecam.devices.sound.virtual_microphone import VirtualMicrophone

_NAME_IT = "livecam devices"


@dataclass(frozen=True, slots=True)
class VoiceOutput:
    """An output of the voice.

    Attributes:
        place: For `open_sound_sink`.
        label: Its name in other programs, or the file's name.
        close: Removes what was made for it.
        stays: Whether it had to stay when it was closed, since a program listens.
        listening: Names of the programs that listen now, where that is known.
    """

    place: str
    label: str
    close: Callable[[], None] = lambda: None
    stays: Callable[[], bool] = lambda: False
    listening: Callable[[], frozenset[str]] = lambda: frozenset()


def find_microphone(name: str) -> str:
    """Find the place of a microphone.

    Args:
        name: "default", a part of a microphone's name, or the path of a recording.

    Raises:
        SoundError: There is none of that name, or several.
    """
    if Path(name).expanduser().is_file():
        return f"file:{Path(name).expanduser().resolve()}"
    if sys.platform == "linux" and pulse_server.is_running():
        return f"pulse:{_pulse_microphone(name)}"
    if name == "default":
        return "portaudio:"
    return f"portaudio:{_one_of(name, {device: device for device in list_microphones()})}"


def list_microphones() -> dict[str, str]:
    """Return what `--microphone` can name here.

    The keys are names of microphones, the values are for people.
    """
    if sys.platform == "linux" and pulse_server.is_running():
        return {source.name: source.label for source in pulse_server.list_sources()}
    return {device: "" for device in list_inputs()}


def _pulse_microphone(name: str) -> str:
    found = list_microphones()
    if name != "default":
        return _one_of(name, {source: f"{source} {label}" for source, label in found.items()})
    chosen = pulse_server.read_default_source()
    known = list(found)
    if chosen in known or not known:
        return _present(chosen, known)
    return known[0]


def _present(chosen: str, known: list[str]) -> str:
    if chosen not in known:
        raise SoundError("there is no microphone", advice="plug one in, or --microphone RECORDING")
    return chosen


def _one_of(name: str, texts: dict[str, str]) -> str:
    """Return the key of the text that contains the name.

    Raises:
        SoundError: None or several do.
    """
    if name in texts:
        return name
    hits = [key for key, text in texts.items() if name.casefold() in text.casefold()]
    if len(hits) != 1:
        found = f"{len(hits)} are called so" if hits else f"there are: {', '.join(texts) or 'none'}"
        raise SoundError(f'no one microphone is called "{name}": {found}', command=_NAME_IT)
    return hits[0]


def find_voice_output(spec: str) -> VoiceOutput:
    """Find or create the output of the voice.

    Args:
        spec: "auto", "device:NAME", "file:PATH" (.wav or .flac) or "null".

    Raises:
        OutputError: There is no virtual microphone and none can be made.
    """
    kind, _, place = spec.partition(":")
    if kind == "null":
        return VoiceOutput("null", "no output")
    if kind == "file" and place:
        path = Path(place).expanduser().resolve()
        return VoiceOutput(f"file:{path}", path.name)
    if kind == "device" and place:
        return VoiceOutput(_place_of_output(place), place)
    if kind != "auto":
        raise OutputError(
            f"unknown voice sink {spec}", advice="add --voice-sink auto, device:NAME, file:PATH.wav or null"
        )
    if sys.platform == "linux":
        return _make_output()
    cable = find_cable()
    return VoiceOutput(f"portaudio:{cable}", cable)


def _place_of_output(name: str) -> str:
    """Return an output of the sound server, or of PortAudio."""
    if sys.platform == "linux" and pulse_server.is_running() and name in pulse_server.list_names("sinks"):
        return f"pulse:{name}"
    return f"portaudio:{'' if name == 'default' else name}"


def find_headphones() -> str:
    """Find an output to hear yourself, for `find_voice_output`.

    It is the default output, never the virtual microphone.

    Raises:
        OutputError: There is none.
    """
    if sys.platform != "linux" or not pulse_server.is_running():
        return "device:default"
    chosen = pulse_server.read_default_sink()
    if chosen in ("", pulse_server.SINK):
        hint = "plug headphones in, or name some: --voice-sink device:NAME"
        raise OutputError("there is nothing to hear yourself with", **remedy(hint))
    return f"device:{chosen}"


def _make_output() -> VoiceOutput:
    if not pulse_server.is_running():
        raise OutputError(
            "no sound server runs here to add a virtual microphone to",
            advice=f"run: {pulse_server.start_hint()}, or --voice-sink file:voice.wav",
        )
    microphone = VirtualMicrophone()
    place = f"pulse:{pulse_server.SINK}"
    return VoiceOutput(
        place, pulse_server.LABEL, microphone.close, lambda: microphone.stays, lambda: microphone.listeners
    )


def check_recording(place: str) -> None:
    """Check a microphone that is a recording; others were found already.

    Raises:
        SoundError: It is none, or silent.
    """
    if place.startswith("file:"):
        open_sound_source(place, SystemClock()).close()


def check_output(place: str) -> None:
    """Check an output that was not examined yet.

    It is a file, or a device that was only named.

    Raises:
        OutputError: It does not open.
    """
    if not place.startswith("pulse:"):
        open_sound_sink(place, SystemClock()).close()


def open_sound_source(place: str, clock: Clock) -> SoundSource:
    """Open a microphone.

    Raises:
        SoundError: It is not there.
    """
    kind, _, name = place.partition(":")
    if kind == "file":
        from livecam.devices.sound.file_playback import PlayedRecording

        return PlayedRecording(Path(name), clock)
    if kind == "pulse":
        from livecam.devices.sound.pulse import PulseMicrophone

        return PulseMicrophone(name, clock)
    return PortMicrophone(name, clock)


def open_sound_sink(place: str, clock: Clock, label: Label = Label.MODIFIED) -> SoundSink:
    """Open an output of sound; metadata of a file state `label`.

    Raises:
        OutputError: It is not there.
    """
    kind, _, name = place.partition(":")
    if kind in ("file", "null"):
        from livecam.devices.sound.file_playback import PacedSoundSink

        return PacedSoundSink(Path(name) if name else None, clock, label)
    if kind == "pulse":
        from livecam.devices.sound.pulse import PulseSpeaker

        return PulseSpeaker(name, clock)
    return PortSpeaker(name)
