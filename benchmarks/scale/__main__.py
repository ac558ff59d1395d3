"""The plan of docs/scale.md with your own figures: `python -m benchmarks.scale --figures FILE --pictures FOLDER`."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.scale.curves import Axis, Line, draw
from benchmarks.scale.fleet import FAULTS, Course, Fleet, judge
from benchmarks.scale.plan import FIGURES, MODES, plan, read_figures, tables

_STREAMS = [10**exponent for exponent in range(2, 7)]
_SHORT = {MODES[0]: "edge", MODES[1]: "textures, cores", MODES[2]: "textures, GPUs", MODES[3]: "whole path"}


def draw_plans(figures: dict[str, float], folder: Path) -> None:
    """Write the curves of machines and of money."""
    streams = Axis("live streams at the peak", 100, 1e6, log=True)
    plans = {mode: [plan(mode, count, figures) for count in _STREAMS] for mode in MODES}
    machines = [
        Line(_SHORT[mode], [(each.streams, each.nodes + each.control_nodes) for each in plans[mode]], dots=True)
        for mode in MODES
    ]
    title = "Machines, the control plane included"
    (folder / "scale-machines.svg").write_text(draw(title, streams, Axis("machines", 1, 1e6, log=True), machines))
    money = [
        Line(_SHORT[mode], [(each.streams, each.dollars_per_h) for each in plans[mode]], dots=True) for mode in MODES
    ]
    title = "Dollars an hour at the peak"
    (folder / "scale-cost.svg").write_text(draw(title, streams, Axis("dollars an hour", 0.1, 1e6, log=True), money))
    network = [Line(_SHORT[mode], [(each.streams, each.gbit_s) for each in plans[mode]], dots=True) for mode in MODES]
    title = "Network at the peak, each way"
    (folder / "scale-network.svg").write_text(draw(title, streams, Axis("Gbit/s", 1e-5, 1e4, log=True), network))


def draw_faults(courses: dict[str, Course], streams: int, folder: Path) -> None:
    """Write how many streams are live while parts of the fleet are away."""
    lines = [
        Line(fault, [(n / 60, live / streams) for n, live in enumerate(course.live) if n % 10 == 0])
        for fault, course in courses.items()
    ]
    title = f"Streams of {streams:,} that are live; the fault lasts from minute 15 to 25"
    (folder / "scale-faults.svg").write_text(draw(title, Axis("minutes", 0, 50), Axis("share", 0.5, 1.1), lines))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--figures", type=Path, default=FIGURES)
    parser.add_argument("--pictures", type=Path)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    figures = read_figures(asked.figures)
    found: dict[str, object] = {"figures": figures, **tables(figures)}
    losses = {}
    for streams in (100, 10_000, 1_000_000):
        courses = {fault: Fleet(streams, fault, figures).run() for fault in FAULTS}
        losses[str(streams)] = [asdict(judge(fault, course)) for fault, course in courses.items()]
        if asked.pictures is not None and streams == 1_000_000:
            draw_faults(courses, streams, asked.pictures)
    found["faults"] = losses
    if asked.pictures is not None:
        draw_plans(figures, asked.pictures)
    text = json.dumps(found, indent=1)
    if asked.json is not None:
        asked.json.write_text(text + "\n")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
