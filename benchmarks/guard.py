"""Hold what a frame costs against what it cost before on this kind of machine.

    python benchmarks/guard.py            exit code 1 when a figure is clearly worse
    python benchmarks/guard.py --write    keep today's figures as this machine's baseline

Figures are ratios inside one run: processor time of a whole frame over that of the mesh network alone and one copy of
the frame. Ratios of elapsed time went from 3.1 to 7.9 on one busy machine while these stayed within 4.1 to 4.8.
A figure counts as worse only if it is in the best of three attempts, by more than 15 %. Without a baseline for this
kind of machine there is nothing to hold against, and it says so.
"""

import argparse
import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from statistics import median

from livecam.bench.pictures import SIZES, load_pictures
from livecam.bench.run import open_bench_parts
from livecam.bench.unpaced import measure_unpaced
from livecam.config.settings import Settings
from livecam.devices.sink import open_sink
from livecam.host.machine import describe_machine
from livecam.personas.built_in import builtin_names

FOLDER = Path(__file__).parent / "baselines"
ATTEMPTS, FRAMES, WORSE = 3, 150, 1.15
Figures = dict[str, float]


def baseline_file() -> Path:
    """The file for this kind of machine: processor and number of cores."""
    here = describe_machine()
    name = re.sub(r"[^a-z0-9]+", "-", f"{here['cpu']} {here['cores']} cores".lower()).strip("-")
    return FOLDER / f"{name}.json"


def measure_all() -> Figures:
    """One attempt: the ratio of each size."""
    settings = Settings(persona=builtin_names()[0], camera="sample", sink="null")
    parts = open_bench_parts(settings)
    figures: Figures = {}
    try:
        for case in SIZES:
            sink = open_sink("null", case.size.size_wh, settings.fps)
            result = measure_unpaced(settings, replace(parts, sink=sink), load_pictures(case, "sample"), case, FRAMES)
            figures[case.name] = result.cpu_ratio
    finally:
        parts.close()
    return figures


def best(attempts: list[Figures]) -> Figures:
    """The least of each figure."""
    return {name: min(attempt[name] for attempt in attempts) for name in attempts[0]}


def usual(attempts: list[Figures]) -> Figures:
    """The median of each figure."""
    return {name: median(attempt[name] for attempt in attempts) for name in attempts[0]}


def is_worse(now: Figures, before: Figures) -> list[str]:
    """What has got clearly worse, in words."""
    return [
        f"{name}: {now[name]:.2f} times the floor, was {value:.2f}"
        for name, value in before.items()
        if now[name] > value * WORSE
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    file, write = baseline_file(), parser.parse_args().write
    if write:
        now = usual([measure_all() for _ in range(ATTEMPTS)])
        FOLDER.mkdir(exist_ok=True)
        file.write_text(json.dumps({"machine": describe_machine(), "figures": now}, indent=2) + "\n")
        print(f"{file}: {now}")
        return 0
    if not file.is_file():
        print(f"no baseline for this kind of machine ({file.name}); python benchmarks/guard.py --write makes one")
        return 0
    before: Figures = json.loads(file.read_text())["figures"]
    attempts: list[Figures] = []
    for _ in range(ATTEMPTS):
        attempts.append(measure_all())
        if not (complaints := is_worse(best(attempts), before)):
            print(f"processor time of a frame over the floor: {best(attempts)}; baseline {before}")
            return 0
    print("a frame costs more than before, in the best of three attempts:", *complaints, sep="\n  ")
    print("find out why, or, if it is worth it: python benchmarks/guard.py --write")
    return 1


if __name__ == "__main__":
    sys.exit(main())
