"""The process next to the audio process: messages, a worker in this process, faults planted, and a real one killed."""

import io
import os
import signal

import numpy as np
import pytest

from engines.voice.neural.messages import FAILED, READY, RESET, SOUND, Message, make_sound, make_words, read, write
from engines.voice.neural.networks import OnnxVoices
from engines.voice.neural.worker import make_job, serve
from engines.voice.neural.worker_link import VoiceWorkerLink, WorkerProcess
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, ManualClock, SystemClock
from livecam.core.errors import ConsentError, EngineError
from livecam.core.voice import MOST_REAL_TIME_FACTOR
from tests import voice_models
from tests.sounds import likeness, talking, through

RATE_HZ, FRAME = 48_000, 480


@pytest.fixture(autouse=True)
def not_judged(monkeypatch):
    """The stand-ins give back the voice they are given; that they are silenced for it is tested in unit/audio."""

    def hear(detector, given, gave):
        detector.judged = True

    monkeypatch.setattr("livecam.audio.passthrough.PassthroughDetector.hear", hear)


PATIENCE_S = 600.0


class FakeLink:
    """Gives every frame back; `script` says what it does at a frame instead: "hangs", "dies", "fails", "short"."""

    def __init__(self, script: dict[int, str] | None = None, ready: Message | None = None) -> None:
        self.script, self.sent, self.ended = script or {}, [], False
        self._answers = [ready or make_words(READY, frame=FRAME, delay=7, takes_ms=2.0)]
        self._frames, self._dead, self._hangs = 0, False, False

    def send(self, message: Message) -> None:
        if self._dead:
            raise BrokenPipeError
        self.sent.append(message)
        if message.kind != SOUND:
            return
        does = self.script.get(self._frames, "")
        self._frames += 1
        answers = {
            "fails": [make_words(FAILED, message.turn, what="it broke", hint="repair it")],
            "short": [Message(SOUND, message.turn, message.data[4:])],
            "stale": [make_sound(message.turn + 5, message.sound), message],
        }
        self._hangs = self._hangs or does == "hangs"
        self._dead = self._dead or does == "dies"
        self._answers += [] if self._hangs else answers.get(does, [message])

    def receive(self, timeout_s: float) -> Message | None:
        if self._dead:
            raise EOFError
        return self._answers.pop(0) if self._answers else None

    def end(self) -> None:
        self.ended = True


def next_to(*links: FakeLink) -> VoiceWorkerLink:
    engine = unprepared(*links)
    engine.prepare(RATE_HZ, 240)
    return engine


def unprepared(*links: FakeLink, clock=None) -> VoiceWorkerLink:
    waiting = list(links)
    return VoiceWorkerLink(lambda rate_hz: make_words(b"J"), lambda: waiting.pop(0), clock or ManualClock())


def guarded(engine: VoiceWorkerLink) -> SafeVoiceEngine:
    guard = SafeVoiceEngine(engine)
    guard.prepare(RATE_HZ, 240)
    return guard


SOUND_IN = talking(0.3, RATE_HZ, 140)


def test_messages_come_as_they_went():
    stream = io.BytesIO()
    for message in (make_words(READY, frame=3), make_sound(7, np.array([0.5, -0.25])), Message(RESET, 9)):
        write(stream, message)
    stream.seek(0)
    assert read(stream).words == {"frame": 3}
    heard = read(stream)
    assert heard.turn == 7 and heard.sound.tolist() == [0.5, -0.25]
    assert read(stream) == Message(RESET, 9)
    assert read(stream) is None


@pytest.mark.parametrize("data", [b"", b"S", b"S" + b"\xff" * 8, b"S\0\0\0\0\x08\0\0\0half"])
def test_what_is_no_message_ends_the_talk(data):
    assert read(io.BytesIO(data)) is None


def test_what_is_late_by_what_the_network_takes_is_stated():
    engine = next_to(FakeLink())
    assert engine.latency_samples == FRAME - 1 + 7 + round((1.5 * 2.0 + 8.0) * 48)
    heard = through(engine, SOUND_IN, RATE_HZ, 240)
    late = engine.latency_samples - 7
    np.testing.assert_array_equal(heard[late:], SOUND_IN[: len(SOUND_IN) - late])


@pytest.mark.parametrize("takes_ms", [8.1, 400.0])
def test_a_network_that_cannot_keep_up_is_refused_with_its_factor(takes_ms):
    link = FakeLink(ready=make_words(READY, frame=FRAME, delay=7, takes_ms=takes_ms))
    engine = VoiceWorkerLink(lambda rate_hz: make_words(b"J"), lambda: link, most_factor=MOST_REAL_TIME_FACTOR)
    with pytest.raises(EngineError, match=f"real-time factor is {takes_ms / 10:.2f}, at most 0.8") as error:
        engine.prepare(RATE_HZ, 240)
    assert link.ended and error.value.exit_code == 4 and "voice convert" in error.value.help_text


def test_a_network_that_just_keeps_up_is_taken():
    link = FakeLink(ready=make_words(READY, frame=FRAME, delay=7, takes_ms=8.0))
    engine = VoiceWorkerLink(lambda rate_hz: make_words(b"J"), lambda: link, most_factor=0.8)
    engine.prepare(RATE_HZ, 240)
    assert engine.takes_ms == 8.0 and not link.ended


def test_live_networks_are_held_to_the_factor_and_trials_are_not(model, monkeypatch):
    given = []
    monkeypatch.setattr(
        "engines.voice.neural.networks.VoiceWorkerLink",
        lambda job, most_factor=None: given.append(most_factor) or unprepared(FakeLink()),
    )
    networks = OnnxVoices()
    networks.make_engine(model, 0.0, live=True)
    assert networks.run_trial(model).real_time_factor == 0.2
    assert given == [MOST_REAL_TIME_FACTOR, None]


def test_any_block_size_gives_the_same_samples():
    engine = next_to(FakeLink())
    whole = through(engine, SOUND_IN, RATE_HZ, len(SOUND_IN))
    for hop in (1, 7, 256, 4096):
        engine.reset()
        np.testing.assert_array_equal(through(engine, SOUND_IN, RATE_HZ, hop), whole)


@pytest.mark.parametrize(("does", "says"), [("hangs", "gave nothing for 0.4 s"), ("dies", "ended"),
                                            ("fails", "it broke"), ("short", "another length")])  # fmt: skip
def test_a_fault_is_an_error_and_then_silence(does, says):
    engine = next_to(FakeLink({1: does}), FakeLink())
    with pytest.raises(EngineError, match=says):
        through(engine, SOUND_IN, RATE_HZ, 4800)
    guard = guarded(unprepared(FakeLink({5: does}), FakeLink(), FakeLink()))
    heard = through(guard, SOUND_IN, RATE_HZ, 240)
    assert guard.faults == 1
    assert np.isfinite(heard).all()


def test_answers_from_before_a_reset_are_left_out():
    engine = next_to(FakeLink({2: "stale"}))
    heard = through(engine, SOUND_IN, RATE_HZ, 240)
    late = engine.latency_samples - 7
    np.testing.assert_array_equal(heard[late:], SOUND_IN[: len(SOUND_IN) - late])


def test_a_lost_worker_is_restarted_at_once_then_every_five_seconds():
    clock = ManualClock()
    dying = [FakeLink({0: "dies"}), FakeLink({0: "dies"}), FakeLink()]
    inner = unprepared(*dying, clock=clock)
    engine = guarded(inner)
    for _ in range(2):
        through(engine, SOUND_IN, RATE_HZ, 240)
    assert inner.starts == 2 and all(link.ended for link in dying[:2])
    assert np.abs(through(engine, SOUND_IN, RATE_HZ, 240)).max() == 0
    clock.sleep_until_ns(clock.now_ns() + 6 * NS_PER_S)
    for _ in range(2):
        heard = through(engine, SOUND_IN, RATE_HZ, 240)
    assert inner.starts == 3 and np.abs(heard).max() > 0.01


def test_a_worker_that_cannot_load_again_leaves_silence():
    failing = FakeLink(ready=make_words(FAILED, what="no memory", hint="-"))
    engine = guarded(unprepared(FakeLink({0: "dies"}), failing))
    for _ in range(2):
        heard = through(engine, SOUND_IN, RATE_HZ, 240)
    assert np.abs(heard).max() == 0 and failing.ended


@pytest.mark.parametrize(("ready", "says"), [(make_words(FAILED, what="no memory", hint="buy some"), "no memory"),
                                             (make_sound(0, np.zeros(3)), "not loaded")])  # fmt: skip
def test_a_model_that_does_not_load_is_refused(ready, says):
    with pytest.raises(EngineError, match=says):
        next_to(FakeLink(ready=ready))


def test_a_worker_that_ends_while_it_loads_is_an_error():
    link = FakeLink()
    link._dead = True
    with pytest.raises(EngineError, match="ended while it loaded"):
        next_to(link)
    assert link.ended


def test_nothing_is_known_before_it_is_prepared():
    engine = VoiceWorkerLink(lambda rate_hz: make_words(b"J"), FakeLink)
    with pytest.raises(RuntimeError, match="prepare"):
        _ = engine.latency_samples
    with pytest.raises(RuntimeError, match="prepare"):
        engine.process(AudioBlock(np.zeros((1, 1), np.float32), RATE_HZ, 0, 0))


def talked(*messages: Message) -> list[Message]:
    """What a worker in this process answers."""
    orders, answers = io.BytesIO(), io.BytesIO()
    for message in messages:
        write(orders, message)
    orders.seek(0)
    serve(orders, answers)
    answers.seek(0)
    said = []
    while (message := read(answers)) is not None:
        said.append(message)
    return said


@pytest.fixture
def model(tmp_path):
    return OnnxVoices().read(voice_models.carried(tmp_path / "m.onnx"))


def test_a_worker_loads_says_how_long_it_takes_and_answers_frames(model):
    frame = np.full(624, 0.25)
    ready, first, second = talked(make_job(model, 0.0, RATE_HZ, "", 1), make_sound(0, frame), make_sound(0, frame))
    assert ready.kind == READY and ready.words["frame"] == 624 and ready.words["takes_ms"] > 0
    assert first.sound.shape == second.sound.shape == (624,)
    assert abs(second.sound[-1] - 0.25 * 1.5) < 1e-3


def test_a_reset_makes_a_worker_forget_and_skip_what_was_before(model):
    frame = np.full(624, 0.25)
    answers = talked(
        make_job(model, 0.0, RATE_HZ, "", 1),
        make_sound(0, frame),
        Message(RESET, 1),
        make_sound(0, frame),
        make_sound(1, frame),
    )
    assert [answer.turn for answer in answers[1:] if answer.turn] == [1]


def test_a_worker_says_why_it_cannot_load_and_why_a_frame_failed(model, tmp_path):
    other = voice_models.carried(tmp_path / "other.onnx", does="nan")
    said = talked(make_job(OnnxVoices().read(other), 0.0, RATE_HZ, "", 1))
    assert said[0].kind == FAILED and "numbers that are none" in said[0].words["what"]
    voice_models.carried(model.path, chunk=320)
    said = talked(make_job(model, 0.0, RATE_HZ, "", 1))
    assert "not the file that was answered for" in said[0].words["what"]
    assert talked() == []


def test_a_real_worker_speaks_as_it_does_in_this_process(model):
    networks, sound = OnnxVoices(), talking(1.0, RATE_HZ, 140)
    live = VoiceWorkerLink(lambda rate_hz: make_job(model, 0.0, rate_hz, "", 1), patience_s=PATIENCE_S)
    here = networks.make_engine(model, 0.0, live=False)
    try:
        for engine in (live, here):
            engine.prepare(RATE_HZ, 240)
        more = live.latency_samples - here.latency_samples
        heard, wanted = through(live, sound, RATE_HZ, 4096), through(here, sound, RATE_HZ, 4096)
        np.testing.assert_allclose(heard[more:], wanted[: len(wanted) - more], atol=1e-6)
        trial = networks.run_trial(model)
        assert trial.frame_ms == 13.0 and trial.facts["family"] == "stateful"
    finally:
        live.close()
        live.close()


def test_a_real_worker_that_is_killed_is_silence_and_comes_back(model):
    sound, clock = talking(0.5, RATE_HZ, 140), SystemClock()
    workers: list[WorkerProcess] = []

    def start() -> WorkerProcess:
        workers.append(WorkerProcess())
        return workers[-1]

    next_to = VoiceWorkerLink(lambda rate_hz: make_job(model, 0.0, rate_hz, "", 1), start, patience_s=PATIENCE_S)
    engine = SafeVoiceEngine(next_to)
    engine.prepare(RATE_HZ, 240)
    assert np.abs(through(engine, sound, RATE_HZ, 240)).max() > 0.01
    os.kill(workers[0].process, signal.SIGKILL)
    deadline_ns = clock.now_ns() + int(PATIENCE_S * NS_PER_S)
    quiet = through(engine, sound, RATE_HZ, 240)
    assert likeness(quiet[4800:], sound) < 0.9
    while len(workers) < 2 or not np.abs(through(engine, sound, RATE_HZ, 240)).max() > 0.01:
        assert clock.now_ns() < deadline_ns, "it never came back"
        clock.sleep_until_ns(clock.now_ns() + NS_PER_S // 50)
    assert engine.faults >= 1
    next_to.close()
    with pytest.raises(OSError):
        workers[1].send(Message(RESET, 1))


def test_a_file_that_changes_is_no_longer_spoken_with(model):
    voice_models.carried(model.path, chunk=320)
    networks = OnnxVoices()
    with pytest.raises(ConsentError):
        networks.run_trial(model)
    engine = networks.make_engine(model, 0.0, live=True)
    with pytest.raises(EngineError, match="not the file"):
        engine.prepare(RATE_HZ, 240)
    networks.close()


def test_a_provider_there_is_none_of_is_refused():
    with pytest.raises(EngineError, match="no provider named 'abacus'"):
        OnnxVoices("abacus")
