"""Pitch, colour and marks of sounds with known pitch and colour."""

import numpy as np
import pytest

from engines.voice.grain.envelope import REACH, compute_mel_cepstrum, make_cosines, warp_vocal_tract
from engines.voice.grain.frames import HOP, LOW_PASS, RATE_HZ, Decimator, Filter, HighPass
from engines.voice.grain.learn import _too_little, analyse_frames
from engines.voice.grain.pitch_marks import NEEDED, MarkFinder
from tests.sounds import talking


def buzz(pitch_hz: float, seconds: float = 1.0, formant_hz: float = 1000.0) -> np.ndarray:
    """Harmonics under one resonance."""
    time_s = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    numbers = np.arange(1, int(7800 / pitch_hz))
    gains = 1 / (1 + ((numbers * pitch_hz - formant_hz) / 200) ** 2)
    return 0.05 * (gains[:, None] * np.cos(2 * np.pi * numbers[:, None] * pitch_hz * time_s)).sum(0)


@pytest.mark.parametrize("pitch_hz", [75, 110, 160, 230, 320, 450])
def test_the_pitch_of_a_steady_voice_is_found_within_a_percent(pitch_hz):
    found = analyse_frames(buzz(pitch_hz)).pitch_hz[20:-20]
    assert (found > 0).mean() > 0.95
    assert abs(np.median(found[found > 0]) / pitch_hz - 1) < 0.01


def test_noise_and_silence_have_no_pitch():
    noise = 0.05 * np.random.default_rng(0).standard_normal(RATE_HZ)
    assert (analyse_frames(noise).pitch_hz > 0).mean() < 0.05
    assert not analyse_frames(np.zeros(RATE_HZ)).pitch_hz.any()


@pytest.mark.parametrize("formant_hz", [600, 1500, 3000])
def test_the_envelope_has_its_peak_where_the_resonance_is_at_any_pitch(formant_hz):
    hz = np.arange(100, 7000, 25.0)
    envelopes = []
    for pitch_hz in (90, 200):
        sound = buzz(pitch_hz, 0.2, formant_hz)[: 2 * REACH]
        envelopes.append(compute_mel_cepstrum(sound, pitch_hz) @ make_cosines(np.pi * hz / 8000))
        assert abs(hz[envelopes[-1].argmax()] - formant_hz) <= 100
    shapes = [envelope - envelope.max() for envelope in envelopes]
    near = np.abs(hz - formant_hz) < 400
    assert np.abs(shapes[0] - shapes[1])[near].max() * 8.686 < 3


def test_a_vocal_tract_of_another_length_moves_the_peak_and_back():
    sound = buzz(100, 0.2, 1500)[: 2 * REACH]
    hz = np.arange(100, 7000, 25.0)
    spectrum = compute_mel_cepstrum(sound, 100)
    peaks = [
        hz[(spectrum @ warp_vocal_tract(warp) @ make_cosines(np.pi * hz / 8000)).argmax()] for warp in (-0.1, 0.0, 0.1)
    ]
    assert peaks[0] > peaks[1] > peaks[2] or peaks[0] < peaks[1] < peaks[2]
    np.testing.assert_allclose(spectrum @ warp_vocal_tract(0.0), spectrum, atol=0.05)


def test_there_is_one_mark_per_period_and_they_keep_step():
    pitch_hz, low_pass, finder = 125.0, Filter(LOW_PASS), MarkFinder()
    low = np.concatenate([np.zeros(NEEDED), low_pass(buzz(pitch_hz))])
    marks = []
    for frame in range(20, 150):
        end = (frame + 4) * HOP
        marks += finder.step(frame, pitch_hz, low[end : end + NEEDED], end - NEEDED)
    steps = np.diff([mark.place for mark in marks if mark.frame > 22])
    np.testing.assert_allclose(steps, RATE_HZ / pitch_hz, atol=0.3)


def test_a_filter_goes_on_where_it_stopped():
    sound = np.random.default_rng(1).standard_normal(800)
    whole, parts = Filter(LOW_PASS), Filter(LOW_PASS)
    np.testing.assert_allclose(whole(sound), np.concatenate([parts(p) for p in np.split(sound, 10)]))


def test_the_low_pass_keeps_the_pitch_and_loses_the_rest():
    gain = np.abs(np.fft.rfft(LOW_PASS, RATE_HZ))
    assert abs(gain[100] - 1) < 0.01 and abs(20 * np.log10(gain[1000]) + 3) < 0.1 and gain[4000] < 0.02


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_rumble_is_taken_away_and_the_voice_stays(rate_hz):
    frame = rate_hz // 200
    pulse = np.zeros(rate_hz)
    pulse[0] = 1
    high_pass = HighPass(rate_hz, frame)
    gain = np.abs(np.fft.rfft(np.concatenate([high_pass(part) for part in pulse.reshape(-1, frame)])))
    assert (
        gain[20] < 0.07 and abs(20 * np.log10(gain[80]) + 3) < 0.1 and gain[160] > 0.95 and abs(gain[3000] - 1) < 0.01
    )


@pytest.mark.parametrize("factor", [2, 3])
def test_a_higher_rate_is_brought_down_in_time(factor):
    decimator, slow = Decimator(factor), np.sin(2 * np.pi * 500 * np.arange(1600) / RATE_HZ)
    fast = np.sin(2 * np.pi * 500 * np.arange(1600 * factor) / (RATE_HZ * factor))
    lag = decimator.delay_samples // factor
    np.testing.assert_allclose(decimator(fast)[lag + 50 :], slow[50:-lag], atol=0.01)


def test_frames_that_are_spoken_are_distinguished_from_pauses():
    sound = np.concatenate([talking(1.0, RATE_HZ, 130), np.zeros(RATE_HZ, np.float32)])
    spoken = analyse_frames(sound.astype(np.float64)).spoken
    assert spoken[:200].mean() > 0.6 and not spoken[220:].any()


@pytest.mark.parametrize(("speech_s", "shown"), [(2.99, "2.9 s"), (2.5, "2.5 s"), (0.04, "0.0 s")])
def test_too_little_speech_never_reads_as_enough(speech_s, shown):
    assert f"there are {shown} of speech" in str(_too_little(speech_s))
