"""The parts of the network that are solved, not learned."""

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from trainer.align import Alignment
from trainer.looks import BOUND, looks_of
from trainer.recall import FaceRecall, Recall

RECALL: Final = "recall."


class RecallLayer(nn.Module):
    """Amounts of variations by likeness to pictures seen, part by part of the face."""

    def __init__(self, recall: FaceRecall) -> None:
        super().__init__()
        self.parts = nn.ModuleList([_PartLayer(part) for part in recall.parts])

    def forward(self, numbers: Tensor) -> Tensor:
        """Return the amounts (k, own) for numbers (k, count)."""
        return torch.cat([part(numbers) for part in self.parts], 1)


class _PartLayer(nn.Module):
    columns: Tensor
    places: Tensor
    table: Tensor
    spread: Tensor

    def __init__(self, recall: Recall) -> None:
        super().__init__()
        self.register_buffer("columns", torch.from_numpy(recall.columns.astype(np.int64)))
        for name in ("places", "table", "spread"):
            self.register_buffer(name, torch.from_numpy(np.ascontiguousarray(getattr(recall, name), np.float32)))
        self.falloff = recall.falloff

    def forward(self, numbers: Tensor) -> Tensor:
        # In bf16 the small differences between two large squares would be lost.
        with torch.autocast("cpu", enabled=False):
            here = numbers.float().index_select(1, self.columns) / self.spread
            apart = (here * here).sum(1, keepdim=True) + (self.places * self.places).sum(1) - 2 * here @ self.places.T
            return torch.exp(-self.falloff * apart.clamp_min(0)) @ self.table


class LooksLayer(nn.Module):
    """Numbers for looks and mesh of the driver, as the persona's."""

    which: Tensor
    templates: Tensor
    matrix: Tensor
    shift: Tensor

    def __init__(self, side_px: int, spread: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]", aligned: Alignment):
        super().__init__()
        which, templates = looks_of(side_px)
        self.register_buffer("which", torch.from_numpy(which))
        self.register_buffer("templates", torch.from_numpy(np.asarray(templates / spread, np.float32)))
        self.register_buffer("matrix", torch.from_numpy(aligned.matrix))
        self.register_buffer("shift", torch.from_numpy(aligned.shift))

    def forward(self, change: Tensor, mesh: Tensor) -> Tensor:
        """Return numbers (k, count) from a change (k, 3, n, n) and the mesh's."""
        looks = change.flatten(1).index_select(1, self.which) @ self.templates
        numbers = torch.cat([mesh, BOUND * torch.tanh(looks / BOUND)], 1)
        return numbers @ self.matrix + self.shift
