"""Jobs are kept whole: every change is a compare-and-set with one event.

A key makes one job.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livecam.core.errors import OutputError, UsageError
from livecam.jobs.job import EDGES, Progress, State
from livecam.jobs.store import SqliteJobStore


@pytest.fixture
def store(tmp_path):
    opened = SqliteJobStore(tmp_path / "jobs")
    yield opened
    opened.close()


def test_a_job_is_there_after_it_was_added_also_for_another_process(store, tmp_path):
    job, is_new = store.add("verify", ["/a.mp4"], {"language": "de"})
    other = SqliteJobStore(tmp_path / "jobs")
    assert is_new and other.get(job.id) == job
    other.close()


def test_the_same_key_gives_the_same_job(store):
    first, _ = store.add("verify", ["/a.mp4"], {}, "k")
    again, is_new = store.add("verify", ["/a.mp4"], {}, "k")
    assert again.id == first.id and not is_new and len(store.list()) == 1


def test_the_same_key_for_another_request_is_refused(store):
    store.add("verify", ["/a.mp4"], {}, "k")
    with pytest.raises(UsageError, match="another request"):
        store.add("verify", ["/b.mp4"], {}, "k")


def test_jobs_are_claimed_in_the_order_in_which_they_came(store):
    ids = [store.add("verify", [f"/{n}"], {})[0].id for n in range(3)]
    assert [store.claim().id for _ in ids] == ids and store.claim() is None


def test_two_processes_never_claim_the_same_job(store, tmp_path):
    for n in range(20):
        store.add("verify", [f"/{n}"], {})
    others = [SqliteJobStore(tmp_path / "jobs") for _ in range(4)]

    def claim_all(each):
        claimed = []
        while (job := each.claim()) is not None:
            claimed.append(job.id)
        return claimed

    with ThreadPoolExecutor(4) as pool:
        claimed = [job_id for ids in pool.map(claim_all, others) for job_id in ids]
    for other in others:
        other.close()
    assert len(claimed) == 20 and len(set(claimed)) == 20


def test_an_attempt_is_counted_before_the_work_starts(store):
    store.add("verify", ["/a"], {})
    assert store.claim().attempts == 1


def test_only_one_of_two_changes_from_the_same_state_is_made(store):
    store.add("verify", ["/a"], {})
    job = store.claim()
    assert store.change(job, State.CANCELLING) is not None
    assert store.change(job, State.DONE, result={}) is None
    assert store.get(job.id).state is State.CANCELLING


def test_an_attempt_of_before_cannot_publish(store):
    store.add("verify", ["/a"], {})
    old = store.claim()
    store.change(old, State.QUEUED)
    store.claim()
    assert store.change(old, State.DONE, result={"files": ["stale"]}) is None


def test_progress_of_an_attempt_that_is_over_changes_nothing(store):
    store.add("verify", ["/a"], {})
    job = store.claim()
    store.change(job, State.CANCELLING)
    store.change(store.get(job.id), State.CANCELLED)
    store.report(job, Progress(0.5))
    assert store.get(job.id).progress == Progress()


def test_every_change_is_one_event(store):
    job, _ = store.add("verify", ["/a"], {})
    store.change(store.claim(), State.DONE, result={"files": []})
    assert [event.data["state"] for event in store.events(0)] == ["queued", "running", "done"]
    assert {event.subject for event in store.events(0)} == {job.id}


@pytest.mark.parametrize(("begin", "to"), [(s, t) for s in State for t in State if t not in EDGES[s]])
def test_no_other_change_of_state_is_possible(store, begin, to):
    from dataclasses import replace

    job, _ = store.add("verify", ["/a"], {})
    with pytest.raises(ValueError, match="does not go"):
        store.change(replace(job, state=begin), to)


def test_a_newer_file_is_left_alone(tmp_path):
    (tmp_path / "jobs").mkdir()
    with sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite3") as file:
        file.execute("PRAGMA user_version=99")
    file.close()
    with pytest.raises(OutputError, match="newer livecam"):
        SqliteJobStore(tmp_path / "jobs")


def test_a_file_that_is_none_is_named(tmp_path):
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "jobs.sqlite3").write_bytes(b"no database" * 100)
    with pytest.raises(OutputError, match=r"jobs\.sqlite3 cannot be used: file is not a database"):
        SqliteJobStore(tmp_path / "jobs")


def edit(tmp_path, statement, *values):
    with closing(sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite3", isolation_level=None)) as file:
        file.execute(statement, values)


SPOILED = ["no json", "[", "[]", "{}", '"x"', "7", '{"x": 1}', '{"share": "half"}', "[" * 100_000, None, 7, b"\xff"]


@pytest.mark.parametrize("column", ["inputs", "settings", "state", "progress", "result", "failure", "attempts", "kind"])
def test_a_damaged_row_is_an_error_in_words_or_read_as_it_is(store, tmp_path, column):
    job, _ = store.add("verify", ["/a.mp4"], {})
    for value in SPOILED:
        try:
            edit(tmp_path, f"UPDATE jobs SET {column} = ?", value)
        except sqlite3.IntegrityError:  # a column that is never empty
            continue
        for read in (lambda: store.get(job.id), store.list, store.claim):
            try:
                read()
            except OutputError as error:
                assert "a row is damaged" in str(error) and "move" in error.help_text


def test_a_damaged_event_is_an_error_in_words(store, tmp_path):
    store.add("verify", ["/a.mp4"], {})
    edit(tmp_path, "UPDATE events SET data = '[]'")
    with pytest.raises(OutputError, match="a row is damaged"):
        store.events(0)


def test_a_damaged_file_is_an_error_in_words_for_every_use(store, tmp_path):
    job, _ = store.add("verify", ["/a.mp4"], {})
    edit(tmp_path, "DROP TABLE jobs")
    uses = (
        lambda: store.get(job.id),
        store.list,
        store.claim,
        lambda: store.add("verify", ["/b"], {}),
        lambda: store.change(job, State.CANCELLED),
        lambda: store.remove(job),
    )
    for use in uses:
        with pytest.raises(OutputError, match=r"jobs\.sqlite3 cannot be used: no such table"):
            use()


def test_a_full_file_says_so_and_works_again_once_there_is_room(store):
    store._open.query("PRAGMA max_page_count = 20")
    with pytest.raises(OutputError, match="full") as caught:
        for n in range(1000):
            store.add("verify", [f"/{n}" * 100], {})
    assert "free some space" in caught.value.help_text
    store._open.query("PRAGMA max_page_count = 10000")
    assert store.add("verify", ["/a"], {})[1], "no transaction was left open"


def test_a_file_that_another_program_keeps_is_named(store, tmp_path):
    store._open.query("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(tmp_path / "jobs" / "jobs.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutputError, match="locked") as caught:
            store.add("verify", ["/a"], {})
        assert "again" in caught.value.help_text
        other.execute("ROLLBACK")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["add", "claim", *State]), max_size=25))
def test_whatever_happens_states_follow_the_edges_and_nothing_is_lost(tmp_path_factory, steps):
    store = SqliteJobStore(tmp_path_factory.mktemp("jobs"))
    added = 0
    for step in steps:
        if step == "add":
            store.add("verify", ["/a"], {})
            added += 1
        elif step == "claim":
            store.claim()
        else:
            for job in store.list()[:1]:
                if step in EDGES[job.state]:
                    store.change(job, step)
    seen: dict[str, State] = {}
    for event in store.events(0):
        state = State(event.data["state"])
        assert event.subject not in seen or state in EDGES[seen[event.subject]]
        seen[event.subject] = state
    assert len(store.list()) == added
    assert {job.id: job.state for job in store.list()} == seen
    store.close()
