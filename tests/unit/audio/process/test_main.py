"""The audio process's work, in this process; and the process itself, killed and started again."""

import io
import json
import os
import signal
import sys
import threading
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from engines.voice.neural.networks import OnnxVoices
from livecam.audio.process.child import ChildProcess
from livecam.audio.process.job import VoiceJob
from livecam.audio.process.main import handle_commands, run
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.audio.process.voice_work import LISTENING, UNCHANGED, VoiceWork
from livecam.core.clock import NS_PER_S, ManualClock, SystemClock
from livecam.core.voice_report import VoiceNames
from livecam.devices.media.speech import read_sound
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_file import voice_from_bytes
from livecam.verify import verify
from tests import voice_models
from tests.sounds import talking, write_wav

PATIENCE_S = 600.0


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    return write_wav(tmp_path / "talk.wav", talking(4.0, 48_000, 130))


def job(recording: Path, output: str, **changes: object) -> VoiceJob:
    plain = {"speaker": open_builtin_voice("birch"), "target": open_builtin_voice("willow"), **changes}
    return VoiceJob(microphone=f"file:{recording}", output=output, session=0x1234, **plain)


@pytest.fixture
def switching():
    """`run` changes how the interpreter switches between threads and frees memory."""
    import gc

    before = sys.getswitchinterval()
    yield
    sys.setswitchinterval(before)
    gc.enable()
    gc.unfreeze()


def test_a_job_is_done_until_there_are_no_more_orders(recording, switching):
    reading, writing = os.pipe()
    with open(reading) as orders, open(writing, "w") as boss:
        # More than a pipe holds: a person must read at the same time.
        threading.Thread(target=lambda: boss.write(job(recording, "null").to_line() + "\n") and boss.flush()).start()
        answers = Answers(lambda said: said.get("blocks", 0) > 20 and boss.close())
        assert run(orders, answers) == 0
    last = answers.said[-1]
    assert last["stage"] in ("listening", "converting") and last["faults"] == 0
    assert 50 < last["algorithmic_ms"] < 60
    assert set(last["xruns"]) == {"microphone", "output"}


class Answers(io.StringIO):
    """Hears every answer; `then` is called with each."""

    def __init__(self, then) -> None:
        super().__init__()
        self.said, self._then = [], then

    def write(self, text: str) -> int:
        self.said.append(json.loads(text))
        self._then(self.said[-1])
        return len(text)


def test_an_unknown_speaker_is_recorded_in_silence_and_then_heard(recording, switching):
    reading, writing = os.pipe()
    with open(reading) as orders, open(writing, "w") as boss:
        line = job(recording, "null", speaker=None).to_line()
        threading.Thread(target=lambda: boss.write(line + "\n") and boss.flush()).start()
        answers = Answers(lambda said: said.get("blocks", 0) > 900 and said["trouble"] is None and boss.close())
        assert run(orders, answers) == 0
    learned = [each["learned"] for each in answers.said if "learned" in each]
    said = [each["trouble"] for each in answers.said if "trouble" in each]
    assert said[0] == LISTENING and said[-1] is None
    assert [voice_from_bytes(b64decode(each)).speech_s > 2 for each in learned] == [True]


def test_an_engine_there_is_none_of_is_the_last_answer(recording, switching):
    answers = Answers(lambda said: None)
    assert run(io.StringIO(job(recording, "null", engine="no-such").to_line() + "\n"), answers) == 4
    assert "no-such" in answers.said[-1]["failed"]


def test_a_recorded_speaker_is_warned_of_a_distant_voice(recording):
    work = VoiceWork(job(recording, "null", speaker=None), SystemClock())
    assert work.learning is not None and work.figures()["remark"] is None
    work.learning.speaker = open_builtin_voice("alder")
    assert "15 semitones higher than you" in str(work.figures()["remark"])
    work.close()


def test_an_engine_that_gives_the_voice_back_is_reported(recording, monkeypatch):
    work = VoiceWork(job(recording, "null"), SystemClock())
    monkeypatch.setattr(type(work._line), "is_passthrough", True)
    assert work.figures()["trouble"] == UNCHANGED
    work.close()


def test_an_order_it_does_not_understand_ends_it_with_the_reason(recording, switching):
    answers = Answers(lambda said: None)
    assert run(io.StringIO(job(recording, "null").to_line() + "\n{}\n"), answers) == 1
    assert "KeyError" in answers.said[-1]["failed"]


def test_orders_say_how_long_sound_waits(recording):
    work, stopping = VoiceWork(job(recording, "null"), SystemClock()), threading.Event()
    handle_commands(work, io.StringIO('{"hold_ms": 40}\n'), stopping)
    assert work.playing.held_ms == 40 and stopping.is_set()
    assert work.figures()["held_ms"] == 40
    work.close()


def test_an_order_lets_the_notice_be_spoken(recording):
    work = VoiceWork(job(recording, "null", first_sample=10 * 48_000), ManualClock())
    assert work.figures()["notices"] == 0
    handle_commands(work, io.StringIO('{"announce": true}\n'), threading.Event())
    for _ in range(800):
        work.playing.turn()
    assert work.figures()["notices"] == 1
    work.close()


def until(done, clock: SystemClock) -> None:
    """Wait for something that is sure to come, however busy the machine is."""
    deadline_ns = clock.now_ns() + int(PATIENCE_S * NS_PER_S)
    while not done():
        assert clock.now_ns() < deadline_ns, "it never came"
        clock.sleep_until_ns(clock.now_ns() + NS_PER_S // 50)


def speaks_for(child: ChildProcess, blocks: int) -> bool:
    count = child.figures.get("blocks", 0)
    return isinstance(count, int) and count >= blocks


def played(child: ChildProcess, samples: int) -> bool:
    """Sound is sent at its own pace, however much of it a busy machine converts in time."""
    count = child.figures.get("sent", 0)
    return isinstance(count, int) and count >= samples


def test_the_process_killed_is_started_again_and_both_files_are_marked(recording, tmp_path):
    clock, children = SystemClock(), []

    def start(job: VoiceJob, clock: SystemClock) -> ChildProcess:
        children.append(ChildProcess(job, clock))
        return children[-1]

    voice = VoiceProcessMonitor(job(recording, f"file:{tmp_path / 'out.wav'}"), VoiceNames(), clock, start)
    voice.turn()
    until(lambda: played(children[0], 340_000), clock)
    os.kill(children[0].pid, signal.SIGKILL)
    until(lambda: (voice.turn(), len(children) == 2)[1], clock)
    before = int(str(children[0].figures["sent"]))
    # It is muted until its speech has been judged.
    until(lambda: played(children[1], before + 240_000), clock)
    voice.hold(20.0)
    voice.close()
    assert not any(child.is_alive for child in children)
    children[1].set_hold(5.0)
    first, second = read_sound(tmp_path / "out.wav"), read_sound(tmp_path / "out-2.wav")
    assert verify(tmp_path / "out.wav").is_marked
    # The notice is spoken once.
    assert len(second) > 20_000 and len(first) > 200_000
    assert np.isfinite(second).all()


def test_a_process_that_cannot_begin_says_why(recording):
    clock = SystemClock()
    child = ChildProcess(job(recording, "null", engine="no-such"), clock)
    until(lambda: not child.is_alive, clock)
    until(lambda: "no-such" in str(child.figures.get("failed")), clock)
    child.set_hold(1.0)
    child.end()


def test_it_runs_nothing_from_the_current_folder(recording, tmp_path, monkeypatch):
    for name in ("json", "random", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(7)")
    monkeypatch.chdir(tmp_path)
    clock = SystemClock()
    child = ChildProcess(job(recording, "null"), clock)
    until(lambda: speaks_for(child, 3), clock)
    child.end()


PRINTING = """
import atexit, os, threading
print("a plug-in says hello")
def chat():
    while True:
        os.write(1, b"chatter\\n")
        threading.Event().wait(0.05)
threading.Thread(target=chat, daemon=True).start()
"""


def test_what_a_plug_in_prints_never_garbles_the_answers(recording, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(PRINTING)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    clock = SystemClock()
    child = ChildProcess(job(recording, "null"), clock)
    until(lambda: speaks_for(child, 50), clock)
    assert child.is_alive and child.figures["faults"] == 0
    # Only what was printed before the program itself began could reach the pipe.
    assert int(str(child.figures.get("garbled", 0))) >= 1
    child.end()


def test_one_that_cannot_start_says_why(recording, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "livecam").mkdir()
    (tmp_path / "livecam" / "__init__.py").write_text("raise ImportError('the disk is damaged')")
    clock = SystemClock()
    child = ChildProcess(job(recording, "null"), clock)
    until(lambda: "failed" in child.figures, clock)
    assert child.figures["failed"] == "ImportError: the disk is damaged"
    child.end()


def test_a_network_speaks_in_a_process_of_its_own(recording, tmp_path, switching):
    networks = OnnxVoices()
    model = networks.read(voice_models.carried(tmp_path / "m.onnx"))
    reading, writing = os.pipe()
    with open(reading) as orders, open(writing, "w") as boss:
        line = job(recording, "null", speaker=None, target=model).to_line()
        threading.Thread(target=lambda: boss.write(line + "\n") and boss.flush()).start()
        answers = Answers(lambda said: said.get("blocks", 0) > 100 and boss.close())
        assert run(orders, answers) == 0
    last = answers.said[-1]
    assert (last["engine"], last["instead_of"]) == ("onnx", "")
    # This network gives back the voice it is given with an echo of 4 samples: it runs, and is not heard.
    assert last["trouble"] in (None, UNCHANGED) and last["faults"] <= 1


def test_a_network_that_is_not_what_was_answered_for_is_the_last_answer(recording, tmp_path, switching):
    model = OnnxVoices().read(voice_models.carried(tmp_path / "m.onnx"))
    voice_models.carried(model.path, chunk=320)
    answers = Answers(lambda said: None)
    assert run(io.StringIO(job(recording, "null", target=model).to_line() + "\n"), answers) == 4
    assert "not the file" in answers.said[-1]["failed"]
