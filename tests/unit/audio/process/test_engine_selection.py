"""Which engine speaks with a voice, and what does when that one cannot."""

import numpy as np
import pytest

from engines.voice.grain.engine import GrainMaker
from engines.voice.neural.networks import OnnxVoices
from livecam.audio.noise_gate import NoiseGatedEngine
from livecam.audio.process.engine_selection import choose_engine_name, learn_speaker, open_selection
from livecam.core.errors import EngineError, UsageError, VoiceError
from livecam.personas.built_in_voices import open_builtin_voice
from tests import voice_models
from tests.sounds import talking

SPEAKER, TARGET = open_builtin_voice("birch"), open_builtin_voice("willow")


def test_the_embedded_engine_speaks_unless_another_is_named():
    assert open_selection("auto", SPEAKER, TARGET, live=True).name == "grain"
    named = open_selection("vocoder", SPEAKER, TARGET, live=True)
    assert (named.name, named.why, named.learning) == ("vocoder", "", None)
    named.close()
    with pytest.raises(EngineError, match="no voice engine named 'abacus'"):
        open_selection("abacus", SPEAKER, TARGET, live=True)


def test_an_unknown_speaker_is_recorded_first():
    speaking = open_selection("auto", None, TARGET, live=True)
    assert speaking.learning is speaking.engine


def unable(self, speaker, target):
    raise EngineError("no map can be learned", advice="-")


def test_the_spare_engine_speaks_where_the_embedded_one_cannot_and_says_so(monkeypatch):
    monkeypatch.setattr(GrainMaker, "make_engine", unable)
    for speaker in (SPEAKER, None):
        speaking = open_selection("auto", speaker, TARGET, live=True)
        assert (speaking.name, speaking.why) == ("vocoder", "grain: no map can be learned")
    with pytest.raises(EngineError, match="no map"):
        open_selection("grain", SPEAKER, TARGET, live=True)


def test_a_map_that_cannot_be_solved_is_a_fault_of_the_engine(monkeypatch):
    def singular(speaker, target):
        raise np.linalg.LinAlgError("Singular matrix")

    monkeypatch.setattr("engines.voice.grain.engine.fit_mapping", singular)
    assert open_selection("auto", SPEAKER, TARGET, live=True).name == "vocoder"


def test_a_network_speaks_by_networks_alone(tmp_path):
    model = OnnxVoices().read(voice_models.carried(tmp_path / "m.onnx"))
    assert choose_engine_name("auto", model) == "onnx" and choose_engine_name("onnx@cpu", model) == "onnx@cpu"
    for engine, voice in (("grain", model), ("onnx", TARGET)):
        with pytest.raises(UsageError):
            choose_engine_name(engine, voice)
    speaking = open_selection("auto", SPEAKER, model, live=False)
    speaking.engine.prepare(48_000, 240)
    speaking.close()


def test_a_short_recording_tells_nothing_of_its_speaker(tmp_path):
    model = OnnxVoices().read(voice_models.carried(tmp_path / "m.onnx"))
    short = talking(0.5, 48_000, 120)
    assert learn_speaker(short, model) is None
    with pytest.raises(VoiceError):
        learn_speaker(short, TARGET)


@pytest.mark.parametrize("speaker", [open_builtin_voice("birch"), None])
def test_a_gate_stands_before_any_voice_and_adds_no_delay(speaker):
    plain = open_selection("grain", speaker, open_builtin_voice("cedar"), live=True)
    gated = open_selection("grain", speaker, open_builtin_voice("cedar"), live=True, denoise="gate")
    gated.engine.prepare(48_000, 240)
    assert isinstance(gated.engine, NoiseGatedEngine) and gated.engine.latency_samples == plain.engine.latency_samples
    assert (gated.learning is None) == (speaker is not None)


def test_a_room_without_speech_teaches_no_voice():
    sound = talking(8.0, 48_000, 130)
    room = np.random.default_rng(0).normal(0, 0.002, 30 * 48_000).astype(np.float32)
    known = learn_speaker(np.concatenate([room[: 4 * 48_000], sound, room]), open_builtin_voice("cedar"), "gate")
    assert abs(known.pitch_hz / 130 - 1) < 0.1
    with pytest.raises(VoiceError):
        learn_speaker(room, open_builtin_voice("cedar"), "gate")
