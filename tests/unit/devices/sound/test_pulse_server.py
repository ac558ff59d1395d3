"""The virtual microphone on a stand-in for `pactl`; real servers are asked in tests/sound."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError, SoundError
from livecam.devices.sound import devices as sound_devices
from livecam.devices.sound import pulse_presence, pulse_server, pulse_streams, virtual_microphone
from livecam.devices.sound.devices import find_microphone, find_voice_output, open_sound_sink, open_sound_source
from livecam.devices.sound.file_playback import PacedSoundSink, PlayedRecording
from livecam.devices.sound.pulse_server import LABEL, SINK, SOURCE, PulseSource
from livecam.devices.sound.pulse_streams import NOWHERE
from livecam.devices.sound.virtual_microphone import VirtualMicrophone, is_present, unplug
from tests.sound.server import until
from tests.sounds import talking, write_wav


def stream(kind: str, number: int, on: str, device: int, process: int | None) -> str:
    """A paragraph of `pactl list`; the server's own streams belong to no process, odd ones have no name."""
    belongs = f'\t\tapplication.process.id = "{process}"\n' if process else ""
    belongs += f'\t\tapplication.name = "Call {process}"\n' if process and process % 2 == 0 else ""
    return f"{kind} #{number}\n\tDriver: x\n\t{on}: {device}\n\tProperties:\n{belongs}\n"


class NoEvents:
    """What changes on a server on which nothing changes by itself."""

    def __init__(self, follow: Callable[[Iterator[str]], None]) -> None:
        self.follow = follow

    def close(self) -> None:
        pass


class OneListener:
    """What changes on a server on which one program begins to listen: one event, and no other after it."""

    def __init__(self, follow: Callable[[Iterator[str]], None]) -> None:
        self._end = Event()
        self._thread = Thread(target=follow, args=(self._lines(),))
        self._thread.start()

    def _lines(self) -> Iterator[str]:
        yield "Event 'new' on source-output #70\n"
        self._end.wait()

    def close(self) -> None:
        self._end.set()
        self._thread.join()


class Server:
    """Modules by number, and what `pactl` would say."""

    def __init__(self) -> None:
        self.modules: dict[str, str] = {}
        self.sources = [("out.monitor", "Monitor of Speakers"), ("usb", "USB Headset"), ("built_in", "Laptop Mic")]
        self.listening: list[tuple[str, int | None]] = []
        self.playing: list[tuple[str, int | None]] = []
        self.did: list[tuple[str, ...]] = []
        self.default, self.default_sink, self.refuses, self.answers = "usb", "speakers", "", True
        self._next = 10

    def pactl(self, *words: str) -> subprocess.CompletedProcess[str]:
        if not self.answers:
            return subprocess.CompletedProcess(words, 1, "", "Connection refused")
        self.did.append(words)
        if self.refuses and self.refuses in words:
            return subprocess.CompletedProcess(words, 1, "", "Failure: Module initialization failed\n")
        return subprocess.CompletedProcess(words, 0, self._said(*words), "")

    def _said(self, *words: str) -> str:
        match words:
            case ("list", "sources"):
                return "".join(f"Source #1\n\tName: {name}\n\tDescription: {label}\n" for name, label in self.sources)
            case ("list", "short", "modules"):
                return "".join(f"{number}\t{text}\t\n" for number, text in self.modules.items()) + "1\tmodule-x\n"
            case ("list", "short", "sources"):
                return "".join(f"{n}\t{name}\tdriver\n" for n, (name, _) in enumerate(self.sources, 1))
            case ("list", "short", "sinks"):
                return f"4\tspeakers\tdriver\n5\t{SINK}\tdriver\n"
            case ("list", "source-outputs"):
                names = [name for name, _ in self.sources]
                return "".join(
                    stream("Source Output", n, "Source", names.index(name) + 1, process)
                    for n, (name, process) in enumerate(self.listening, 70)
                )
            case ("list", "sink-inputs"):
                on = {"speakers": 4, SINK: 5}
                return "".join(
                    stream("Sink Input", n, "Sink", on[name], process)
                    for n, (name, process) in enumerate(self.playing, 90)
                )
            case ("list", "short", _):
                return "garbage\n"
            case ("load-module", name, *arguments):
                self._next += 1
                self.modules[str(self._next)] = f"{name}\t{' '.join(arguments)}"
                return f"{self._next}\n"
            case ("unload-module", number):
                del self.modules[number]
            case ("get-default-sink",):
                return f"{self.default_sink}\n"
            case ("get-default-source",):
                return f"{self.default}\n"
        return ""


def answer_with(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a server answer in place of `pactl`."""
    for module in (pulse_server, pulse_streams, pulse_presence, virtual_microphone):
        monkeypatch.setattr(module, "run_pactl", server.pactl)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Server:
    server = Server()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    answer_with(server, monkeypatch)
    monkeypatch.setattr(pulse_streams, "Events", NoEvents)
    monkeypatch.setattr(pulse_server.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(sound_devices.sys, "platform", "linux")
    return server


def test_the_virtual_microphone_is_a_sink_and_a_source_named_ai(server):
    microphone = VirtualMicrophone()
    nowhere, sink, source = server.modules.values()
    assert f"sink_name={NOWHERE} " in nowhere and "device.class=modem" in sink
    assert f"sink_name={SINK} " in sink and f"source_name={SOURCE} " in source
    assert f"master={SINK}.monitor" in source and f"device.description='{LABEL}'" in source
    microphone.close()
    microphone.close()
    assert server.modules == {}


def test_a_killed_livecams_microphone_is_taken_over_during_a_call(server):
    server.modules["4"] = f"module-null-sink\tsink_name={SINK} rate=48000"
    microphone = VirtualMicrophone()
    assert "4" in server.modules and len(server.modules) == 3
    server.modules["3"] = "module-null-sink\tsink_name=speakers rate=48000"
    microphone.close()
    assert list(server.modules) == ["3"]


@pytest.mark.parametrize("device", [SOURCE, f"{SINK}.monitor"])
def test_while_a_call_listens_it_stays_muted_and_is_taken_over_by_the_next(server, device):
    """Else the server would give the call the default microphone: the natural voice."""
    microphone = VirtualMicrophone()
    server.sources.append((device, LABEL))
    server.listening = [(device, None), (device, 12), ("usb", 13)]
    microphone.close()
    assert microphone.stays and len(server.modules) == 3
    assert ("set-source-mute", SOURCE, "1") in server.did and ("set-sink-mute", SINK, "1") in server.did
    with pytest.raises(OutputError, match=r"1 program\(s\) listen"):
        unplug()
    server.listening, server.did = [(device, None)], []
    again = VirtualMicrophone()
    assert ("set-source-mute", SOURCE, "0") in server.did
    again.close()
    assert not again.stays and server.modules == {}


def test_who_listened_once_may_come_back_so_it_stays_until_it_is_unplugged(server):
    microphone = VirtualMicrophone()
    server.sources.append((SOURCE, LABEL))
    server.listening = [(SOURCE, 12)]
    assert microphone.listeners == set()
    microphone.guard.tend()
    assert microphone.listeners == {"Call 12"}
    server.listening = [(SOURCE, 13)]
    microphone.guard.tend()
    assert microphone.listeners == {"13"}
    server.listening = []
    microphone.close()
    assert microphone.stays and is_present()
    assert unplug() and not unplug()
    assert not is_present()


class LateServer(Server):
    """It has the listener in its lists only after it was asked some times; until then it refuses, or does not say."""

    def __init__(self, refuses: bool) -> None:
        super().__init__()
        self.early, self._refuses = 3, refuses

    def pactl(self, *words: str) -> subprocess.CompletedProcess[str]:
        if words == ("list", "source-outputs"):
            self.early -= 1
            if self._refuses and self.early > 0:
                return subprocess.CompletedProcess(words, 1, "", "Timeout")
            self.listening = [] if self.early > 0 else [(SOURCE, 12)]
        return super().pactl(*words)


@pytest.mark.parametrize("refuses", [True, False], ids=["no answer", "not joined yet"])
def test_a_listener_is_noticed_though_no_event_follows(server, monkeypatch, refuses):
    late = LateServer(refuses)
    late.sources.append((SOURCE, LABEL))
    answer_with(late, monkeypatch)
    monkeypatch.setattr(pulse_streams, "Events", OneListener)
    for wait in ("_SETTLED_S", "_SELDOM_S"):
        monkeypatch.setattr(pulse_streams, wait, 0.001)
    microphone = VirtualMicrophone()
    try:
        until(lambda: microphone.listeners == {"Call 12"}, "a listener that is noticed", 30.0)
    finally:
        microphone.close()


def test_what_the_server_lost_is_added_again(server):
    microphone = VirtualMicrophone()
    server.modules.clear()
    microphone.guard.tend()
    assert len(server.modules) == 3
    microphone.close()


def test_other_programs_are_sent_away_and_livecam_s_own_processes_stay(server):
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    server.playing = [(SINK, os.getpid()), (SINK, child.pid), (SINK, 1), (SINK, 2**22 + 5), ("speakers", 1)]
    microphone = VirtualMicrophone()
    server.did = []
    microphone.guard.tend()
    assert [words for words in server.did if words[0] == "move-sink-input"] == [
        ("move-sink-input", "92", "speakers"),
        ("move-sink-input", "93", "speakers"),
    ]
    child.communicate()
    microphone.close()


def test_with_our_sink_as_default_streams_are_moved_or_muted(server):
    server.playing, server.default_sink = [(SINK, 1)], SINK
    microphone = VirtualMicrophone()
    server.did = []
    microphone.guard.tend()
    assert ("move-sink-input", "90", NOWHERE) in server.did
    server.refuses = "move-sink-input"
    microphone.guard.tend()
    assert ("set-sink-input-mute", "90", "1") in server.did
    microphone.close()


def test_a_server_that_has_gone_at_the_end_leaves_nothing_to_remove(server):
    microphone = VirtualMicrophone()
    server.answers = False
    microphone.close()
    assert not microphone.stays


def test_a_removed_device_is_gone_though_one_of_its_name_is_there_again(server, monkeypatch):
    monkeypatch.setattr(pulse_presence, "Events", NoEvents)
    presence = pulse_presence.Presence("source", "usb")
    presence.check()
    others = "'new' on source #2", "'remove' on source-output #2", "'remove' on source #12", "'remove' on sink #2"
    events = iter([*(f"Event {other}\n" for other in others), "Event 'remove' on source #2\n", "a later one"])
    presence.events.follow(events)
    assert list(events) == ["a later one"]
    presence.close()
    with pytest.raises(OSError, match="it is gone"):
        presence.check()
    with pytest.raises(OSError, match="it is gone"):
        pulse_presence.Presence("sink", "headset")


def test_a_second_livecam_learns_of_the_first(server):
    first = VirtualMicrophone()
    with pytest.raises(OutputError, match="another livecam"):
        VirtualMicrophone()
    assert len(server.modules) == 3
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
    assert "apt install" in error.value.help_text
    assert not pulse_server.is_running()


def test_a_server_that_hangs_is_given_up(monkeypatch):
    def hang(*words: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("pactl", 10)

    monkeypatch.setattr(pulse_server.subprocess, "run", hang)
    with pytest.raises(OutputError, match="does not answer"):
        pulse_server.read_default_source()


def test_microphones_are_listed_without_echoes_and_without_our_own(server):
    server.sources.append((SOURCE, LABEL))
    assert pulse_server.list_sources() == (PulseSource("usb", "USB Headset"), PulseSource("built_in", "Laptop Mic"))


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
    monkeypatch.setattr(sound_devices, "list_inputs", lambda: ("Webcam",))
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
    assert find_voice_output("null").label == "no output"
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


def test_a_missing_device_is_not_opened_even_if_the_server_has_another(server):
    with pytest.raises(SoundError, match="the microphone pulled is not there: it is gone"):
        open_sound_source("pulse:pulled", ManualClock())
    with pytest.raises(OutputError, match="headphones is not there: it is gone"):
        open_sound_sink("pulse:headphones", ManualClock())


def test_without_pactl_the_package_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutputError, match="pactl cannot run") as failed:
        pulse_server.ask_pactl("info")
    assert "puls" in failed.value.help_text
