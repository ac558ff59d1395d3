"""The process of a model that a user brings.

It loads the model, tries it, and answers until its input ends.

Its first message is a job; see `make_job`. It says `ready`, or `failed` and why. Then each question is `swap` (the crop
in the shared block becomes a face), `run` (inputs become outputs) or nothing this side knows.
"""

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any, Final

import numpy as np
import numpy.random  # loaded now: nothing can be opened once the process is shut in

from engines.onnx.answers import ReferenceAnswers
from engines.onnx.brought import ModelCopy, measure_size, open_model_copy
from engines.onnx.graph import Graph
from engines.onnx.memory import GREW, MemoryWatch, enter_sandbox, limit_memory
from engines.onnx.providers import CPU, Provider, find_provider
from engines.onnx.runner import Runner
from engines.swap.neural.contracts import Contract, Family
from engines.swap.neural.model import make_trial_inputs
from engines.swap.neural.on_device import DeviceModel
from engines.swap.neural.shared_block import Block, Place
from engines.swap.neural.trial import judge_trial
from livecam.core.errors import EngineError
from livecam.core.files.reading import parse_json
from livecam.core.priority import raise_nice

Words = dict[str, Any]
CROP, MADE = "crop", "made"
_MOST_JOB_BYTES: Final = 1 << 22
_NO_MEMORY: Final = ("alloc", "memory")


def make_job(
    graph: Graph,
    contract: Contract | None,
    provider: Provider,
    threads: int,
    fingerprint: str,
    more_mb: int,
    cache_folder: str | None = None,
    answers: ReferenceAnswers | None = None,
) -> Words:
    """Return the first message to a process.

    Args:
        graph: The model.
        contract: How it is fed; None for one that is only run.
        provider: Where it must run.
        threads: Of the CPU.
        fingerprint: Of the model with its weights; nothing else is loaded.
        more_mb: Memory it may take beyond what it holds after its trial.
        cache_folder: Of TensorRT's engines.
        answers: What it gave when it was first tried; None where nothing is known.
    """
    return {
        "path": str(graph.path.absolute()),
        "contract": None if contract is None else asdict(contract),
        "provider": provider.name,
        "threads": threads,
        "fingerprint": fingerprint,
        "more_mb": more_mb,
        "cache_folder": cache_folder,
        "answers": None if answers is None else answers.words,
    }


def list_places(graph: Graph, contract: Contract | None) -> list[Place]:
    """Return the arrays that a model's process and the program share."""
    floats = [Place(f"in {value.name}", _fixed(value.shape), np.float32) for value in graph.inputs]
    floats += [Place(f"out {index}", _fixed(value.shape), np.float32) for index, value in enumerate(graph.outputs)]
    if contract is None:
        return floats
    side = contract.side_px
    pictures = [Place(CROP, (side, side, 3), np.uint8), Place(MADE, (4 * side * side + 1,), np.uint8)]
    return [*pictures, *floats]


def _fixed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(side or 1 for side in shape)


def _contract(words: Mapping[str, Any] | None) -> Contract | None:
    """Return a contract as JSON carried it."""
    if words is None:
        return None
    family: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in words["family"].items()
    }
    return Contract(**{**words, "family": Family(**family)})


class ServedModel:
    """A model that has loaded, and the memory it reads and writes.

    Attributes:
        ready: What is said about it.
    """

    def __init__(self, job: Words, handle: str, watched: Callable[[], object] = lambda: None) -> None:
        """Load the model and restrict this process.

        Before the network is built, where it needs no files.

        `watched` starts a thread that ends this process with the program; a thread that is started before a process is
        shut in is not.

        Raises:
            EngineError: It does not load, or fails its trial.
        """
        path, provider = Path(job["path"]), find_provider(job["provider"])
        on_cpu, watch = provider is CPU, MemoryWatch()
        if on_cpu:
            limit_memory(measure_size(path))
        self.ready: Words = {}
        with open_model_copy(path, provider, job["fingerprint"]) as model:
            needs_files = isinstance(model.model, str)
            if not needs_files:
                self.ready["means"] = enter_sandbox()
            watched()
            self._load(model, provider, job, handle)
            if not on_cpu:
                # A GPU's libraries open devices and files as long as they work.
                self._try(job)
        if on_cpu:
            if needs_files:
                self.ready["means"] = enter_sandbox()
            self._try(job)
        watch.begin(job["more_mb"])

    def _load(self, model: ModelCopy, provider: Provider, job: Words, handle: str) -> None:
        graph, contract = model.graph, _contract(job["contract"])
        self._graph, self._contract = graph, contract
        self._block = Block.attach(handle, list_places(graph, contract))
        self._runner = Runner(graph, provider, job["threads"], job["cache_folder"], model.model)
        self._model = None if contract is None else DeviceModel(graph, contract, self._runner)
        self.ready["recorded"] = self._runner.recorded

    def _try(self, job: Words) -> None:
        if self._model is None:
            return
        known = None if job["answers"] is None else ReferenceAnswers.from_words(job["answers"])
        trial, outputs = judge_trial(self._runner, self._graph, make_trial_inputs(self._model), job["threads"], known)
        self.ready |= {"trial": asdict(trial), "crossing": self._model.crossing}
        if known is None:
            self.ready["answers"] = ReferenceAnswers.of(job["fingerprint"], outputs).words

    def answer(self, question: Words) -> Words:
        """Do what is asked.

        Raises:
            EngineError: The model failed.
        """
        if question.get("do") == "swap" and self._model is not None:
            return self._swap(self._model, question)
        if question.get("do") == "run":
            return self._run(question.get("given", []))
        raise EngineError("the process of the model was asked for nothing it can do", command="livecam doctor")

    def _swap(self, model: DeviceModel, question: Words) -> Words:
        source = model.contract.source
        if question.get("another") and source is not None:
            self._runner.give({source: self._block[f"in {source}"]})
        made = model.make(self._block[CROP])
        self._block[MADE][:] = made
        return {"pass_ns": model.passes_ns[-1]}

    def _run(self, given: Sequence[str]) -> Words:
        outputs = self._runner.run({name: self._block[f"in {name}"] for name in given})
        for index, output in enumerate(outputs):
            self._block[f"out {index}"][...] = output
        return {}


def serve(line: Connection, handle: str) -> int:
    """Do what the first message says until there are no more."""
    try:
        job = parse_json(line.recv_bytes(_MOST_JOB_BYTES))
        served = ServedModel(job, handle, Thread(target=_end_with_input, name="input", daemon=True).start)
    except (EngineError, OSError) as error:
        _say(line, _failed(error))
        return 4
    _say(line, served.ready)
    limited = job["provider"] == CPU.name
    while True:
        question = parse_json(line.recv_bytes(_MOST_JOB_BYTES))
        raise_nice(question.get("nice", 0))
        _say(line, answer_or_fail(served.answer, question, limited))


def answer_or_fail(answer: Callable[[Words], Words], question: Words, limited: bool) -> Words:
    """Return the answer, or why there is none.

    A model that exceeds its memory limit ends this process.
    """
    try:
        return answer(question)
    except EngineError as error:
        if limited and any(word in str(error).lower() for word in _NO_MEMORY):
            os._exit(GREW)
        return _failed(error)
    except MemoryError:
        os._exit(GREW)


def _failed(error: EngineError | OSError) -> Words:
    hint = error.help_text if isinstance(error, EngineError) else "livecam doctor"
    return {"failed": str(error)[:1000], "hint": hint[:1000]}


def _say(line: Connection, words: Words) -> None:
    line.send_bytes(json.dumps(words).encode())


def _end_with_input() -> None:
    """End when the parent process is gone, also while a network runs."""
    sys.stdin.buffer.read()
    os._exit(0)


def main(number: str, handle: str) -> int:
    """Serve the connection and the memory that the command line names."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        line: Any = PipeConnection(int(number))
    else:
        line = Connection(int(number))
    try:
        return serve(line, handle)
    except (EOFError, OSError):
        return 0


if __name__ == "__main__":
    # Without the interpreter's end: a thread of ONNX Runtime may still be at work.
    os._exit(main(*sys.argv[1:]))
