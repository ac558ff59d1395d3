"""Smooth steps and blurs over float pictures, wide ones on smaller copies."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
_NARROW = 9.0
_SUPPORT = 0.15


def smooth_step(x: Floats | np.float32 | float, start: float, end: float) -> Floats:
    """Return 0 before start, 1 after end, a cubic between.

    Start > end falls instead of rising.
    """
    t = np.clip((x - np.float32(start)) / np.float32(end - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def blur(picture: Floats, sigma_px: float) -> Floats:
    """Blur (h, w) or (h, w, c) by a Gaussian.

    Beyond 9 px on a copy shrunk so that its sigma stays below that.
    """
    if sigma_px < _NARROW:
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px, borderType=cv2.BORDER_REPLICATE), np.float32)
    shrink = 2
    while sigma_px / shrink > _NARROW:
        shrink *= 2
    height, width = picture.shape[:2]
    small_wh = (max(width // shrink, 2), max(height // shrink, 2))
    small = cv2.resize(np.ascontiguousarray(picture), small_wh, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def weighted_mean(picture: Floats, weight: Floats, sigma_px: float, floor: float = 1e-4) -> tuple[Floats, Floats]:
    """Return the local mean of (h, w, c) under weights (h, w), and its weight (h, w)."""
    support = np.maximum(blur(weight, sigma_px), 0)
    total = blur(picture * weight[..., None], sigma_px).reshape(picture.shape)
    return np.asarray(total / (support[..., None] + np.float32(floor)), np.float32), support


def filled_mean(picture: Floats, weight: Floats, sigma_px: float) -> Floats:
    """Local mean that widens until every pixel rests on some weight."""
    height, width = weight.shape
    shrink = max(1, int(sigma_px / _NARROW))
    small_wh = (width // shrink, height // shrink)
    shrunk = cv2.resize(picture * weight[..., None], small_wh, interpolation=cv2.INTER_AREA)
    total = np.asarray(shrunk, np.float32).reshape(small_wh[1], small_wh[0], -1)
    rest = np.asarray(cv2.resize(weight, small_wh, interpolation=cv2.INTER_AREA), np.float32)
    sigma, mean, sure = sigma_px / shrink, np.zeros_like(total), np.zeros((*rest.shape, 1), np.float32)
    while sure.min() < 1 and sigma < 2 * max(small_wh):
        support = np.maximum(blur(rest, sigma), 0)[..., None]
        wider = blur(total, sigma).reshape(total.shape) / (support + np.float32(1e-6))
        mean = mean * sure + wider * (1 - sure)
        sure = np.maximum(sure, np.clip(support / _SUPPORT, 0, 1))
        sigma *= 2
    whole = cv2.resize(mean, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(whole, np.float32).reshape(height, width, -1)


def dilate(mask: NDArray[np.uint8], radius_px: int) -> NDArray[np.uint8]:
    """Return a (h, w) mask dilated by a disc."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius_px + 1,) * 2)
    return np.asarray(cv2.dilate(mask, disc), np.uint8)
