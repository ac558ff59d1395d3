"""Write the classic network as a DFM file, which DeepFaceLive and others load.

A DFM takes a crop in the framing that DeepFaceLab calls whole face. The network learned another framing, so the file
moves the crop there and back.
"""

import io
import warnings
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from engines.swap.neural.templates import matrix_to
from livecam.core.topology import CANONICAL
from trainer.crops import SIDE_PX as CROP_PX
from trainer.crops import find_placement
from trainer.network.classic import ClassicNet

SIDE_PX: Final = 128
INPUT: Final = "in_face:0"
OUTPUTS: Final = ("out_face_mask:0", "out_celeb_face:0", "out_celeb_face_mask:0")
_TEMPLATE: Final = "whole_face"
_OPSET: Final = 16


def export_dfm(net: ClassicNet) -> bytes:
    """Return the network as a DFM file.

    It takes (1, 128, 128, 3) BGR 0..1, and gives the mask of the live face, the new face and its mask.
    """
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Dfm(net).eval(),
            (torch.rand(1, SIDE_PX, SIDE_PX, 3),),
            buffer,  # type: ignore[arg-type,unused-ignore]
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            opset_version=_OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


class _Dfm(nn.Module):
    """The network between two changes of framing."""

    def __init__(self, net: ClassicNet) -> None:
        super().__init__()
        self.net = net
        to_crop = _square(find_placement(CANONICAL)) @ np.linalg.inv(_square(matrix_to(_TEMPLATE, CANONICAL, SIDE_PX)))
        self.there = _grid(np.linalg.inv(to_crop), CROP_PX, SIDE_PX)
        self.back = _grid(to_crop, SIDE_PX, CROP_PX)

    def forward(self, in_face: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        crop = F.grid_sample(in_face.permute(0, 3, 1, 2), self.there, padding_mode="border", align_corners=False)
        face, mask = self.net.draw(crop, self.net.persona)
        _, live = self.net.draw(crop, self.net.operator)
        return self._return(live, "zeros"), self._return(face, "border"), self._return(mask, "zeros")

    def _return(self, planes: Tensor, outside: str) -> Tensor:
        """Return planes (1, c, n, n) in the file's framing, channels last."""
        return F.grid_sample(planes, self.back, padding_mode=outside, align_corners=False).permute(0, 2, 3, 1)


def _square(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.vstack([matrix.astype(np.float64), [0, 0, 1]])


def _grid(matrix: NDArray[np.float64], side_px: int, from_px: int) -> Tensor:
    """Return where each pixel comes from (1, n, n, 2), as `grid_sample` counts."""
    at = np.arange(side_px, dtype=np.float64)
    across, down = np.meshgrid(at, at)
    pixels = np.stack([across, down, np.ones_like(across)], -1) @ matrix.T
    return torch.from_numpy(((2 * pixels[..., :2] + 1) / from_px - 1).astype(np.float32))[None]
