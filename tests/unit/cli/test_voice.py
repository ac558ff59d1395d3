"""`livecam voice …` from outside."""

import re
import wave
from pathlib import Path

import numpy as np
import pytest

from livecam.console import terminal
from tests import voice_models
from tests.sounds import talking, write_wav

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
        monkeypatch.setattr(terminal, "at_terminal", lambda: True)
        monkeypatch.setattr("builtins.input", lambda text: next(line))

    return typed


def test_the_built_in_voices_are_listed_with_their_pitch(livecam):
    said = livecam("voice", "list")
    assert said.code == 0 and "willow" in said.out and "Hz" in said.out and "built in" in said.out


def test_speech_comes_out_in_another_voice_with_the_notice_first(livecam, me, tmp_path):
    said = livecam("voice", "convert", me, "out.wav", "--voice", "cedar")
    assert said.code == 0 and said.out.startswith("out.wav is written, in the voice cedar\nout.wav: signed (C2PA)")
    seen = livecam("verify", "out.wav").out
    assert "session" in seen and "unchanged since it was signed" in seen
    assert re.search(r"soft binding: livecam\.in-sound\.1 [0-9a-f]{4}, matches the watermark", seen)
    with wave.open(str(tmp_path / "out.wav")) as file:
        seconds = file.getnframes() / file.getframerate()
    assert 8.0 + 1.0 < seconds < 8.0 + 3.0


def test_a_distant_voice_gets_a_warning(livecam, me):
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


def test_no_voice_is_enrolled_without_an_answer(livecam, me):
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


def test_short_recordings_of_a_folder_are_learned_from_together(livecam, tmp_path):
    folder = tmp_path / "takes"
    folder.mkdir()
    for number in range(3):
        write_wav(folder / f"take{number}.wav", talking(2.5, 48_000, 130, seed=number))
    assert livecam("voice", "convert", folder / "take0.wav", "one.wav", "--voice", "cedar").code == 5
    assert livecam("voice", "convert", folder, "out", "--voice", "cedar").code == 0
    assert sorted(path.name for path in Path("out").iterdir()) == ["take0.wav", "take1.wav", "take2.wav"]


def test_who_speaks_can_be_named(livecam, tmp_path, me, answers):
    answers("own", "yes")
    assert livecam("voice", "enrol", "mine", me).code == 0
    short = write_wav(tmp_path / "short.wav", talking(2.0, 48_000, 130))
    assert livecam("voice", "convert", short, "one.wav", "--voice", "cedar", "--own-voice", "mine").code == 0


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
        (("voice", "show", "unknown"), 5),
        (("voice", "remove", "cedar"), 5),
    ],
)
def test_what_cannot_be_done_ends_with_its_code_and_a_hint(livecam, me, words, code):
    said = livecam(*words)
    assert said.code == code
    assert said.err.count("\n  ") == 1 or code == 2


@pytest.mark.parametrize("out", ["out.mp3", "no/such/out.wav", "folder.wav", "theirs.wav"])
def test_where_a_recording_goes_is_judged_before_it_is_read(livecam, tmp_path, out):
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "theirs.wav").write_bytes(b"RIFF the user's own")
    (tmp_path / "in.wav").write_bytes(b"no sound, which would be the next error")
    said = livecam("voice", "convert", "in.wav", out, "--voice", "cedar")
    assert said.code in (2, 3) and "in.wav" not in said.err


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
    assert not terminal.at_terminal()


@pytest.fixture
def network(tmp_path):
    voice_models.content(tmp_path / "content.onnx")
    return voice_models.rvc(tmp_path / "robot.onnx")


def test_a_network_is_added_listed_shown_used_and_lost(livecam, network, me, tmp_path):
    said = livecam("voice", "add", "robot", "robot.onnx", "--pitch", 180, "--consent", "consented")
    assert (
        said.code == 0 and "family rvc" in said.out and "robot is ready" in said.out and "ms late when live" in said.out
    )
    listed = next(line for line in livecam("voice", "list").out.splitlines() if line.startswith("robot"))
    assert "consented" in listed and "180 Hz" in listed and "the network robot.onnx" in listed
    shown = livecam("voice", "show", "robot").out
    assert "The person whose voice this network speaks with is an adult" in shown and "network sha256" in shown
    said = livecam("voice", "convert", me, "out.wav", "--voice", "robot")
    assert said.code == 0 and said.out.startswith("out.wav is written, in the voice robot\n")
    assert "session" in livecam("verify", "out.wav").out
    assert livecam("voice", "remove", "robot").code == 0


def test_a_recording_too_short_to_know_its_speaker_is_enough_for_a_network(livecam, network, tmp_path):
    livecam("voice", "add", "robot", "robot.onnx", "--consent", "synthetic")
    record(tmp_path / "short.wav", seconds=1.0)
    assert livecam("voice", "convert", "short.wav", "out.wav", "--voice", "robot").code == 0


def test_a_network_is_not_taken_without_an_answer(livecam, network, answers, monkeypatch):
    said = livecam("voice", "add", "robot", "robot.onnx")
    assert said.code == 5 and "no user has said which person's voice robot.onnx has" in said.err
    answers("2", "no")
    assert livecam("voice", "add", "robot", "robot.onnx").code == 5
    answers("2", "yes")
    assert livecam("voice", "add", "robot", "robot.onnx").code == 0


def test_a_network_may_be_taken_back_and_given_again(livecam, network):
    add = ("voice", "add", "robot", "robot.onnx", "--consent", "consented")
    assert livecam(*add).code == 0
    assert livecam("voice", "revoke", "robot").code == 0
    said = livecam(*add)
    assert said.code == 5 and "taken back" in said.err
    assert livecam(*add, "--reconsent").code == 0


def test_a_network_that_became_another_file_is_refused(livecam, network, me):
    livecam("voice", "add", "robot", "robot.onnx", "--consent", "own")
    voice_models.rvc(network, "nono")
    said = livecam("voice", "convert", me, "out.wav", "--voice", "robot")
    assert said.code == 5 and "not the file that was answered for" in said.err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("add", "robot", "nothing.onnx", "--consent", "own"), 4, "there is no model"),
        (("add", "robot", "content.onnx", "--consent", "own"), 4, "is no voice model: inputs audio"),
        (("add", "cedar", "robot.onnx", "--consent", "own"), 5, "cannot name a voice"),
        (("add", "robot", "robot.onnx", "--consent", "own", "--pitch", 20), 2, "50 to 600 Hz, got 20"),
        (("add", "robot", "robot.onnx", "--consent", "own", "--provider", "abacus"), 4, "no provider named"),
        (("convert", "me.wav", "out.wav", "--voice", "robot.onnx"), 5, "no user has said which person's voice"),
        (("convert", "me.wav", "out.wav", "--voice", "cedar", "--voice-engine", "onnx"), 2, "is no network"),
        (("convert", "me.wav", "out.wav", "--voice", "cedar", "--voice-engine", "abacus"), 4, "no voice engine"),
    ],
)
def test_what_a_network_cannot_be_ends_with_its_code_and_a_hint(livecam, network, me, words, code, says):
    said = livecam("voice", *words)
    assert said.code == code and says in said.err


def test_a_network_does_not_speak_by_statistics(livecam, network, me):
    livecam("voice", "add", "robot", "robot.onnx", "--consent", "own")
    said = livecam("voice", "convert", me, "out.wav", "--voice", "robot", "--voice-engine", "grain")
    assert said.code == 2 and "speaks with statistics" in said.err
