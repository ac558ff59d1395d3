"""One runner at a time; what crashes is tried again, three times at most.

A cancel ends what runs.
"""

import pytest

from livecam.core.errors import ConsentError, OutputError
from livecam.jobs.job import Failure, Progress, State
from livecam.jobs.port import Outcome
from livecam.jobs.runner import Runner, cancel, remove, retry
from livecam.jobs.store import SqliteJobStore
from tests.unit.jobs.fakes import CRASH, DONE, LOST, FakeExecutor


@pytest.fixture
def store(tmp_path):
    opened = SqliteJobStore(tmp_path / "jobs")
    yield opened
    opened.close()


@pytest.fixture
def executor():
    return FakeExecutor()


@pytest.fixture
def runner(store, executor):
    made = Runner(store, executor)
    yield made
    made.close()


def add(store):
    return store.add("verify", ["/a"], {})[0]


def state(store, job):
    return store.get(job.id).state


def test_a_job_runs_and_is_done(store, runner, executor):
    job = add(store)
    assert runner.turn() and state(store, job) is State.RUNNING
    executor.last.said = DONE
    runner.turn()
    assert state(store, job) is State.DONE and store.get(job.id).result == {"files": []}
    assert not runner.turn()


def test_a_second_runner_is_refused(store, runner, executor):
    with pytest.raises(OutputError, match="another livecam runs the jobs"):
        Runner(store, executor)


def test_a_job_that_ends_its_process_three_times_is_parked(store, runner, executor):
    job = add(store)
    for _ in range(3):
        runner.turn()
        executor.last.said = CRASH
        runner.turn()
    parked = store.get(job.id)
    assert parked.state is State.FAILED and "3 times: Segmentation fault" in parked.failure.says
    assert not runner.turn()


def test_a_failure_is_final_at_once_and_says_what_the_command_line_says(store, runner, executor):
    job, said = add(store), Failure("there is no face", "use another photo", 5)
    runner.turn()
    executor.last.said = Outcome(failure=said)
    runner.turn()
    assert store.get(job.id).failure == said and state(store, job) is State.FAILED


def test_a_cancel_ends_what_runs_and_removes_what_it_wrote(store, runner, executor):
    job = add(store)
    runner.turn()
    (executor.last.folder / "half.mp4").write_bytes(b"half")
    assert cancel(store, job).state is State.CANCELLING
    runner.turn()
    assert executor.last.ended and state(store, job) is State.CANCELLED
    assert not executor.last.folder.exists()


def test_a_job_that_waits_is_cancelled_at_once(store, runner, executor):
    job = add(store)
    assert cancel(store, job).state is State.CANCELLED
    assert not runner.turn() and not executor.attempts


def test_a_cancel_that_comes_with_the_result_is_too_late(store, runner, executor):
    job = add(store)
    runner.turn()
    executor.last.said = DONE
    cancel(store, job)
    runner.turn()
    assert state(store, job) is State.DONE


def test_a_retry_begins_a_new_attempt_with_all_three(store, runner, executor):
    job = add(store)
    cancel(store, job)
    assert retry(store, store.get(job.id)).state is State.QUEUED
    runner.turn()
    assert store.get(job.id).attempts == 1


def test_progress_is_kept(store, runner, executor):
    job = add(store)
    runner.turn()
    executor.last.progress = Progress(0.4, "converting", 12.0)
    runner.turn()
    assert store.get(job.id).progress == Progress(0.4, "converting", 12.0)


def test_a_clean_end_puts_the_job_back_without_counting_the_attempt(store, executor):
    job, runner = add(store), Runner(store, executor)
    runner.turn()
    runner.close()
    assert executor.last.ended and (store.get(job.id).state, store.get(job.id).attempts) == (State.QUEUED, 0)


def test_what_a_killed_runner_left_runs_again(store, executor):
    job, killed = add(store), Runner(store, executor)
    killed.turn()
    killed._lock.close()  # as the system does when the process ends
    runner = Runner(store, executor)
    assert (store.get(job.id).state, store.get(job.id).attempts) == (State.QUEUED, 1)
    runner.turn()
    assert store.get(job.id).attempts == 2
    runner.close()


def test_what_was_being_cancelled_when_the_runner_was_killed_is_cancelled(store, executor):
    job, killed = add(store), Runner(store, executor)
    killed.turn()
    cancel(store, job)
    killed._lock.close()
    Runner(store, executor).close()
    assert state(store, job) is State.CANCELLED


def test_only_a_job_that_has_ended_is_removed_with_its_files(store, runner, executor):
    job = add(store)
    assert not remove(store, job)
    runner.turn()
    (executor.last.folder / "out.wav").write_bytes(b"x")
    executor.last.said = DONE
    runner.turn()
    assert remove(store, store.get(job.id)) and not executor.last.folder.exists() and not store.list()


def test_as_many_jobs_run_at_once_as_the_executor_takes(store):
    executor = FakeExecutor(slots=2)
    jobs, runner = [add(store) for _ in range(3)], Runner(store, executor)
    runner.turn()
    assert [state(store, job) for job in jobs] == [State.RUNNING, State.RUNNING, State.QUEUED]
    executor.attempts[1].said = DONE
    runner.turn()
    runner.turn()
    assert [state(store, job) for job in jobs] == [State.RUNNING, State.DONE, State.RUNNING]
    runner.close()
    assert [state(store, job) for job in jobs] == [State.QUEUED, State.DONE, State.QUEUED] and executor.closed


def test_a_crash_costs_one_job_of_those_that_run_at_once(store):
    executor = FakeExecutor(slots=2)
    poison, good = add(store), add(store)
    runner = Runner(store, executor)
    runner.turn()
    executor.attempts[1].said = DONE
    for _ in range(3):
        next(each for each in reversed(executor.attempts) if each.said is None).said = CRASH
        runner.turn()
        runner.turn()
    assert (state(store, poison), state(store, good)) == (State.FAILED, State.DONE)
    runner.close()


def test_a_job_that_lost_its_place_waits_again_without_counting(store, runner, executor):
    job = add(store)
    for _ in range(4):
        runner.turn()
        executor.last.said = LOST
        runner.turn()
    assert (store.get(job.id).state, store.get(job.id).attempts) == (State.QUEUED, 0)


def test_a_job_that_is_cancelled_as_it_loses_its_place_is_cancelled(store, runner, executor):
    job = add(store)
    runner.turn()
    executor.last.said = LOST
    cancel(store, job)
    runner.turn()
    assert state(store, job) is State.CANCELLED


def test_without_room_a_queued_job_is_something_to_do(store):
    job, runner = add(store), Runner(store, FakeExecutor(slots=0))
    assert runner.turn() and state(store, job) is State.QUEUED
    runner.close()


def test_what_may_not_begin_fails_with_its_own_exit_code(store):
    class Refusing(FakeExecutor):
        def start(self, job, folder):
            raise ConsentError("the consent for sam was taken back", advice="ask again")

    job, runner = add(store), Runner(store, Refusing())
    runner.turn()
    assert store.get(job.id).failure.exit_code == 5 and state(store, job) is State.FAILED
    runner.close()
