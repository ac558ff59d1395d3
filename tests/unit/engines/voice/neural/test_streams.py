"""Networks as streams: the same samples for any block size, as late as they say, silent where they fail."""

import numpy as np
import pytest

from engines.onnx.graph import read_graph
from engines.voice.neural.loaded import FoundModel, LoadedVoice
from engines.voice.neural.networks import OnnxVoices
from engines.voice.neural.pitch import FRAME, OwnPitch, PitchShift, quantise_pitch
from engines.voice.rates import Resampler
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from tests import voice_models
from tests.sounds import likeness, talking, through

RATE_HZ = 48_000


def speaking(path, pitch_hz=0.0, speaker_hz=0.0, rate_hz=RATE_HZ):
    networks = OnnxVoices()
    engine = networks.make_engine(networks.read(path, pitch_hz), speaker_hz, live=False)
    engine.prepare(rate_hz, 480)
    return engine


def swelling():
    """Two seconds of a tone that comes and goes; nothing of it is lost at 8 kHz."""
    time = np.arange(RATE_HZ * 2) / RATE_HZ
    return (0.1 * np.sin(2 * np.pi * 300 * time) * (1 + np.sin(2 * np.pi * 3 * time))).astype(np.float32)


def apart(heard, spoken, late):
    """Largest difference between what is heard and what was spoken so many samples before, below 3 kHz."""
    taps = np.sinc(np.arange(-64, 65) / 10) * np.hanning(129)
    low = [np.convolve(sound, taps / taps.sum(), "same") for sound in (heard[late:], spoken[: len(spoken) - late])]
    return float(np.abs(low[0] - low[1])[4800:-4800].max())


def test_llvc_carries_its_past_without_a_seam(tmp_path):
    sound = talking(1.5, 16_000, 140)
    engine = speaking(voice_models.carried(tmp_path / "m.onnx"), rate_hz=16_000)
    heard = through(engine, sound, 16_000, 160)
    late = engine.latency_samples
    assert late == 208 - 1 + 16
    wanted = sound + 0.5 * np.concatenate([np.zeros(4), sound[:-4]])
    np.testing.assert_allclose(heard[late:], wanted[: len(sound) - late], atol=1e-6)


@pytest.mark.parametrize("layout", voice_models.LAYOUTS)
def test_rvc_hands_the_sound_on_at_its_time(tmp_path, layout):
    voice_models.content(tmp_path / "content.onnx")
    engine = speaking(voice_models.rvc(tmp_path / "m.onnx", layout))
    sound = swelling()
    assert apart(through(engine, sound, RATE_HZ, 480), sound, engine.latency_samples) < 0.02


@pytest.mark.parametrize("frames", [0, 201])
@pytest.mark.parametrize("half", [False, True])
def test_half_precision_and_frozen_lengths_speak_too(tmp_path, half, frames):
    voice_models.content(tmp_path / "content.onnx", half=half, axes=3)
    engine = speaking(voice_models.rvc(tmp_path / "m.onnx", half=half, frames=frames))
    sound = swelling()
    assert apart(through(engine, sound, RATE_HZ, 480), sound, engine.latency_samples) < 0.02


@pytest.mark.parametrize("rate_hz", [16_000, 32_000, 40_000, 48_000])
def test_any_rate_of_a_network_comes_out_at_ours(tmp_path, rate_hz):
    voice_models.content(tmp_path / "content.onnx")
    engine = speaking(voice_models.rvc(tmp_path / "m.onnx", rate_hz=rate_hz))
    sound = swelling()
    assert apart(through(engine, sound, RATE_HZ, 480), sound, engine.latency_samples) < 0.02


def test_a_rate_at_which_a_chunk_is_no_whole_number_of_samples_is_refused(tmp_path):
    path = voice_models.carried(tmp_path / "m.onnx", chunk=209)
    with pytest.raises(EngineError, match="no whole number at 44100 Hz"):
        speaking(path, rate_hz=44_100)


def pitch_heard(tmp_path, spoken_hz, **pitches):
    """The pitch that a network receives, which it gives as its sound in kHz."""
    voice_models.content(tmp_path / "content.onnx")
    engine = speaking(voice_models.rvc(tmp_path / "m.onnx", does="pitch"), **pitches)
    time = np.arange(RATE_HZ * 3) / RATE_HZ
    sound = sum(np.sin(2 * np.pi * spoken_hz * n * time) / n for n in range(1, 12)) * 0.05
    heard = through(engine, sound.astype(np.float32), RATE_HZ, 480)
    return 1000 * float(np.median(heard[-RATE_HZ:]))


def test_a_network_gets_our_pitch(tmp_path):
    assert abs(pitch_heard(tmp_path, 150) / 150 - 1) < 0.03


def test_the_pitch_is_moved_to_the_voices_own(tmp_path):
    assert abs(pitch_heard(tmp_path, 150, pitch_hz=225.0, speaker_hz=150.0) / 225 - 1) < 0.03
    assert abs(pitch_heard(tmp_path, 120, pitch_hz=225.0, speaker_hz=150.0) / 180 - 1) < 0.03


def test_an_unknown_speakers_pitch_is_listened_for(tmp_path):
    assert abs(pitch_heard(tmp_path, 120, pitch_hz=225.0) / 225 - 1) < 0.03


@pytest.mark.parametrize("mel", [False, True])
def test_a_pitch_network_is_asked_where_one_is_named(tmp_path, mel):
    voice_models.pitch_net(tmp_path / "finder.onnx", mel, hz=333.0)
    (tmp_path / "m.onnx.toml").write_text('pitch = "finder.onnx"\n')
    assert abs(pitch_heard(tmp_path, 150) - 333) < 1


def test_coarse_pitch_is_even_in_mel_and_one_where_there_is_no_voice():
    assert quantise_pitch(np.array([0.0, 50.0, 1100.0, 5000.0])).tolist() == [1, 1, 255, 255]
    steps = quantise_pitch(np.array([100.0, 200.0, 400.0]))
    assert steps.tolist() == [20, 54, 112]


def test_the_newest_frames_are_as_the_last_one_that_is_known():
    time = np.arange(16_000) / 16_000
    sound = sum(np.sin(2 * np.pi * 160 * n * time) for n in range(1, 8)) * 0.05
    finder = OwnPitch(50)
    hz = finder(sound, sound[-50 * FRAME :])
    assert hz.shape == (50,) and abs(float(np.median(hz)) / 160 - 1) < 0.02
    assert hz[-1] == hz[-2]


def test_without_a_voices_pitch_nothing_is_moved():
    hz = np.array([100.0, 0.0, 200.0])
    np.testing.assert_array_equal(PitchShift(0.0, 120.0)(hz, 3), hz)
    np.testing.assert_array_equal(PitchShift(200.0, 0.0)(hz, 3), hz)


BROKEN = ["carried nan", "rvc nan", "rvc short"]


def broken(tmp_path, what):
    kind, does = what.split()
    if kind == "carried":
        return voice_models.carried(tmp_path / "m.onnx", does=does)
    voice_models.content(tmp_path / "content.onnx")
    return voice_models.rvc(tmp_path / "m.onnx", does=does)


@pytest.mark.parametrize("what", BROKEN)
def test_a_network_that_gives_nonsense_is_silence_never_the_speaker(tmp_path, what):
    networks = OnnxVoices()
    engine = SafeVoiceEngine(networks.make_engine(networks.read(broken(tmp_path, what)), 0.0, live=False))
    engine.prepare(RATE_HZ, 240)
    sound = talking(1.5, RATE_HZ, 140)
    heard = through(engine, sound, RATE_HZ, 240)
    assert engine.faults > 0
    assert np.abs(heard).max() == 0 and likeness(heard, sound) == 0


@pytest.mark.parametrize("what", BROKEN)
def test_what_is_wrong_with_a_network_is_said(tmp_path, what):
    loaded = LoadedVoice(FoundModel(broken(tmp_path, what)))
    core = loaded.open_core(RATE_HZ, 0.0, 0.0)
    with pytest.raises(EngineError, match="numbers that are none" if "nan" in what else "expected 38720"):
        core.process_frame(np.full(core.frame_samples, 0.1))


def test_states_that_run_away_are_a_fault(tmp_path):
    path = voice_models.carried(tmp_path / "m.onnx", half=True)
    core = LoadedVoice(FoundModel(path)).open_core(16_000, 0.0, 0.0)
    with pytest.raises(EngineError, match=r"enc_buf_out|numbers"):
        core.process_frame(np.full(core.frame_samples, 1e6))


@pytest.mark.parametrize(("from_hz", "to_hz"), [(48_000, 16_000), (16_000, 48_000), (40_000, 48_000), (44_100, 16_000)])
def test_resampling_keeps_a_tone_and_says_how_late_it_is(from_hz, to_hz):
    resampler = Resampler(from_hz, to_hz)
    frame = from_hz // 100
    time = np.arange(from_hz) / from_hz
    tone = np.sin(2 * np.pi * 1000 * time)
    made = np.concatenate([resampler(part) for part in tone.reshape(-1, frame)])
    wanted = np.sin(2 * np.pi * 1000 * (np.arange(to_hz) / to_hz - resampler.delay_s))
    np.testing.assert_allclose(made[to_hz // 10 :], wanted[to_hz // 10 :], atol=2e-3)
    assert resampler.delay_s <= 0.001


def test_a_frame_that_is_no_whole_number_of_samples_is_refused():
    with pytest.raises(ValueError, match="no whole number"):
        Resampler(48_000, 16_000)(np.zeros(100))


def test_what_is_above_the_new_band_is_taken_away():
    resampler = Resampler(48_000, 16_000)
    tone = np.sin(2 * np.pi * 11_000 * np.arange(48_000) / 48_000)
    made = np.concatenate([resampler(part) for part in tone.reshape(-1, 480)])
    assert np.abs(made[1000:]).max() < 1e-3


def test_a_block_of_no_samples_is_nothing(tmp_path):
    engine = speaking(voice_models.carried(tmp_path / "m.onnx"))
    empty = engine.process(AudioBlock(np.zeros((0, 1), np.float32), RATE_HZ, 0, 0))
    assert empty.samples.shape == (0, 1)


def test_a_graph_of_strange_inputs_is_refused(tmp_path):
    import onnx

    path = voice_models.carried(tmp_path / "m.onnx")
    model = onnx.load(path)
    model.graph.input.append(onnx.helper.make_tensor_value_info("words", onnx.TensorProto.STRING, [1]))
    onnx.save(model, path)
    assert read_graph(path)
    with pytest.raises(EngineError):
        OnnxVoices().read(path)
