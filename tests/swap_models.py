"""Tiny ONNX models of every contract: a face comes out as its negative upside down, tinted by the persona.

The negative alone would be refused: it is the live face again.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = helper.make_opsetid("", 17)
RNG = np.random.default_rng(5)
TINT = RNG.normal(0, 0.4, (512, 3)).astype(np.float32)
MAP = np.linalg.qr(RNG.normal(0, 1, (512, 512)))[0].astype(np.float32)


def value(name: str, *shape: int | str, element: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element, shape)


def weight(name: str, values: np.ndarray) -> onnx.TensorProto:
    return numpy_helper.from_array(values, name)


def save(path: Path, nodes, inputs, outputs, weights=()) -> Path:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, list(weights))
    model = helper.make_model(graph, opset_imports=[OPSET], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


ONE = weight("one", np.float32([1]))
SHAPE = weight("tint_shape", np.int64([1, 3, 1, 1]))


def turned(face: str, out: str, axis: int = 2) -> onnx.NodeProto:
    """A picture upside down; `axis`: that of its rows."""
    return helper.make_node("Slice", [face, "last", "before_first", f"rows_{axis}", "back"], [out])


def turning(axis: int = 2) -> list[onnx.TensorProto]:
    """The weights of `turned`."""
    numbers = {"last": -1, "before_first": -(2**31), f"rows_{axis}": axis, "back": -1}
    return [weight(name, np.int64([number])) for name, number in numbers.items()]


def _tinted(target: str, source: str, out: str) -> list[onnx.NodeProto]:
    return [
        helper.make_node("MatMul", [source, "tint"], ["by_channel"]),
        helper.make_node("Reshape", ["by_channel", "tint_shape"], ["shift"]),
        helper.make_node("Sub", ["one", target], ["negative"]),
        turned("negative", "other"),
        helper.make_node("Add", ["other", "shift"], [out]),
    ]


def inswapper(path: Path) -> Path:
    nodes = [*_tinted("target", "source", "raw"), helper.make_node("Sigmoid", ["raw"], ["output"])]
    inputs = [value("target", 1, 3, 128, 128), value("source", 1, 512)]
    weights = [ONE, SHAPE, weight("tint", TINT), *turning(), weight("map", MAP)]
    return save(path, nodes, inputs, [value("output", 1, 3, 128, 128)], weights)


def inswapper_with(path: Path, weights: dict[str, np.ndarray], layer: str = "") -> Path:
    """Inswapper with weights in this order; `layer` names one of 512x512 that an operator takes."""
    source = "source"
    nodes = []
    if layer:
        nodes.append(helper.make_node("MatMul", ["source", layer], ["styled"]))
        source = "styled"
    nodes += [*_tinted("target", source, "raw"), helper.make_node("Sigmoid", ["raw"], ["output"])]
    inputs = [value("target", 1, 3, 128, 128), value("source", 1, 512)]
    all_weights = [
        ONE,
        *turning(),
        *(weight(name, values) for name, values in weights.items()),
        weight("tint", TINT),
        SHAPE,
    ]
    return save(path, nodes, inputs, [value("output", 1, 3, 128, 128)], all_weights)


def with_embedding(path: Path, side: int, last: str, mask: bool = False) -> Path:
    """A model in the manner of simswap ("Div"), ghost ("Tanh") or hyperswap ("Tanh" and a mask)."""
    nodes = _tinted("target", "source", "raw")
    if last == "Div":
        nodes.append(helper.make_node("Div", ["raw", "one"], ["output"]))
    else:
        nodes.append(helper.make_node(last, ["raw"], ["output"]))
    outputs = [value("output", 1, 3, side, side)]
    if mask:
        nodes += [
            helper.make_node("ReduceMax", ["target"], ["bright"], axes=[1], keepdims=1),
            helper.make_node("Exp", ["bright"], ["wide"]),
            helper.make_node("Add", ["wide", "one"], ["mask"]),
        ]
        outputs.append(value("mask", 1, 1, side, side))
    inputs = [value("target", 1, 3, side, side), value("source", 1, 512)]
    return save(path, nodes, inputs, outputs, [weight("tint", TINT), SHAPE, ONE, *turning()])


def with_picture(path: Path, side: int, source_px: int) -> Path:
    nodes = [
        helper.make_node("ReduceMean", ["source"], ["shift"], axes=[2, 3], keepdims=1),
        helper.make_node("Sub", ["shift", "target"], ["negative"]),
        turned("negative", "raw"),
        helper.make_node("Tanh", ["raw"], ["output"]),
    ]
    inputs = [value("target", 1, 3, side, side), value("source", 1, 3, source_px, source_px)]
    return save(path, nodes, inputs, [value("output", 1, 3, side, side)], turning())


def dfm(path: Path, side: int = 64, morph: bool = False) -> Path:
    nodes = [
        helper.make_node("Sub", ["one", "in_face:0"], ["negative"]),
        turned("negative", "out_celeb_face:0", axis=1),
        helper.make_node("ReduceMax", ["in_face:0"], ["bright"], axes=[3], keepdims=1),
        helper.make_node("Add", ["bright", "one"], ["out_face_mask:0"]),
        helper.make_node("Add", ["bright", "one"], ["out_celeb_face_mask:0"]),
    ]
    inputs = [value("in_face:0", "N", side, side, 3)]
    if morph:
        nodes[0] = helper.make_node("Sub", ["morph_value:0", "in_face:0"], ["negative"])
        inputs.append(value("morph_value:0", 1))
    outputs = [
        value("out_face_mask:0", "N", side, side, 1),
        value("out_celeb_face:0", "N", side, side, 3),
        value("out_celeb_face_mask:0", "N", side, side, 1),
    ]
    return save(path, nodes, inputs, outputs, [ONE, *turning(axis=1)])


def livecam(path: Path, side: int = 96, persona: bool = False, alpha: bool = False) -> Path:
    nodes = [helper.make_node("Sub", ["one", "face"], ["negative"]), turned("negative", "other")]
    inputs, weights, made = [value("face", 1, 3, side, side)], [ONE, *turning()], "other"
    if persona:
        inputs.append(value("persona", 1, 3, side, side))
        nodes += [
            helper.make_node("ReduceMean", ["persona"], ["shift"], axes=[2, 3], keepdims=1),
            helper.make_node("Mul", ["other", "shift"], ["tinted"]),
        ]
        made = "tinted"
    if alpha:
        weights.append(weight("open", np.full((1, 1, side, side), 0.9, np.float32)))
        nodes.append(helper.make_node("Concat", [made, "open"], ["texture"], axis=1))
    else:
        nodes.append(helper.make_node("Identity", [made], ["texture"]))
    return save(path, nodes, inputs, [value("texture", 1, 4 if alpha else 3, side, side)], weights)


def returning(path: Path, what: str, side: int = 96) -> Path:
    """A broken model of livecam's contract: "itself" (the live face), "nothing" (one colour) or "nan"."""
    factor = {"itself": 1.0, "nothing": 0.0, "nan": np.nan}[what]
    nodes = [helper.make_node("Mul", ["face", "factor"], ["texture"])]
    outputs = [value("texture", 1, 3, side, side)]
    return save(path, nodes, [value("face", 1, 3, side, side)], outputs, [weight("factor", np.float32([factor]))])


def embedder(path: Path, factor: float = 1.0) -> Path:
    """ArcFace's shape: the face's eighths, mixed."""
    mix = factor * RNG.normal(0, 1, (3 * 8 * 8, 512)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", ["input.1"], ["small"], kernel_shape=[14, 14], strides=[14, 14]),
        helper.make_node("Flatten", ["small"], ["flat"]),
        helper.make_node("MatMul", ["flat", "mix"], ["embedding"]),
    ]
    inputs = [value("input.1", "None", 3, 112, 112)]
    return save(path, nodes, inputs, [value("embedding", 1, 512)], [weight("mix", mix)])


def restorer(path: Path, side: int = 256, name: str = "input", factor: float = 0.5) -> Path:
    """GFPGAN's contract: half as bright, in -1..1."""
    nodes = [
        helper.make_node("Sub", [name, "one"], ["darker"]),
        helper.make_node("Mul", ["darker", "factor"], ["output"]),
    ]
    faces = [value(name, 1, 3, side, side)], [value("output", 1, 3, side, side)]
    return save(path, nodes, *faces, [ONE, weight("factor", np.float32([factor]))])


def greedy(path: Path) -> Path:
    """A hundred gigabytes in a few bytes."""
    shape = weight("shape", np.int64([1, 3, 100_000, 100_000]))
    nodes = [
        helper.make_node("ConstantOfShape", ["shape"], ["huge"]),
        helper.make_node("ReduceMax", ["huge"], ["most"], keepdims=1),
        helper.make_node("Add", ["face", "most"], ["texture"]),
    ]
    return save(path, nodes, [value("face", 1, 3, 96, 96)], [value("texture", 1, 3, 96, 96)], [shape])


def transposed(path: Path, side: int = 96) -> Path:
    """livecam's contract: rows become columns, so that what comes out is no live face to those who look for one."""
    faces = [value("face", 1, 3, side, side)], [value("texture", 1, 3, side, side)]
    return save(path, [helper.make_node("Transpose", ["face"], ["texture"], perm=[0, 1, 3, 2])], *faces)


def on_faces(path: Path, does: str, side: int = 96, floats: int = 200_000_000) -> Path:
    """Gives the negative of what is no face, as in a trial; of a face "grows", "loops", gives "nan" or what "works".

    A face is what is redder than blue.
    """
    faces = [value("face", 1, 3, side, side)], [value("texture", 1, 3, side, side)]
    nodes = [
        helper.make_node("Sub", ["one", "face"], ["negative"]),
        helper.make_node("Mul", ["face", "red_less_blue"], ["difference"]),
        helper.make_node("ReduceMean", ["difference"], ["warm"], keepdims=0),
        helper.make_node("Greater", ["warm", "bound"], ["is_face"]),
        helper.make_node("If", ["is_face"], ["texture"], then_branch=_branch(does, side), else_branch=_plain(side)),
    ]
    weights = [
        ONE,
        weight("red_less_blue", np.float32([1, 0, -1]).reshape(1, 3, 1, 1)),
        weight("bound", np.array(0.015, np.float32)),
        weight("many", np.int64([1, 1, 1, floats])),
        weight("turns", np.int64(10**15)),
        weight("true", np.bool_(True)),
        weight("none", np.float32([np.nan])),
    ]
    return save(path, nodes, *faces, weights)


def _plain(side: int) -> onnx.GraphProto:
    node = helper.make_node("Identity", ["negative"], ["as_it_is"])
    return helper.make_graph([node], "plain", [], [value("as_it_is", 1, 3, side, side)])


def _branch(does: str, side: int) -> onnx.GraphProto:
    made = value("made", 1, 3, side, side)
    if does == "grows":
        nodes = [
            helper.make_node("Expand", ["warm", "many"], ["huge"]),
            helper.make_node("ReduceMax", ["huge"], ["most"], keepdims=1),
            helper.make_node("Add", ["negative", "most"], ["made"]),
        ]
    elif does == "loops":
        nodes = [helper.make_node("Loop", ["turns", "true", "face"], ["made"], body=loop_body(side))]
    elif does == "nan":
        nodes = [helper.make_node("Mul", ["negative", "none"], ["made"])]
    else:
        nodes = [helper.make_node("Transpose", ["negative"], ["made"], perm=[0, 1, 3, 2])]
    return helper.make_graph(nodes, "face", [], [made])


def loop_body(side: int = 96) -> onnx.GraphProto:
    """The body of a loop around a face."""
    inputs = [
        helper.make_tensor_value_info("turn", TensorProto.INT64, []),
        helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        value("held", 1, 3, side, side),
    ]
    outputs = [helper.make_tensor_value_info("still", TensorProto.BOOL, []), value("next", 1, 3, side, side)]
    nodes = [helper.make_node("Identity", ["go"], ["still"]), helper.make_node("Sin", ["held"], ["next"])]
    return helper.make_graph(nodes, "body", inputs, outputs)
