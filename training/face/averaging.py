"""The running mean of a network's weights while it trains."""

import torch
from torch import nn


def average_weights(mean: nn.Module, net: nn.Module, step: int, memory: float) -> None:
    """Move the running mean of the weights to the present ones.

    `memory`: the share of it that stays, at most.
    """
    keep = min(memory, (1 + step) / (10 + step))
    with torch.no_grad():
        for m, p in zip(mean.state_dict().values(), net.state_dict().values(), strict=True):
            if m.dtype.is_floating_point:
                m.mul_(keep).add_(p, alpha=1 - keep)
            else:
                m.copy_(p)
