"""`livecam say`: text into a file or on the virtual microphone, announced and marked as generated."""

import io

import numpy as np
import pytest

from livecam.app import typed_speech
from livecam.audio.process import components
from livecam.core.label import Label
from livecam.devices.media.speech import read_sound
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.disclosure.sound.notice import load_sentence
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.verify import verify
from tests.unit.audio.typed_voice import FakeSynthesizer


@pytest.fixture
def synthesizer(monkeypatch):
    """One that is there without a program; its voice is known."""
    fake = FakeSynthesizer()
    monkeypatch.setattr(typed_speech, "learn_synthesizer", lambda *given: open_builtin_voice("birch"))
    for place in (typed_speech, components):
        monkeypatch.setattr(place, "open_synthesizer", lambda name, language, trusted=(): fake)
    return fake


def notice_at_the_start(path) -> Label:
    """Which notice the sound in a file begins with."""
    sound = read_sound(path)[: 2 * RATE_HZ].astype(np.float64)
    like = {label: load_sentence(RATE_HZ, "en", label)[: 2 * RATE_HZ - 2000] for label in Label}

    def likeness(label: Label) -> float:
        size = 1 << 18
        product = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(like[label], size)), size)
        return float(np.abs(product).max())

    return max(Label, key=likeness)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["said.wav", "said.flac"])
def test_a_text_becomes_a_file_that_says_it_is_generated(livecam, synthesizer, tmp_path, name):
    out = tmp_path / name
    said = livecam("say", "Good morning.", "How are you?", "--voice", "cedar", "--out", out)
    assert (said.code, said.err) == (0, "") and f"{out} is written, in the voice cedar" in said.out
    assert synthesizer.sentences[-2:] == ["Good morning.", "How are you?"]
    assert notice_at_the_start(out) is Label.GENERATED
    assert verify(out).labels["manifest"] is Label.GENERATED


@pytest.mark.slow
def test_lines_of_standard_input_become_a_file(livecam, synthesizer, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("One line.\nAnother line.\n"))
    assert livecam("say", "--voice", "cedar", "--out", tmp_path / "said.wav").code == 0
    assert synthesizer.sentences[-2:] == ["One line.", "Another line."]


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("Hello.",), 2, "no voice is named"),
        (("Hello.", "--voice", "oak"), 5, "oak"),
        (("...", "--voice", "cedar"), 2, "nothing to speak"),
        (("x" * 6000, "--voice", "cedar"), 2, "6000 characters"),
        (("Hello.", "--voice", "cedar", "--out", "said.mp3"), 3, "no WAV"),
        (("Hello.", "--voice", "cedar", "--synthesizer", "flite", "--out", "said.wav"), 4, "flite"),
    ],
)
def test_what_cannot_be_spoken_is_said_in_two_lines(livecam, words, code, why):
    said = livecam("say", *words)
    assert said.code == code and why in said.err and len(said.err.strip().split("\n")) == 2


def test_a_missing_program_is_said_with_the_command_that_installs_it(livecam, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    said = livecam("say", "Hello.", "--voice", "cedar", "--out", "said.wav")
    assert said.code == 4 and "espeak-ng is not installed" in said.err and "sudo apt install espeak-ng" in said.err
    assert not (tmp_path / "said.wav").exists()


@pytest.mark.slow
def test_half_a_text_is_no_file(livecam, synthesizer, tmp_path):
    out = tmp_path / "said.wav"
    said = livecam("say", "Fine. This will fail.", "--voice", "cedar", "--out", out)
    assert said.code == 4 and not out.exists()
