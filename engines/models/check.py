"""Check one model file: what it is, whether it runs, what it gives.

A hostile one takes down a process of its own.
"""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from engines.onnx.admission import remember, try_in_child
from engines.onnx.answers import ReferenceAnswers
from engines.onnx.brought import ModelCopy, hash_model, measure_size, open_model_copy
from engines.onnx.graph import Graph, read_graph
from engines.onnx.memory import limit_memory
from engines.onnx.providers import CPU, Provider, find_provider
from engines.onnx.runner import Runner
from engines.onnx.threads import choose_thread_count
from engines.store.pins import Pins
from engines.swap.enhance.restore import match_restorer
from engines.swap.neural.contracts import Contract, match_contract
from engines.swap.neural.identity import is_embedder
from engines.swap.neural.model import Floats, SwapModel, make_trial_inputs
from engines.swap.neural.trial import Trial, run_trial
from engines.swap.trained.contract import FAMILY, is_atlas_model, match_atlas
from engines.swap.trained.trial import time_atlas_model
from engines.voice.neural.companions import is_companion
from engines.voice.neural.contracts import is_voice_model
from engines.voice.neural.trial import list_facts, measure_network_ms
from livecam.core.errors import EngineError

_FAULTY = 4


def inspect_model(path: Path) -> Mapping[str, object]:
    """Describe a model without loading it.

    Raises:
        EngineError: It is no complete ONNX file, wants files from outside its folder, or fits no contract.
    """
    Pins.of(path.parent).check(path)
    graph = read_graph(path)
    about: dict[str, object] = {"file": path.name, "inputs": _listed(graph.inputs), "outputs": _listed(graph.outputs)}
    if is_embedder(graph):
        return about | {"family": "face embedding"}
    if companion := is_companion(graph):
        return about | {"family": companion}
    if is_voice_model(graph):
        return {**about, **list_facts(graph)}
    if is_atlas_model(graph):
        atlas = match_atlas(graph, path.read_bytes())
        return about | {"family": FAMILY, "side_px": atlas.side_px, "stage": atlas.stage}
    contract = match_restorer(graph) or match_contract(graph)
    return about | {"family": contract.family.name, "side_px": contract.side_px, "cut_by": contract.family.template}


def _listed(values: tuple[object, ...]) -> str:
    return ", ".join(map(str, values))


def check_in_process(path: Path, provider: str = CPU.name, like: Path | None = None) -> Mapping[str, object]:
    """Describe a model and try it out in a process of its own.

    Args:
        path: The model.
        provider: Where it is tried.
        like: Another form of it that is known to be right; from now on the model must give what this gives on the CPU.

    Raises:
        EngineError: It is no model, or fails its trial, or its process died of it.
    """
    about = inspect_model(path)
    if like is not None:
        inspect_model(like)
    fingerprint = hash_model(read_graph(path))
    found = try_in_child(path, provider, like, fingerprint=fingerprint)
    remember(fingerprint)
    return {**about, "provider": provider, **found}


def try_model(model: ModelCopy, provider: Provider, like: ModelCopy | None = None) -> Mapping[str, object]:
    """Load a model, run it on smooth noise, time it, and look at what came out.

    Raises:
        EngineError: It does not load, or gives no numbers, one value, not those of the CPU, not those it is to be like.
    """
    graph = model.graph
    if is_companion(graph) or is_voice_model(graph):
        return {"network_ms": measure_network_ms(graph, provider, choose_thread_count())}
    if is_atlas_model(graph):
        return {"network_ms": time_atlas_model(model)}
    if like is not None:
        _keep_answers_of(like, graph)
    runner = Runner(graph, provider, choose_thread_count(), model=model.model)
    try:
        if is_embedder(graph):
            inputs: Mapping[str, Floats] = {graph.inputs[0].name: _noise(112)}
            trial = run_trial(runner, graph, inputs, choose_thread_count())
            _report_alive(graph, runner.run({})[0])
        else:
            trial = _swap_trial(graph, match_restorer(graph) or match_contract(graph), runner)
    finally:
        runner.close()
    return {k: v for k, v in (("network_ms", trial.network_ms), ("cpu_ms", trial.cpu_ms),
                              ("difference", trial.difference)) if v is not None}  # fmt: skip


def _swap_trial(graph: Graph, contract: Contract, runner: Runner) -> Trial:
    model = SwapModel(graph, contract, runner)
    trial = run_trial(runner, graph, make_trial_inputs(model), choose_thread_count())
    _report_alive(graph, runner.run({})[contract.picture])
    return trial


def _keep_answers_of(like: ModelCopy, graph: Graph) -> None:
    """Use the answers of another model as the expected ones."""
    right = like.graph
    runner = Runner(right, CPU, choose_thread_count(), model=like.model)
    try:
        if is_embedder(right):
            outputs = runner.run({right.inputs[0].name: _noise(112)})
        else:
            outputs = runner.run(
                make_trial_inputs(SwapModel(right, match_restorer(right) or match_contract(right), runner))
            )
        if not ReferenceAnswers.of(hash_model(graph), outputs).keep(graph.path):
            raise EngineError(f"{graph.path.parent} cannot be written", advice="copy the model elsewhere")
    finally:
        runner.close()


def _noise(side_px: int) -> Floats:
    return np.random.default_rng(1).uniform(-1, 1, (1, 3, side_px, side_px)).astype(np.float32)


def _report_alive(graph: Graph, output: Floats) -> None:
    if float(np.ptp(output)) < 1e-6:
        raise EngineError(f"{graph.path.name} gives the same number everywhere", advice="use another file")


def main(file: str, provider: str, fingerprint: str = "", like: str | None = None) -> int:
    """Run the trial process.

    Prints one line of JSON, or two lines of what is wrong with exit code 4.
    """
    paths = [Path(file)] if like is None else [Path(file), Path(like)]
    try:
        if provider == CPU.name:
            limit_memory(sum(measure_size(path) for path in paths))
        with ExitStack() as held:
            model = held.enter_context(open_model_copy(paths[0], find_provider(provider), fingerprint or None))
            right = None if like is None else held.enter_context(open_model_copy(paths[1], CPU))
            sys.stdout.write(json.dumps(try_model(model, find_provider(provider), right)) + "\n")
    except EngineError as error:
        sys.stderr.write(f"{error}\n{error.help_text}\n")
        return _FAULTY
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
