"""What must be there before a voice goes live, and which voice is taken for the speaker's."""

import numpy as np
import pytest

from engines.voice.neural.networks import OnnxVoices
from livecam.audio.process.components import open_voice
from livecam.audio.process.job import parse_job
from livecam.config.setting_groups import DisclosureSettings, VoiceSettings
from livecam.config.settings import Settings
from livecam.core.errors import EngineError, OutputError, PersonaError, SoundError, UsageError
from livecam.core.persona import PersonaKind
from livecam.core.voice_report import VoiceNames
from livecam.devices.sound import portaudio, pulse_server
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from tests import voice_models
from tests.sounds import talking, write_wav


@pytest.fixture
def recording(tmp_path):
    return write_wav(tmp_path / "talk.wav", talking(0.2, 48_000, 120))


def opened(recording, tmp_path, **settings):
    given = {"voice": "willow", "microphone": str(recording), "voice_sink": "null", **settings}
    settings = Settings(data_folder=tmp_path, **given)
    return open_voice(settings.voice_group, settings.disclosure_group, settings.folder, settings.trusted)


def test_off_is_nothing(tmp_path):
    assert open_voice(VoiceSettings(), DisclosureSettings(), tmp_path) is None


def test_a_job_says_who_speaks_as_whom_from_where_to_where(recording, tmp_path):
    parts = opened(recording, tmp_path)
    job = parts.make_job(0xABCD)
    assert (job.microphone, job.output, job.session) == (f"file:{recording}", "null", 0xABCD)
    assert job.target is parts.target and parts.target.pitch_hz == open_builtin_voice("willow").pitch_hz
    assert parts.names == VoiceNames("willow", "talk.wav", "no output")
    parts.close()


@pytest.mark.parametrize(
    ("name", "said"),
    [("text.wav", "cannot be read"), ("silent.wav", "is silent")],
)
def test_a_recording_that_cannot_be_heard_is_refused_at_the_door(tmp_path, name, said):
    path = tmp_path / name
    if name == "text.wav":
        path.write_text("no sound at all")
    else:
        write_wav(path, np.zeros(4800, np.float32))
    with pytest.raises(SoundError, match=said) as error:
        opened(path, tmp_path)
    assert error.value.exit_code == 3 and error.value.help_text


@pytest.mark.parametrize(
    ("sink", "said"),
    [
        ("file:{}/none/x.wav", "there is no folder"),
        ("file:{}/x.mp3", "no WAV or FLAC"),
        ("device:nosuch", "nosuch is not"),
    ],
)
def test_an_output_that_does_not_open_is_refused_at_the_door(recording, tmp_path, monkeypatch, sink, said):
    def absent() -> None:
        raise OSError("No output device matching 'nosuch'")

    monkeypatch.setattr(portaudio, "_portaudio", absent)
    with pytest.raises(OutputError, match=said) as error:
        opened(recording, tmp_path, voice_sink=sink.format(tmp_path))
    assert error.value.exit_code == 3 and error.value.help_text


@pytest.mark.parametrize(
    ("there", "hint"),
    [
        ((), "sudo apt install pulseaudio-utils libpulse0"),
        (("pactl", "pulseaudio"), "pulseaudio --start"),
        (("pactl",), "systemctl --user start pipewire-pulse"),
    ],
)
def test_a_sound_server_that_does_not_answer_is_started_or_installed(monkeypatch, there, hint):
    monkeypatch.setattr(pulse_server.shutil, "which", lambda name: name if name in there else None)
    assert pulse_server.start_hint() == hint


def test_an_unenrolled_speaker_is_recorded_first_and_informed(recording, tmp_path):
    parts = opened(recording, tmp_path)
    assert parts.speaker is None and parts.make_job(1).speaker is None
    assert "livecam voice enrol" in parts.remarks[0]


def test_the_only_voice_of_ones_own_is_the_speakers(recording, tmp_path):
    store = VoiceStore(tmp_path)
    store.save("me", open_builtin_voice("alder"), PersonaKind.OWN, "0" * 64)
    store.save("friend", open_builtin_voice("maple"), PersonaKind.CONSENTED, "0" * 64)
    parts = opened(recording, tmp_path, voice="birch")
    assert parts.speaker.pitch_hz == open_builtin_voice("alder").pitch_hz and parts.remarks == ()
    store.save("me-hoarse", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
    several = opened(recording, tmp_path)
    assert several.speaker is None and "--own-voice NAME" in several.remarks[0]
    named = opened(recording, tmp_path, own_voice="me-hoarse", voice="cedar")
    assert named.speaker.pitch_hz == open_builtin_voice("birch").pitch_hz and named.remarks == ()


def test_a_voice_or_microphone_there_is_none_of_is_refused(recording, tmp_path, monkeypatch):
    with pytest.raises(PersonaError, match="no voice"):
        opened(recording, tmp_path, voice="unknown")
    monkeypatch.setattr("livecam.devices.sound.devices.pulse_server.is_running", lambda: False)
    monkeypatch.setattr("livecam.devices.sound.devices.list_inputs", lambda: ())
    with pytest.raises(SoundError, match="there are: none"):
        opened(recording, tmp_path, microphone="tuba")


def test_a_voice_far_from_ones_own_is_said_to_sound_rough(recording, tmp_path):
    VoiceStore(tmp_path).save("me", open_builtin_voice("alder"), PersonaKind.OWN, "0" * 64)
    (remark,) = opened(recording, tmp_path).remarks
    assert "willow speaks 15 semitones higher" in remark and "livecam voice list" in remark


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"own_voice": "willow"}, "willow is a synthetic voice"),
        ({"own_voice": "cedar"}, "cedar is a synthetic voice"),
        ({"own_voice": "me", "voice": "me"}, "me is the speaker's own voice"),
        ({"voice": "me"}, "me is the speaker's own voice"),
        ({"own_voice": "me", "voice": "alder"}, "alder is the speaker's own voice or too near it"),
    ],
)
def test_a_voice_that_would_go_out_unchanged_is_refused(recording, tmp_path, settings, said):
    VoiceStore(tmp_path).save("me", open_builtin_voice("alder"), PersonaKind.OWN, "0" * 64)
    with pytest.raises(PersonaError, match=said):
        opened(recording, tmp_path, **settings)


@pytest.fixture
def robot(tmp_path):
    """A network kept as the voice "robot"."""
    networks = OnnxVoices()
    voice_models.content(tmp_path / "content.onnx")
    model = networks.read(voice_models.rvc(tmp_path / "robot.onnx"), 180.0)
    VoiceStore(tmp_path).save_model("robot", model, PersonaKind.SYNTHETIC)
    return model


def test_a_network_is_looked_into_before_it_goes_live(recording, robot, tmp_path):
    parts = opened(recording, tmp_path, voice="robot")
    assert parts.target == robot and parts.make_job(1).engine == "onnx" and parts.speaker is None
    assert "robot.onnx" in parts.remarks[0] and "family rvc" in parts.remarks[0]
    assert "your pitch is found while you speak" in parts.remarks[1]
    assert parse_job(parts.make_job(1).to_line()).target == robot
    VoiceStore(tmp_path).save("me", open_builtin_voice("alder"), PersonaKind.OWN, "0" * 64)
    assert len(opened(recording, tmp_path, voice="robot").remarks) == 1
    (tmp_path / "content.onnx").unlink()
    with pytest.raises(EngineError, match="needs a content encoder"):
        opened(recording, tmp_path, voice="robot")


def test_an_engine_that_does_not_speak_with_such_a_voice_is_refused(recording, robot, tmp_path):
    with pytest.raises(UsageError, match="is a network"):
        opened(recording, tmp_path, voice="robot", voice_engine="grain")
    with pytest.raises(UsageError, match="is no network"):
        opened(recording, tmp_path, voice_engine="onnx@cpu")
    assert opened(recording, tmp_path, voice="robot", voice_engine="onnx@cpu").make_job(1).engine == "onnx@cpu"
