"""Recognise the kind of a swap model by its inputs, outputs and operators.

The file's name has no say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from engines.onnx.graph import Graph, Value
from livecam.core.errors import EngineError, remedy
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_toml

EMBEDDING = 512
OWN_CROP: Final = "livecam"
"""The crop of livecam's own face networks instead of a five-point template."""
_SIDES_PX: Final = range(64, 1025)
_KNOWN_TO_BE: Final = """
expected one of: inswapper (target 1x3x128x128, source 1x512, its map among the weights); target 1x3xNxN with source
1x512 (simswap, ghost, hififace, hyperswap) or with source 1x3xMxM (blendswap, uniface); DFM (in_face 1xNxNx3); livecam
(face 1x3xNxN, texture 1x3xNxN)
"""


@dataclass(frozen=True, slots=True)
class Family:
    """What the networks of one family expect and give.

    Attributes:
        name: What people call it.
        template: How the face is cut out; see `templates`.
        mean, spread: A picture in 0..1 is given as `(picture - mean) / spread`, RGB.
        gives_spread: Whether its output comes in the same way; else it is 0..1.
        channels: Order of colours.
        layout: Channels before or after rows and columns.
        source_template: The same for a family that takes the persona's photo.
        unit: Whether it wants the persona's embedding at length one, or as the embedder gives it.
    """

    name: str
    template: str
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    spread: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gives_spread: bool = False
    channels: Literal["rgb", "bgr"] = "rgb"
    layout: Literal["nchw", "nhwc"] = "nchw"
    source_template: str = "arcface_112"
    unit: bool = True


_HALF: Final = (0.5, 0.5, 0.5)
INSWAPPER: Final = Family("inswapper", "arcface_128")
DFM: Final = Family("dfm", "whole_face", channels="bgr", layout="nhwc")
LIVECAM: Final = Family("livecam", OWN_CROP, source_template=OWN_CROP)
FAMILIES: Final = {
    family.name: family
    for family in (
        INSWAPPER,
        DFM,
        LIVECAM,
        Family("simswap", "arcface_112_v1", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
        Family("simswap512", "arcface_112_v1"),
        Family("ghost", "arcface_112_v1", _HALF, _HALF, gives_spread=True, unit=False),
        Family("hififace", "mtcnn", _HALF, _HALF, gives_spread=True),
        Family("hyperswap", "arcface_128", _HALF, _HALF, gives_spread=True),
        Family("blendswap", "ffhq", source_template="arcface_112"),
        Family("uniface", "ffhq", _HALF, _HALF, gives_spread=True, source_template="ffhq"),
    )
}
"""Normalisations as FaceFusion lists them."""


@dataclass(frozen=True, slots=True)
class Contract:
    """How one model is fed and read.

    Attributes:
        family: Its kind.
        side_px: Side of the crop.
        face: Input that takes the crop.
        picture: Index of the output that holds the new face.
        mask: Index of the output that says where, or None.
        source: Input that takes the persona, or None; `source_px` is 0 when that is an embedding.
        fixed: Other inputs and what they are given.
    """

    family: Family
    side_px: int
    face: str
    picture: int
    mask: int | None = None
    source: str | None = None
    source_px: int = 0
    fixed: Mapping[str, float] | None = None


def match_contract(graph: Graph, stated: Family | None = None) -> Contract:
    """Return the contract a graph fulfils.

    Where the graph does not tell, `stated` does, or the model's sidecar (`.toml` added to its name), which says
    `family = "ghost"`.

    Raises:
        EngineError: It fulfils none, or more than one.
    """
    stated = stated or _read_family(graph)
    for reading in (_dfm, _livecam, _with_embedding, _with_picture):
        found = reading(graph, stated)
        if found is not None:
            return found
    raise EngineError(f"{graph.path.name} is no face swap model: {graph.summary}", **remedy(_one_line(_KNOWN_TO_BE)))


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _square(value: Value, channels: tuple[int, ...] = (3,)) -> int:
    """Side of a square picture (1, c, n, n); 0 if it is none."""
    shape = value.shape
    fits = len(shape) == 4 and shape[0] in (0, 1) and shape[1] in channels and shape[2] == shape[3]
    return shape[2] if fits and shape[2] in _SIDES_PX else 0


def _embeds(value: Value) -> bool:
    return len(value.shape) == 2 and value.shape[0] in (0, 1) and value.shape[1] == EMBEDDING


def _dfm(graph: Graph, stated: Family | None) -> Contract | None:
    """Match DeepFaceLive's models: rows, columns, channels.

    Outputs: a mask of the live face, the new face, its mask. Some take a morph factor.
    """
    face = next((v for v in graph.inputs if len(v.shape) == 4 and v.shape[3] == 3 and v.shape[1] == v.shape[2]), None)
    if face is None or face.shape[1] not in _SIDES_PX:
        return None
    rest = [value for value in graph.inputs if value is not face]
    pictures = [n for n, out in enumerate(graph.outputs) if len(out.shape) == 4 and out.shape[3] == 3]
    masks = [n for n, out in enumerate(graph.outputs) if len(out.shape) == 4 and out.shape[3] == 1]
    if not pictures or any("morph" not in value.name for value in rest):
        return None
    celeb = [n for n in masks if "celeb" in graph.outputs[n].name]
    mask = (celeb or masks)[-1] if masks else None
    return Contract(DFM, face.shape[1], face.name, pictures[0], mask, fixed={value.name: 1.0 for value in rest})


def _livecam(graph: Graph, stated: Family | None) -> Contract | None:
    """Match livecam's own contract of docs/engines.md.

    `face` in, `texture` out with or without alpha, perhaps `persona`.
    """
    inputs = {value.name: value for value in graph.inputs}
    outputs = {value.name: n for n, value in enumerate(graph.outputs)}
    if not {"face"} <= inputs.keys() <= {"face", "persona"} or "texture" not in outputs:
        return None
    side = _square(inputs["face"])
    if not side or _square(graph.outputs[outputs["texture"]], (3, 4)) != side:
        return None
    persona = inputs.get("persona")
    source_px = 0 if persona is None else _square(persona)
    if persona is not None and not source_px:
        return None
    source = None if persona is None else persona.name
    return Contract(LIVECAM, side, "face", outputs["texture"], source=source, source_px=source_px)


def _outputs(graph: Graph, side: int) -> tuple[int, int | None] | None:
    """Return the new face and its mask among outputs (1, c, n, n)."""
    pictures = [n for n, value in enumerate(graph.outputs) if _square(value) == side]
    masks = [n for n, value in enumerate(graph.outputs) if _square(value, (1,)) == side]
    return (pictures[0], masks[0] if masks else None) if len(pictures) == 1 else None


def _with_embedding(graph: Graph, stated: Family | None) -> Contract | None:
    targets = [value for value in graph.inputs if _square(value)]
    sources = [value for value in graph.inputs if _embeds(value)]
    if len(graph.inputs) != 2 or len(targets) != 1 or len(sources) != 1:
        return None
    side = _square(targets[0])
    outputs = _outputs(graph, side)
    if outputs is None:
        return None
    family = stated or _family_with_embedding(graph, side, outputs)
    if family is INSWAPPER and graph.weights and find_embedding_map(graph) is None:
        raise EngineError(
            f"{graph.path.name} has no embedding map (512x512, used by no operator): it would show another person",
            advice="take the file as its publisher made it, before a tool removed what looks unused",
        )
    return Contract(family, side, targets[0].name, *outputs, source=sources[0].name)


def _family_with_embedding(graph: Graph, side: int, outputs: tuple[int, int | None]) -> Family:
    last = graph.ends_in[graph.outputs[outputs[0]].name]
    signs: list[tuple[str, Callable[[], bool]]] = [
        ("inswapper", lambda: side == 128 and find_embedding_map(graph) is not None),
        ("hyperswap", lambda: outputs[1] is not None and last == "Tanh"),
        ("simswap", lambda: side == 256 and last in ("Div", "Mul")),
        ("simswap512", lambda: side == 512),
    ]
    for name, fits in signs:
        if fits():
            return FAMILIES[name]
    raise _unclear_error(graph, ("simswap", "ghost", "hififace", "hyperswap", "inswapper"))


def find_embedding_map(graph: Graph) -> int | None:
    """Return the index of inswapper's embedding map among the weights.

    It is 512 by 512, and the graph itself does not use it.

    A weight of that shape which an operator takes is a layer, wherever it stands in the file.

    Raises:
        EngineError: More than one weight could be the map.
    """
    found = [
        index
        for index, weight in enumerate(graph.weights)
        if weight.shape == (EMBEDDING, EMBEDDING) and weight.name not in graph.used
    ]
    if len(found) > 1:
        names = ", ".join(graph.weights[index].name for index in found)
        raise EngineError(
            f"{graph.path.name} has {len(found)} weights that could be its embedding map: {names}",
            advice="take the file as its publisher made it: livecam models pull inswapper-128",
        )
    return found[0] if found else None


def _with_picture(graph: Graph, stated: Family | None) -> Contract | None:
    named = {value.name: value for value in graph.inputs}
    if named.keys() != {"target", "source"} or not all(map(_square, graph.inputs)):
        return None
    side, source_px = _square(named["target"]), _square(named["source"])
    outputs = _outputs(graph, side)
    if outputs is None:
        return None
    family = stated or FAMILIES["blendswap" if source_px == 112 else "uniface"]
    return Contract(family, side, "target", *outputs, source="source", source_px=source_px)


def _read_family(graph: Graph) -> Family | None:
    """Return the family that the sidecar file names.

    Raises:
        EngineError: The file says something else.
    """
    name = read_sidecar(graph.path).get("family")
    if name is None:
        return None
    if name not in FAMILIES:
        raise EngineError(
            f"{graph.path}.toml names no family known here: {name}", advice=f"choose one of: {', '.join(FAMILIES)}"
        )
    return FAMILIES[name]


def read_sidecar(path: Path) -> Mapping[str, str]:
    """Read the sidecar of a model, its name with `.toml` added.

    It states `family` and `embedder`. Empty without a file.

    Raises:
        EngineError: The file cannot be read or says something else.
    """
    sidecar = path.with_name(path.name + ".toml")
    if not sidecar.is_file():
        return {}
    hint = 'it holds one line: family = "ghost"'
    try:
        words = parse_toml(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EngineError(f"{sidecar} cannot be read: {reason_of(error)}", **remedy(hint)) from error
    if not words or not words.keys() <= {"family", "embedder"}:
        raise EngineError(f"{sidecar} says nothing about the model", **remedy(hint))
    return {key: str(value) for key, value in words.items()}


def _unclear_error(graph: Graph, could_be: tuple[str, ...]) -> EngineError:
    sidecar = graph.path.name + ".toml"
    return EngineError(
        f"{graph.path.name} could be {' or '.join(could_be)}: {graph.summary}",
        advice=f'say which in {sidecar} next to it: family = "{could_be[0]}"',
    )
