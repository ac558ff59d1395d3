"""Judge how alike two pictures look.

Structure and contrast, and the figures on people that were never trained on.

python -m training.refine.judge --checkpoint WORK/refine.pt --pairs WORK/heldout
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from livecam.core.refinement import REFINE_PX, RefinePlane
from training.refine.net import RefineNet
from training.refine.pairs import Pairs, as_floats, load_pairs

WINDOW = 3
"""Reach of the window of the structure's error."""
BATCH = 32
_BRIGHT, _CONTRAST = 1e-4, 9e-4


def _averaging() -> Tensor:
    """Return the matrix (128, 128) that averages neighbours in a row."""
    places = torch.arange(REFINE_PX)
    near = ((places[:, None] - places[None]).abs() <= WINDOW).float()
    return near / near.sum(1, keepdim=True)


_AVERAGE = _averaging()


def average(pictures: Tensor) -> Tensor:
    """Return means over windows.

    Two products of matrices are quicker than a pooling layer.
    """
    return _AVERAGE @ pictures @ _AVERAGE.T


def compare(seen: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return DSSIM, and the local variance of both, each (n, 3, h, w)."""
    mean, square, product = average(torch.cat([seen, seen * seen, seen * wanted])).split(len(seen))
    with torch.no_grad():
        goal, goal_square = average(torch.cat([wanted, wanted * wanted])).split(len(seen))
        goal_variance = (goal_square - goal * goal).clamp_min(0)
    variance, shared = (square - mean * mean).clamp_min(0), product - mean * goal
    alike = (2 * mean * goal + _BRIGHT) * (2 * shared + _CONTRAST)
    alike = alike / ((mean * mean + goal * goal + _BRIGHT) * (variance + goal_variance + _CONTRAST))
    return (1 - alike) / 2, variance, goal_variance


def refine(net: RefineNet, planes: Tensor) -> Tensor:
    """Return the colours (n, 3, h, w) after the change.

    It reaches the persona and its openings.
    """
    drawn, opening = (planes[:, k : k + 1] for k in (RefinePlane.DRAWN, RefinePlane.OPENING))
    with torch.autocast("cpu", torch.bfloat16):
        change = net(planes.contiguous(memory_format=torch.channels_last))
    return planes[:, : RefinePlane.LIGHT] + torch.maximum(drawn, opening) * change.float()


def _edges(pictures: Tensor, where: Tensor) -> Tensor:
    return _within((pictures[..., 1:] - pictures[..., :-1]).abs(), where[..., 1:])


def _within(values: Tensor, where: Tensor) -> Tensor:
    """Return the mean (n,) of values where the mask is 1."""
    return (values.mean(1, keepdim=True) * where).sum((1, 2, 3)) / where.sum((1, 2, 3)).clamp_min(1)


@torch.no_grad()
def judge(net: RefineNet, pairs: Pairs) -> dict[int, tuple[float, float, float, float]]:
    """Return DSSIM in the zone and sharpness, each before and after.

    By kind: uncrossed (0) and crossed (1) pairs.
    """
    rows = []
    for start in range(0, len(pairs), BATCH):
        part = slice(start, start + BATCH)
        planes = torch.from_numpy(as_floats(pairs.planes[part]))
        wanted = torch.from_numpy(pairs.target[part].astype(np.float32) / 255)
        zone, oval = torch.from_numpy(pairs.zone[part].astype(np.float32))[:, None], planes[:, RefinePlane.OVAL :]
        found = [planes[:, : RefinePlane.LIGHT], refine(net, planes).clamp(0, 1)]
        errors = [_within(compare(each, wanted)[0], zone) for each in found]
        sharp = [_edges(each, oval) / _edges(wanted, oval).clamp_min(1e-6) for each in found]
        rows.append(torch.stack([*errors, *sharp], 1).numpy())
    every, crossed = np.concatenate(rows), pairs.crossed.astype(bool)
    return {
        kind: tuple(every[crossed == bool(kind)].mean(0).tolist()) for kind in (0, 1) if (crossed == bool(kind)).any()
    }


def say(figures: dict[int, tuple[float, float, float, float]]) -> str:
    """Return the figures as a line."""
    parts = []
    for kind, (before, after, soft, sharp) in figures.items():
        name = ("on the photo itself", "on another face")[kind]
        parts.append(
            f"{name}: DSSIM {before:.4f} -> {after:.4f} ({after / before - 1:+.1%}), sharp {soft:.2f} -> {sharp:.2f}"
        )
    return "; ".join(parts)


def main() -> None:
    """Read the arguments, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("checkpoint", "pairs"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    net = RefineNet()
    net.load_state_dict(torch.load(args.checkpoint))
    print(say(judge(net, load_pairs(sorted(args.pairs.glob("*.npz"))))))


if __name__ == "__main__":
    main()
