"""Merge several portraits into the face of a synthetic person.

Faces meet in mesh coordinates; hair follows the first one's outline.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.consent.face_warp import compute_offsets, warp
from livecam.core.topology import OVAL
from livecam.personas.generator.head_frame import FRAME_PX
from training.personas.sources import Portrait

Floats = NDArray[np.float32]
BACKGROUND = 205.0
SKIN_BLUR_PX = 30.0
HAIR_TOLERANCE = 26.0
BAND_PX = (1.0, 2.0, 4.0)
WINDOW_PX = (3.0, 5.0, 8.0)
GAIN_LIMIT = (2.0, 1.8, 1.4)


@dataclass(frozen=True, slots=True)
class MergedHead:
    """A synthetic face.

    Picture (n, n, 3) float32, person (n, n) 0..1, points (468, 3).
    """

    picture: Floats
    person: Floats
    points: Floats


def blur_picture(picture: Floats, sigma_px: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.float32)


def face_mask(points: Floats, grow_px: int, feather_px: float) -> Floats:
    """Return 1 inside the outline, with a soft edge.

    The outline is moved outwards by grow_px, inwards if negative.
    """
    mask = np.zeros((FRAME_PX, FRAME_PX), np.uint8)
    cv2.fillPoly(mask, [np.rint(points[OVAL, :2]).astype(np.int32)], 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(grow_px) + 1,) * 2)
    mask = cv2.dilate(mask, disc) if grow_px > 0 else cv2.erode(mask, disc)
    return blur_picture(mask.astype(np.float32), feather_px)


def slow_skin(picture: Floats, points: Floats) -> Floats:
    """Return the logarithm of the low-frequency colour of the face."""
    inside = face_mask(points, -6, 3)
    weight = blur_picture(inside, SKIN_BLUR_PX) + 1e-3
    return blur_picture(np.log(picture + 8) * inside[..., None], SKIN_BLUR_PX) / weight[..., None]


def put_on_plain(picture: Floats, person: Floats) -> NDArray[np.uint8]:
    """Return the grey levels of a person on a plain background."""
    whole = picture * person[..., None] + BACKGROUND * (1 - person[..., None])
    return cv2.cvtColor(np.clip(whole, 0, 255).astype(np.uint8), cv2.COLOR_BGR2GRAY)


def hair_movement(lead: Portrait, other: Portrait, points: Floats) -> Floats:
    """Return the offset of another head's hair, ears and neck to the lead's.

    Inside the face it is small.
    """
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow.setFinestScale(2)
    flow.setVariationalRefinementAlpha(40.0)
    offset = flow.calc(put_on_plain(lead.picture, lead.person), put_on_plain(other.picture, other.person), None)
    inside = face_mask(points, -12, 9)[..., None]
    return blur_picture(np.asarray(offset, np.float32), 3) * (1 - 0.75 * inside)


def align_face(portraits: list[Portrait], weights: Floats) -> tuple[list[Portrait], Floats]:
    """Align all faces to their mean mesh and skin colour, and hair to the first."""
    points = np.asarray(sum(w * p.points for w, p in zip(weights, portraits, strict=True)), np.float32)
    bent = []
    for portrait in portraits:
        offset = compute_offsets(portrait.points, points, FRAME_PX)
        bent.append(Portrait(warp(portrait.picture, offset), np.clip(warp(portrait.person, offset), 0, 1), points))
    slow = [slow_skin(np.clip(p.picture, 0, 255), points) for p in bent]
    mean = sum(w * s for w, s in zip(weights, slow, strict=True))
    inside = face_mask(points, 4, 6)[..., None]
    toned = [
        Portrait(np.exp(np.log(np.clip(p.picture, 0, 255) + 8) + (mean - s) * inside) - 8, p.person, points)
        for p, s in zip(bent, slow, strict=True)
    ]
    lead = toned[0]
    laid = [lead]
    for other in toned[1:]:
        offset = hair_movement(lead, other, points)
        laid.append(Portrait(warp(other.picture, offset), np.clip(warp(other.person, offset), 0, 1), points))
    return laid, points


def local_weights(portraits: list[Portrait], weights: Floats, points: Floats) -> list[Floats]:
    """Return the weight of each portrait per pixel.

    Outside the inner face only those that agree with the lead count.
    """
    brow_y = float(points[[105, 334], 1].min())
    rows = np.arange(FRAME_PX, dtype=np.float32)[:, None]
    inner = face_mask(points, -14, 9) * np.clip((rows - brow_y + 14) / 16, 0, 1)
    lead = blur_picture(portraits[0].picture, 2.5)
    local = []
    for portrait, weight in zip(portraits, weights, strict=True):
        gap = np.abs(blur_picture(portrait.picture, 2.5) - lead).max(2)
        agrees = blur_picture(np.exp(-((gap / HAIR_TOLERANCE) ** 2)).astype(np.float32), 3)
        local.append(weight * (inner + (1 - inner) * agrees * portrait.person) + np.float32(1e-4))
    total = np.sum(local, axis=0)
    return [w / total for w in local]


def bands(picture: Floats) -> list[Floats]:
    """Return fine to coarse differences of blurs, and the rest."""
    split = []
    for sigma in BAND_PX:
        coarse = blur_picture(picture, sigma)
        split.append(picture - coarse)
        picture = coarse
    return [*split, picture]


def fuse_bands(portraits: list[Portrait], shares: list[Floats]) -> Floats:
    """Average per band.

    Each fine band regains the energy that averaging unrelated grain removed.
    """
    split = [bands(p.picture) for p in portraits]
    total = np.zeros_like(portraits[0].picture)
    for k, parts in enumerate(zip(*split, strict=True)):
        mean = np.sum([s[..., None] * part for s, part in zip(shares, parts, strict=True)], axis=0)
        if k < len(BAND_PX):
            wanted = np.sum([s * (part**2).mean(2) for s, part in zip(shares, parts, strict=True)], axis=0)
            power = blur_picture(wanted.astype(np.float32), WINDOW_PX[k]) / (
                blur_picture((mean**2).mean(2).astype(np.float32), WINDOW_PX[k]) + 0.05
            )
            mean = mean * np.clip(np.sqrt(power), 1, GAIN_LIMIT[k])[..., None]
        total += mean
    return total


def merge(portraits: list[Portrait], weights: Floats) -> MergedHead:
    """Merge several faces into one; the first gives the hair's outline."""
    laid, points = align_face(portraits, weights)
    shares = local_weights(laid, weights, points)
    person = laid[0].person
    edge = np.clip((person - 0.25) / 0.5, 0, 1)
    return MergedHead(fuse_bands(laid, shares), (edge * edge * (3 - 2 * edge)).astype(np.float32), points)
