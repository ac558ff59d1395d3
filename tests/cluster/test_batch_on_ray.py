"""A batch on three nodes: the same results, nothing lost and nothing done twice, whatever dies."""

import json
import os
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from livecam.jobs.cluster.nodes import NamedNodes, make_node_key
from livecam.personas.generated import save_generated
from livecam.personas.store import PersonaStore
from tests.clips import cut_sample
from tests.cluster.local import MEMORY, find_bytes, hash_packets, kill, livecam

GUARD_S = 600
CLIPS = 8


def jobs_of(owner):
    with closing(sqlite3.connect(owner / "livecam" / "jobs" / "jobs.sqlite3", timeout=30)) as opened:
        return {
            row[0]: row[1:] for row in opened.execute("SELECT inputs, state, attempts, failure, result, id FROM jobs")
        }


def done_events(owner):
    """Return how often each job was done."""
    with closing(sqlite3.connect(owner / "livecam" / "jobs" / "jobs.sqlite3", timeout=30)) as opened:
        subjects = [row[0] for row in opened.execute("SELECT subject FROM events WHERE data LIKE '%\"done\"%'")]
    return {subject: subjects.count(subject) for subject in subjects}


def wait_for(look, process=None):
    for _ in range(GUARD_S * 5):
        if look():
            return
        assert process is None or process.poll() is None, process.communicate()[0]
        Event().wait(0.2)
    raise AssertionError("it did not come")


def states(owner):
    return [row[0] for row in jobs_of(owner).values()] if (owner / "livecam/jobs/jobs.sqlite3").exists() else []


@pytest.fixture(scope="module")
def persona(cluster):
    store = PersonaStore(cluster.owner / "livecam")
    save_generated(5, "sam-travels", store)
    return store


@pytest.fixture(scope="module")
def clips(cluster):
    return cut_sample(cluster.folder / "clips", CLIPS)


@pytest.fixture(scope="module")
def here(cluster, clips, persona):
    """The results of this machine alone, by name."""
    out = cluster.folder / "here"
    ended = livecam(cluster.owner, "batch", *map(str, clips), "--persona", "sam-travels", "--out", str(out))
    said, _ = ended.communicate(timeout=GUARD_S)
    assert ended.returncode == 0, said
    return {path.name: hash_packets(path) for path in out.glob("*.mp4")}


def test_a_killed_node_and_driver_lose_nothing_and_repeat_nothing(cluster, clips, persona, here):
    owner, out = cluster.owner, cluster.folder / "there"
    words = ["batch", *map(str, clips), "--persona", "sam-travels", "--size", "640x360", "--out", str(out)]
    alone = livecam(owner, *words[:-1], str(cluster.folder / "alone"))
    assert alone.wait(GUARD_S) == 0, alone.communicate()[0]
    sizes = {path.name: hash_packets(path) for path in (cluster.folder / "alone").glob("*.mp4")}
    with closing(sqlite3.connect(owner / "livecam" / "jobs" / "jobs.sqlite3")) as opened, opened:
        opened.execute("DELETE FROM jobs")
        opened.execute("DELETE FROM accepted")
        opened.execute("DELETE FROM events")
    words += ["--ray", cluster.address]
    first = livecam(owner, *words)
    wait_for(lambda: states(owner).count("done") >= 2, first)
    cluster.kill("n3")
    wait_for(lambda: states(owner).count("done") >= 4, first)
    kill(first)
    second = livecam(owner, *words)
    said, _ = second.communicate(timeout=GUARD_S)
    assert second.returncode == 0, said
    assert set(states(owner)) == {"done"} and set(done_events(owner).values()) == {1}
    assert {path.name: hash_packets(path) for path in out.glob("*.mp4")} == sizes
    results = [json.loads(row[3]) for row in jobs_of(owner).values()]
    assert all(result["signed"] for result in results)


def test_nothing_of_the_persona_is_left_on_a_node(cluster, persona, here):
    """Looked for after the test above: photo, texture, record and name, in files and in shared memory."""
    folder = persona.folder_of("sam-travels")
    needles = [path.read_bytes()[100:400] for path in folder.iterdir()] + [b"sam-travels", persona.public_key.encode()]
    roots = [cluster.home_of(name) for name in ("n1", "n2", "n3")] + [cluster.folder / "ray", MEMORY]
    assert not find_bytes([root for root in roots if root.exists()], needles)
    assert find_bytes([folder], needles), "the search finds what is there"


def kill_readers(name, stopping):
    """Kill every process that opens a file of that name, as a decoder's fault would."""
    while not stopping.wait(0.02):
        for entry in Path("/proc").glob("[0-9]*/fd/*"):
            with suppress(OSError):
                if (
                    os.readlink(entry).endswith(f"/{name}")
                    and b"livecam.jobs.work" in (entry.parents[1] / "cmdline").read_bytes()
                ):
                    os.kill(int(entry.parts[2]), signal.SIGKILL)


def test_a_clip_that_kills_its_worker_costs_one_job(cluster, clips, persona):
    poison, stopping = cluster.folder / "clips" / "poison.mp4", Event()
    poison.write_bytes(clips[0].read_bytes())
    out = cluster.folder / "poisoned"
    words = ("--persona", "robin", "--out", str(out), "--ray", cluster.address)
    killer = Thread(target=kill_readers, args=(poison.name, stopping))
    killer.start()
    try:
        said, _ = (ended := livecam(cluster.owner, "batch", str(poison), str(clips[0]), *words)).communicate(
            timeout=GUARD_S
        )
    finally:
        stopping.set()
        killer.join()
    assert ended.returncode == 1 and "ended its process 3 times" in said, said
    assert [path.name for path in out.glob("*.mp4")] == ["clip-000-livecam.mp4"]


def test_a_node_that_only_claims_a_name_opens_nothing(cluster, clips, persona):
    """It has the label of a named node, but not the key: the job waits for one that has."""
    folder, out = cluster.owner / "livecam", cluster.folder / "claimed"
    before = NamedNodes.read(folder)
    words = ("--persona", "sam-travels", "--mirror", "--out", str(out), "--ray", cluster.address)
    try:
        NamedNodes({"n1": str(make_node_key(cluster.folder / "elsewhere").to_public())}).write(folder)
        running = livecam(cluster.owner, "batch", str(clips[1]), *words)
        wait_for(lambda: gave_back(cluster.owner), running)
        assert not list(out.glob("*.mp4"))
        kill(running)
    finally:
        before.write(folder)


def gave_back(owner):
    """Whether a job ran and waits again, its attempt not counted."""
    if not (owner / "livecam/jobs/jobs.sqlite3").exists():
        return False
    with closing(sqlite3.connect(owner / "livecam" / "jobs" / "jobs.sqlite3", timeout=30)) as opened:
        return any(
            (state, attempts) == ("queued", 0)
            and opened.execute(
                "SELECT count(*) FROM events WHERE subject = ? AND data LIKE '%running%'", (job,)
            ).fetchone()[0]
            for job, state, attempts in opened.execute("SELECT id, state, attempts FROM jobs")
        )


def test_a_revocation_ends_what_runs_within_ten_seconds(cluster, persona):
    long_clip = cut_sample(cluster.folder / "long", 1, frames=240)[0]
    running = livecam(
        cluster.owner, "batch", str(long_clip), "--persona", "sam-travels", "--out", str(cluster.folder / "revoked"),
        "--ray", cluster.address,
    )  # fmt: skip
    wait_for(lambda: "running" in states(cluster.owner), running)
    revoked = livecam(cluster.owner, "persona", "revoke", "sam-travels")
    assert revoked.wait(GUARD_S) == 0, revoked.communicate()[0]
    said, _ = running.communicate(timeout=GUARD_S)
    assert running.returncode == 5 and "cancelled" in said, said
