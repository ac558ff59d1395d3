"""Tiny voice models of every contract. They hand the sound through at 8 kHz, so that the output is known."""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = helper.make_opsetid("", 17)
FLOAT, HALF, INT = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.INT64
KEPT = 160
"""Numbers of a content frame that hold sound: 20 ms at 8 kHz."""


def value(name: str, *shape: int | str, element: int = FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element, shape)


def number(name: str, *values: int) -> onnx.TensorProto:
    return numpy_helper.from_array(np.int64(values), name)


def save(path: Path, nodes, inputs, outputs, weights=(), **metadata) -> Path:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, list(weights))
    model = helper.make_model(graph, opset_imports=[OPSET], ir_version=8)
    if metadata:
        helper.set_model_props(model, {"metadata": json.dumps(metadata)})
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path


def node(kind: str, inputs: list[str], output: str, **attributes) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **attributes)


def content(
    path: Path, width: int = 768, axes: int = 2, half: bool = False, name: str = "unit12", every: int = 320
) -> Path:
    """A content encoder: every other sample of 20 ms, as its features."""
    element, kind = (HALF, np.float16) if half else (FLOAT, np.float32)
    picks = np.zeros((width, 1, 400), kind)
    picks[np.arange(KEPT), 0, 2 * np.arange(KEPT)] = 1
    nodes = [
        node("Reshape", ["audio", "row"], "line"),
        node("Conv", ["line", "picks"], "units", strides=[every]),
        node("Transpose", ["units"], name, perm=[0, 2, 1]),
    ]
    inputs = [value("audio", *([1] * (axes - 1)), "N", element=element)]
    outputs = [value(name, 1, "T", width, element=element)]
    return save(path, nodes, inputs, outputs, [number("row", 1, 1, -1), numpy_helper.from_array(picks, "picks")])


LAYOUTS = ("vcclient", "nono", "tail", "upstream")


def rvc(
    path: Path,
    layout: str = "vcclient",
    width: int = 768,
    half: bool = False,
    frames: int = 0,
    rate_hz: int = 32_000,
    does: str = "speaks",
    **metadata,
) -> Path:
    """An RVC export; `does` is "speaks", "nan", "short", or "pitch" (gives the pitch in kHz as its sound)."""
    old, element = layout == "upstream", HALF if half else FLOAT
    feats, length, sid = ("phone", "phone_lengths", "ds") if old else ("feats", "p_len", "sid")
    size = frames or "T"
    inputs = [value(feats, 1, size, width, element=element), value(length, 1, element=INT)]
    if layout != "nono":
        inputs += [value("pitch", 1, size, element=INT), value("pitchf", 1, size)]
    inputs.append(value(sid, 1, element=INT))
    if layout == "tail":
        inputs += [value(name, element=INT) for name in ("skip_head", "return_length", "formant_length")]
    if old:
        inputs.append(value("rnd", 1, 192, size, element=element))
    per_frame = rate_hz // 100
    nodes = [
        node("Slice", [feats, "at0", "far", "axis1", "two"], "even"),
        node("Slice", ["even", "at0", "kept", "axis2"], "samples"),
        node("Reshape", ["samples", "column"], "one_by_one"),
        node("Expand", ["one_by_one", "held"], "each_held"),
        node("Reshape", ["each_held", "flat"], "line"),
        node("Mul", [length, "per_frame"], "long"),
        node("Slice", ["line", "at0", "long"], "whole"),
    ]
    last = "whole"
    if layout == "tail":
        nodes += [
            node("Reshape", ["skip_head", "flat"], "skipped"),
            node("Mul", ["skipped", "per_frame"], "begin"),
            node("Slice", ["whole", "begin", "far"], "end_alone"),
        ]
        last = "end_alone"
    if does == "pitch":
        nodes = [
            node("Reshape", ["pitchf", "column"], "one_by_one"),
            node("Expand", ["one_by_one", "frame_held"], "each_held"),
            node("Reshape", ["each_held", "flat"], "hertz"),
            node("Div", ["hertz", "thousand"], "whole"),
        ]
        last = "whole"
    if does == "nan":
        nodes.append(node("Div", [last, "nothing"], "broken"))
        last = "broken"
    if does == "short":
        nodes.append(node("Slice", [last, "at1", "far"], "cut"))
        last = "cut"
    nodes += [node("Cast", [last], "plain", to=FLOAT), node("Reshape", ["plain", "shape"], "audio")]
    weights = [
        number("at0", 0), number("at1", 1), number("far", 1 << 40), number("axis1", 1), number("axis2", 2),
        number("two", 2), number("kept", KEPT), number("column", -1, 1), number("held", 1, per_frame // 80),
        number("flat", -1), number("per_frame", per_frame), number("frame_held", 1, per_frame),
        number("shape", *((1, 1, -1) if old else (-1,))),
        numpy_helper.from_array(np.float32([1000]), "thousand"),
        numpy_helper.from_array(np.float32([0]).astype(np.float16 if half else np.float32), "nothing"),
    ]  # fmt: skip
    outputs = [value("audio", *((1, 1, "N") if old else ("N",)))]
    return save(path, nodes, inputs, outputs, weights, samplingRate=rate_hz, f0=layout != "nono", **metadata)


def carried(
    path: Path,
    half: bool = False,
    chunk: int = 208,
    context: int = 32,
    free: bool = False,
    does: str = "speaks",
    names: str = "{}_out",
    **metadata,
) -> Path:
    """In the manner of LLVC: the sound half a context late, mixed with itself 4 samples earlier by way of a state."""
    element = HALF if half else FLOAT
    number_of = np.float16 if half else np.float32
    state, count = names.format("enc_buf"), names.format("dec_buf")
    nodes = [
        node("Slice", ["x", "from", "to", "axis2"], "late"),
        helper.make_node("Concat", ["enc_buf", "late"], ["longer"], axis=2),
        node("Slice", ["longer", "at0", "chunk", "axis2"], "earlier"),
        node("Slice", ["longer", "chunk", "far", "axis2"], state),
        node("Add", ["dec_buf", "one"], count),
        node("Mul", ["earlier", "share"], "added"),
        node("Add", ["late", "added"], "mixed"),
    ]
    last = "mixed"
    if does == "nan":
        nodes.append(node("Div", ["mixed", "nothing"], "broken"))
        last = "broken"
    nodes.append(node("Identity", [last], "y"))
    size, given = ("N", "M") if free else (chunk + context, chunk)
    inputs = [value("x", 1, 1, size, element=element), value("enc_buf", 1, 1, 4, element=element),
              value("dec_buf", 1, 2, element=element)]  # fmt: skip
    outputs = [value("y", 1, 1, given, element=element), value(state, 1, 1, 4, element=element),
               value(count, 1, 2, element=element)]  # fmt: skip
    begin = context // 2
    weights = [
        number("from", begin), number("to", begin + chunk), number("axis2", 2), number("at0", 0),
        number("chunk", chunk), number("far", 1 << 40),
        numpy_helper.from_array(np.ones((1, 2), number_of), "one"),
        numpy_helper.from_array(np.array([0.5], number_of), "share"),
        numpy_helper.from_array(np.array([0], number_of), "nothing"),
    ]  # fmt: skip
    return save(path, nodes, inputs, outputs, weights, **metadata)


def pitch_net(path: Path, mel: bool = False, hz: float = 200.0, half: bool = False) -> Path:
    """rmvpe's manner (sound), or fcpe's (mel): finds one pitch wherever it looks."""
    given = "mel" if mel else "waveform"
    nodes = [
        node("ReduceMean", [given], "mean", axes=[2], keepdims=0) if mel else
        node("AveragePool", ["row"], "pooled", kernel_shape=[160], strides=[160]),
        node("Mul", ["mean" if mel else "pooled", "zero"], "nothing"),
        node("Add", ["nothing", "hz"], "there"),
        node("Reshape", ["there", "flat"], "pitchf"),
    ]  # fmt: skip
    if not mel:
        nodes.insert(0, node("Reshape", [given, "shape"], "row"))
    inputs = [value(given, 1, "T", 128) if mel else value(given, 1, "N"), value("threshold", 1)]
    weights = [
        numpy_helper.from_array(np.float32([0]), "zero"), numpy_helper.from_array(np.float32([hz]), "hz"),
        number("flat", 1, -1), number("shape", 1, 1, -1),
    ]  # fmt: skip
    return save(path, nodes, inputs, [value("pitchf", 1, "T")], weights)
