"""Run a user's model in a process of its own.

The classes replace `Runner` and `SwapModel`.

A process that grows, hangs or dies is started once more; after the second time the model gives nothing any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engines.onnx.answers import ReferenceAnswers, read_answers
from engines.onnx.brought import hash_model
from engines.onnx.graph import Graph
from engines.onnx.providers import Provider
from engines.swap.neural.contracts import Contract
from engines.swap.neural.model import Floats, SwapModel, SwapResult
from engines.swap.neural.model_process import LATE_S, ModelProcess, ProcessEnded, Words
from engines.swap.neural.on_device import read_result
from engines.swap.neural.trial import Trial
from engines.swap.neural.worker import CROP, MADE, list_places, make_job
from livecam.core.errors import EngineError
from livecam.core.frame import Pixels
from livecam.core.priority import read_nice

_STARTS: Final = 2
_PASSES: Final = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What the process of a model may take.

    Attributes:
        more_mb: Memory beyond what it holds after its trial.
        late_s: Work for one answer, in seconds of a processor, for a model that was quick at its trial.
    """

    more_mb: int = 1024
    late_s: float = LATE_S


LIMITS: Final = Limits()


class BoxedRunner:
    """A `Runner` in a process of its own.

    Attributes:
        ended: Why its process was ended, each time.
        ready: All it said when it had loaded.
    """

    def __init__(
        self,
        graph: Graph,
        contract: Contract | None,
        provider: Provider,
        threads: int,
        cache_folder: str | None = None,
        limits: Limits | None = None,
        fingerprint: str | None = None,
    ) -> None:
        """Start its process and load it there.

        Args:
            graph: The model.
            contract: How it is fed; None for one that is only run.
            provider: Where it must run.
            threads: Of the CPU.
            cache_folder: Of TensorRT's engines.
            limits: What its process may take.
            fingerprint: The hash of what passed its trial; None where nothing is known of it.

        Raises:
            EngineError: It does not load where it should, or fails its trial.
        """
        self.ended: list[str] = []
        self._graph, self._limits = graph, limits or LIMITS
        self._places = list_places(graph, contract)
        known = None if contract is None else read_answers(graph)
        self._job = make_job(
            graph,
            contract,
            provider,
            threads,
            fingerprint or hash_model(graph),
            self._limits.more_mb,
            cache_folder,
            known,
        )
        self._closed = False
        self._process: ModelProcess | None = None
        self._process = self._start()
        self.ready = self._process.ready
        if (answers := self.ready.get("answers")) is not None:
            ReferenceAnswers.from_words(answers).keep(graph.path)

    @property
    def pid(self) -> int | None:
        """The number of its process; None where there is none."""
        return None if self._process is None else self._process.pid

    @property
    def trial(self) -> Trial:
        """What its trial found; there is one for a model with a contract."""
        return Trial(**self.ready["trial"])

    @property
    def start_count(self) -> int:
        """How many processes there were; another one has none of what was given before."""
        return 1 + len(self.ended)

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Run one pass, as `Runner.run`.

        Raises:
            EngineError: An input does not fit, the model fails, or its process was ended.
        """
        block = self._require_process().block
        for name, values in inputs.items():
            self._put(block[f"in {name}"], values)
        self._ask({"do": "run", "given": list(inputs)})
        return [block[f"out {index}"].copy() for index in range(len(self._graph.outputs))]

    def swap(self, crop: Pixels, another: tuple[str, Floats] | None) -> tuple[Any, int]:
        """Return the answer to a crop (n, n, 3) and the network's time in ns.

        Args:
            crop: The live face.
            another: The input for the persona and what it is given from now on; None leaves what it has.

        Raises:
            EngineError: The model fails, or its process was ended.
        """
        block = self._require_process().block
        self._put(block[CROP], crop)
        if another is not None:
            self._put(block[f"in {another[0]}"], another[1])
        answer = self._ask({"do": "swap", "another": another is not None})
        return block[MADE].copy(), int(answer["pass_ns"])

    def close(self) -> None:
        """End its process; may be called twice."""
        self._closed = True
        if self._process is not None:
            self._process.close()

    def _put(self, array: Any, values: Any) -> None:
        if np.size(values) != array.size:
            raise EngineError(
                f"{self._graph.path.name} was given {np.shape(values)} where {array.shape} was expected",
                advice="use another model",
            )
        array[...] = np.reshape(values, array.shape)

    def _start(self) -> ModelProcess:
        process = ModelProcess(self._graph.path.name, self._job, self._places, self._limits.late_s)
        if (words := process.ready.get("trial")) is not None:
            # A large model on a slow machine is not late by being large.
            process.late_s = max(process.late_s, _PASSES * words["network_ms"] / 1000)
        return process

    def _require_process(self) -> ModelProcess:
        """Return the process; start another one where the first has ended.

        Raises:
            EngineError: It was ended too often, or the model is closed.
        """
        if self._closed:
            raise EngineError(f"{self._graph.path.name} is closed", advice="start livecam again")
        if len(self.ended) >= _STARTS:
            raise EngineError(
                f"{self.ended[-1]}, for the second time: it is not started again",
                advice="another model, or start again",
            )
        if self._process is None:
            try:
                self._process = self._start()
            except EngineError as error:
                self.ended.append(str(error))
                raise
        return self._process

    def _ask(self, question: Words) -> Words:
        try:
            return self._require_process().ask({**question, "nice": read_nice()})
        except ProcessEnded as error:
            self.ended.append(str(error))
            self._process = None
            raise


class BoxedModel(SwapModel):
    """A swap model in another process, bytes in and bytes out.

    Not for two threads at a time.
    """

    def __init__(self, graph: Graph, contract: Contract, runner: BoxedRunner) -> None:
        super().__init__(graph, contract, runner)
        self._boxed = runner
        self._given: tuple[int, Floats | None] = (0, None)

    @property
    def facts(self) -> Mapping[str, object]:
        """Why its process was ended, each time; nothing where it never was."""
        return {"ended": list(self._boxed.ended)} if self._boxed.ended else {}

    @property
    def crossing(self) -> list[tuple[str, tuple[int, ...]]]:
        """What crosses the bus for a texture: type and shape, in and out."""
        return [(kind, tuple(shape)) for kind, shape in self._boxed.ready["crossing"]]

    def swap(self, crop: Pixels, source: Floats | None) -> SwapResult:
        """Do what `SwapModel.swap` does.

        Raises:
            EngineError: As there, or its process was ended.
        """
        starts, given = self._given
        name = self.contract.source
        another = None
        if source is not None and name is not None and (given is not source or starts != self._boxed.start_count):
            another = name, source
        made, pass_ns = self._boxed.swap(crop, another)
        self._given = self._boxed.start_count, source
        self.passes_ns.append(pass_ns)
        return read_result(made, self.contract.side_px, self._graph.path.name)
