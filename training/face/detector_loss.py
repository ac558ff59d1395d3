"""Loss of the detector."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.face.detector_targets import BOX, POINTS, SCORE, UNCLEAR, VISIBLE

FOCUS, BOX_WEIGHT, POINTS_WEIGHT = 2.0, 1.0, 0.25


@dataclass(frozen=True, slots=True)
class Loss:
    """Parts of the loss of one batch, each a scalar."""

    score: Tensor
    box: Tensor
    points: Tensor

    @property
    def total(self) -> Tensor:
        """Return the weighted sum."""
        return self.score + BOX_WEIGHT * self.box + POINTS_WEIGHT * self.points


def giou_loss(said: Tensor, true: Tensor) -> Tensor:
    """Return 1 - generalised IoU (Rezatofighi et al. 2019).

    Boxes are (n, 4) distances from a common centre, each in 0..2.
    """
    low, high = torch.minimum(said, true), torch.maximum(said, true)
    area_said = (said[:, 0] + said[:, 2]) * (said[:, 1] + said[:, 3])
    area_true = (true[:, 0] + true[:, 2]) * (true[:, 1] + true[:, 3])
    common = (low[:, 0] + low[:, 2]).clamp(min=0) * (low[:, 1] + low[:, 3]).clamp(min=0)
    hull = (high[:, 0] + high[:, 2]) * (high[:, 1] + high[:, 3])
    union = area_said + area_true - common
    return 1 - common / union.clamp(min=1e-6) + (hull - union) / hull.clamp(min=1e-6)


def focal(logits: Tensor, truth: Tensor) -> Tensor:
    """Return the focal loss (Lin et al. 2017) of every cell.

    Cells marked unclear cost nothing.
    """
    positive = (truth > 0).float()
    plain = functional.binary_cross_entropy_with_logits(logits, positive, reduction="none")
    miss = torch.abs(positive - logits.sigmoid())
    return miss**FOCUS * plain * (truth != UNCLEAR)


def flat(maps: Tensor) -> Tensor:
    """Reshape (n, c, h, w) to (n * h * w, c)."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def batch_loss(outputs: tuple[Tensor, ...], truths: list[Tensor]) -> Loss:
    """Return the loss of a batch.

    Outputs are as DetectorNet gives them, truths (n, 16, h, w) per stride.
    """
    truth = torch.cat([flat(t) for t in truths])
    logits, boxes, points = (torch.cat([flat(o) for o in outputs[kind::3]]) for kind in range(3))
    found = truth[:, VISIBLE] > 0
    count = found.sum().clamp(min=1)
    score = focal(logits[:, 0], truth[:, SCORE]).sum() / count
    true_box = truth[found][:, BOX]
    size = torch.sqrt((true_box[:, 0] + true_box[:, 2]) * (true_box[:, 1] + true_box[:, 3]))[:, None]
    off = functional.smooth_l1_loss(points[found] / size, truth[found][:, POINTS] / size, reduction="sum", beta=0.02)
    box = giou_loss(boxes[found], true_box).sum() / count
    return Loss(score, box, off / count)
