"""A batch is queued once, hands over each result with its hash, and does nothing again."""

import hashlib

import pytest

from livecam.core.errors import CameraError, UsageError
from livecam.jobs.batch import SUMS, Batch, check_clips
from livecam.jobs.job import Failure, State
from livecam.jobs.port import Outcome
from livecam.jobs.runner import Runner
from livecam.jobs.store import SqliteJobStore
from tests.unit.jobs.fakes import FakeExecutor

SETTINGS = {"persona": "robin"}


@pytest.fixture
def store(tmp_path):
    opened = SqliteJobStore(tmp_path / "jobs")
    yield opened
    opened.close()


@pytest.fixture
def clips(tmp_path):
    paths = [tmp_path / f"clip-{n}.mp4" for n in range(3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


def batch(store, clips, tmp_path, settings=SETTINGS):
    return Batch(store, clips, settings, tmp_path / "out")


def run(store, spoiled=()):
    """Run what waits; a clip that is named in `spoiled` fails."""
    executor = FakeExecutor()
    runner = Runner(store, executor)
    while runner.turn():
        if runner.job is None:
            continue
        attempt, name = executor.last, runner.job.inputs[0].rsplit("/", 1)[1]
        if name in spoiled:
            attempt.said = Outcome(failure=Failure("it is no clip", "give another", 3))
        else:
            made = f"{name.removesuffix('.mp4')}-livecam.mp4"
            (attempt.folder / made).write_bytes(b"made of " + name.encode())
            sha = hashlib.sha256(b"made of " + name.encode()).hexdigest()
            attempt.said = Outcome(result={"files": [made], "sha256": {made: sha}})
    runner.close()
    return len(executor.attempts)


def test_results_are_handed_over_with_hashes_that_sha256sum_reads(store, clips, tmp_path):
    made = batch(store, clips, tmp_path)
    run(store)
    assert len(made.publish()) == 3 and made.exit_code() == 0 and not made.publish()
    lines = (tmp_path / "out" / SUMS).read_text().splitlines()
    for line in lines:
        sha, name = line.split("  ")
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == sha
    assert len(lines) == 3


def test_the_same_batch_again_does_nothing_again(store, clips, tmp_path):
    batch(store, clips, tmp_path)
    run(store)
    again = batch(store, clips, tmp_path)
    assert run(store) == 0 and again.count().done == 3


def test_a_stopped_batch_goes_on_with_the_clips_that_are_left(store, clips, tmp_path):
    batch(store, clips[:2], tmp_path)
    run(store)
    assert batch(store, clips, tmp_path).count().done == 2 and run(store) == 1


def test_a_clip_or_setting_that_changed_is_new_work(store, clips, tmp_path):
    batch(store, clips, tmp_path)
    run(store)
    clips[0].write_bytes(b"another clip")
    batch(store, clips, tmp_path)
    assert run(store) == 1
    batch(store, clips, tmp_path, {"persona": "kim"})
    assert run(store) == 3


def test_a_result_that_was_deleted_in_both_places_is_made_again(store, clips, tmp_path):
    made = batch(store, clips, tmp_path)
    run(store)
    made.publish()
    made.result_of(clips[1]).unlink()
    again = batch(store, clips, tmp_path)
    again.publish()
    assert run(store) == 0 and made.result_of(clips[1]).is_file(), "the queue still has it"
    made.result_of(clips[1]).unlink()
    (store.folder_of(again.jobs()[1]) / made.result_of(clips[1]).name).unlink()
    batch(store, clips, tmp_path)
    assert run(store) == 1


def test_one_bad_clip_costs_one_job_and_gives_its_exit_code(store, clips, tmp_path):
    made = batch(store, clips, tmp_path)
    run(store, spoiled=("clip-1.mp4",))
    made.publish()
    assert (made.count().done, made.count().failed, made.exit_code()) == (2, 1, 3)
    again = batch(store, clips, tmp_path)
    again.retry_ended(failed=False)
    assert run(store) == 0
    again.retry_ended(failed=True)
    assert run(store) == 1 and again.exit_code() == 0


def test_cancelled_clips_run_again(store, clips, tmp_path):
    made = batch(store, clips, tmp_path)
    store.change(made.jobs()[0], State.CANCELLED)
    made.retry_ended(failed=False)
    assert run(store) == 3


def test_a_batch_that_cannot_be_done_whole_is_refused(tmp_path, clips):
    with pytest.raises(CameraError, match="there is no clip"):
        check_clips([*clips, tmp_path / "none.mp4"])
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "clip-0.mp4").write_bytes(b"x")
    with pytest.raises(UsageError, match="two clips are named clip-0"):
        check_clips([*clips, tmp_path / "sub" / "clip-0.mp4"])
    with pytest.raises(UsageError, match="no clip is named"):
        check_clips([])
