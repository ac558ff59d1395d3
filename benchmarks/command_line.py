"""Measure the processor time of `livecam --help`, `livecam` alone and a completion, against `python -c pass`.

    python benchmarks/command_line.py                      medians of ten runs, in ms
    python benchmarks/command_line.py --runs 30 --json cli.json

Limits: 300 ms for `livecam --help`, 60 ms more than Python for `import livecam`. No test asserts them.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

LIVECAM = (sys.executable, "-c", "import sys; from livecam.cli import main; sys.exit(main())")
CASES = {
    "python -c pass": (sys.executable, "-c", "pass"),
    "import livecam": (sys.executable, "-c", "import livecam"),
    "livecam --help": (*LIVECAM, "--help"),
    "livecam": LIVECAM,
    "livecam run --help": (*LIVECAM, "run", "--help"),
    "completion of --persona": LIVECAM,
}
COMPLETION = {"_LIVECAM_COMPLETE": "complete_bash", "COMP_WORDS": "livecam run --persona ", "COMP_CWORD": "3"}


def cpu_ms(command: Sequence[str], environ: dict[str, str]) -> float:
    """User and system time of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def measured(runs: int) -> dict[str, dict[str, float]]:
    """Median and minimum by case; the cases take turns, so that a busy minute is shared by all."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for _ in range(runs):
        for name, command in CASES.items():
            environ = {**os.environ, **(COMPLETION if name.startswith("completion") else {})}
            times[name].append(cpu_ms(command, environ))
    return {name: {"median": statistics.median(all_ms), "min": min(all_ms)} for name, all_ms in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found = measured(given.runs)
    floor = found["python -c pass"]["median"]
    for name, row in found.items():
        print(f"{name:26}{row['median']:7.0f} ms, minimum {row['min']:4.0f}, {row['median'] / floor:5.1f} x python")
    if given.json is not None:
        given.json.write_text(json.dumps({"schema": 1, "cpu_ms": found}, indent=1) + "\n")


if __name__ == "__main__":
    main()
