"""Try a model before it is shown.

Finite, alive, the same as on the CPU, and how long it takes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from engines.onnx.answers import FURTHEST, ReferenceAnswers, read_answers, relative_difference
from engines.onnx.brought import hash_model
from engines.onnx.graph import Graph
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from engines.swap.neural.model import Passes
from livecam.core.clock import NS_PER_MS, SystemClock
from livecam.core.errors import EngineError

Floats = NDArray[np.float32]
_TIMED = 5
_TIMED_NS = 1000 * NS_PER_MS


@dataclass(frozen=True, slots=True)
class Trial:
    """What was measured; `cpu_ms` and `difference` are None on the CPU itself."""

    network_ms: float
    cpu_ms: float | None = None
    difference: float | None = None


def run_trial(runner: Runner, graph: Graph, inputs: Mapping[str, Floats], threads: int) -> Trial:
    """Run, time and compare a model on inputs like those to come.

    It is compared with the CPU and with its reference answers.

    What the CPU gives the first time is kept next to the model (`engines.onnx.answers`).

    Raises:
        EngineError: Its outputs are not numbers, not those of the CPU, or not those it gave before.
    """
    known = read_answers(graph)
    trial, there = judge_trial(runner, graph, inputs, threads, known)
    if known is None:
        ReferenceAnswers.of(hash_model(graph), there).keep(graph.path)
    return trial


def judge_trial(
    runner: Runner, graph: Graph, inputs: Mapping[str, Floats], threads: int, known: ReferenceAnswers | None
) -> tuple[Trial, list[Floats]]:
    """Judge a model as `tried` does, by answers that are known.

    The second result is what the CPU gave.

    Raises:
        EngineError: As there.
    """
    here = [output.copy() for output in runner.run(inputs)]
    if not all(np.isfinite(output).all() for output in here):
        raise EngineError(
            f"{graph.path.name} gives numbers that are none on {runner.provider.name}",
            advice="a half-precision file may overflow: use the float32 one",
        )
    if known is not None:
        _same(graph, known.measure_difference(here), f"on {runner.provider.name} than when it was first tried")
    network_ms = measure_ms(runner)
    if runner.provider is CPU:
        return Trial(network_ms), here
    reference = Runner(graph, CPU, threads, model=runner.copy)
    try:
        there = [output.copy() for output in reference.run(inputs)]
        difference = max(relative_difference(one, other) for one, other in zip(here, there, strict=True))
        _same(graph, difference, f"on {runner.provider.name} than on the CPU")
        return Trial(network_ms, measure_ms(reference), round(difference, 5)), there
    finally:
        reference.close()


def _same(graph: Graph, difference: float, where: str) -> None:
    if not difference <= FURTHEST:
        raise EngineError(
            f"{graph.path.name} gives another picture {where}: {difference:.0%} apart",
            advice=f"add --engine onnx:{graph.path.name}@cpu, or the float32 file: livecam models check {graph.path}",
        )


def measure_ms(runner: Passes) -> float:
    """Median time of a pass with the inputs it has; at most about a second is spent."""
    clock, times = SystemClock(), list[int]()
    while len(times) < _TIMED and sum(times) < _TIMED_NS:
        begin_ns = clock.now_ns()
        runner.run({})
        times.append(clock.now_ns() - begin_ns)
    return round(median(times) / NS_PER_MS, 2)
