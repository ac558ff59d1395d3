"""Typed speech: paced like a microphone, judged by the guard, never heard in the synthesizer's own voice."""

from threading import Event

import numpy as np
import pytest

from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.audio.typed import speaker
from livecam.audio.typed.microphone import MOST_WAITING, TypedMicrophone
from livecam.audio.typed.priming import prime
from livecam.audio.typed.speaker import learn_synthesizer
from livecam.audio.typed.speaking import PAUSE, TypedSpeech, speak_text
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from livecam.core.voice import VoiceModel
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.reading_sentences import sample_sentences
from tests.unit.audio.test_safe_engine import IDENTITIES, Bypassed
from tests.unit.audio.typed_voice import FakeSynthesizer


def spoken(text: str) -> tuple[TypedSpeech, TypedMicrophone, FakeSynthesizer]:
    synthesizer, microphone = FakeSynthesizer(), TypedMicrophone(ManualClock())
    speech = TypedSpeech(synthesizer, microphone)
    speech.say(text)
    speech.turn(Event())
    return speech, microphone, synthesizer


def read(microphone: TypedMicrophone, seconds: float) -> np.ndarray:
    blocks = [microphone.read(HOP) for _ in range(round(seconds * RATE_HZ / HOP))]
    return np.concatenate([block.samples[:, 0] for block in blocks])


def test_a_microphone_without_text_gives_silence_at_its_pace():
    clock = ManualClock()
    microphone = TypedMicrophone(clock)
    blocks = [microphone.read(HOP) for _ in range(200)]
    assert not any(block.samples.any() for block in blocks) and clock.now_ns() == NS_PER_S
    assert [block.first_sample for block in blocks] == list(range(0, RATE_HZ, HOP))


def test_a_text_is_spoken_sentence_by_sentence_and_then_there_is_silence():
    speech, microphone, synthesizer = spoken("First sentence. Second one.")
    assert synthesizer.sentences == ["First sentence.", "Second one."] and not speech.is_silent
    waiting = microphone.waiting_samples
    sound = read(microphone, waiting / RATE_HZ + 1)
    assert np.abs(sound).max() <= 0.5 and not sound[waiting:].any() and speech.is_silent
    assert microphone.spoken == 2


@pytest.mark.parametrize("count", [1, 7, 240, 4096])
def test_blocks_of_any_size_give_the_same_speech(count):
    whole = np.concatenate(list(speak_text("A sentence.", FakeSynthesizer())))
    _, microphone, _ = spoken("A sentence.")
    parts = [microphone.read(count).samples[:, 0] for _ in range(-(-len(whole) // count))]
    assert np.array_equal(np.concatenate(parts)[: len(whole)], whole)


def test_a_sentence_that_fails_says_why_and_the_next_text_is_spoken():
    speech, microphone, _ = spoken("this will fail.")
    assert microphone.trouble == "the synthesizer does not speak" and speech.is_silent
    speech.say("Better.")
    speech.turn(Event())
    assert microphone.trouble is None and microphone.waiting_samples > PAUSE


def test_a_text_that_is_too_long_is_refused_in_the_audio_process_too():
    speech, microphone, synthesizer = spoken("a" * 6000)
    assert "6000 characters" in str(microphone.trouble) and not synthesizer.sentences and speech.done == 1


def test_a_full_microphone_is_waited_for_and_the_end_is_not_missed():
    speech, microphone, synthesizer = spoken("Hello.")
    microphone.put(np.ones(MOST_WAITING, np.float32))
    speech.say("Later.")
    stopping = Event()
    stopping.set()
    speech.turn(stopping)
    assert synthesizer.sentences == ["Hello."] and speech.done == 2


def test_a_closed_microphone_is_silent():
    _, microphone, _ = spoken("Hello.")
    microphone.close()
    assert not read(microphone, 0.2).any()


def typed_through(engine: object, text: str) -> tuple[np.ndarray, np.ndarray]:
    """What the synthesizer said and what was heard of it, after the guard was primed."""
    line, synthesizer = VoicePipeline(engine), FakeSynthesizer()
    prime(line, synthesizer, "en")
    said = np.concatenate(list(speak_text(text, synthesizer)))
    said = said[: len(said) // HOP * HOP]
    heard = [
        line.process(AudioBlock(said[at : at + HOP, None], RATE_HZ, at, 0), 1.0).samples[:, 0]
        for at in range(0, len(said), HOP)
    ]
    return said, np.concatenate(heard)


def test_the_first_syllable_is_heard_of_an_engine_that_changes_the_voice():
    _, heard = typed_through(FakeVoiceEngine(480), "Hello there, all of you.")
    assert np.abs(heard[: round(0.2 * RATE_HZ)]).max() > 0.05


@pytest.mark.parametrize("way", [way for way in IDENTITIES if "noise" not in way])
def test_nothing_is_heard_of_a_synthesizer_that_slips_through(way):
    _, heard = typed_through(Bypassed(*IDENTITIES[way]), "Hello there, all of you, this goes on for some seconds.")
    assert not heard.any()


def test_a_broken_engine_is_silent():
    class Broken(FakeVoiceEngine):
        def process(self, block: AudioBlock) -> AudioBlock:
            raise EngineError("the model is gone", command="livecam doctor")

    _, heard = typed_through(Broken(0), "Hello.")
    assert not heard.any()


@pytest.fixture
def learned(monkeypatch):
    """Counts what is learned; learning takes seconds."""
    counted = []

    class Maker:
        def learn(self, samples, rate_hz, readings=()):
            counted.append([reading.sentence for reading in readings])
            return open_builtin_voice("birch")

    monkeypatch.setattr(speaker, "open_voice_maker", lambda trusted=(): Maker())
    return counted


def test_a_synthesizer_is_learned_once_for_each_language(learned, tmp_path):
    target = open_builtin_voice("cedar")
    for language in ("en", "en", "de", "de"):
        assert learn_synthesizer(FakeSynthesizer(), language, target, tmp_path).pitch_hz == pytest.approx(122, abs=1)
    assert learned == [list(sample_sentences("en")), list(sample_sentences("de"))]


def test_statistics_that_are_broken_are_learned_again(learned, tmp_path):
    target = open_builtin_voice("cedar")
    learn_synthesizer(FakeSynthesizer(), "en", target, tmp_path)
    (kept,) = (tmp_path / "synthesizers").glob("*.voice")
    kept.write_bytes(b"broken")
    assert learn_synthesizer(FakeSynthesizer(), "en", target, tmp_path) is not None and len(learned) == 2


def test_a_network_needs_no_statistics_of_the_synthesizer(learned, tmp_path):
    network = VoiceModel(tmp_path / "voice.onnx", "0" * 64)
    assert learn_synthesizer(FakeSynthesizer(), "en", network, tmp_path) is None and not learned
