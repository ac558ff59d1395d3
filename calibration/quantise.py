"""Quantise a swap model within bounds.

Layers that lose too much stay in float. A model that is not worth it is refused.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from calibration.crops import cut_clip_crops, cut_persona_crops
from calibration.judge import NO_PICTURE, Bounds, PictureDifference, compare_pictures, make_pictures, time_in_turn_ms
from calibration.static import Quantiser
from engines.onnx.admission import admit
from engines.onnx.graph import FLOAT32, Graph, read_graph
from engines.onnx.providers import CPU
from engines.onnx.threads import choose_thread_count
from engines.swap.neural.boxed import BoxedRunner
from engines.swap.neural.contracts import Contract, match_contract, read_sidecar
from engines.swap.neural.identity import embed_photo, find_embedder
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
class QuantisationConfig:
    """How much is looked at and what is allowed.

    Attributes:
        seen: Faces of the clip from which ranges are taken.
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
class QuantisedModel:
    """A lighter model, and the comparison of both."""

    path: Path
    bytes_before: int
    bytes_after: int
    ms_before: float
    ms_after: float
    apart: PictureDifference
    layers: int
    in_float: tuple[str, ...]
    threads: int


def quantise(model: Path, out: Path, personas: Sequence[Persona], finder: FaceFinder, tell: Tell,
             rules: QuantisationConfig | None = None) -> QuantisedModel:  # fmt: skip
    """Write the quantised form of a swap model.

    Args:
        model: The float32 model.
        out: Where the lighter one goes, with a sidecar that says what it is.
        personas: Their photos count among the faces; the first is the one both models are compared with.
        finder: Finds the faces in the sample camera's clip.
        tell: Called with what is done next.
        rules: How much is looked at and what is allowed.

    Raises:
        UsageError: `out` is a file that was not made here.
        OutputError: It cannot be written.
        EngineError: It is no float32 swap model, or its lighter form is further off than the bounds; nothing is left.
    """
    rules = rules or QuantisationConfig()
    _check_out(out)
    graph = read_graph(model)
    contract = match_contract(graph)
    if any(value.element != FLOAT32 for value in (*graph.inputs, *graph.outputs)):
        raise EngineError(f"{model.name} is of half precision", advice="quantise its float32 file")
    tell("looking at faces")
    crops = cut_clip_crops(contract, finder, rules.seen + rules.judged)
    judged = crops[:: max(len(crops) // rules.judged, 1)][: rules.judged]
    seen = [*(crop for crop in crops if not any(crop is one for one in judged)), *cut_persona_crops(contract, personas)]
    with tempfile.TemporaryDirectory() as folder:
        work = _Work(graph, contract, personas[0], seen, judged, Path(folder), tell)
        try:
            return work.finish(out, rules)
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
        self._runner = BoxedRunner(graph, None, CPU, choose_thread_count(), fingerprint=fingerprint)
        before = SwapModel(graph, contract, self._runner)
        embedding = None if self._embedder is None else embed_photo(self._embedder, persona.photo)
        self._source = before.encode_source(persona.photo, embedding)
        self._wanted = make_pictures(before, judged, self._source)
        inputs = [_kept(before.fill_inputs(crop, self._source)) for crop in seen]
        self._tell("preparing")
        self._quantiser = Quantiser(graph, inputs, folder)

    def close(self) -> None:
        """Free the model."""
        self._runner.close()

    def finish(self, out: Path, rules: QuantisationConfig) -> QuantisedModel:
        """Return the lighter model, within the bounds.

        Raises:
            EngineError: It does not come within them.
        """
        path, layers = self._folder / "light.onnx", self._quantiser.layers
        self._tell("measuring ranges and quantising")
        in_float: list[str] = []
        found = self._make(path, self._judged, in_float=in_float)
        if not found.is_within(rules.bounds):
            suffering = self._order_by_harm(rules)
            while not found.is_within(rules.bounds) and len(in_float) < rules.most * len(layers):
                in_float = suffering[: len(in_float) + max(round(rules.step * len(layers)), 1)]
                self._tell(f"{len(in_float)} of {len(layers)} layers stay in float")
                found = self._make(path, self._judged, in_float=in_float)
        if not found.is_within(rules.bounds):
            raise EngineError(
                f"{self._graph.path.name} quantised is too far off: {describe_difference(found)}, "
                f"allowed are {rules.bounds.pixels:g} steps of 256 and a likeness of {rules.bounds.identity:g}",
                advice="use it as it is: nothing was written",
            )
        return self._move_into_place(path, out, found, in_float)

    def _make(self, path: Path, crops: Sequence[Pixels], in_float: Sequence[str] = (),
              only: Sequence[str] = ()) -> PictureDifference:  # fmt: skip
        self._quantiser.write(path, in_float, only)
        runner = BoxedRunner(read_graph(path), None, CPU, choose_thread_count())
        try:
            made = make_pictures(SwapModel(self._graph, self._contract, runner), crops, self._source)
        except EngineError:
            return NO_PICTURE
        finally:
            runner.close()
        return compare_pictures(self._wanted[: len(crops)], made, self._contract.family.template, self._embedder)

    def _order_by_harm(self, rules: QuantisationConfig) -> list[str]:
        """Return the layers, the one that does most harm when quantised alone first."""
        harm = {}
        for number, layer in enumerate(self._quantiser.layers):
            self._tell(f"layer {number + 1} of {len(self._quantiser.layers)} alone")
            found = self._make(self._folder / "alone.onnx", self._judged[: rules.tried_alone], only=[layer])
            harm[layer] = found.pixels
        return sorted(harm, key=lambda layer: -harm[layer])

    def _move_into_place(
        self, path: Path, out: Path, found: PictureDifference, in_float: Sequence[str]
    ) -> QuantisedModel:
        self._tell("timing both")
        light = BoxedRunner(read_graph(path), None, CPU, choose_thread_count())
        try:
            before_ms, after_ms = time_in_turn_ms(self._runner, light)
        finally:
            light.close()
        _write_sidecar(out, self._graph, self._contract)
        write_whole(out, path.read_bytes())
        before, after = self._graph.path.stat().st_size, out.stat().st_size
        layers = len(self._quantiser.layers)
        return QuantisedModel(
            out, before, after, before_ms, after_ms, found, layers, tuple(in_float), choose_thread_count()
        )


def _kept(inputs: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: np.array(values) for name, values in inputs.items()}


def _embedder(contract: Contract, model: Path) -> Graph | None:
    if contract.source is None or contract.source_px:
        return None
    return find_embedder((model.parent, data_folder() / "models"), model)


def _write_sidecar(out: Path, graph: Graph, contract: Contract) -> None:
    """Write family and embedder to the sidecar: Q and DQ nodes hide them."""
    words = {"family": contract.family.name, **read_sidecar(graph.path)}
    lines = "".join(f'{key} = "{value}"\n' for key, value in words.items())
    write_whole(_sidecar_path(out), (TOML_MARK + lines).encode())


def _sidecar_path(out: Path) -> Path:
    return out.with_name(out.name + ".toml")


def _check_out(out: Path) -> None:
    """Refuse to replace a file that is not an earlier quantised model.

    Raises:
        UsageError: There is another file of that name.
        OutputError: The place takes no files.
    """
    check_output(_sidecar_path(out), "--out")
    if out.exists() and not _sidecar_path(out).exists():
        raise UsageError(f"{out} is there already, and livecam did not write it", advice="give --out another name")
    check_place(out)


def describe_difference(found: PictureDifference) -> str:
    """Return a difference in words."""
    likeness = "" if found.identity is None else f", likeness {found.identity:.3f}"
    return f"{found.pixels:.2f} steps of 256 on the worst face{likeness}"
