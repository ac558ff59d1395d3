"""What the detector should answer for a scene, and how wrong an answer is."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from engines.face.training.detector_data import Scene
from engines.face.training.detector_net import STRIDES

SIZES_PX = {8: (0.0, 54.0), 16: (38.0, 132.0), 32: (92.0, 1e9)}
"""Faces each level answers for; neighbours overlap, so no size falls between two levels."""
CENTRE_SHARE, RING_SHARE = 0.22, 0.42
SCORE, BOX, POINTS, VISIBLE, CHANNELS = 0, slice(1, 5), slice(5, 15), 15, 16
FOCUS, BOX_WEIGHT, POINTS_WEIGHT = 2.0, 1.0, 0.5
UNCLEAR = -1.0


def cell_centres(side_px: int, stride: int) -> NDArray[np.float32]:
    """(n, n, 2) x, y of the cells of a square picture, pixels."""
    along = (np.arange(side_px // stride, dtype=np.float32) + 0.5) * stride
    return np.stack(np.meshgrid(along, along), axis=-1)


def level_target(scene: Scene, stride: int) -> NDArray[np.float32]:
    """(16, n, n): score 1, 0 or -1 (unclear), box and points in units of the stride, 1 where they count."""
    side_px = scene.picture.shape[0]
    xy = cell_centres(side_px, stride)
    target = np.zeros((CHANNELS, *xy.shape[:2]), np.float32)
    for box in scene.unclear:
        target[SCORE][((xy >= box[:2]) & (xy <= box[2:])).all(-1)] = UNCLEAR
    low, high = SIZES_PX[stride]
    order = np.argsort([-float(np.prod(b[2:] - b[:2])) for b in scene.boxes])
    for i in order:
        box, points = scene.boxes[i], scene.points[i]
        seen = np.clip(box, 0, side_px)
        size = box[2:] - box[:2]
        away = np.abs(xy - (seen[:2] + seen[2:]) / 2) / np.maximum(size, 1e-3)
        target[SCORE][(away < RING_SHARE).all(-1)] = UNCLEAR
        if not low <= np.sqrt(np.prod(size)) <= high:
            continue
        inner = (away < CENTRE_SHARE).all(-1)
        inner.flat[np.argmin(away.max(-1))] = True
        target[SCORE][inner] = 1
        centres = xy[inner]
        target[BOX, inner] = (np.concatenate([centres - box[:2], box[2:] - centres], 1) / stride).T
        target[POINTS, inner] = ((points[None] - centres[:, None]) / stride).reshape(len(centres), 10).T
        target[VISIBLE, inner] = 1
    return target


def targets(scene: Scene) -> list[NDArray[np.float32]]:
    """One array per stride."""
    return [level_target(scene, stride) for stride in STRIDES]


@dataclass(frozen=True, slots=True)
class Loss:
    """Parts of the loss of one batch, each a scalar."""

    score: Tensor
    box: Tensor
    points: Tensor

    @property
    def total(self) -> Tensor:
        """The weighted sum."""
        return self.score + BOX_WEIGHT * self.box + POINTS_WEIGHT * self.points


def giou_loss(said: Tensor, true: Tensor) -> Tensor:
    """1 - generalised IoU (Rezatofighi et al. 2019) of (n, 4) distances from a common centre, each in 0..2."""
    low, high = torch.minimum(said, true), torch.maximum(said, true)
    area_said = (said[:, 0] + said[:, 2]) * (said[:, 1] + said[:, 3])
    area_true = (true[:, 0] + true[:, 2]) * (true[:, 1] + true[:, 3])
    common = (low[:, 0] + low[:, 2]).clamp(min=0) * (low[:, 1] + low[:, 3]).clamp(min=0)
    hull = (high[:, 0] + high[:, 2]) * (high[:, 1] + high[:, 3])
    union = area_said + area_true - common
    return 1 - common / union.clamp(min=1e-6) + (hull - union) / hull.clamp(min=1e-6)


def focal(logits: Tensor, truth: Tensor) -> Tensor:
    """Focal loss (Lin et al. 2017) of every cell; cells marked unclear cost nothing."""
    positive = (truth > 0).float()
    plain = functional.binary_cross_entropy_with_logits(logits, positive, reduction="none")
    miss = torch.abs(positive - logits.sigmoid())
    return miss**FOCUS * plain * (truth != UNCLEAR)


def flat(maps: Tensor) -> Tensor:
    """(n, c, h, w) to (n * h * w, c)."""
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])


def batch_loss(outputs: tuple[Tensor, ...], truths: list[Tensor]) -> Loss:
    """Loss of a batch: outputs as DetectorNet gives them, truths (n, 16, h, w) per stride."""
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
