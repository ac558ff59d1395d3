"""Write a trained mesh network as ONNX.

Inputs and outputs are float32; weights are float16, which halves the file.

python -m training.face.export --checkpoint WORK/mesh.pt --out engines/face/weights/mesh.onnx
"""

import argparse
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from engines.face.crop import CROP_PX
from training.face.mesh_net import DeployedMesh, MeshNet

OPSET = 17
INPUTS, OUTPUTS = ["crop"], ["points", "presence", "occlusion"]
SMALL_WEIGHT = 256


def to_onnx(net: MeshNet, out: Path) -> None:
    """Export with batch norms folded into the convolutions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            DeployedMesh(net).eval(),
            (torch.zeros(1, 3, CROP_PX, CROP_PX),),
            str(out),
            input_names=INPUTS,
            output_names=OUTPUTS,
            opset_version=OPSET,
            dynamo=False,
        )


def halve(model: onnx.ModelProto) -> None:
    """Store every large weight as float16 followed by a cast.

    Runtimes fold the casts when they load the model.
    """
    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if weight.data_type != TensorProto.FLOAT or values.size < SMALL_WEIGHT:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], f"{name}.cast", to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(casts + nodes)


def write_halved(export: Callable[[Path], None], out: Path) -> None:
    """Let `export` write a graph, halve and check it, and move it to its place."""
    part = out.with_suffix(".part")
    export(part)
    model = onnx.load(part)
    halve(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, part)
    part.replace(out)
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    net = MeshNet()
    net.load_state_dict(torch.load(args.checkpoint)["mean"])
    write_halved(lambda part: to_onnx(net, part), args.out)


if __name__ == "__main__":
    main()
