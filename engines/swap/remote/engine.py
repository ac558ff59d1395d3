"""A swap model on another machine.

`--engine grpc://HOST:PORT/MODEL` speaks the Open Inference Protocol v2.

Only the crop travels, newest first, one at a time: the texture worker asks for the next when the last has come. An
answer that is late is given up; the mesh carries the texture there is.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlsplit

import numpy as np

from engines.onnx.admission import admit
from engines.onnx.graph import Graph
from engines.swap.neural.contracts import FAMILIES, INSWAPPER, Contract, match_contract
from engines.swap.neural.engine import QUICK_MS, OnnxEngine
from engines.swap.neural.identity import find_embedder
from engines.swap.neural.model import Floats, SwapModel, make_trial_inputs
from engines.swap.neural.trial import measure_ms
from engines.swap.remote.fair_use import FairUse
from engines.swap.remote.link import ServerError, ServerLink
from engines.swap.remote.protocol import (
    INFER,
    METADATA,
    BrokenAnswer,
    Model,
    make_infer_request,
    make_metadata_request,
    parse_infer_answer,
    parse_metadata,
)
from livecam.config.paths import data_folder
from livecam.core.clock import SystemClock
from livecam.core.digits import read_count
from livecam.core.errors import EngineError

DEADLINE_S = 0.8
"""A texture that is a second old is not drawn any more; waiting longer than this is useless."""
_DEADLINES_MS = range(20, 801)
_OPENING_S = 5.0
_FORM = "add --engine grpc://HOST:PORT/MODEL"


class RemoteRunner:
    """Passes of a model on a server, as `engines.onnx.runner.Runner` has them here."""

    def __init__(self, link: ServerLink, model: Model, fair_use: FairUse) -> None:
        self._link, self._model, self._fair_use = link, model, fair_use
        self._shapes = {value.name: tuple(side or 1 for side in value.shape) for value in model.inputs}
        self._given: dict[str, Floats] = {name: np.zeros(shape, np.float32) for name, shape in self._shapes.items()}
        self.within_s, self.deadline_us = _OPENING_S, 0

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Run one pass, as `Runner.run`.

        Raises:
            EngineError: The server is not reached, is late, fails, answers something else, or is not to be asked yet.
        """
        self._fair_use.wait()
        for name, values in inputs.items():
            self._given[name] = np.asarray(values, np.float32).reshape(self._shapes[name])
        tensors = [(value, self._given[value.name]) for value in self._model.inputs]
        request = make_infer_request(self._model.name, tensors, self._model.outputs, self.deadline_us)
        try:
            answer = parse_infer_answer(self._link.call(INFER, request, self.within_s), self._model.outputs)
        except ServerError as error:
            self._fair_use.fail(error.trouble)
            raise
        except BrokenAnswer as error:
            what = f"{self._link.place} gave no picture: {error}"
            raise EngineError(what, advice="look at the server's log") from error
        self._fair_use.succeed()
        return answer

    def close(self) -> None:
        """Hang up; may be called twice."""
        self._link.close()


def open_engine(argument: str = "", secure: bool = False) -> OnnxEngine:
    """Open `grpc`: "//HOST:PORT/MODEL".

    "?family=NAME" names the family where the names of inputs do not. "deadline-ms=NUMBER" is how long an answer is
    worth waiting for; the server hears of it too.

    Raises:
        EngineError: The address is none, the server is not reached, has no such model, or the model is no swap model.
    """
    place, name, family, deadline_s = _address(argument)
    link = ServerLink(place, secure)
    try:
        model = _describe(link, name)
        unknown = dict.fromkeys((value.name for value in model.outputs), "")
        graph = Graph(Path(name), model.inputs, model.outputs, (), (), unknown, {})
        contract = _contract(graph, family)
        embedder = None
        if contract.source is not None and not contract.source_px:
            folder = data_folder() / "models"
            embedder = find_embedder((folder,), folder / name)
            admit(embedder.path)
        runner = RemoteRunner(link, model, FairUse(place, SystemClock(), Random()))
        swap = SwapModel(graph, contract, runner)
        round_trip_ms = _try_round_trip(runner, swap, graph)
    except EngineError:
        link.close()
        raise
    runner.within_s = deadline_s or DEADLINE_S
    runner.deadline_us = int((deadline_s or 0) * 1e6)
    facts = {"model": name, "family": contract.family.name, "side_px": contract.side_px, "provider": f"remote {place}",
             "network_ms": round_trip_ms}  # fmt: skip
    return OnnxEngine(swap, embedder, facts, round_trip_ms <= QUICK_MS)


def open_secure_engine(argument: str = "") -> OnnxEngine:
    """Entry point `grpcs`: the same over TLS.

    Raises:
        EngineError: As `open_engine`.
    """
    return open_engine(argument, secure=True)


def _address(argument: str) -> tuple[str, str, str | None, float | None]:
    """Return host and port, model, family and deadline in seconds."""
    wrong = EngineError(f"'{argument}' is no address of a model", advice=_FORM)
    try:
        parts = urlsplit(argument, scheme="grpc")
        port, words = parts.port, parse_qs(parts.query)
    except ValueError as error:  # brackets, a port, more fields than are read
        raise wrong from error
    name = parts.path.strip("/")
    if not parts.hostname or port is None or not name or "/" in name or words.keys() - {"family", "deadline-ms"}:
        raise wrong
    return parts.netloc.rpartition("@")[2], name, words.get("family", [None])[0], _deadline_s(words)


def _deadline_s(words: Mapping[str, list[str]]) -> float | None:
    if "deadline-ms" not in words:
        return None
    said = words["deadline-ms"][0][:20]
    deadline_ms = read_count(said)
    if deadline_ms is None or deadline_ms not in _DEADLINES_MS:
        raise EngineError(f"deadline-ms must be {_DEADLINES_MS[0]} to {_DEADLINES_MS[-1]}, got {said}", advice=_FORM)
    return deadline_ms / 1000


def _describe(link: ServerLink, name: str) -> Model:
    try:
        said = parse_metadata(link.call(METADATA, make_metadata_request(name), _OPENING_S))
    except BrokenAnswer as error:
        raise EngineError(f"{link.place} does not describe {name}: {error}", advice=_FORM) from error
    return replace(said, name=name)


def _contract(graph: Graph, family: str | None) -> Contract:
    if family is not None and family not in FAMILIES:
        raise EngineError(f"no family is named {family}", advice=f"choose one of: {', '.join(FAMILIES)}")
    contract = match_contract(graph, FAMILIES[family] if family else None)
    if contract.family is INSWAPPER:
        raise EngineError(
            "inswapper cannot be served as it is: its embedding map is among its weights, on the server",
            advice="put the map into its graph and serve it as family=simswap, or run it here: --engine onnx:MODEL",
        )
    return contract


def _try_round_trip(runner: RemoteRunner, swap: SwapModel, graph: Graph) -> float:
    """Return the round trip time, after a first pass with finite outputs."""
    if not all(np.isfinite(output).all() for output in runner.run(make_trial_inputs(swap))):
        raise EngineError(f"{graph.path.name} gives numbers that are none", advice="look at the server's log")
    return measure_ms(runner)
