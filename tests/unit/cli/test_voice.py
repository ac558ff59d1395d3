"""`livecam voice …` from outside."""

import wave

import numpy as np
import pytest

from livecam.cli import consent_prompt, voice_prompt
from tests.sounds import talking

RATE_HZ = 16_000


def record(path, pitch_hz=120.0, seconds=8.0, gain=1.0):
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        sound = np.clip(talking(seconds, RATE_HZ, pitch_hz) * gain, -1, 1)
        file.writeframes((sound * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def me(tmp_path):
    return record(tmp_path / "me.wav")


@pytest.fixture
def answers(monkeypatch):
    """Answers typed at a terminal."""

    def typed(*words):
        line = iter(words)
        monkeypatch.setattr(voice_prompt, "at_terminal", lambda: True)
        monkeypatch.setattr("builtins.input", lambda text: next(line))

    return typed


def test_the_built_in_voices_are_listed_with_their_pitch(livecam):
    said = livecam("voice", "list")
    assert said.code == 0 and "willow" in said.out and "Hz" in said.out and "built in" in said.out


def test_speech_comes_out_in_another_voice_with_the_notice_first(livecam, me, tmp_path):
    said = livecam("voice", "convert", me, "out.wav", "--voice", "cedar")
    assert (said.code, said.out) == (0, "out.wav is written, in the voice cedar\n")
    assert "session" in livecam("verify", "out.wav").out
    with wave.open(str(tmp_path / "out.wav")) as file:
        seconds = file.getnframes() / file.getframerate()
    assert 8.0 + 1.0 < seconds < 8.0 + 3.0


def test_a_voice_far_away_is_told_to_be_far(livecam, me):
    assert "semitones higher" in livecam("voice", "convert", me, "out.wav", "--voice", "willow").out


def test_a_voice_is_enrolled_shown_used_and_lost(livecam, tmp_path):
    record(tmp_path / "they.wav", 190)
    said = livecam("voice", "enrol", "they", "they.wav", "--consent", "consented")
    assert said.code == 0 and "they is ready" in said.out and "note: " in said.out
    shown = livecam("voice", "show", "they").out
    assert "has agreed to it" in shown and "usable" in shown
    assert "consented" in livecam("voice", "list").out
    record(tmp_path / "me.wav", 120)
    assert livecam("voice", "convert", "me.wav", "out.wav", "--voice", "they").code == 0
    unchanged = livecam("voice", "convert", "they.wav", "same.wav", "--voice", "they")
    assert unchanged.code == 5 and "nothing would be changed" in unchanged.err and not (tmp_path / "same.wav").exists()
    assert livecam("voice", "remove", "they").code == 0
    assert livecam("voice", "convert", "they.wav", "out.wav", "--voice", "they").code == 5


def test_nobody_is_enrolled_without_an_answer(livecam, me):
    said = livecam("voice", "enrol", "mine", me)
    assert said.code == 5 and "who speaks in me.wav" in said.err
    assert "mine" not in livecam("voice", "list").out


def test_the_question_is_asked_at_a_terminal(livecam, me, answers):
    answers("1", "yes")
    assert livecam("voice", "enrol", "mine", me).code == 0
    assert "This is my own voice." in livecam("voice", "show", "mine").out


def test_a_no_ends_it(livecam, me, answers):
    answers("consented", "no")
    said = livecam("voice", "enrol", "mine", me, me)
    assert said.code == 5 and "these 2 recordings is not used" in said.err and "livecam voice list" in said.err


def test_an_input_that_ends_is_no_answer(livecam, me, answers):
    answers()

    def ended(text):
        raise EOFError

    said = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.input", ended)
        said = livecam("voice", "enrol", "mine", me)
    assert said.code == 5


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("voice", "convert", "none.wav", "out.wav", "--voice", "cedar"), 3),
        (("voice", "convert", "me.wav", "out.mp3", "--voice", "cedar"), 3),
        (("voice", "convert", "me.wav", "me.wav", "--voice", "cedar"), 3),
        (("voice", "convert", "me.wav", "out.wav", "--voice", "oak"), 5),
        (("voice", "convert", "me.wav", "out.wav"), 2),
        (("voice", "enrol", "cedar", "me.wav", "--consent", "own"), 5),
        (("voice", "enrol", "x", "me.wav", "--consent", "stolen"), 2),
        (("voice", "show", "cedar"), 5),
        (("voice", "remove", "cedar"), 5),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_a_hint(livecam, me, words, code):
    said = livecam(*words)
    assert said.code == code
    assert "try:" in said.err or code == 2


def test_too_little_speech_is_refused(livecam, tmp_path):
    record(tmp_path / "short.wav", seconds=2.0)
    said = livecam("voice", "enrol", "x", "short.wav", "--consent", "own")
    assert said.code == 5 and "speech" in said.err


def test_a_clipped_and_a_faint_recording_are_remarked(livecam, tmp_path):
    record(tmp_path / "loud.wav", gain=12.0)
    record(tmp_path / "faint.wav", gain=0.03)
    assert "clipped" in livecam("voice", "enrol", "x", "loud.wav", "--consent", "own").out
    assert "faint" in livecam("voice", "enrol", "y", "faint.wav", "--consent", "own").out


def test_there_is_no_terminal_in_a_test():
    assert not consent_prompt.at_terminal()
