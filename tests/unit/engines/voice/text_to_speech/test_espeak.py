"""eSpeak NG as a program: missing, failing, hanging, or speaking; text that is no text for it."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engines.voice.text_to_speech import espeak
from engines.voice.text_to_speech.espeak import INSTALL, PROGRAM, open_synthesizer
from engines.voice.text_to_speech.samples import RATE_HZ, resample
from livecam.core.errors import EngineError
from livecam.core.ports import SpeechSynthesizer
from livecam.plugins import open_synthesizer as open_by_name

HEADER = b"RIFF" + b"\0" * 20 + (22_050).to_bytes(4, "little") + b"\0" * 16
needs_espeak = pytest.mark.skipif(not espeak.shutil.which(PROGRAM), reason="espeak-ng is not installed")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Put a program of that name first in the path, made of lines of shell."""

    def write(lines: str) -> Path:
        path = tmp_path / PROGRAM
        path.write_text(f"#!/bin/sh\n{lines}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.defpath}")
        return path

    return write


def test_a_missing_program_is_said_with_the_command_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="espeak-ng is not installed") as raised:
        open_synthesizer("en")
    assert raised.value.command == INSTALL == "sudo apt install espeak-ng"


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("echo 'no voice xx' >&2; exit 1", "no voice xx"),
        ("exit 3", "exit code 3"),
        ("cat >/dev/null; echo nonsense", "gave no sound"),
        ("kill -9 $$", "exit code -9"),
    ],
)
def test_a_program_that_fails_is_an_error_with_its_last_words(program, lines, why):
    program(lines)
    with pytest.raises(EngineError, match=why):
        open_synthesizer("en").speak("Hello.")


def test_a_program_that_hangs_is_ended(program, monkeypatch):
    monkeypatch.setattr(espeak, "_PATIENCE_S", 0.2)
    program("exec sleep 600")
    with pytest.raises(EngineError, match="timed out"):
        open_synthesizer("en").speak("Hello.")


def test_a_program_that_never_stops_speaking_is_refused(program, monkeypatch, tmp_path):
    monkeypatch.setattr(espeak, "_LONGEST_S", 1)
    (tmp_path / "long.wav").write_bytes(HEADER + b"\0" * 100_000)
    program(f"cat >/dev/null; cat {tmp_path / 'long.wav'}")
    with pytest.raises(EngineError, match="more than 1 s"):
        open_synthesizer("en").speak("Hello.")


@pytest.mark.parametrize("text", ["-f /etc/passwd", "--help", "$(touch x)", "`touch x`", "; touch x", "<speak>x"])
def test_text_reaches_the_program_as_text_and_in_no_other_way(monkeypatch, program, tmp_path, text):
    (tmp_path / "wave").write_bytes(HEADER + b"\1\0" * 50)
    program(f'printf "%s\\n" "$@" >> {tmp_path}/options; cat >> {tmp_path}/input; cat {tmp_path}/wave')
    asked = []
    start = subprocess.Popen
    monkeypatch.setattr(
        espeak.subprocess, "Popen", lambda command, **given: asked.append((command, given)) or start(command, **given)
    )
    open_synthesizer("en").speak(text)
    assert (tmp_path / "input").read_text() == text and text not in (tmp_path / "options").read_text()
    for command, given in asked:
        assert isinstance(command, list) and text not in command and "-m" not in command and not given.get("shell")


def test_the_process_for_the_next_sentence_waits_for_it(program, tmp_path):
    (tmp_path / "wave").write_bytes(HEADER + b"\1\0" * 50)
    program(f"cat >> {tmp_path}/input; cat {tmp_path}/wave")
    synthesizer = open_synthesizer("en")
    for sentence in ("One.", "Two.", "Three."):
        assert len(synthesizer.speak(sentence)) > 50
    assert (tmp_path / "input").read_text() == "One.Two.Three."
    (waiting,) = synthesizer._program._waiting
    del synthesizer
    assert waiting.returncode is not None


def test_a_process_that_was_ended_while_it_waited_is_replaced(program, tmp_path):
    (tmp_path / "wave").write_bytes(HEADER + b"\1\0" * 50)
    program(f"cat >/dev/null; cat {tmp_path / 'wave'}")
    synthesizer = open_synthesizer("en")
    synthesizer.speak("One.")
    (waiting,) = synthesizer._program._waiting
    waiting.kill()
    waiting.wait()
    assert len(synthesizer.speak("Two.")) > 50


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_sound_of_any_rate_keeps_pitch_and_level(rate_hz):
    tone = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate_hz) / rate_hz)
    out = resample(tone, rate_hz)
    assert len(out) == RATE_HZ and int(np.abs(np.fft.rfft(out)).argmax()) == 440
    assert np.abs(out).max() == pytest.approx(0.5, abs=0.01)


def test_no_sound_stays_none_and_a_strange_rate_is_refused():
    assert len(resample(np.zeros(0), 22_050)) == 0
    with pytest.raises(ValueError, match="rate_hz must be"):
        resample(np.zeros(5), 5)


@needs_espeak
@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pl", "pt"])
def test_every_language_of_the_plate_is_spoken(language):
    synthesizer = open_by_name("espeak-ng", language)
    sound = synthesizer.speak("Ja. Si. Oui.")
    assert isinstance(synthesizer, SpeechSynthesizer) and 0.3 * RATE_HZ < len(sound) < 5 * RATE_HZ
    assert np.isfinite(sound).all() and 0.05 < np.abs(sound).max() <= 1


@needs_espeak
def test_markup_is_read_and_not_obeyed():
    plain = open_by_name("espeak-ng", "en").speak("break")
    marked = open_by_name("espeak-ng", "en").speak('<break time="10s"/>break')
    assert len(marked) < len(plain) + 9 * RATE_HZ


@pytest.mark.parametrize(("name", "why"), [("flite", "no speech synthesizer"), ("espeak-ng:x", "takes nothing after")])
def test_an_unknown_synthesizer_is_refused(name, why):
    with pytest.raises(EngineError, match=why):
        open_by_name(name, "en")
