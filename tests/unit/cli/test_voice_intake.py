"""Sentences read to a microphone, on a clock that does not wait."""

from types import SimpleNamespace

import numpy as np
import pytest

from livecam.app import enroll_voice, voice_recordings
from livecam.app.voice_recordings import SENTENCES
from livecam.core.clock import ManualClock
from livecam.core.fakes import FakeSoundSource
from livecam.core.voice import SentenceSpan
from livecam.personas.built_in_voices import open_builtin_voice
from tests.sounds import talking, write_wav

RATE_HZ = 48_000


def sentence(seed: int, gain: float = 1.0) -> np.ndarray:
    noise = 0.0003 * np.random.default_rng(seed).standard_normal(7 * RATE_HZ)
    noise[RATE_HZ // 2 : RATE_HZ // 2 + 5 * RATE_HZ] += np.clip(gain * talking(5.0, RATE_HZ, 120, seed=seed), -1, 1)
    return noise.astype(np.float32)


@pytest.fixture(autouse=True)
def reported(monkeypatch):
    """What is learned is not looked at here: learning a minute takes ten seconds. Returns the given readings."""
    reported: list[SentenceSpan] = []

    def learn(sound, rate_hz, readings):
        reported.extend(readings)
        assert all(reading.end <= len(sound) for reading in readings)
        return open_builtin_voice("birch")

    monkeypatch.setattr(enroll_voice, "open_voice_maker", lambda: SimpleNamespace(learn=learn))
    return reported


@pytest.fixture
def microphone(monkeypatch):
    """A person reads what they are given."""

    def reads(sounds):
        source = FakeSoundSource(np.concatenate(sounds), ManualClock())
        monkeypatch.setattr(voice_recordings, "find_microphone", lambda name: "pulse:headset")
        monkeypatch.setattr(voice_recordings, "open_sound_source", lambda place, clock: source)
        return source

    return reads


def test_sentences_are_shown_heard_and_learned(livecam, microphone, reported):
    source = microphone([sentence(seed) for seed in range(len(SENTENCES))])
    said = livecam("voice", "enrol", "me", "--consent", "own")
    assert said.code == 0 and "me is ready" in said.out and source.closed
    assert all(sentence in said.out for sentence in SENTENCES)
    assert [reading.sentence for reading in reported] == list(SENTENCES)
    assert [reading.begin for reading in reported] == [0, *(reading.end for reading in reported[:-1])]
    assert "own" in livecam("voice", "list").out


def test_what_was_not_good_is_asked_for_again_with_the_reason(livecam, microphone):
    good = [sentence(seed) for seed in range(len(SENTENCES))]
    microphone([good[0], sentence(40, gain=20.0), *good[1:]])
    said = livecam("voice", "enrol", "me", "--consent", "own")
    assert said.code == 0 and "again, please: too loud, it clips" in said.out


def test_what_is_never_good_ends_it_and_nothing_is_kept(livecam, microphone):
    microphone([sentence(seed, gain=20.0) for seed in range(3)])
    said = livecam("voice", "enrol", "me", "--consent", "own")
    assert said.code == 3 and "was not good 3 times" in said.err
    assert "own" not in livecam("voice", "list").out


def test_a_folder_of_recordings_is_learned(livecam, tmp_path):
    (tmp_path / "takes").mkdir()
    for number in range(3):
        write_wav(tmp_path / "takes" / f"{number}.wav", sentence(number))
    (tmp_path / "takes" / "notes.txt").write_text("not a sound")
    assert livecam("voice", "enrol", "me", "--files", "takes", "--consent", "own").code == 0
    assert livecam("voice", "enrol", "again", "takes", "--consent", "own").code == 0
    (tmp_path / "empty").mkdir()
    said = livecam("voice", "enrol", "x", "--files", "empty", "--consent", "own")
    assert said.code == 2 and "no recordings in empty" in said.err


def test_recordings_of_the_shown_sentences_are_known_by_their_names(livecam, tmp_path, reported):
    (tmp_path / "takes").mkdir()
    for name in ("sentence-02", "sentence-10", "sentence-11", "sentence-0", "talk"):
        write_wav(tmp_path / "takes" / f"{name}.wav", sentence(1))
    assert livecam("voice", "enrol", "me", "--files", "takes", "--consent", "own").code == 0
    places = {reading.sentence: (reading.begin, reading.end) for reading in reported}
    length = 7 * RATE_HZ
    assert places == {SENTENCES[1]: (length, 2 * length), SENTENCES[9]: (2 * length, 3 * length)}


def test_no_recording_starts_before_the_consent_answer(livecam, microphone):
    source = microphone([sentence(0)])
    said = livecam("voice", "enrol", "me")
    assert said.code == 5 and not source.closed
