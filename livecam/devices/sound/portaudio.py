"""Use sound devices by PortAudio: Windows, macOS, bare ALSA.

It is for systems without a sound server that speaks PulseAudio's protocol.
"""

import re
from typing import Any, Final

import numpy as np

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError, SoundError
from livecam.core.files.errors import reason_of
from livecam.devices.checks import check_sound
from livecam.devices.sound.portaudio_names import choose_device, list_names

RATE_HZ: Final = 48_000
CABLES: Final = ("CABLE Input", "Line 1 (Virtual Audio Cable)", "BlackHole 2ch", "BlackHole")
"""Outputs that other programs hear as a microphone: VB-CABLE, VAC, BlackHole."""
_CABLE_INPUT: Final = re.compile(
    r"(?:CABLE(?:-[A-D])?|Hi-Fi Cable) (?:In|Out)put(?: \(.*)?$|Line \d+ \(Virtual Audio Cable\)?|BlackHole(?: \d+ch)?$"
)
"""Inputs on which virtual cables are heard.

Names of real inputs may contain the same words, as "Line In".
"""
_GET_ONE: Final = "install VB-CABLE (Windows, vb-audio.com/Cable) or BlackHole (macOS, brew install blackhole-2ch)"
_BLOCK: Final = RATE_HZ // 200
_IN, _OUT = "max_input_channels", "max_output_channels"


def _portaudio() -> Any:
    """Import sounddevice when sound is wanted, as the import starts PortAudio.

    Raises:
        OSError: There is no PortAudio here.
    """
    import sounddevice

    return sounddevice


def list_inputs() -> tuple[str, ...]:
    """Return names of input devices, without cables.

    It is empty without PortAudio.
    """
    try:
        found = list_names(_portaudio(), _IN)
    except OSError:
        return ()
    return tuple(name for name in found if not _CABLE_INPUT.match(name))


def find_cable() -> str:
    """Return the name of an output that other programs hear as a microphone.

    Raises:
        OutputError: None is installed, or there is no PortAudio.
    """
    try:
        found = list_names(_portaudio(), _OUT)
    except OSError as error:
        raise OutputError(f"sound does not work here: {reason_of(error)}", command="livecam doctor") from error
    for cable in CABLES:
        for name in found:
            if cable in name:
                return name
    raise OutputError("there is no virtual microphone on this system", advice=_GET_ONE)


def _open_stream(kind: str, device: str, channels: str) -> tuple[Any, type[Exception]]:
    """Open a stream of one direction; return it and the error that it raises.

    Raises:
        OSError: No PortAudio, no such device, or it does not open.
    """
    sound = _portaudio()
    failure: type[Exception] = sound.PortAudioError
    found = choose_device(sound, device, channels)
    try:
        stream = getattr(sound, kind)(
            device=found.device, samplerate=RATE_HZ, channels=1, blocksize=_BLOCK, dtype="float32", latency="low",
            extra_settings=found.settings,
        )  # fmt: skip
        stream.start()
    except (failure, ValueError) as error:
        raise OSError(0, str(error)) from error
    return stream, failure


class PortMicrophone:
    """An input by name; "" is the system's default.

    Attributes:
        name: The device's name.
        xruns: How often PortAudio lost sound because it was not read in time.
    """

    def __init__(self, device: str, clock: Clock) -> None:
        """Start listening.

        Raises:
            SoundError: No such device, or it does not open.
        """
        self.name, self.xruns = device or "the default microphone", 0
        self._clock, self._count = clock, 0
        try:
            self._stream, self._error = _open_stream("InputStream", device, _IN)
        except OSError as error:
            raise self._gone(error) from error

    def read(self, count: int) -> AudioBlock:
        """Return the next samples, with the time of the first.

        The time is as exact as PortAudio reports it.

        Raises:
            SoundError: The device is gone.
        """
        try:
            samples, overflowed = self._stream.read(count)
            age_s = self._stream.latency + self._stream.read_available / RATE_HZ
        except self._error as error:
            raise self._gone(error) from error
        self.xruns += bool(overflowed)
        captured_ns = self._clock.now_ns() - round(age_s * NS_PER_S) - count * NS_PER_S // RATE_HZ
        self._count += count
        sane = np.nan_to_num(np.asarray(samples, np.float32)).reshape(count, 1)
        return AudioBlock(sane, RATE_HZ, self._count - count, captured_ns)

    def close(self) -> None:
        """Stop listening; may be called twice."""
        self._stream.close()

    def _gone(self, error: Exception) -> SoundError:
        return SoundError(f"the microphone {self.name} is not there: {error}", command="livecam devices")


class PortSpeaker:
    """An output by name, in use a cable that other programs hear as a microphone.

    Attributes:
        name: The device's name.
        xruns: How often it ran out of sound.
    """

    def __init__(self, device: str) -> None:
        """Start playing.

        Raises:
            OutputError: No such device, or it does not open.
        """
        self.name, self.xruns = device, 0
        try:
            self._stream, self._error = _open_stream("OutputStream", device, _OUT)
        except OSError as error:
            raise self._gone(error) from error

    @property
    def waiting_ns(self) -> int:
        """Wait of a sample by PortAudio; drivers are seldom exact."""
        return round(float(self._stream.latency) * NS_PER_S)

    def send(self, block: MarkedBlock) -> None:
        """Write the next sound when the device has room for it.

        Raises:
            OutputError: The device is gone.
        """
        samples = check_sound(block, RATE_HZ)
        try:
            underflowed = self._stream.write(samples[:, None])
        except self._error as error:
            raise self._gone(error) from error
        self.xruns += bool(underflowed)

    def close(self) -> None:
        """Stop playing; may be called twice."""
        self._stream.close()

    def _gone(self, error: Exception) -> OutputError:
        return OutputError(f"the sound output {self.name} is not there: {error}", command="livecam doctor")
