"""A batch on a Ray cluster of this machine: `python -m benchmarks.scale.ray_batch --clips 60`.

The same clips run here alone, then on one node of one core and on two. It says whether every result is equal, and how
long each took.
"""

import argparse
import json
import resource
import shutil
import sys
from pathlib import Path
from time import perf_counter

from livecam.host.machine import describe_machine
from tests.clips import cut_sample
from tests.cluster.local import hash_packets, livecam, local_cluster


def run(owner: Path, clips: list[Path], out: Path, *more: str) -> tuple[float, dict[str, str]]:
    """Run a batch with an empty queue; returns its seconds and the hashes of its results."""
    shutil.rmtree(owner / "livecam" / "jobs", ignore_errors=True)
    begin = perf_counter()
    batch = livecam(owner, "batch", *map(str, clips), "--persona", "robin", "--out", str(out), *more)
    said, _ = batch.communicate()
    seconds = perf_counter() - begin
    if batch.returncode:
        raise SystemExit(said)
    return seconds, {path.name: hash_packets(path) for path in sorted(out.glob("*.mp4"))}


def cpu_s() -> float:
    """Return what children that ended have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    found: dict[str, object] = {"machine": describe_machine(), "clips": asked.clips, "frames": asked.frames}
    with local_cluster(("n1", "n2")) as cluster:
        clips = cut_sample(cluster.folder / "clips", asked.clips, asked.frames)
        before = cpu_s()
        found["here_s"], here = run(cluster.owner, clips, cluster.folder / "here", "--at-once", "1")
        found["here_cpu_s"] = cpu_s() - before
        found["two_s"], two = run(cluster.owner, clips, cluster.folder / "two", "--ray", cluster.address)
        cluster.kill("n2")
        found["one_s"], one = run(cluster.owner, clips, cluster.folder / "one", "--ray", cluster.address)
    found["equal"] = here == two == one and len(here) == asked.clips
    found["times_as_fast"] = found["one_s"] / found["two_s"]  # type: ignore[operator]
    text = json.dumps(found, indent=1)
    print(text)
    if asked.json is not None:
        asked.json.write_text(text + "\n")
    return 0 if found["equal"] else 1


if __name__ == "__main__":
    sys.exit(main())
