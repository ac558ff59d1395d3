"""`livecam voice test`: a real audio process, a recording for a microphone, and no one to hear it."""

import pytest

from livecam.cli import voice_test
from livecam.cli.voice_test import line_of
from livecam.config.paths import data_folder
from livecam.core.errors import OutputError
from livecam.core.levels import level_bar
from livecam.core.persona import PersonaKind
from livecam.devices.sound import devices as sound_devices
from livecam.devices.sound.devices import find_headphones, find_voice_output
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from tests.sounds import talking, write_wav
from tests.unit.audio.process.test_monitor import Watched


@pytest.fixture
def talk(tmp_path):
    return write_wav(tmp_path / "talk.wav", talking(4.0, 48_000, 130))


def test_the_meter_shows_how_loud_it_is():
    assert level_bar(0.0) == "·" * 20 + "  -60 dB"
    assert level_bar(0.1).startswith("█" * 13 + "·")
    assert level_bar(1.0) == "█" * 20 + "    0 dB CLIPPED"


def test_the_line_says_how_late_one_hears_oneself_or_why_not():
    watched = Watched()
    assert line_of(watched.voice).endswith("starting")
    watched.pass_s(0.1)
    watched.started[0].say(peak=0.1, now_ms=92.4, trouble=None)
    assert line_of(watched.voice).startswith("█") and line_of(watched.voice).endswith("you hear yourself 92 ms late")
    watched.started[0].say(trouble="the headset is gone")
    assert line_of(watched.voice).endswith("the headset is gone")


@pytest.mark.slow
def test_one_hears_oneself_until_the_time_is_over(livecam, talk):
    VoiceStore(data_folder()).save("me", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
    said = livecam("voice", "test", "--voice", "willow", "--microphone", talk, "--voice-sink", "null", "--duration", 20)
    assert (said.code, said.err) == (0, "")
    assert "talk.wav in the voice willow, heard on no output" in said.out and "Ctrl-C ends it" in said.out
    assert "ms of it the method's; " in said.out


@pytest.mark.parametrize(
    ("words", "code"),
    [((), 2), (("--voice", "oak"), 5), (("--voice", "willow", "--voice-sink", "null", "--microphone", "no.wav"), 3)],
)
def test_what_cannot_be_done_is_said(livecam, monkeypatch, words, code):
    monkeypatch.setattr(sound_devices, "list_inputs", lambda: ())
    monkeypatch.setattr(sound_devices.pulse_server, "is_running", lambda: False)
    said = livecam("voice", "test", *words)
    assert said.code == code and "try:" in said.err


def test_a_voice_that_never_came_up_is_said(livecam, talk, monkeypatch):
    monkeypatch.setattr(voice_test, "VoiceProcessMonitor", lambda job, names, clock: Watched().voice)
    words = ("--voice", "willow", "--microphone", talk, "--voice-sink", "null", "--duration", 0.2)
    said = livecam("voice", "test", *words)
    assert said.code == 4 and "nothing was heard" in said.err


def test_headphones_are_the_default_output_never_the_virtual_microphone(monkeypatch):
    server = sound_devices.pulse_server
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(server, "is_running", lambda: True)
    monkeypatch.setattr(server, "list_names", lambda kind: ("headset", server.SINK))
    monkeypatch.setattr(server, "read_default_sink", lambda: "headset")
    assert find_headphones() == "device:headset"
    assert find_voice_output("device:headset").place == "pulse:headset"
    assert find_voice_output("device:other").place == "portaudio:other"
    for none in ("", server.SINK):
        monkeypatch.setattr(server, "read_default_sink", lambda name=none: name)
        with pytest.raises(OutputError, match="nothing to hear yourself with"):
            find_headphones()
    monkeypatch.setattr(server, "is_running", lambda: False)
    assert find_voice_output(find_headphones()).place == "portaudio:"
