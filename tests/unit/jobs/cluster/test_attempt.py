"""What a node says becomes an outcome; what is lost, changed or refused is never taken for a result."""

import hashlib
from dataclasses import asdict
from threading import Event

import pytest

from livecam.jobs.cluster import attempt as module
from livecam.jobs.cluster.attempt import Accepting, ClusterAttempt, TaskLost
from livecam.jobs.cluster.messages import TravellingFile, advanced, begun, crashed, refused
from livecam.jobs.cluster.sealing import new_identity, seal
from livecam.jobs.job import Progress
from livecam.jobs.port import Outcome

CONTENT = b"a marked clip" * 1000
GUARD_S = 60


class FakeTask:
    def __init__(self, *messages, lost=None, wait=None):
        self._messages, self._lost, self._wait, self.cancelled = messages, lost, wait, Event()

    def messages(self):
        yield from self._messages
        if self._wait is not None:
            self.cancelled.wait(GUARD_S)
        if self._lost is not None:
            raise self._lost

    def cancel(self):
        self.cancelled.set()


class FakeChild:
    """Accepts every result."""

    def __init__(self, request):
        self.request = request

    def outcome(self):
        return Outcome(result={**self.request["done_elsewhere"], "signed": True})

    def end(self):
        pass


@pytest.fixture
def identity():
    return new_identity()


@pytest.fixture
def run(tmp_path, identity, monkeypatch):
    monkeypatch.setattr(module, "ChildAttempt", FakeChild)
    refusals = []

    def start(task):
        made = ClusterAttempt(
            lambda stopping: task, Accepting({}, tmp_path, identity), lambda *words: refusals.append(words)
        )
        made.refusals = refusals
        return made

    return start


def ended(attempt):
    attempt._thread.join(GUARD_S)
    return attempt.outcome()


def result(identity, content=CONTENT, sha=None):
    file = TravellingFile("a.mp4", len(CONTENT), sha or hashlib.sha256(CONTENT).hexdigest())
    key = (str(identity.to_public()),)
    pieces = [seal(content[at : at + 4096], key) for at in range(0, len(content), 4096)]
    return {"done": {"files": ["a.mp4"]}, "files": [asdict(file)]}, *pieces


def test_a_result_is_written_checked_and_accepted_here(run, identity, tmp_path):
    outcome = ended(run(FakeTask(begun("n1"), advanced(Progress(0.5, "converting")), *result(identity))))
    assert outcome.result == {"files": ["a.mp4"], "signed": True} and (tmp_path / "a.mp4").read_bytes() == CONTENT


def test_a_result_that_is_cut_short_or_changed_is_lost(run, identity):
    head, *pieces = result(identity)
    assert ended(run(FakeTask(begun("n1"), head, *pieces[:-1]))).lost
    assert ended(run(FakeTask(*result(identity, content=b"x" * len(CONTENT))))).lost
    head, *pieces = result(identity)
    assert ended(run(FakeTask(head, *(piece[:-1] for piece in pieces)))).lost


def test_what_another_key_sealed_is_lost(run, identity):
    head, *_ = result(identity)
    _, *pieces = result(new_identity())
    outcome = ended(run(FakeTask(head, *pieces)))
    assert outcome.lost and outcome.result is None


def test_a_failure_of_the_job_is_said_as_the_command_line_says_it(run):
    failure = {"says": "there is no face", "hint": "another clip", "exit_code": 3}
    assert ended(run(FakeTask(begun("n1"), {"failed": failure}))).failure.exit_code == 3


def test_a_job_that_ends_its_process_counts_and_a_lost_node_does_not(run):
    assert not ended(run(FakeTask(crashed("Segmentation fault")))).lost
    assert not ended(run(FakeTask(begun("n1"), lost=TaskLost("worker died", by_the_job=True)))).lost
    assert ended(run(FakeTask(begun("n1"), lost=TaskLost("node died", by_the_job=False)))).lost
    assert ended(run(FakeTask(begun("n1")))).lost, "an end without an answer"


def test_a_node_that_refuses_gives_the_job_back_and_is_named(run):
    attempt = run(FakeTask(begun("n1"), refused("no room for the result")))
    assert ended(attempt).lost and attempt.refusals == [("no room for the result", "n1")]


def test_a_defect_counts_as_a_crash_and_says_what_it_is(run):
    outcome = ended(run(FakeTask({"done": {}, "files": [{"no": 1}]})))
    assert "TypeError" in outcome.last_words and not outcome.lost


def test_ending_it_cancels_the_task(run):
    task = FakeTask(begun("n1"), wait=True, lost=TaskLost("cancelled", by_the_job=False))
    attempt = run(task)
    attempt.end()
    attempt.end()
    assert task.cancelled.is_set() and attempt.outcome().result is None
