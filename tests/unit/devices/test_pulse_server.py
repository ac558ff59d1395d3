"""The virtual microphone on a stand-in for `pactl`; real servers are asked in tests/sound."""

import subprocess
from pathlib import Path

import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError, SoundError
from livecam.devices import pulse_server, sound_devices
from livecam.devices.paced_sound import PacedSoundSink, PlayedRecording
from livecam.devices.pulse_server import LABEL, SINK, SOURCE, PulseSource, VirtualMicrophone
from livecam.devices.sound_devices import find_microphone, find_voice_output, open_sound_sink, open_sound_source
from tests.sounds import talking, write_wav


class Server:
    """Modules by number, and what `pactl` would say."""

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}
        self.sources = [("out.monitor", "Monitor of Speakers"), ("usb", "USB Headset"), ("built_in", "Laptop Mic")]
        self.streams = ""
        self.default, self.refuses, self.answers = "usb", "", True
        self._next = 10

    def pactl(self, *words: str) -> subprocess.CompletedProcess[str]:
        if not self.answers:
            return subprocess.CompletedProcess(words, 1, "", "Connection refused")
        if self.refuses and self.refuses in words:
            return subprocess.CompletedProcess(words, 1, "", "Failure: Module initialization failed\n")
        return subprocess.CompletedProcess(words, 0, self._said(*words), "")

    def _said(self, *words: str) -> str:
        match words:
            case ("list", "sources"):
                return "".join(f"Source #1\n\tName: {name}\n\tDescription: {label}\n" for name, label in self.sources)
            case ("list", "short", "modules"):
                return "".join(f"{number}\t{text}\t\n" for number, text in self.modules.items()) + "1\tmodule-x\n"
            case ("list", "short", kind):
                numbered = enumerate(self.sources, 1)
                listed = {"sources": "".join(f"{n}\t{name}\tdriver\n" for n, (name, _) in numbered)}
                return {**listed, "source-outputs": self.streams}.get(kind, "garbage\n")
            case ("load-module", name, *arguments):
                self._next += 1
                self.modules[str(self._next)] = f"{name}\t{' '.join(arguments)}"
                return f"{self._next}\n"
            case ("unload-module", number):
                del self.modules[number]
            case ("get-default-source",):
                return f"{self.default}\n"
        return ""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    server = Server()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(pulse_server, "_pactl", server.pactl)
    monkeypatch.setattr(pulse_server.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(sound_devices.sys, "platform", "linux")
    return server


def test_the_virtual_microphone_is_a_sink_and_a_source_by_the_name_that_says_ai(server):
    microphone = VirtualMicrophone()
    sink, source = server.modules.values()
    assert f"sink_name={SINK} " in sink and f"source_name={SOURCE} " in source
    assert f"master={SINK}.monitor" in source and f"device.description='{LABEL}'" in source
    microphone.close()
    microphone.close()
    assert server.modules == {}


def test_what_a_killed_livecam_left_is_taken_over_not_pulled_from_under_a_call(server):
    server.modules["4"] = f"module-null-sink\tsink_name={SINK} rate=48000"
    microphone = VirtualMicrophone()
    assert "4" in server.modules and len(server.modules) == 2
    server.modules["3"] = "module-null-sink\tsink_name=speakers rate=48000"
    microphone.close()
    assert list(server.modules) == ["3"]


def test_while_a_call_listens_it_stays_and_is_taken_over_by_the_next(server):
    """Else the server would give the call the default microphone: the natural voice."""
    microphone = VirtualMicrophone()
    server.sources.append((SOURCE, LABEL))
    server.streams = f"7\t{len(server.sources)}\t12\tparec\n"
    microphone.close()
    assert len(server.modules) == 2
    server.streams = ""
    VirtualMicrophone().close()
    assert server.modules == {}


def test_a_second_livecam_is_told_of_the_first(server):
    first = VirtualMicrophone()
    with pytest.raises(OutputError, match="another livecam"):
        VirtualMicrophone()
    assert len(server.modules) == 2
    first.close()
    VirtualMicrophone().close()


def test_a_server_that_refuses_half_is_left_as_it_was(server):
    server.refuses = "module-remap-source"
    with pytest.raises(OutputError, match=r"refused load-module: Failure: Module initialization failed"):
        VirtualMicrophone()
    assert server.modules == {}


def test_without_pactl_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(pulse_server.shutil, "which", lambda name: None)
    with pytest.raises(OutputError, match="no pactl") as error:
        VirtualMicrophone()
    assert "apt install" in error.value.hint
    assert not pulse_server.running()


def test_a_server_that_hangs_is_given_up(monkeypatch):
    def hang(*words: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("pactl", 10)

    monkeypatch.setattr(pulse_server.subprocess, "run", hang)
    with pytest.raises(OutputError, match="does not answer"):
        pulse_server.default_source()


def test_microphones_are_listed_without_echoes_and_without_our_own(server):
    server.sources.append((SOURCE, LABEL))
    assert pulse_server.sources() == (PulseSource("usb", "USB Headset"), PulseSource("built_in", "Laptop Mic"))


@pytest.mark.parametrize(
    ("asked", "place"),
    [("default", "pulse:usb"), ("built_in", "pulse:built_in"), ("headset", "pulse:usb"), ("LAPTOP", "pulse:built_in")],
)
def test_a_microphone_is_found_by_any_part_of_its_name(server, asked, place):
    assert find_microphone(asked) == place


@pytest.mark.parametrize("default", [SOURCE, "out.monitor"])
def test_our_own_voice_is_never_taken_for_the_microphone(server, default):
    server.default = default
    assert find_microphone("default") == "pulse:usb"


@pytest.mark.parametrize(("asked", "said"), [("tuba", "there are: usb, built_in"), ("u", "2 are called so")])
def test_a_name_of_none_or_several_is_refused(server, asked, said):
    with pytest.raises(SoundError, match=said):
        find_microphone(asked)


def test_no_microphone_at_all_is_said(server):
    server.sources = [("out.monitor", "Monitor of Speakers")]
    with pytest.raises(SoundError, match="no microphone"):
        find_microphone("default")


def test_without_a_server_portaudio_is_asked(server, monkeypatch):
    server.answers = False
    monkeypatch.setattr(sound_devices, "inputs", lambda: ("Webcam",))
    assert find_microphone("default") == "portaudio:"
    assert find_microphone("webc") == "portaudio:Webcam"
    with pytest.raises(OutputError, match="no sound server"):
        find_voice_output("auto")


def test_the_voice_goes_where_it_is_sent(server, tmp_path, monkeypatch):
    made = find_voice_output("auto")
    assert (made.place, made.label) == (f"pulse:{SINK}", LABEL)
    made.close()
    assert server.modules == {}
    assert find_voice_output(f"file:{tmp_path}/v.wav").place == f"file:{tmp_path}/v.wav"
    assert find_voice_output("null").label == "nobody"
    assert find_voice_output("device:Loop").place == "portaudio:Loop"
    with pytest.raises(OutputError, match="unknown voice sink"):
        find_voice_output("file:")
    monkeypatch.setattr(sound_devices.sys, "platform", "win32")
    monkeypatch.setattr(sound_devices, "find_cable", lambda: "CABLE Input")
    assert find_voice_output("auto").place == "portaudio:CABLE Input"


def test_places_are_opened_by_their_kind(tmp_path, monkeypatch):
    clock, path = ManualClock(), write_wav(tmp_path / "a.wav", talking(0.1, 48_000, 120))
    assert find_microphone(str(path)) == f"file:{path}"
    assert isinstance(open_sound_source(f"file:{path}", clock), PlayedRecording)
    assert isinstance(open_sound_sink("null", clock), PacedSoundSink)
    opened = []
    for name in ("PortMicrophone", "PortSpeaker"):
        monkeypatch.setattr(sound_devices, name, lambda *given: opened.append(given))
    open_sound_source("portaudio:Webcam", clock)
    open_sound_sink("portaudio:Cable", clock)
    assert opened == [("Webcam", clock), ("Cable",)]


def test_what_is_not_on_the_server_is_not_opened_even_if_it_would_give_another(server):
    with pytest.raises(SoundError, match="the microphone pulled is not there: it is gone"):
        open_sound_source("pulse:pulled", ManualClock())
    with pytest.raises(OutputError, match="livecam_voice is not there: it is gone"):
        open_sound_sink(f"pulse:{SINK}", ManualClock())
