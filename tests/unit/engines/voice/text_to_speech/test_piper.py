"""A Piper voice by its shapes: a tiny network that gives its numbers back as sound."""

import json
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from engines.voice.text_to_speech import piper
from engines.voice.text_to_speech.piper import PiperVoice, open_synthesizer
from engines.voice.text_to_speech.samples import RATE_HZ
from livecam.core.errors import EngineError
from livecam.plugins import open_synthesizer as open_by_name
from tests.voice_models import node, number, save, value

NUMBERS = {"_": [0], "^": [1], "$": [2], " ": [3], ".": [4], "h": [5], "a": [6], "i": [7]}
ABOUT = {
    "audio": {"sample_rate": 16_000},
    "espeak": {"voice": "en-us"},
    "phoneme_id_map": NUMBERS,
    "inference": {"noise_scale": 0.5, "length_scale": 1.0, "noise_w": 0.1},
    "num_speakers": 1,
}


def voice(folder: Path, about: object = ABOUT, speakers: bool = False) -> Path:
    """A voice that says 0.05 for every number above the padding, 200 samples each."""
    inputs = [
        value("input", 1, "T", element=TensorProto.INT64),
        value("input_lengths", 1, element=TensorProto.INT64),
        value("scales", 3),
        *([value("sid", 1, element=TensorProto.INT64)] if speakers else []),
    ]
    nodes = [
        node("Cast", ["input"], "floats", to=TensorProto.FLOAT),
        node("Reshape", ["floats", "column"], "columns"),
        node("Expand", ["columns", "long"], "wide"),
        node("Clip", ["wide"], "clipped"),
        node("Reshape", ["clipped", "row"], "output"),
    ]
    path = save(
        folder / "tiny.onnx",
        nodes,
        inputs,
        [value("output", 1, 1, 1, "N")],
        [number("column", -1, 1), number("long", 1, 200), number("row", 1, 1, 1, -1)],
    )
    (folder / "tiny.onnx.json").write_text(json.dumps(about), encoding="utf-8")
    return path


@pytest.fixture
def phonemes(monkeypatch):
    """eSpeak NG without the program."""
    calls = []

    class Program:
        def __init__(self, *options):
            self._options = options

        def run(self, sentence):
            calls.append((self._options, sentence))
            return b"hai\n"

    monkeypatch.setattr(piper, "EspeakProgram", Program)
    return calls


@pytest.mark.parametrize("speakers", [False, True])
def test_phonemes_become_sound_at_the_engine_s_rate(tmp_path, phonemes, speakers):
    sound = open_by_name(f"piper:{voice(tmp_path, speakers=speakers)}", "en").speak("Hi.")
    # Begin, three phonemes and a full stop with padding behind each, and the end: 11 numbers.
    assert len(sound) == 11 * 200 * RATE_HZ // 16_000 and np.abs(sound).max() == pytest.approx(1, abs=0.3)
    assert phonemes == [(("-q", "--ipa", "-v", "en-us"), "Hi.")]


def test_what_a_voice_does_not_know_is_left_out():
    assert PiperVoice(16_000, "en", NUMBERS, (0, 1, 0), 1).number("hxa") == [1, 0, 5, 0, 6, 0, 2]


@pytest.mark.parametrize(
    "about",
    [
        {},
        [],
        {**ABOUT, "phoneme_id_map": {"a": [1]}},
        {**ABOUT, "audio": {"sample_rate": 5}},
        {**ABOUT, "espeak": {"voice": "en --path=/tmp"}},
        {**ABOUT, "espeak": {"voice": ""}},
    ],
)
def test_a_description_that_is_none_is_refused(tmp_path, phonemes, about):
    with pytest.raises(EngineError, match="does not describe a Piper voice"):
        open_synthesizer("en", str(voice(tmp_path, about)))


def test_a_voice_without_its_description_is_refused(tmp_path, phonemes):
    path = voice(tmp_path)
    path.with_name("tiny.onnx.json").unlink()
    with pytest.raises(EngineError, match="does not describe"):
        open_synthesizer("en", str(path))


def test_a_network_of_another_kind_is_refused(tmp_path, phonemes):
    path = voice(tmp_path)
    save(path, [node("Identity", ["audio"], "sound")], [value("audio", 1, "N")], [value("sound", 1, "N")])
    with pytest.raises(EngineError, match="not the inputs of a Piper voice"):
        open_synthesizer("en", str(path))


def test_a_name_without_a_voice_is_refused():
    with pytest.raises(EngineError, match="needs the path of a voice"):
        open_by_name("piper", "en")
