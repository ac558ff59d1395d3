"""A revocation ends the queued and the running jobs of a persona, within one look of two seconds."""

import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.persona import PersonaKind
from livecam.jobs.consent_watch import JobConsent, names_of
from livecam.jobs.job import State
from livecam.jobs.runner import Runner
from livecam.jobs.store import SqliteJobStore
from livecam.personas.generated import save_generated
from livecam.personas.revoke import revoke_persona
from livecam.personas.store import PersonaStore
from livecam.personas.training_store import TrainingStore
from tests.unit.jobs.fakes import FakeExecutor


@pytest.fixture
def personas(tmp_path):
    store = PersonaStore(tmp_path)
    save_generated(3, "sam", store)
    return store


@pytest.fixture
def jobs(tmp_path):
    opened = SqliteJobStore(tmp_path / "jobs")
    yield opened
    opened.close()


def add(jobs, persona):
    return jobs.add("replay", ["/a.mp4"], {"persona": persona})[0]


def test_built_in_names_have_no_record_to_watch():
    assert not names_of({"persona": "robin", "voice": "off", "size": "640x360"})
    assert names_of({"persona": "sam", "own-voice": "me"}) == {("persona", "sam"), ("voice", "me")}


def test_a_revocation_cancels_what_runs_and_what_waits(tmp_path, personas, jobs):
    clock, executor = ManualClock(), FakeExecutor()
    running, waiting, other = add(jobs, "sam"), add(jobs, "sam"), add(jobs, "robin")
    runner = Runner(jobs, executor, JobConsent(tmp_path, clock))
    runner.turn()
    revoke_persona("sam", personas)
    runner.turn()
    assert jobs.get(running.id).state is State.RUNNING, "it is looked at every two seconds"
    clock.sleep_until_ns(2 * NS_PER_S)
    runner.turn()
    assert executor.attempts[0].ended
    for job in (running, waiting):
        ended = jobs.get(job.id)
        assert ended.state is State.CANCELLED and ended.failure.exit_code == 5 and "sam" in ended.failure.says
    assert jobs.get(other.id).state in (State.QUEUED, State.RUNNING)
    runner.close()


def test_a_persona_that_never_was_fails_when_its_job_begins(tmp_path, jobs):
    job = add(jobs, "nosuch")
    runner = Runner(jobs, FakeExecutor(), JobConsent(tmp_path, ManualClock()))
    runner.turn()
    failed = jobs.get(job.id)
    assert failed.state is State.FAILED and failed.failure.exit_code == 5
    runner.close()


def test_a_training_ends_with_the_consent_to_train(tmp_path, personas, jobs):
    training, clock, executor = TrainingStore(tmp_path), ManualClock(), FakeExecutor()
    for name in ("sam", "me"):
        training.save(name, b"pictures of " + name.encode(), PersonaKind.SYNTHETIC, (name,))
    job, _ = jobs.add("train", [], {"persona": "sam", "operator": "me"})
    runner = Runner(jobs, executor, JobConsent(tmp_path, clock))
    runner.turn()
    training.revoke("me")
    clock.sleep_until_ns(2 * NS_PER_S)
    runner.turn()
    ended = jobs.get(job.id)
    assert executor.attempts[0].ended and ended.state is State.CANCELLED and ended.failure.exit_code == 5
    runner.close()
