"""Ten thousand broken files through `verify`: none may crash it, keep it for two seconds, or take 500 MB.

    python benchmarks/marks/fuzz_verify.py --inputs 10000 --json fuzz.json

Runs in processes of 500 files each, so that a crash is seen and its file kept. Processor time is counted, of the box
that decodes too, which a busy machine does not stretch; memory is the highest of process and box, libraries included.
"""

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from livecam.box import process
from livecam.core.errors import UsageError
from livecam.verify import verify
from tests.fuzzing import Broken, look_at_broken, seeds

PER_PROCESS = 500
MOST_S, MOST_MB = 2.0, 500


@dataclass
class Figures:
    """What one process saw."""

    inputs: int = 0
    verdicts: int = 0
    refusals: int = 0
    slowest_s: float = 0.0
    peak_mb: float = 0.0
    slow: int = 0
    boxes: int = 0


def cpu_s(pids: set[int]) -> float:
    """Processor time of this process, of the boxes that have ended, and of those that wait."""
    used = sum(os.times()[:4])
    for box in process.list_waiting():
        pids.add(box.pid)
        fields = Path(f"/proc/{box.pid}/stat").read_text().rpartition(")")[2].split()
        used += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return used


def peak_mb() -> float:
    """The most memory of this process, of the boxes that have ended, and of those that wait."""
    ended_kb = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    statuses = (Path(f"/proc/{box.pid}/status").read_text() for box in process.list_waiting())
    waiting_kb = [int(status.partition("VmHWM:")[2].split()[0]) for status in statuses]
    return max(ended_kb + waiting_kb) / 1024


def one_process(number: int, count: int, originals: dict[str, bytes], folder: Path) -> None:
    """Look at `count` files drawn from seed `number`; the last one stays in the folder."""
    seen, pids = Figures(), set[int]()

    def look(broken: Broken) -> None:
        name, content = broken.content(originals)
        path = folder / name
        path.write_bytes(content)
        (folder / "last").write_text(name)
        begin_s = cpu_s(pids)
        try:
            verify(path)
            seen.verdicts += 1
        except UsageError:
            seen.refusals += 1
        took_s = cpu_s(pids) - begin_s
        seen.inputs += 1
        if took_s > MOST_S:
            seen.slow += 1
            shutil.copy(path, folder / f"slow-{seen.inputs}-{name}")
        if (peak := peak_mb()) > max(seen.peak_mb, MOST_MB):
            shutil.copy(path, folder / f"large-{round(peak)}-{seen.inputs}-{name}")
        seen.peak_mb = max(seen.peak_mb, peak)
        seen.slowest_s = max(seen.slowest_s, took_s)

    # The start of the box is no cost of the first file.
    whole = folder / "clip.mp4"
    whole.write_bytes(originals[whole.name])
    verify(whole)
    look_at_broken(number, count, look)
    process.end_all()
    seen.peak_mb, seen.boxes = max(seen.peak_mb, peak_mb()), len(pids)
    (folder / "figures.json").write_text(json.dumps(asdict(seen)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, required=True)
    given_ = parser.parse_args()
    os.environ["OPENCV_LOG_LEVEL"] = "SILENT"
    root = Path(tempfile.mkdtemp(prefix="fuzz-verify-"))
    (root / "seeds").mkdir()
    originals = seeds(root / "seeds")
    total, crashed = Figures(), []
    for number in range(-(-given_.inputs // PER_PROCESS)):
        folder = root / str(number)
        folder.mkdir()
        count = min(PER_PROCESS, given_.inputs - number * PER_PROCESS)
        child = multiprocessing.get_context("spawn").Process(
            target=one_process, args=(given_.seed + number, count, originals, folder)
        )
        child.start()
        child.join()
        if child.exitcode != 0:
            crashed.append(f"{folder}: exit code {child.exitcode} at {(folder / 'last').read_text()}")
            continue
        part = Figures(**json.loads((folder / "figures.json").read_text()))
        for name in ("inputs", "verdicts", "refusals", "slow", "boxes"):
            setattr(total, name, getattr(total, name) + getattr(part, name))
        total.slowest_s, total.peak_mb = max(total.slowest_s, part.slowest_s), max(total.peak_mb, part.peak_mb)
        given_.json.write_text(json.dumps({**asdict(total), "crashed": crashed}, indent=1) + "\n")
        print(total, crashed, flush=True)
    ok = not crashed and not total.slow and total.peak_mb <= MOST_MB
    print("held" if ok else f"not held; what failed is in {root}")
    if ok:
        shutil.rmtree(root)
    raise SystemExit(0 if ok else 1)


if __name__ == "__main__":
    main()
