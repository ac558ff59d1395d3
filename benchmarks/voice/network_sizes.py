"""Time voice networks at their true sizes, with random weights.

python benchmarks/voice/network_sizes.py [--json PATH]

Published weights are not needed to know what a pass costs: the graphs have the layers and widths of LLVC's and MeanVC
2's published code. What they say is noise. They are timed as `livecam voice add` times a network, in a process of its
own, and by their processor time on one thread, which other programs hardly change.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.voice.llvc import write_llvc
from benchmarks.voice.meanvc import write_meanvc
from engines.voice.neural.loaded import FoundModel, LoadedVoice
from engines.voice.neural.networks import OnnxVoices
from livecam.core.clock import NS_PER_MS, process_cpu_ns
from livecam.host.machine import describe_machine

RATE_HZ, PASSES = 16_000, 30
NETWORKS = {"llvc": write_llvc, "meanvc2": write_meanvc}


def measure_cpu_ms(path: Path) -> float:
    """Processor time of a pass on one thread, the median of many."""
    core = LoadedVoice(FoundModel(path)).open_core(RATE_HZ, 0.0, 0.0)
    sound, spent = np.random.default_rng(1).normal(0, 0.05, core.frame_samples), []
    for _ in range(PASSES):
        begin_ns = process_cpu_ns()
        core.process_frame(sound)
        spent.append((process_cpu_ns() - begin_ns) / NS_PER_MS)
    return round(float(np.median(spent)), 2)


def measure(path: Path, write: Callable[[Path], int]) -> dict[str, object]:
    """Write a network and time it: the quickest of three trials."""
    weights, networks = write(path), OnnxVoices()
    trials = [networks.run_trial(networks.read(path)) for _ in range(3)]
    best = min(trials, key=lambda trial: trial.takes_ms)
    factor = round(best.real_time_factor, 3)
    return {"weights": weights, "cpu_ms": measure_cpu_ms(path), **asdict(best), "real_time_factor": factor}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        networks = {name: measure(Path(folder) / f"{name}.onnx", write) for name, write in NETWORKS.items()}
    result = {"machine": describe_machine(), "networks": networks}
    print(json.dumps(result, indent=1, default=str))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
