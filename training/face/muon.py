"""Muon (Keller Jordan et al. 2024): momentum with an orthogonal update.

It is for the weights of convolutions.
"""

from collections.abc import Iterable

import torch
from torch import Tensor

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
STEPS = 4
ADAM_LIKE = 0.2


def orthogonal(matrix: Tensor) -> Tensor:
    """Return the nearest orthogonal matrix, roughly.

    The method is the quintic Newton-Schulz iteration.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(STEPS):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    result: Tensor = x.T if tall else x
    return result


class Muon(torch.optim.Optimizer):
    """Muon with updates scaled to match AdamW's.

    So both share a learning rate (Liu et al. 2025).
    """

    def __init__(
        self, weights: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.02
    ) -> None:
        super().__init__(weights, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Update every weight that has a gradient."""
        for group in self.param_groups:
            for weight in group["params"]:
                memory = self.state[weight].setdefault("momentum", torch.zeros_like(weight))
                memory.lerp_(weight.grad, 1 - group["momentum"])
                ahead = weight.grad.lerp(memory, group["momentum"]).reshape(weight.shape[0], -1)
                size = ADAM_LIKE * max(ahead.shape) ** 0.5
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(orthogonal(ahead).reshape(weight.shape), alpha=-group["lr"] * size)
