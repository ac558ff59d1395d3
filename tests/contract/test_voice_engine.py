"""What every voice engine promises."""

import atexit
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import numpy as np
import pytest

from engines.voice.grain.engine import GrainMaker, open_maker, open_passthrough
from engines.voice.neural.networks import OnnxVoices, open_voices
from engines.voice.vocoder.engine import open_maker as open_vocoder
from engines.voice.vocoder.engine import open_passthrough as vocoded
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError, VoiceError
from livecam.core.fakes import FakeVoiceEngine
from livecam.core.framing import StatefulVoice
from livecam.core.overlap_add import Overlap, OverlapCore
from livecam.core.ports import VoiceEngine, VoiceMaker, VoiceNetworks
from livecam.core.voice import VoiceStatistics
from tests import voice_models
from tests.sounds import hissing, talking, through

RATE_HZ = 16_000


@cache
def make_speaker(pitch_hz: float, size: float, seconds: float = 5.0) -> VoiceStatistics:
    return GrainMaker().learn(talking(seconds, RATE_HZ, pitch_hz, size), RATE_HZ)


def converting() -> VoiceEngine:
    return GrainMaker().make_engine(make_speaker(120, 1.0), make_speaker(210, 1.15))


def overlapping() -> VoiceEngine:
    return StatefulVoice(lambda rate_hz: OverlapCore(lambda sound: sound, Overlap(400, 320, 160, 80)))


@cache
def models() -> Path:
    """A folder with a tiny voice model of every contract, and the networks they go with."""
    folder = Path(mkdtemp(prefix="livecam-voices-"))
    atexit.register(rmtree, folder)
    voice_models.content(folder / "content-768.onnx", 768)
    voice_models.content(folder / "content-256.onnx", 256)
    voice_models.pitch_net(folder / "pitch.onnx")
    for layout in voice_models.LAYOUTS:
        voice_models.rvc(folder / f"{layout}.onnx", layout, 768)
        voice_models.rvc(folder / f"{layout}-half.onnx", layout, 256, half=True)
    voice_models.rvc(folder / "named.onnx")
    (folder / "named.onnx.toml").write_text('pitch = "pitch.onnx"\n')
    voice_models.carried(folder / "stateful.onnx")
    voice_models.carried(folder / "stateful-half.onnx", half=True)
    return folder


def network(name: str) -> Callable[[], VoiceEngine]:
    def made() -> VoiceEngine:
        networks = OnnxVoices()
        return networks.make_engine(networks.read(models() / f"{name}.onnx"), 0.0, live=False)

    return made


NETWORKS = [*voice_models.LAYOUTS, "vcclient-half", "named", "stateful", "stateful-half"]
ENGINES: dict[str, Callable[[], VoiceEngine]] = {
    "fake": FakeVoiceEngine,
    "grain": converting,
    "grain, unchanged": open_passthrough,
    "overlap": overlapping,
    "vocoder": lambda: open_vocoder().make_engine(make_speaker(120, 1.0), make_speaker(210, 1.15)),
    "vocoder, unchanged": vocoded,
    "grain, guarded": lambda: SafeVoiceEngine(converting()),
    **{f"onnx, {name}": network(name) for name in NETWORKS},
}


@pytest.fixture(params=ENGINES)
def engine(request) -> VoiceEngine:
    engine = ENGINES[request.param]()
    engine.prepare(RATE_HZ, 4096)
    return engine


def test_it_is_a_voice_engine(engine):
    assert isinstance(engine, VoiceEngine)
    assert 0 <= engine.latency_samples < RATE_HZ


def test_any_block_size_gives_the_same_samples(engine):
    sound = talking(0.8, RATE_HZ, 130)
    whole = through(engine, sound, RATE_HZ, len(sound))
    for hop in (1, 7, 256, 4096):
        engine.reset()
        np.testing.assert_array_equal(through(engine, sound, RATE_HZ, hop), whole, f"blocks of {hop}")


def test_the_stated_latency_is_the_measured_one_within_two_milliseconds(engine):
    sound = hissing(2.0, RATE_HZ)
    heard = through(engine, sound, RATE_HZ, 160)
    loud, late = (_loudness(samples) for samples in (sound, heard))
    lags = np.arange(len(loud) // 2)
    likeness = [np.dot(loud[: len(loud) - lag], late[lag:]) for lag in lags]
    measured_ms = float(np.argmax(likeness))
    assert abs(measured_ms - engine.latency_samples * 1000 / RATE_HZ) <= 2


def _loudness(sound: np.ndarray) -> np.ndarray:
    """RMS of every millisecond, without its mean."""
    rms = np.sqrt((sound.reshape(-1, RATE_HZ // 1000).astype(np.float64) ** 2).mean(1))
    return rms - rms.mean()


def test_nothing_is_left_after_a_reset(engine):
    sound = talking(0.5, RATE_HZ, 130)
    first = through(engine, sound, RATE_HZ, 160)
    engine.reset()
    np.testing.assert_array_equal(through(engine, sound, RATE_HZ, 160), first)


def test_silence_stays_silent(engine):
    assert np.abs(through(engine, np.zeros(RATE_HZ, np.float32), RATE_HZ, 160)).max() < 1e-6


def test_blocks_keep_their_place_in_the_stream(engine):
    block = AudioBlock(np.zeros((160, 1), np.float32), RATE_HZ, 480, 99)
    out = engine.process(block)
    assert (out.samples.shape, out.rate_hz, out.first_sample, out.captured_ns) == ((160, 1), RATE_HZ, 480, 99)


@pytest.mark.parametrize("rate_hz", [16_000, 32_000, 48_000])
def test_grain_is_as_late_at_every_rate(rate_hz):
    engine = converting()
    engine.prepare(rate_hz, 480)
    assert engine.latency_samples / rate_hz < 0.042


def test_grain_refuses_a_rate_it_cannot_serve():
    with pytest.raises(EngineError, match="44100"):
        converting().prepare(44_100, 480)


@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 44_100, 48_000])
def test_the_vocoder_takes_any_rate(rate_hz):
    engine = vocoded()
    engine.prepare(rate_hz, 480)
    sound = talking(0.6, rate_hz, 130)
    heard = through(engine, sound, rate_hz, 441)
    assert engine.latency_samples / rate_hz < 0.04
    assert 0.5 < np.std(heard) / np.std(sound) < 1.5


def test_the_vocoder_refuses_what_is_too_narrow():
    with pytest.raises(EngineError, match="got 8000"):
        vocoded().prepare(8000, 80)


def test_a_wrong_block_is_refused():
    engine = converting()
    with pytest.raises(RuntimeError, match="prepare"):
        engine.process(AudioBlock(np.zeros((160, 1), np.float32), RATE_HZ, 0, 0))
    engine.prepare(RATE_HZ, 160)
    for samples, rate_hz in ((np.zeros((160, 2), np.float32), RATE_HZ), (np.zeros((160, 1), np.float32), 48_000)):
        with pytest.raises(ValueError, match="block must be"):
            engine.process(AudioBlock(samples, rate_hz, 0, 0))


def test_a_maker_learns_the_pitch_and_how_much_was_said():
    assert isinstance(open_maker(), VoiceMaker) and isinstance(open_vocoder(), VoiceMaker)
    low, high = make_speaker(120, 1.0), make_speaker(210, 1.15)
    assert abs(low.pitch_hz / 120 - 1) < 0.1 and abs(high.pitch_hz / 210 - 1) < 0.1
    assert 3 < low.speech_s <= 5
    assert abs(low.weights.sum() - 1) < 1e-5


def test_networks_keep_their_port():
    assert isinstance(open_voices(), VoiceNetworks) and isinstance(open_voices("cpu"), VoiceNetworks)


def test_too_little_speech_is_refused_with_a_hint():
    for sound in (np.zeros(RATE_HZ * 10, np.float32), talking(2.0, RATE_HZ, 120), hissing(8.0, RATE_HZ)):
        with pytest.raises(VoiceError, match="speech") as error:
            GrainMaker().learn(sound, RATE_HZ)
        assert error.value.help_text
