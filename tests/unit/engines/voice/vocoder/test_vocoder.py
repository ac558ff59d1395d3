"""The spare engine: everything is made again, at the wanted pitch, and nothing of the speaker's own sound is in it."""

import numpy as np
import pytest

from engines.voice.grain.learn import analyse_frames
from engines.voice.vocoder import engine as vocoder
from engines.voice.vocoder.engine import open_maker, open_passthrough
from livecam.personas.built_in_voices import open_builtin_voice
from tests.sounds import likeness, talking, through

RATE_HZ = 48_000


def pitch_of(sound: np.ndarray) -> float:
    hz = analyse_frames(sound[::3].astype(np.float64)).pitch_hz
    return float(np.median(hz[hz > 0]))


def test_a_voice_comes_out_at_the_pitch_of_the_other():
    low, high = open_builtin_voice("alder"), open_builtin_voice("maple")
    engine = open_maker().make_engine(low, high)
    engine.prepare(RATE_HZ, 480)
    sound = talking(2.0, RATE_HZ, low.pitch_hz)
    heard = through(engine, sound, RATE_HZ, 480)
    assert abs(pitch_of(heard) / high.pitch_hz - 1) < 0.1


def test_unchanged_it_keeps_the_pitch_and_is_not_the_natural_voice():
    engine = open_passthrough()
    engine.prepare(RATE_HZ, 480)
    sound = talking(2.0, RATE_HZ, 140)
    heard = through(engine, sound, RATE_HZ, 480)
    assert abs(pitch_of(heard) / pitch_of(sound) - 1) < 0.03
    assert likeness(heard, sound) < 0.95


def test_where_no_map_can_be_solved_averages_are_matched(monkeypatch):
    whole = vocoder.fit_mapping

    def fit(speaker, target):
        if speaker.speech_s:
            raise np.linalg.LinAlgError("Singular matrix")
        return whole(speaker, target)

    monkeypatch.setattr(vocoder, "fit_mapping", fit)
    engine = open_maker().make_engine(open_builtin_voice("birch"), open_builtin_voice("cedar"))
    engine.prepare(RATE_HZ, 480)
    assert np.std(through(engine, talking(0.5, RATE_HZ, 120), RATE_HZ, 480)) > 0.01


def test_it_learns_as_grain_does():
    sound = talking(5.0, 16_000, 150)
    assert open_maker().learn(sound, 16_000).pitch_hz == pytest.approx(150, rel=0.1)
