"""How many laptops one server serves: `python -m benchmarks.load MODEL.onnx --streams 1,2,4,8`.

The figures of one stream feed the simulation; what it says of more streams stands next to what was measured.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.load.laptops import Figures, run_laptops
from benchmarks.scale.textures import ServerFigures, simulate
from livecam.host.machine import describe_machine

_HEAD = ("streams", "age p50/p95/p99 ms", "textures/s", "in time", "predicted p50/p95", "predicted /s", "off by")


@contextmanager
def serving(model: str, instances: int, cpu: int | None, pass_ms: float = 0.0) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the server in a process of its own; its times are there afterwards."""
    found: dict[str, Any] = {}
    words = [sys.executable, "-m", "benchmarks.load.server", model, "0", "--instances", str(instances)]
    words += ["--pass-ms", str(pass_ms)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin is not None and process.stdout is not None
    if cpu is not None:
        os.sched_setaffinity(process.pid, {cpu})
    yield f"127.0.0.1:{json.loads(process.stdout.readline())['port']}", found
    process.stdin.close()
    found.update(json.loads(process.stdout.readline()))
    process.wait()


def measure(model: str, streams: int, asked: argparse.Namespace) -> tuple[Figures, list[float]]:
    with serving(model, asked.instances, asked.server_cpu, asked.pass_ms) as (place, found):
        seen = asyncio.run(run_laptops(place, streams, asked.seconds, asked.deadline_ms / 1000, seed=streams))
    from benchmarks.load.laptops import summarize

    return summarize(seen), found["passes_s"]


def off_by(measured: float, predicted: float) -> float:
    return abs(predicted - measured) / measured if np.isfinite(measured) and measured else float("nan")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--streams", default="1,2,4,8")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--deadline-ms", type=float, default=800.0)
    parser.add_argument("--instances", type=int, default=1)
    parser.add_argument("--pass-ms", type=float, default=0.0, help="Wait this long instead of running the model.")
    parser.add_argument("--server-cpu", type=int, help="Keep the server on this processor, and the laptops off it.")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    if asked.server_cpu is not None:
        os.sched_setaffinity(0, os.sched_getaffinity(0) - {asked.server_cpu})
    rows, figures = [], None
    print(" | ".join(_HEAD), flush=True)
    for count in map(int, asked.streams.split(",")):
        measured, passes_s = measure(asked.model, count, asked)
        if figures is None:
            overhead_s = max(measured.round_trip_ms / 1000 - float(np.median(passes_s)), 0.0005)
            figures = ServerFigures(passes_s[3:], overhead_s, asked.instances)
        predicted = simulate(figures, count, 4 * asked.seconds, asked.deadline_ms / 1000)
        off = {
            "age_p50": off_by(measured.age_ms[0], predicted.age_ms[0]),
            "age_p95": off_by(measured.age_ms[1], predicted.age_ms[1]),
            "refreshed": off_by(measured.refreshed_hz, predicted.refreshed_hz),
        }
        rows.append({"measured": asdict(measured), "predicted": asdict(predicted), "off_by": off})
        p50, p95, p99 = measured.age_ms
        shown = ", ".join(f"{name} {value:.0%}" for name, value in off.items())
        got = f"{count} | {p50}/{p95}/{p99} | {measured.refreshed_hz} | {measured.in_time:.1%}"
        said = f"{predicted.age_ms[0]}/{predicted.age_ms[1]} | {predicted.refreshed_hz} | {shown}"
        print(f"{got} | {said}", flush=True)
    if asked.json is not None:
        assert figures is not None
        about = {"machine": describe_machine(), "model": Path(asked.model).name, "seconds": asked.seconds,
                 "deadline_ms": asked.deadline_ms, "pass_ms_set": asked.pass_ms, "instances": asked.instances,
                 "pass_ms": round(1000 * float(np.median(figures.passes_s)), 3),
                 "overhead_ms": round(1000 * figures.overhead_s, 3)}  # fmt: skip
        asked.json.write_text(json.dumps({"about": about, "rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
