"""RNNoise over a stand-in for its library, and the real one where it is installed."""

import ctypes
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest

from engines.voice.denoise import rnnoise
from livecam.audio.process.engine_selection import open_denoiser_for
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.ports import VoiceEngine
from livecam.plugins import open_denoiser
from tests.sounds import talking, through

RATE_HZ = rnnoise.RATE_HZ


class Library:
    """Halves every sample; counts its states."""

    def __init__(self) -> None:
        self.states = 0
        self.rnnoise_create, self.rnnoise_destroy = _Function(self._create), _Function(self._destroy)
        self.rnnoise_process_frame = _Function(self._frame)

    def _create(self, model: None) -> int:
        self.states += 1
        return self.states

    def _destroy(self, state: int) -> None:
        self.states -= 1

    def _frame(self, state: int, gave: int, given: int) -> float:
        count = rnnoise.FRAME
        out, sound = ((ctypes.c_float * count).from_address(place) for place in (gave, given))
        np.frombuffer(out, np.float32)[:] = np.frombuffer(sound, np.float32) / 2
        return 1.0


class _Function:
    """A function with settable types, as those of ctypes."""

    def __init__(self, call) -> None:
        self._call = call

    def __call__(self, *given):
        return self._call(*given)


@pytest.fixture
def library(monkeypatch, tmp_path) -> Library:
    made = Library()
    name = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}.get(rnnoise.sys.platform, "librnnoise.so")
    (tmp_path / name).touch()
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(rnnoise, "find_spec", lambda name: spec)
    monkeypatch.setattr(rnnoise.ctypes, "CDLL", lambda place: made if place.startswith(str(tmp_path)) else None)
    return made


def test_every_sample_goes_through_the_library_whatever_the_block(library):
    engine = rnnoise.open_denoiser()
    said = talking(0.3, RATE_HZ, 130)
    engine.prepare(RATE_HZ, 4096)
    assert isinstance(engine, VoiceEngine)
    # The library's own delay of two frames is not in the stand-in.
    late = engine.latency_samples - rnnoise.DELAY
    assert late == rnnoise.FRAME - 1
    for hop in (1, 7, 240, 4096):
        engine.reset()
        heard = through(engine, said, RATE_HZ, hop)
        np.testing.assert_allclose(heard[late:], said[:-late] / 2, atol=1e-7)
    del engine
    assert library.states == 0


def test_another_rate_is_refused(library):
    with pytest.raises(EngineError, match="48000 Hz only, got 16000"):
        rnnoise.open_denoiser().prepare(16_000, 160)


def test_without_it_the_error_says_what_to_install_and_what_needs_nothing(monkeypatch):
    monkeypatch.setattr(rnnoise, "find_spec", lambda name: None)
    monkeypatch.setattr(rnnoise, "find_library", lambda name: None)
    with pytest.raises(EngineError, match="not installed") as error:
        open_denoiser_for("rnnoise")
    assert "[denoise]" in error.value.help_text and "--denoise gate" in error.value.help_text
    assert open_denoiser_for("gate") is None and open_denoiser_for("off") is None


@pytest.mark.parametrize("broken", [OSError("wrong ELF class"), AttributeError("rnnoise_create")])
def test_a_library_that_does_not_load_is_named(monkeypatch, broken):
    def loading(place: str) -> None:
        raise broken

    monkeypatch.setattr(rnnoise, "find_spec", lambda name: None)
    monkeypatch.setattr(rnnoise, "find_library", lambda name: "librnnoise.so.0")
    monkeypatch.setattr(rnnoise.ctypes, "CDLL", loading)
    with pytest.raises(EngineError, match=r"librnnoise\.so\.0"):
        open_denoiser("rnnoise")


@pytest.mark.skipif(find_spec("pyrnnoise") is None, reason="the extra denoise is not installed")
def test_the_real_one_takes_noise_away_and_is_as_late_as_stated():
    engine = open_denoiser("rnnoise")
    engine.prepare(RATE_HZ, 480)
    late = engine.latency_samples
    noise = np.random.default_rng(0).normal(0, 0.01, 2 * RATE_HZ).astype(np.float32)
    said = np.concatenate([noise, talking(2.0, RATE_HZ, 130)])
    heard = through(engine, said, RATE_HZ, 480)
    assert np.std(heard[RATE_HZ : 2 * RATE_HZ]) < 0.2 * np.std(noise)
    tail = heard[3 * RATE_HZ :]
    size = 1 << 18
    match = np.fft.irfft(np.fft.rfft(tail, size) * np.conj(np.fft.rfft(said[3 * RATE_HZ - late + 480 :], size)), size)
    assert abs(int(np.argmax(match[:960])) - 480) <= 96
    assert np.isfinite(engine.process(AudioBlock(np.zeros((7, 1), np.float32), RATE_HZ, 0, 0)).samples).all()
