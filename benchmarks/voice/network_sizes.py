"""Time voice networks at their true sizes, with random weights: python benchmarks/voice/network_sizes.py [--json PATH]

LLVC's published weights are not needed to know what a pass costs: the graph has the layers and widths of its published
configuration (L 16, 512 and 256 channels, 8 encoder layers, 1 decoder layer of 13 frames, 12 convolutions before).
What it says is noise. It is timed as `livecam voice add` times a network, in a process of its own, and by its processor
time on one thread, which other programs hardly change.
"""

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from engines.voice.neural.loaded import FoundModel, LoadedVoice
from engines.voice.neural.networks import OnnxVoices
from livecam.core.clock import NS_PER_MS, process_cpu_ns
from livecam.host.machine import describe_machine

WIDE, NARROW, LAYERS, HEADS, CHUNK, HOP, TAIL, BEFORE = 512, 256, 8, 8, 13, 16, 4, 12
CONTEXT = 2 * (2**LAYERS - 1)
FAR, RATE_HZ, PASSES = 1 << 40, 16_000, 60


class Layers:
    """Nodes and random weights of a graph, added one after the other; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self._rng, self._count = np.random.default_rng(0), 0

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        self._count += 1
        output = name or f"{kind.lower()}{self._count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def keep(self, array: np.ndarray) -> str:
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def random(self, *shape: int) -> str:
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else shape[0]
        return self.keep((self._rng.standard_normal(shape) / np.sqrt(fan)).astype(np.float32))

    def number(self, *values: int) -> str:
        return self.keep(np.array(values, np.int64))

    def cut(self, array: str, begin: int, end: int, axis: int, name: str = "") -> str:
        return self.add("Slice", array, *(self.number(value) for value in (begin, end, axis)), name=name)

    def join(self, *arrays: str, axis: int = 2, name: str = "") -> str:
        return self.add("Concat", *arrays, axis=axis, name=name)

    def convolve(self, x: str, out: int, given: int, taps: int, bias: bool = True, **attributes: object) -> str:
        weights = [self.random(out, given, taps)] + ([self.random(out)] if bias else [])
        return self.add("Conv", x, *weights, **attributes)

    def normalise(self, x: str, width: int) -> str:
        """Over the last axis."""
        scale, shift = self.keep(np.ones(width, np.float32)), self.keep(np.zeros(width, np.float32))
        return self.add("LayerNormalization", x, scale, shift, axis=-1)

    def turn(self, x: str) -> str:
        return self.add("Transpose", x, perm=[0, 2, 1])

    def project(self, x: str, given: int, out: int) -> str:
        return self.add("Add", self.add("MatMul", x, self.random(given, out)), self.random(out))

    def attend(self, query: str, memory: str) -> str:
        """Attention of (1, n, NARROW) to (1, m, NARROW) by heads."""
        shape, each = self.number(1, -1, HEADS, NARROW // HEADS), [0, 2, 1, 3]
        parts = [self.project(x, NARROW, NARROW) for x in (query, memory, memory)]
        q, k, v = (self.add("Transpose", self.add("Reshape", part, shape), perm=each) for part in parts)
        near = self.add("MatMul", q, self.add("Transpose", k, perm=[0, 1, 3, 2]))
        near = self.add("Mul", near, self.keep(np.float32([(NARROW / HEADS) ** -0.5])))
        made = self.add("Transpose", self.add("MatMul", self.add("Softmax", near, axis=-1), v), perm=each)
        return self.project(self.add("Reshape", made, self.number(1, -1, NARROW)), NARROW, NARROW)


def _encode(made: Layers, x: str) -> str:
    """Dilated convolutions one channel at a time, then across; what they look back at is a state."""
    states, begin = [], 0
    for layer in range(LAYERS):
        long = 2 * 2**layer
        seen = made.join(made.cut("enc_buf", begin, begin + long, 2), x)
        states.append(made.cut(seen, -long, FAR, 2))
        begin += long
        alone = made.convolve(seen, WIDE, 1, 3, group=WIDE, dilations=[2**layer])
        alone = made.turn(made.add("Relu", made.normalise(made.turn(alone), WIDE)))
        across = made.turn(made.convolve(alone, WIDE, WIDE, 1))
        x = made.add("Add", x, made.turn(made.add("Relu", made.normalise(across, WIDE))))
    made.join(*states, name="enc_buf_out")
    return x


def _decode(made: Layers, sounds: str, wanted: str) -> str:
    """One layer of attention over this chunk and the one before it, both (1, NARROW, CHUNK)."""
    kept = [made.cut("dec_buf", n * CHUNK, (n + 1) * CHUNK, 1) for n in range(2)]
    memory, both = (made.join(old, made.turn(new), axis=1) for old, new in zip(kept, (sounds, wanted), strict=True))
    made.join(*(made.cut(line, -CHUNK, FAR, 1) for line in (memory, both)), axis=1, name="dec_buf_out")
    x = made.cut(both, -CHUNK, FAR, 1)
    for seen in (both, memory):
        x = made.normalise(made.add("Add", x, made.attend(x, seen)), NARROW)
    wide = made.add("Relu", made.project(x, NARROW, 2 * NARROW))
    return made.turn(made.normalise(made.add("Add", x, made.project(wide, 2 * NARROW, NARROW)), NARROW))


def write_llvc(path: Path) -> int:
    """Write a network of LLVC's size; its number of weights."""
    made, x, old = Layers(), "x", "pre_buf"
    states = []
    for layer in range(BEFORE):
        seen = made.join(made.cut(old, 2 * layer, 2 * layer + 2, 2), x)
        states.append(made.cut(seen, -2, FAR, 2))
        x = made.add("Add", x, made.add("Tanh", made.convolve(seen, 1, 1, 3)))
    made.join(*states, name="pre_buf_out")
    latent = made.add("Relu", made.convolve(x, WIDE, 1, 3 * HOP, bias=False, strides=[HOP]))
    sounds = _encode(made, latent)
    wanted = made.add("Mul", sounds, made.random(1, WIDE, 1))
    narrow = [made.add("Relu", made.convolve(s, NARROW, WIDE // NARROW, 1, group=NARROW)) for s in (sounds, wanted)]
    mask = made.add("Relu", made.convolve(_decode(made, *narrow), WIDE, 1, 1, group=NARROW))
    whole = made.join("out_buf", made.add("Mul", latent, made.add("Add", wanted, mask)))
    made.cut(whole, -TAIL, FAR, 2, name="out_buf_out")
    filters = made.random(WIDE, 1, (TAIL + 1) * HOP)
    sound = made.add("ConvTranspose", whole, filters, strides=[HOP], pads=[TAIL * HOP] * 2)
    made.add("Tanh", sound, name="y")
    shapes = {"pre_buf": (1, 1, 2 * BEFORE), "enc_buf": (1, WIDE, CONTEXT), "dec_buf": (1, 2 * CHUNK, NARROW),
              "out_buf": (1, WIDE, TAIL)}  # fmt: skip
    sizes = {"x": (1, 1, (CHUNK + 2) * HOP), **shapes}, {"y": (1, 1, CHUNK * HOP), **_after(shapes)}
    inputs, outputs = (
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in side.items()] for side in sizes
    )
    graph = helper.make_graph(made.nodes, "llvc", inputs, outputs, made.weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return sum(int(np.prod(weight.dims)) for weight in made.weights)


def _after(shapes: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    return {f"{name}_out": shape for name, shape in shapes.items()}


def measure_cpu_ms(path: Path) -> float:
    """Processor time of a pass on one thread, the median of many."""
    core = LoadedVoice(FoundModel(path)).open_core(RATE_HZ, 0.0, 0.0)
    sound, spent = np.random.default_rng(1).normal(0, 0.05, core.frame_samples), []
    for _ in range(PASSES):
        begin_ns = process_cpu_ns()
        core.process_frame(sound)
        spent.append((process_cpu_ns() - begin_ns) / NS_PER_MS)
    return round(float(np.median(spent)), 2)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "llvc.onnx"
        weights = write_llvc(path)
        networks = OnnxVoices()
        cpu_ms = measure_cpu_ms(path)
        trials = [networks.run_trial(networks.read(path)) for _ in range(3)]
    rows = [{**asdict(trial), "real_time_factor": round(trial.real_time_factor, 3)} for trial in trials]
    result = {
        "machine": describe_machine(),
        "load": os.getloadavg()[0],
        "weights": weights,
        "cpu_ms": cpu_ms,
        "llvc": rows,
    }
    print(json.dumps(result, indent=1, default=str))
    if given.json:
        given.json.write_text(json.dumps(result, indent=1, default=str) + "\n")


if __name__ == "__main__":
    main()
