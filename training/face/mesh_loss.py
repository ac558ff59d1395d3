"""Loss of the mesh network: points, lid and lip gaps, presence and cover."""

import torch
from torch import Tensor

from livecam.core.topology import INNER_LIPS, LEFT_EYE, OUTER_LIPS, OVAL, RIGHT_EYE
from training.face.expressions import LEFT_LIDS, RIGHT_LIDS
from training.face.mesh_net import LANDMARKS

BEND_PX, DEPTH_WEIGHT, GAP_PX = 1.3, 0.3, 2.0
GAP_WEIGHT, LIP_WEIGHT, FACE_WEIGHT, COVER_WEIGHT = 2.0, 0.1, 0.4, 1.5
DOUBTED, DOUBTED_WEIGHT = 0.7, 0.4
LIP_PAIRS = ([82, 13, 312, 81, 311], [87, 14, 317, 178, 402])
UPPER_LIDS = torch.tensor([RIGHT_LIDS["upper"], LEFT_LIDS["upper"]])
LOWER_LIDS = torch.tensor([RIGHT_LIDS["lower"], LEFT_LIDS["lower"]])


def point_weights() -> Tensor:
    """Return weights (468,) with mean 1: lids 2.5, lips 1.8, outline 1.3."""
    weights = torch.ones(LANDMARKS)
    weights[torch.from_numpy(OVAL.copy()).long()] = 1.3
    for ring, weight in ((INNER_LIPS, 1.8), (OUTER_LIPS, 1.8), (LEFT_EYE, 2.5), (RIGHT_EYE, 2.5)):
        weights[torch.from_numpy(ring.copy()).long()] = weight
    return weights / weights.mean()


WEIGHTS = point_weights()


def measure_bend(distance_px: Tensor) -> Tensor:
    """Return a loss that is linear below the bend, and grows ever slower above it."""
    return torch.log1p(distance_px / BEND_PX)


def points_loss(points: Tensor, truth: Tensor) -> Tensor:
    """Return the loss (n,) of points (n, 468, 3) in crop pixels.

    The mean gap of an eye's lids counts squared. Shut eyes are rare, and a bent loss treats them as outliers.
    """
    flat = ((points - truth)[..., :2].square().sum(-1) + 1e-4).sqrt()
    deep = (points - truth)[..., 2].abs()
    away = (points - truth)[..., :2]
    lids = (away[:, UPPER_LIDS] - away[:, LOWER_LIDS]).mean(2) / GAP_PX
    lips = ((away[:, LIP_PAIRS[0]] - away[:, LIP_PAIRS[1]]).square().sum(-1) + 1e-4).sqrt()
    each = (measure_bend(flat) + DEPTH_WEIGHT * measure_bend(deep)) * WEIGHTS
    return each.mean(1) + GAP_WEIGHT * lids.square().sum(-1).mean(1) + LIP_WEIGHT * lips.mean(1)


def cover_loss(logits: Tensor, cover: Tensor, known: Tensor) -> Tensor:
    """Return the cross entropy where the cover is known.

    A label "not covered" that the network firmly contradicts counts little. Photos show glasses and hands that no
    person labelled.
    """
    disputed = (cover < 0.05) & (torch.sigmoid(logits.detach()) > DOUBTED)
    weight = known * torch.where(disputed, DOUBTED_WEIGHT, 1.0)
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, cover, reduction="none")
    return (each * weight).sum() / weight.sum().clamp(min=1)


def loss(outputs: tuple[Tensor, Tensor, Tensor], targets: tuple[Tensor, Tensor, Tensor, Tensor]) -> dict[str, Tensor]:
    """Return the weighted parts of the loss; training minimises their sum."""
    points, presence, cover = outputs
    truth, face, target, known = targets
    here = (face[:, 0] > 0.5).float()
    sure = (face >= 0).float()
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(presence, face.clamp(min=0), reduction="none")
    return {
        "points": (points_loss(points, truth) * here).sum() / here.sum().clamp(min=1),
        "face": FACE_WEIGHT * (entropy * sure).sum() / sure.sum().clamp(min=1),
        "cover": COVER_WEIGHT * cover_loss(cover, target, known),
    }
