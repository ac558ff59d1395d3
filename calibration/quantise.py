"""Make a swap model lighter, see what that costs, leave in float what suffers, and refuse what is not worth it."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from calibration.crops import crops_of_clip, crops_of_personas
from calibration.judge import NO_PICTURE, Apart, Bounds, apart, pictures, side_by_side_ms
from calibration.static import Quantiser
from engines.onnx.admission import admit
from engines.onnx.graph import FLOAT32, Graph, read_graph
from engines.onnx.providers import CPU
from engines.onnx.threads import threads
from engines.swap.neural.boxed import BoxedRunner
from engines.swap.neural.contracts import Contract, contract_of, said_beside
from engines.swap.neural.identity import embedding_of, find_embedder
from engines.swap.neural.model import Floats, SwapModel
from livecam.config.paths import data_folder
from livecam.core.errors import EngineError, UsageError
from livecam.core.files.own_files import TOML_MARK, check_output
from livecam.core.files.writing import check_place, write_whole
from livecam.core.frame import Pixels
from livecam.core.persona import Persona
from livecam.core.ports import FaceFinder

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is looked at and what is allowed.

    Attributes:
        seen: Faces of the clip whose ranges count.
        judged: Other faces of the clip, on which both models are compared.
        tried_alone: Faces on which each layer is tried alone.
        step: Share of the layers left in float at a time.
        most: Share of the layers that may be left in float at all.
        bounds: What the lighter model may cost.
    """

    seen: int = 16
    judged: int = 6
    tried_alone: int = 2
    step: float = 0.1
    most: float = 0.5
    bounds: Bounds = field(default_factory=Bounds)


@dataclass(frozen=True, slots=True)
class Quantised:
    """A lighter model, and both beside each other."""

    path: Path
    bytes_before: int
    bytes_after: int
    ms_before: float
    ms_after: float
    apart: Apart
    layers: int
    in_float: tuple[str, ...]
    threads: int


def quantise(model: Path, out: Path, personas: Sequence[Persona], finder: FaceFinder, tell: Tell,
             rules: Rules | None = None) -> Quantised:  # fmt: skip
    """Write the quantised form of a swap model.

    Args:
        model: The float32 model.
        out: Where the lighter one goes, with a file beside it that says what it is.
        personas: Whose photos count among the faces; the first is the one both models are compared with.
        finder: Finds the faces in the sample camera's clip.
        tell: Called with what is done next.
        rules: How much is looked at and what is allowed.

    Raises:
        UsageError: `out` is a file that was not made here.
        OutputError: It cannot be written.
        EngineError: It is no float32 swap model, or its lighter form is further off than the bounds; nothing is left.
    """
    rules = rules or Rules()
    _check_out(out)
    graph = read_graph(model)
    contract = contract_of(graph)
    if any(value.element != FLOAT32 for value in (*graph.inputs, *graph.outputs)):
        raise EngineError(f"{model.name} is of half precision", advice="quantise its float32 file")
    tell("looking at faces")
    crops = crops_of_clip(contract, finder, rules.seen + rules.judged)
    judged = crops[:: max(len(crops) // rules.judged, 1)][: rules.judged]
    seen = [*(crop for crop in crops if not any(crop is one for one in judged)), *crops_of_personas(contract, personas)]
    with tempfile.TemporaryDirectory() as folder:
        work = _Work(graph, contract, personas[0], seen, judged, Path(folder), tell)
        try:
            return work.done(out, rules)
        finally:
            work.close()


class _Work:
    """One model while it is made lighter."""

    def __init__(self, graph: Graph, contract: Contract, persona: Persona, seen: Sequence[Pixels],
                 judged: Sequence[Pixels], folder: Path, tell: Tell) -> None:  # fmt: skip
        self._graph, self._contract, self._folder, self._tell = graph, contract, folder, tell
        self._judged = judged
        self._embedder = _embedder(contract, graph.path)
        fingerprint = admit(graph.path)
        self._runner = BoxedRunner(graph, None, CPU, threads(), fingerprint=fingerprint)
        before = SwapModel(graph, contract, self._runner)
        embedding = None if self._embedder is None else embedding_of(self._embedder, persona.photo)
        self._source = before.source(persona.photo, embedding)
        self._wanted = pictures(before, judged, self._source)
        inputs = [_kept(before.inputs(crop, self._source)) for crop in seen]
        self._tell("preparing")
        self._quantiser = Quantiser(graph, inputs, folder)

    def close(self) -> None:
        """Free the model."""
        self._runner.close()

    def done(self, out: Path, rules: Rules) -> Quantised:
        """The lighter model, within the bounds.

        Raises:
            EngineError: It does not come within them.
        """
        path, layers = self._folder / "light.onnx", self._quantiser.layers
        self._tell("measuring ranges and quantising")
        in_float: list[str] = []
        found = self._made(path, self._judged, in_float=in_float)
        if not found.within(rules.bounds):
            suffering = self._by_suffering(rules)
            while not found.within(rules.bounds) and len(in_float) < rules.most * len(layers):
                in_float = suffering[: len(in_float) + max(round(rules.step * len(layers)), 1)]
                self._tell(f"{len(in_float)} of {len(layers)} layers stay in float")
                found = self._made(path, self._judged, in_float=in_float)
        if not found.within(rules.bounds):
            raise EngineError(
                f"{self._graph.path.name} quantised is too far off: {described(found)}; "
                f"allowed are {rules.bounds.pixels:g} steps of 256 and a likeness of {rules.bounds.identity:g}",
                advice="use it as it is; nothing was written",
            )
        return self._placed(path, out, found, in_float)

    def _made(self, path: Path, crops: Sequence[Pixels], in_float: Sequence[str] = (),
              only: Sequence[str] = ()) -> Apart:  # fmt: skip
        self._quantiser.write(path, in_float, only)
        runner = BoxedRunner(read_graph(path), None, CPU, threads())
        try:
            made = pictures(SwapModel(self._graph, self._contract, runner), crops, self._source)
        except EngineError:
            return NO_PICTURE
        finally:
            runner.close()
        return apart(self._wanted[: len(crops)], made, self._contract.family.template, self._embedder)

    def _by_suffering(self, rules: Rules) -> list[str]:
        """The layers, the one first that does most harm when it alone is quantised."""
        harm = {}
        for number, layer in enumerate(self._quantiser.layers):
            self._tell(f"layer {number + 1} of {len(self._quantiser.layers)} alone")
            found = self._made(self._folder / "alone.onnx", self._judged[: rules.tried_alone], only=[layer])
            harm[layer] = found.pixels
        return sorted(harm, key=lambda layer: -harm[layer])

    def _placed(self, path: Path, out: Path, found: Apart, in_float: Sequence[str]) -> Quantised:
        self._tell("timing both")
        light = BoxedRunner(read_graph(path), None, CPU, threads())
        try:
            before_ms, after_ms = side_by_side_ms(self._runner, light)
        finally:
            light.close()
        _write_beside(out, self._graph, self._contract)
        write_whole(out, path.read_bytes())
        before, after = self._graph.path.stat().st_size, out.stat().st_size
        layers = len(self._quantiser.layers)
        return Quantised(out, before, after, before_ms, after_ms, found, layers, tuple(in_float), threads())


def _kept(inputs: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: np.array(values) for name, values in inputs.items()}


def _embedder(contract: Contract, model: Path) -> Graph | None:
    if contract.source is None or contract.source_px:
        return None
    return find_embedder((model.parent, data_folder() / "models"), model)


def _write_beside(out: Path, graph: Graph, contract: Contract) -> None:
    """The family, which Q and DQ nodes hide, and the embedder."""
    words = {"family": contract.family.name, **said_beside(graph.path)}
    lines = "".join(f'{key} = "{value}"\n' for key, value in words.items())
    write_whole(_beside(out), (TOML_MARK + lines).encode())


def _beside(out: Path) -> Path:
    return out.with_name(out.name + ".toml")


def _check_out(out: Path) -> None:
    """A lighter model takes the place of an earlier one that was made here, and of no other file.

    Raises:
        UsageError: There is another file of that name.
        OutputError: The place takes no files.
    """
    check_output(_beside(out), "--out")
    if out.exists() and not _beside(out).exists():
        raise UsageError(f"{out} is there already, and livecam did not write it", advice="give --out another name")
    check_place(out)


def described(found: Apart) -> str:
    """A difference in words."""
    likeness = "" if found.identity is None else f", likeness {found.identity:.3f}"
    return f"{found.pixels:.2f} steps of 256 on the worst face{likeness}"
