"""Write a trained refiner as ONNX, in float16 and in eight bits.

The eight bits are calibrated on pairs.

python -m training.refine.export --checkpoint WORK/refine.pt --pairs WORK/pairs --out engines/refine/weights
"""

import argparse
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_static,
)

from livecam.core.refinement import PLANE_COUNT, REFINE_PX
from training.face.export import OPSET, write_halved
from training.refine.net import RefineNet
from training.refine.pairs import as_floats, load_pairs

CALIBRATION_PAIRS = 200


def to_onnx(net: RefineNet, out: Path) -> None:
    """Export one graph of float32."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net.eval(),
            (torch.zeros(1, PLANE_COUNT, REFINE_PX, REFINE_PX),),
            str(out),
            input_names=["planes"],
            output_names=["change"],
            opset_version=OPSET,
            dynamo=False,
        )


class PairReader(CalibrationDataReader):  # type: ignore[misc]
    """Hands the planes of pairs to the calibration, one by one."""

    def __init__(self, planes: NDArray[np.float32]) -> None:
        self._planes: Iterator[NDArray[np.float32]] = iter(planes)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        """Return the next input, None at the end."""
        planes = next(self._planes, None)
        return None if planes is None else {"planes": planes[None]}


def quantize(exact: Path, planes: NDArray[np.float32], out: Path) -> None:
    """Write the network in eight bits.

    Weights have seven: older processors add two products in sixteen bits.
    """
    quantize_static(
        exact,
        out,
        PairReader(planes),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
        reduce_range=True,
        calibrate_method=CalibrationMethod.MinMax,
    )


def main() -> None:
    """Read the arguments, export twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("checkpoint", "pairs", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    net = RefineNet()
    net.load_state_dict(torch.load(args.checkpoint))
    pairs = load_pairs(sorted(args.pairs.glob("*.npz")))
    chosen = np.random.default_rng(0).permutation(len(pairs))[:CALIBRATION_PAIRS]
    exact = args.out / "exact.part"
    to_onnx(net, exact)
    quantize(exact, as_floats(pairs.planes[chosen]), args.out / "refine_int8.onnx")
    exact.unlink()
    write_halved(lambda part: to_onnx(net, part), args.out / "refine.onnx")


if __name__ == "__main__":
    main()
