"""PortAudio's adapters over a stand-in for sounddevice; the real one is heard in tests/sound."""

from types import SimpleNamespace

import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError, SoundError
from livecam.core.ports import SoundSink, SoundSource
from livecam.devices.sound import portaudio
from livecam.devices.sound.portaudio import PortMicrophone, PortSpeaker, find_cable, list_inputs
from livecam.disclosure.sound.marker import SoundMarker


class PortAudioError(Exception):
    """As sounddevice raises it."""


class Stream:
    """One direction; `broken` from the call of that number on."""

    latency, read_available = 0.02, 480

    def __init__(self, opened: dict[str, object], broken: int) -> None:
        self.opened, self.broken, self.calls = opened, broken, 0
        self.started = self.closed = False

    def start(self) -> None:
        self.started = True

    def _call(self) -> bool:
        self.calls += 1
        if self.calls > self.broken:
            raise PortAudioError("Device unavailable")
        return self.calls == 2

    def read(self, count: int) -> tuple[np.ndarray, bool]:
        lost = self._call()
        return np.full((count, 1), np.nan if self.calls == 1 else 0.25, np.float32), lost

    def write(self, samples: np.ndarray) -> bool:
        assert samples.shape == (240, 1) and samples.dtype == np.float32
        return self._call()

    def close(self) -> None:
        self.closed = True


DEVICES = [
    {"name": "Headset", "max_input_channels": 1, "max_output_channels": 2, "hostapi": 0},
    {"name": "CABLE Output (VB-Audio)", "max_input_channels": 2, "max_output_channels": 0, "hostapi": 0},
    {"name": "CABLE Input (VB-Audio)", "max_input_channels": 0, "max_output_channels": 2, "hostapi": 0},
    {"name": "Webcam", "max_input_channels": 1, "max_output_channels": 0, "hostapi": 0},
]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    stage = SimpleNamespace(devices=DEVICES, broken=3, streams=[], PortAudioError=PortAudioError)

    def opening(**opened: object) -> Stream:
        if opened["device"] == "none":
            raise ValueError("No input device matching 'none'")
        stage.streams.append(Stream(opened, stage.broken))
        return stage.streams[-1]

    stage.InputStream = stage.OutputStream = opening
    stage.query_devices = lambda: stage.devices
    stage.query_hostapis = lambda: [{"name": "ALSA"}, {"name": "MME"}, {"name": "Windows WASAPI"}]
    stage.WasapiSettings = lambda auto_convert: f"converting {auto_convert}"
    monkeypatch.setattr(portaudio, "_portaudio", lambda: stage)
    return stage


@pytest.fixture
def no_portaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent() -> None:
        raise OSError("PortAudio library not found")

    monkeypatch.setattr(portaudio, "_portaudio", absent)


def marked() -> object:
    return SoundMarker(1).mark(AudioBlock(np.zeros((240, 1), np.float32), 48_000, 0, 0))


def test_a_microphone_gives_sane_dated_blocks_and_counts_losses(sound):
    clock = ManualClock(1_000_000_000)
    microphone = PortMicrophone("Headset", clock)
    first, second = microphone.read(240), microphone.read(240)
    assert isinstance(microphone, SoundSource) and sound.streams[0].started
    assert sound.streams[0].opened["samplerate"] == 48_000 and sound.streams[0].opened["device"] == 0
    assert not first.samples.any() and (second.samples == 0.25).all()
    assert (first.first_sample, second.first_sample, microphone.xruns) == (0, 240, 1)
    assert first.captured_ns == 1_000_000_000 - 30_000_000 - 5_000_000
    microphone.close()
    assert sound.streams[0].closed


def test_an_output_takes_marked_blocks_and_counts_where_it_ran_dry(sound):
    speaker = PortSpeaker("CABLE Input (VB-Audio)")
    for _ in range(2):
        speaker.send(marked())
    assert isinstance(speaker, SoundSink) and (speaker.xruns, speaker.waiting_ns) == (1, 20_000_000)
    with pytest.raises(TypeError, match="MarkedBlock"):
        speaker.send(AudioBlock(np.zeros((240, 1), np.float32), 48_000, 0, 0))
    speaker.close()
    assert sound.streams[0].closed


def test_a_device_that_is_pulled_out_is_an_error_that_names_it(sound):
    sound.broken = 0
    with pytest.raises(SoundError, match="Headset is not there: Device unavailable"):
        PortMicrophone("Headset", ManualClock()).read(240)
    with pytest.raises(OutputError, match="CABLE is not there: Device unavailable"):
        PortSpeaker("CABLE").send(marked())


def test_a_device_there_is_none_of_is_refused(sound):
    with pytest.raises(SoundError, match="No input device"):
        PortMicrophone("none", ManualClock())
    with pytest.raises(OutputError, match="none is not there"):
        PortSpeaker("none")


def test_the_default_is_whatever_the_system_gives(sound):
    assert PortMicrophone("", ManualClock()).name == "the default microphone"
    assert sound.streams[0].opened["device"] is None


def test_cables_are_found_by_name_and_are_no_microphones(sound):
    assert find_cable() == "CABLE Input (VB-Audio)"
    assert list_inputs() == ("Headset", "Webcam")


@pytest.mark.parametrize("name", ["Line 1 (Virtual Audio Cable)", "BlackHole 2ch", "BlackHole 16ch"])
def test_other_cables_are_known_too(sound, name):
    sound.devices = [{"name": name, "max_input_channels": 2, "max_output_channels": 2, "hostapi": 0}]
    assert find_cable() == name and list_inputs() == ()


@pytest.mark.parametrize(
    "name", ["Line In (Realtek)", "Microphone (USB CABLE)", "Line (Scarlett 2i2)", "CABLE mic", "BlackHole Studios Mic"]
)
def test_a_real_input_with_the_words_of_a_cable_is_listed(sound, name):
    sound.devices = [{"name": name, "max_input_channels": 2, "max_output_channels": 0, "hostapi": 0}]
    assert list_inputs() == (name,)


def test_without_a_cable_it_is_said_where_to_get_one(sound):
    sound.devices = DEVICES[:1]
    with pytest.raises(OutputError, match="no virtual microphone") as error:
        find_cable()
    assert "VB-CABLE" in error.value.help_text and "BlackHole" in error.value.help_text


def test_without_portaudio_there_is_nothing(no_portaudio):
    assert list_inputs() == ()
    with pytest.raises(OutputError, match="sound does not work here"):
        find_cable()
    with pytest.raises(SoundError, match="PortAudio library not found"):
        PortMicrophone("", ManualClock())


def test_a_device_listed_three_times_is_named_once_by_its_best_api(sound):
    """MME cuts its name; DirectSound and WASAPI have it whole."""
    whole = "Microphone (Realtek High Definition Audio)"
    listed = [(whole[:31], 1), (whole, 3), (whole, 2)]
    sound.query_hostapis = lambda: [{"name": name} for name in ("ALSA", "MME", "Windows WASAPI", "Windows DirectSound")]
    sound.devices = [
        {"name": name, "max_input_channels": 2, "max_output_channels": 0, "hostapi": way} for name, way in listed
    ]
    assert list_inputs() == (whole,)
    PortMicrophone(whole, ManualClock())
    assert sound.streams[0].opened["device"] == 2
    assert sound.streams[0].opened["extra_settings"] == "converting True"


def test_an_output_of_the_same_name_is_no_input(sound):
    sound.devices = [DEVICES[2] | {"name": "Headset"}, DEVICES[0]]
    PortMicrophone("Headset", ManualClock())
    assert (sound.streams[0].opened["device"], sound.streams[0].opened["extra_settings"]) == (1, None)
