"""Who speaks after the conversion."""

import dataclasses

import numpy as np
import pytest

from engines.voice.grain.engine import GrainMaker, open_passthrough
from engines.voice.grain.fit import FREE_FROM_S, PAIRED_FROM_S, find_band_edge, fit_mapping
from engines.voice.grain.frames import RATE_HZ
from engines.voice.grain.grains import GrainWriter
from livecam.core.voice import VoiceStatistics
from tests.sounds import hissing, talking, through

MAKER = GrainMaker()


@pytest.fixture(scope="module")
def low() -> VoiceStatistics:
    return MAKER.learn(talking(16.0, RATE_HZ, 115, 1.0), RATE_HZ)


@pytest.fixture(scope="module")
def high() -> VoiceStatistics:
    return MAKER.learn(talking(16.0, RATE_HZ, 205, 1.15, seed=1), RATE_HZ)


def spoken_by(engine, sound, rate_hz=RATE_HZ):
    engine.prepare(rate_hz, 480)
    silence = np.zeros(engine.latency_samples, np.float32)
    return through(engine, np.concatenate([sound, silence]), rate_hz, 480)[engine.latency_samples :]


def short(voice: VoiceStatistics) -> VoiceStatistics:
    return dataclasses.replace(voice, speech_s=PAIRED_FROM_S / 2)


def colour_distance(a: VoiceStatistics, b: VoiceStatistics) -> float:
    return float(np.linalg.norm(a.mean[1, 1:25] - b.mean[1, 1:25]))


@pytest.mark.parametrize("enrolled", ["long", "short"])
@pytest.mark.parametrize("upwards", [True, False])
def test_the_converted_voice_has_the_pitch_and_the_colour_of_the_persona(low, high, enrolled, upwards):
    speaker, target = (low, high) if upwards else (high, low)
    chosen = (short(speaker), short(target)) if enrolled == "short" else (speaker, target)
    sound = talking(6.0, RATE_HZ, speaker.pitch_hz, 1.0 if upwards else 1.15, seed=5)
    heard = MAKER.learn(spoken_by(MAKER.make_engine(*chosen), sound), RATE_HZ)
    assert abs(heard.pitch_hz / target.pitch_hz - 1) < 0.05
    assert colour_distance(heard, target) < 0.75 * colour_distance(heard, speaker)


def test_a_voice_taken_apart_and_put_together_is_the_same_voice(low):
    heard = MAKER.learn(spoken_by(open_passthrough(), talking(6.0, RATE_HZ, 115, seed=5)), RATE_HZ)
    assert abs(heard.pitch_hz / low.pitch_hz - 1) < 0.02
    assert colour_distance(heard, low) < 0.4


def test_who_becomes_himself_changes_little(low):
    mapping = fit_mapping(low, low)
    np.testing.assert_allclose(mapping.colour.before, mapping.colour.after, atol=0.05)
    assert mapping.pitch.apply(115) == pytest.approx(115, rel=0.01)


def test_little_speech_is_mapped_by_averages_alone(low, high):
    assert fit_mapping(short(low), high).paired is None
    assert fit_mapping(low, short(high)).paired is None
    assert fit_mapping(low, high).paired is not None


def test_a_few_seconds_change_a_sound_less_than_many(low, high):
    few = dataclasses.replace(low, speech_s=FREE_FROM_S / 2)
    free, cautious = fit_mapping(low, high).paired, fit_mapping(few, high).paired
    assert free is not None and cautious is not None
    changes = [float(np.linalg.norm(each.matrix[:-1] - np.eye(39))) for each in (free, cautious)]
    assert 0 < changes[1] < 0.7 * changes[0]


def test_unvoiced_sound_passes_with_the_band_above_the_analysis():
    rate_hz = 48_000
    sound = hissing(1.0, rate_hz)
    heard = spoken_by(open_passthrough(), sound, rate_hz)
    lost = heard[480:-480] - sound[480:-480]
    assert np.sqrt(np.mean(lost**2)) < 0.01 * np.sqrt(np.mean(sound**2))


def test_converting_keeps_the_band_above_eight_kilohertz(low, high):
    rate_hz = 48_000
    sound = hissing(2.0, rate_hz)
    heard = spoken_by(MAKER.make_engine(low, high), sound, rate_hz)
    above = [np.abs(np.fft.rfft(samples)[len(samples) * 10_000 // rate_hz :]).mean() for samples in (sound, heard)]
    assert 0.1 < above[1] / above[0] < 10


def test_the_very_first_sound_is_as_changed_as_any(low, high, monkeypatch):
    """There is no moment at the start in which the speaker's own colour is heard."""
    changes, colour = {}, GrainWriter.set_colour

    def noted(writer, frame, change, spectrum):
        changes[frame] = float(np.linalg.norm(change))
        colour(writer, frame, change, spectrum)

    monkeypatch.setattr(GrainWriter, "set_colour", noted)
    spoken_by(
        MAKER.make_engine(low, high), (0.05 * np.random.default_rng(0).standard_normal(RATE_HZ)).astype(np.float32)
    )
    typical = np.median(list(changes.values()))
    assert all(changes[frame] > 0.7 * typical for frame in range(6))


@pytest.mark.parametrize("sound", ["clipped", "loud noise", "clicks"])
def test_hard_sounds_stay_finite_and_bounded(low, high, sound):
    rng = np.random.default_rng(0)
    made = {
        "clipped": np.clip(20 * talking(2.0, RATE_HZ, 115), -1, 1),
        "loud noise": np.clip(rng.standard_normal(2 * RATE_HZ), -1, 1),
        "clicks": (rng.random(2 * RATE_HZ) > 0.999).astype(np.float64),
    }[sound].astype(np.float32)
    heard = spoken_by(MAKER.make_engine(low, high), made)
    assert np.isfinite(heard).all() and np.sqrt(np.mean(heard**2)) < 3 * np.sqrt(np.mean(made**2)) + 0.01


@pytest.fixture(scope="module")
def through_a_telephone() -> VoiceStatistics:
    sound = talking(8.0, RATE_HZ, 115, 1.0)
    spectrum = np.fft.rfft(sound)
    spectrum[len(spectrum) // 2 :] = 0
    noise = 1e-5 * np.random.default_rng(0).standard_normal(len(sound))
    return MAKER.learn((np.fft.irfft(spectrum, len(sound)) + noise).astype(np.float32), RATE_HZ)


def test_a_band_that_was_never_recorded_is_found_and_no_other(through_a_telephone, low, high):
    edge = find_band_edge(through_a_telephone, high)
    assert edge is not None and 3000 < edge / np.pi * 8000 < 4200
    assert (
        find_band_edge(low, high) is None
        and find_band_edge(high, low) is None
        and find_band_edge(low, through_a_telephone) is None
    )


@pytest.mark.parametrize("enrolled", ["long", "short"])
def test_hiss_and_clicks_stay_small_for_a_speaker_from_a_telephone(through_a_telephone, high, enrolled):
    speaker = dataclasses.replace(through_a_telephone, speech_s=6.0 if enrolled == "short" else 20.0)
    engine = MAKER.make_engine(speaker, high)
    hiss = (0.003 * np.random.default_rng(0).standard_normal(RATE_HZ)).astype(np.float32)
    click = np.zeros(RATE_HZ, np.float32)
    click[8000] = 0.02
    assert np.std(spoken_by(engine, hiss)) < 0.03
    assert np.abs(spoken_by(engine, click)).max() < 0.2
