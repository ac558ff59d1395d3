"""Write a trained segmentation network as ONNX, its weights as float16.

python -m training.segment.export --checkpoint WORK/pixels.pt --out engines/segment/weights/segment.onnx
"""

import argparse
import warnings
from pathlib import Path

import torch

from engines.segment.square import INPUT_PX
from training.face.export import OPSET, write_halved
from training.segment.pixel_net import DeployedPixel, PixelNet, PyramidFeatures

CHANNELS_IN = 5


def to_onnx(net: PixelNet, out: Path) -> None:
    """Export features and layers as one graph."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            DeployedPixel(PyramidFeatures(), net).eval(),
            (torch.zeros(1, CHANNELS_IN, INPUT_PX, INPUT_PX),),
            str(out),
            input_names=["seen"],
            output_names=["classes"],
            opset_version=OPSET,
            dynamo=False,
        )


def main() -> None:
    """Read the arguments, export, halve, check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    weights = torch.load(args.checkpoint)
    net = PixelNet(len(weights["norm.weight"]))
    net.load_state_dict(weights)
    write_halved(lambda part: to_onnx(net, part), args.out)


if __name__ == "__main__":
    main()
