"""A training survives what goes wrong: it goes back, resumes, keeps the best, and says so."""

import json
import math
from dataclasses import replace

import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import ConsentError, OutputError
from trainer.scores import Scores
from trainer.session import BACKUPS, BEST, Session, SessionConfig

LONG_NS = 600 * NS_PER_S


class CountingLearner:
    """Gets better with every batch; faults are planted by the number of the batch, once each."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock, self.batches, self.soft = clock, 0, 0
        self.faults: dict[int, float] = {}
        self.errors: dict[int, float] = {}
        self.floor = 0.0

    def step(self) -> float:
        self.clock.advance_ns(NS_PER_S)
        self.batches += 1
        return self.faults.pop(self.batches, 1 / self.batches)

    def judge(self) -> Scores:
        error = self.errors.pop(self.batches, max(1 / (1 + self.batches), self.floor))
        return Scores(error=error, photo=1.0, linear=0.9, follows=0.5, lids=None, sharpness=0.8)

    def state(self) -> bytes:
        return json.dumps(self.batches).encode()

    def restore(self, state: bytes) -> None:
        self.batches = int(json.loads(state))

    def soften(self) -> None:
        self.soft += 1

    def set_progress(self, share: float) -> None:
        assert 0 <= share <= 1


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def learner(clock):
    return CountingLearner(clock)


@pytest.fixture
def said():
    return []


def session_of(tmp_path, learner, clock, said, key="these pictures", **config):
    rules = replace(SessionConfig(save_every_ns=10 * NS_PER_S, least_steps=1), **config)
    return Session(tmp_path / "run", key, learner, clock, said.append, rules)


def never():
    return False


def test_it_ends_when_the_time_is_over_and_keeps_two_backups(tmp_path, learner, clock, said):
    ended = session_of(tmp_path, learner, clock, said).run(60 * NS_PER_S, never)
    assert (ended.is_done, learner.batches) == (True, 60)
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == sorted([*BACKUPS, BEST])
    assert "expression follows 50%" in said[0] and "loss" not in " ".join(said)


def test_numbers_that_are_none_are_rolled_back(tmp_path, learner, clock, said):
    learner.faults = {25: math.nan}
    ended = session_of(tmp_path, learner, clock, said).run(60 * NS_PER_S, never)
    assert ended.is_done and learner.soft == 1
    assert any("went back to the last backup" in line for line in ended.remarks)
    assert learner.batches < 60


def test_a_collapse_on_held_out_pictures_is_rolled_back(tmp_path, learner, clock, said):
    learner.errors = {30: 5.0}
    session = session_of(tmp_path, learner, clock, said)
    ended = session.run(60 * NS_PER_S, never)
    assert any("collapsed" in line for line in ended.remarks)
    assert session.progress.best < 0.1


def test_it_ends_where_every_batch_fails(tmp_path, learner, clock, said):
    learner.faults = dict.fromkeys(range(11, 100), math.inf)
    ended = session_of(tmp_path, learner, clock, said, most_rollbacks=3).run(LONG_NS, never)
    assert "went back 3 times" in ended.why


def test_a_failure_before_the_first_backup_is_said(tmp_path, learner, clock, said):
    learner.faults = {2: math.nan}
    ended = session_of(tmp_path, learner, clock, said).run(LONG_NS, never)
    assert not ended.is_done and "no backup" in ended.why


def test_it_ends_when_it_gets_no_better(tmp_path, learner, clock, said):
    learner.floor = 0.05
    ended = session_of(tmp_path, learner, clock, said, patience=3).run(LONG_NS, never)
    assert ended.is_done and "no longer gets better" in ended.why
    assert learner.batches < 100


def test_a_killed_training_resumes_from_its_last_backup(tmp_path, learner, clock, said):
    class Killed(Exception):
        pass

    def kill() -> bool:
        if learner.batches == 37:
            raise Killed
        return False

    with pytest.raises(Killed):
        session_of(tmp_path, learner, clock, said).run(LONG_NS, kill)
    again = CountingLearner(clock)
    session = session_of(tmp_path, again, clock, said)
    assert session.resume()
    assert 27 <= again.batches <= 37
    assert session.progress.trained_ns >= 27 * NS_PER_S


def test_a_damaged_backup_gives_way_to_the_older_one(tmp_path, learner, clock, said):
    session_of(tmp_path, learner, clock, said).run(40 * NS_PER_S, never)
    sizes = {name: json.loads((tmp_path / "run" / name).read_bytes()[:4096])["steps"] for name in BACKUPS}
    newest, older = sorted(sizes, key=lambda name: sizes[name], reverse=True)
    path = tmp_path / "run" / newest
    path.write_bytes(path.read_bytes()[:-1])
    again = CountingLearner(clock)
    assert session_of(tmp_path, again, clock, said).resume()
    assert again.batches == sizes[older]


def test_a_training_of_other_pictures_is_not_resumed(tmp_path, learner, clock, said):
    session_of(tmp_path, learner, clock, said).run(30 * NS_PER_S, never)
    assert not session_of(tmp_path, CountingLearner(clock), clock, said, key="other pictures").resume()


def test_a_full_disk_is_said_and_the_earlier_backup_stays(tmp_path, learner, clock, said, monkeypatch):
    session = session_of(tmp_path, learner, clock, said)
    session.run(20 * NS_PER_S, never)

    def full(path, data):
        raise OutputError(f"{path.name}: no space left on device", advice="free some space")

    monkeypatch.setattr("trainer.session.replace_file", full)
    ended = session.run(50 * NS_PER_S, never)
    assert any("no backup was written" in line for line in ended.remarks)
    again = CountingLearner(clock)
    assert session_of(tmp_path, again, clock, said).resume() and again.batches == 20


def test_the_best_state_is_found_again(tmp_path, learner, clock, said):
    learner.errors = {number: 0.2 for number in range(31, 100)}
    session = session_of(tmp_path, learner, clock, said, collapse=100.0)
    session.run(60 * NS_PER_S, never)
    assert session.restore_best() and learner.batches == 30


def test_what_is_stopped_goes_on_later(tmp_path, learner, clock, said):
    ended = session_of(tmp_path, learner, clock, said).run(LONG_NS, lambda: learner.batches >= 15)
    assert not ended.is_done and "goes on from here" in ended.why
    session = session_of(tmp_path, learner, clock, said)
    assert session.resume() and session.progress.trained_ns == 15 * NS_PER_S


def test_a_busy_machine_is_backed_up_and_judged_less_often(tmp_path, learner, clock, said):
    session_of(tmp_path, learner, clock, said, least_steps=25).run(60 * NS_PER_S, never)
    assert len(said) == 2
    assert json.loads((tmp_path / "run" / BACKUPS[0]).read_bytes()[:4096])["steps"] >= 50


def test_nothing_is_written_once_the_consent_is_taken_back(tmp_path, learner, clock, said):
    def permit() -> None:
        if learner.batches > 25:
            raise ConsentError("the consent to train was taken back", advice="ask again")

    session = Session(tmp_path / "run", "key", learner, clock, said.append, SessionConfig(10 * NS_PER_S, 1), permit)
    with pytest.raises(ConsentError):
        session.run(LONG_NS, never)
    written = [json.loads(path.read_bytes()[:4096])["steps"] for path in (tmp_path / "run").iterdir()]
    assert learner.batches == 30 and max(written) == 20
