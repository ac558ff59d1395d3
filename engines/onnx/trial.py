"""Try a model before it is shown: finite, alive, the same as on the CPU, and how long it takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import Graph
from engines.onnx.model import Passes
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from livecam.core.clock import NS_PER_MS, SystemClock
from livecam.core.errors import EngineError

Floats = NDArray[np.float32]
_FURTHEST = 0.03
"""Share of the output's span by which a provider may differ from the CPU, mean over the picture."""
_TIMED = 5
_TIMED_NS = 1000 * NS_PER_MS


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured; `cpu_ms` and `difference` are None on the CPU itself."""

    network_ms: float
    cpu_ms: float | None = None
    difference: float | None = None


def tried(runner: Runner, graph: Graph, inputs: Mapping[str, Floats], threads: int) -> Trial:
    """Run the model on inputs like those to come, time it, and compare it with the CPU.

    Raises:
        EngineError: Its outputs are not numbers, or not those of the CPU.
    """
    here = [output.copy() for output in runner.run(inputs)]
    if not all(np.isfinite(output).all() for output in here):
        raise EngineError(
            f"{graph.path.name} gives numbers that are none on {runner.provider.name}",
            hint="a half-precision file may overflow: use the float32 one",
        )
    network_ms = timed_ms(runner)
    if runner.provider is CPU:
        return Trial(network_ms)
    reference = Runner(graph, CPU, threads)
    try:
        there = reference.run(inputs)
        difference = max(_apart(one, other) for one, other in zip(here, there, strict=True))
        if not difference <= _FURTHEST:
            raise EngineError(
                f"{graph.path.name} gives another picture on {runner.provider.name} than on the CPU: "
                f"{difference:.0%} apart",
                hint=f"--engine onnx:{graph.path.name}@cpu, or the float32 file",
            )
        return Trial(network_ms, timed_ms(reference), round(difference, 5))
    finally:
        reference.close()


def timed_ms(runner: Passes) -> float:
    """Median time of a pass with the inputs it has; at most about a second is spent."""
    clock, times = SystemClock(), list[int]()
    while len(times) < _TIMED and sum(times) < _TIMED_NS:
        begin_ns = clock.now_ns()
        runner.run({})
        times.append(clock.now_ns() - begin_ns)
    return round(median(times) / NS_PER_MS, 2)


def _apart(one: Floats, other: Floats) -> float:
    span = float(np.ptp(other)) or 1.0
    return float(np.abs(one - other).mean()) / span
