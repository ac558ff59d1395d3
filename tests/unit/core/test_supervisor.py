"""Workers that a native call keeps are waited for within bounds, and never unwound."""

import os
import subprocess
import sys
import threading

import pytest

from livecam.cli import main as cli_main
from livecam.core import supervisor as module
from livecam.core.supervisor import Supervisor, exit_process

# A thread that cannot be unwound: it comes back from a native call while the interpreter ends.
STUCK = """
import ctypes, sys, threading
from livecam.core.supervisor import Supervisor, exit_process

asleep = threading.Event()
libc = ctypes.CDLL(None)

def body(stopping):
    asleep.set()
    libc.usleep(400_000_000)

workers = Supervisor()
workers.start("stuck", body)
asleep.wait()
assert workers.join(0.01) == ["livecam-stuck"]
print("all is written", flush=False)
sys.exit(exit_process(4))
"""


def program(text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(os.name == "nt", reason="needs libc")
def test_a_thread_in_a_native_call_keeps_exit_code_and_output():
    done = program(STUCK)
    assert (done.returncode, done.stdout, done.stderr) == (4, "all is written\n", "")


def test_the_interpreter_waits_for_a_worker_that_was_left():
    """For programs that use the API and end in the usual way."""
    done = program(
        "import threading, time\n"
        "from livecam.core.supervisor import Supervisor\n"
        "asked, workers = threading.Event(), Supervisor()\n"
        "def body(stopping):\n"
        "    asked.set(); stopping.wait(); time.sleep(0.3); print('ended by itself', flush=True)\n"
        "workers.start('slow', body)\n"
        "asked.wait()\n"
        "assert workers.join(0.01) == ['livecam-slow'] == list(workers.left)\n"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended by itself\n", "")


@pytest.fixture
def released():
    release = threading.Event()
    yield release
    release.set()


def test_a_process_with_a_thread_left_ends_with_its_code_there_and_then(released):
    thread = threading.Thread(target=released.wait, daemon=True)
    thread.start()
    ended = []
    exit_process(3, ended.append)
    assert ended == [3]


def test_a_process_without_such_threads_ends_as_usual(monkeypatch):
    monkeypatch.setattr(module.threading, "enumerate", lambda: [threading.main_thread()])
    ended = []
    assert exit_process(3, ended.append) == 3
    assert ended == []


def test_a_reader_that_went_away_does_not_keep_it(released, monkeypatch):
    class Gone:
        def flush(self):
            raise BrokenPipeError

    thread = threading.Thread(target=released.wait, daemon=True)
    thread.start()
    monkeypatch.setattr(sys, "stdout", Gone())
    monkeypatch.setattr(sys, "stderr", None)
    ended = []
    exit_process(0, ended.append)
    assert ended == [0]


def test_the_command_line_exits_as_a_program_and_returns_when_called(monkeypatch):
    left = []
    monkeypatch.setattr(sys.modules["livecam.cli.main"], "exit_process", lambda code: left.append(code) or code)
    monkeypatch.setattr(sys, "argv", ["livecam", "--version"])
    assert (cli_main(["--version"]), left) == (0, [])
    assert (cli_main(), left) == (0, [0])


def test_those_that_finish_their_parts_get_longer_and_that_is_said(released):
    workers, news = Supervisor(), []

    def finishing(stopping: threading.Event) -> None:
        released.wait()

    def heard(names):
        news.append(names)
        released.set()

    workers.start("writer", finishing, finishes=True)
    assert workers.join(0.01, finish_s=60, news=heard) == []
    assert news == [["livecam-writer"]]


def test_a_model_that_never_returns_is_not_waited_for_that_long(released):
    workers, news = Supervisor(), []
    workers.start("textures", lambda stopping: bool(released.wait()) or None, waited_for=False)
    assert workers.join(0.01, finish_s=60, news=news.append) == ["livecam-textures"]
    assert news == []
