"""A batch is queued once, hands over each result with its hash, and does nothing again."""

import hashlib
import os
import shutil
import subprocess
from contextlib import suppress

import pytest

from livecam.core.errors import CameraError, OutputError, UsageError
from livecam.jobs.batch import Batch, check_clips
from livecam.jobs.job import Failure, State
from livecam.jobs.kinds import result_name
from livecam.jobs.port import Outcome
from livecam.jobs.runner import Runner
from livecam.jobs.store import SqliteJobStore
from livecam.jobs.sums import SUMS, format_sums, read_sums
from tests.full_disk import small_disk
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


@pytest.mark.parametrize("name", ["clip-1-livecam.mp4", SUMS])
def test_a_file_that_livecam_did_not_write_stops_the_batch_before_it(store, clips, tmp_path, name):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / name).write_bytes(b"the user's own")
    with pytest.raises(UsageError, match="livecam did not write it"):
        batch(store, clips, tmp_path)
    assert (tmp_path / "out" / name).read_bytes() == b"the user's own" and not store.list()


@pytest.mark.parametrize("make", [lambda path: path.mkdir(), lambda path: os.mkfifo(path)])
@pytest.mark.parametrize("name", ["clip-1-livecam.mp4", SUMS])
def test_what_is_no_file_in_a_results_place_stops_the_batch(store, clips, tmp_path, name, make):
    (tmp_path / "out").mkdir()
    make(tmp_path / "out" / name)
    with pytest.raises(UsageError, match="livecam did not write it"):
        batch(store, clips, tmp_path)


def test_a_file_that_comes_while_a_batch_runs_is_left_alone(store, clips, tmp_path):
    made = batch(store, clips, tmp_path)
    run(store)
    made.result_of(clips[0]).write_bytes(b"the user's own")
    with pytest.raises(UsageError, match="livecam did not write it"):
        made.publish()
    assert made.result_of(clips[0]).read_bytes() == b"the user's own"


def test_a_folder_that_takes_no_files_is_said_before_any_work(store, clips, tmp_path):
    with small_disk(tmp_path / "out", 4) as full:
        with suppress(OSError):
            (full / "rest").write_bytes(bytes(100_000))
        with pytest.raises(OutputError):
            batch(store, clips, tmp_path)
    assert not store.list()


def test_two_batches_in_one_folder_keep_the_hashes_of_both(store, clips, tmp_path):
    for some in (clips[:1], clips[1:]):
        made = batch(store, some, tmp_path)
        run(store)
        made.publish()
    assert len(read_sums(tmp_path / "out")) == 3
    made.result_of(clips[2]).unlink()
    batch(store, clips[:1], tmp_path).publish()
    assert len(read_sums(tmp_path / "out")) == 2, "a result that is gone has no hash any more"


ODD = [
    "a b",
    "a\nb",
    "a\rb",
    "a\\b",
    "\\n",
    "a\u2028b",
    "\u202egpj",
    "😀",
    "-x",
    "%s",
    os.fsdecode(b"\xff"),
    "n" * 250,
    "é" * 125,
]


def test_hashes_are_right_for_every_name_that_a_file_can_have(store, tmp_path):
    clips = [tmp_path / f"{name}.mp4" for name in ODD]
    made = [tmp_path / result_name(clip, ".mp4") for clip in clips]
    for path in made:
        path.write_bytes(os.fsencode(path.name))
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made}
    (tmp_path / SUMS).write_bytes(format_sums(sums))
    assert read_sums(tmp_path) == sums and len(sums) == len(ODD)
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--check", "--strict", SUMS], cwd=tmp_path, check=True, capture_output=True)
