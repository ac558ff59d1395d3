import io
from fractions import Fraction
from itertools import pairwise

import av
import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD, SoundMark, read_sound, read_windows
from livecam.disclosure.sound.watermark.pattern import BANDS, PILOT, SLOTS, make_pattern
from livecam.disclosure.sound.watermark.writer import STEP_DB
from tests.unit.audio.voices import RATE_HZ, voice

SESSION = 0xBEEF
# The first cycle, as docs/mark-format.md gives it.
BITS = [15, 14, 6, 7, 16, 16, 3, 2, 9, 5, 1, 16, 8, 16, 10, 12, 4, 0, 11, 13]
SIGNS = "--+++++++++--+--+--+-----+-+"


def block(samples, first=0, rate_hz=RATE_HZ):
    return AudioBlock(np.asarray(samples, np.float32)[:, None], rate_hz, first, 0)


def marked(samples, sizes=(4096,)):
    """A sound through the mark in blocks of these sizes, over and over."""
    mark, out, at = SoundMark(SESSION), [], 0
    while at < len(samples):
        size = sizes[len(out) % len(sizes)]
        out.append(mark.process(block(samples[at : at + size], at)).samples[:, 0])
        at += size
    return np.concatenate(out)


@pytest.fixture(scope="module")
def speech():
    return voice(18)


@pytest.fixture(scope="module")
def sound(speech):
    return marked(speech)


def coded(samples, codec, kbps, rate_hz=RATE_HZ, container="matroska", options=None):
    """A sound through an encoder and back."""
    data = io.BytesIO()
    with av.open(data, "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate_hz, layout="mono")
        stream.bit_rate, stream.codec_context.options = kbps * 1000, options or {}
        frame = av.AudioFrame.from_ndarray(samples[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
        resampler, fifo = av.AudioResampler(stream.format.name, "mono", rate_hz), av.AudioFifo()
        for ready in resampler.resample(frame):
            fifo.write(ready)
        while (ready := fifo.read(stream.codec_context.frame_size or 960)) is not None:
            out.mux(stream.encode(ready))
        out.mux(stream.encode(None))
    back = av.AudioResampler("flt", "mono", RATE_HZ)
    with av.open(io.BytesIO(data.getvalue())) as source:
        parts = [r.to_ndarray()[0] for f in source.decode(audio=0) for r in back.resample(f)]
    return np.concatenate(parts).astype(np.float32)


def at_speed(samples, speed):
    count = int(len(samples) / speed)
    return np.interp(np.arange(count) * speed, np.arange(len(samples)), samples).astype(np.float32)


def telephone(samples):
    spectrum = np.fft.rfft(samples)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE_HZ) > 4000] = 0
    return np.fft.irfft(spectrum, len(samples)).astype(np.float32)


def noisy(samples):
    noise = np.random.default_rng(0).normal(0, samples.std() * 10 ** (-25 / 20), len(samples))
    return (samples + noise).astype(np.float32)


def test_the_pattern_is_the_documented_one():
    plan = make_pattern()
    assert plan.bit.tolist() == BITS
    assert "".join("-+"[int(sign > 0)] for sign in plan.sign[0]) == SIGNS
    assert sorted(plan.bit.tolist()) == [*range(PILOT), *[PILOT] * 4]
    assert plan.sign.shape == (SLOTS, BANDS) and not plan.sign.sum(1).any()


def test_any_block_size_gives_the_same_samples(speech):
    whole = marked(speech[:50_000], (50_000,))
    for sizes in ((1,) * 50 + (7,), (256,), (480,), (383, 1, 4096)):
        assert np.array_equal(marked(speech[:20_000], sizes), whole[:20_000])


def test_the_output_lags_by_the_stated_latency():
    mark = SoundMark(SESSION)
    assert mark.latency_samples == 767
    click = np.zeros(4096)
    click[1000] = 0.5
    out = mark.process(block(click)).samples[:, 0]
    assert int(np.abs(out).argmax()) == 1000 + mark.latency_samples


def test_a_band_changes_by_no_more_than_the_step(speech, sound):
    delayed = sound[767:]
    before, after = speech[: len(delayed)], delayed
    for begin in range(0, len(before) - 48_000, 48_000):
        change_db = 20 * np.log10(after[begin : begin + 48_000].std() / before[begin : begin + 48_000].std())
        assert abs(change_db) < STEP_DB
    spectrum = np.abs(np.fft.rfft(after - before)) ** 2
    hertz = np.fft.rfftfreq(len(before), 1 / RATE_HZ)
    inside = (hertz > 200) & (hertz < 3950)
    assert spectrum[~inside].sum() < 0.02 * spectrum.sum()


def test_silence_stays_silence_and_loud_stays_within_limits():
    assert not marked(np.zeros(10_000, np.float32)).any()
    assert np.abs(marked(np.sign(np.sin(np.arange(20_000) / 20)).astype(np.float32))).max() <= 1.0


def test_after_a_reset_it_is_as_new(speech):
    mark = SoundMark(SESSION)
    first = mark.process(block(speech[:10_000])).samples
    mark.reset()
    assert np.array_equal(mark.process(block(speech[:10_000])).samples, first)


@pytest.mark.parametrize("session", [-1, 1 << 16])
def test_a_session_that_does_not_fit_is_refused(session):
    with pytest.raises(ValueError, match="session"):
        SoundMark(session)


def test_another_rate_is_refused():
    with pytest.raises(ValueError, match="48000 Hz"):
        SoundMark(SESSION).process(block(np.zeros(10), rate_hz=44_100))


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[5_431:],
        telephone,
        noisy,
        lambda s: at_speed(s, 1.01),
        lambda s: at_speed(s, 0.99),
        lambda s: coded(s, "libopus", 32, options={"application": "voip"}),
        lambda s: coded(s, "libopus", 24, options={"application": "voip"}),
        lambda s: coded(s, "libopus", 16, options={"application": "voip"}),
        lambda s: coded(s, "libopus", 12, options={"application": "voip"}),
        lambda s: coded(s, "aac", 32),
        lambda s: coded(s, "libmp3lame", 32, 24_000, "mp3"),
    ],
    ids=["begun late", "4 kHz", "25 dB noise", "+1 %", "-1 %", *(f"opus{n}" for n in (32, 24, 16, 12)), "aac32", "mp3"],
)
def test_sixteen_seconds_say_the_session(sound, change):
    reading = read_sound(change(sound)[: 16 * RATE_HZ])
    assert reading.marked and reading.session == SESSION


def test_unmarked_sound_says_nothing(speech):
    assert not read_sound(speech[: 16 * RATE_HZ]).marked
    assert not read_sound(np.zeros(16 * RATE_HZ, np.float32)).marked


def test_the_speed_is_reported(sound):
    assert read_sound(at_speed(sound, 1.01)[: 16 * RATE_HZ]).speed == pytest.approx(1.01, abs=0.0015)


def test_what_is_shorter_than_four_seconds_is_not_read(sound):
    assert read_sound(sound[: 3 * RATE_HZ]) is None


def test_a_long_sound_is_read_in_windows_that_overlap(sound):
    begins = [reading.begin_s for reading in read_windows(np.concatenate([sound, sound]))]
    assert begins[0] == 0 and all(b - a == 8 for a, b in pairwise(begins)) and begins[-1] >= 16
    assert list(read_windows(sound[:100])) == []
    assert SOUND_THRESHOLD > 7
