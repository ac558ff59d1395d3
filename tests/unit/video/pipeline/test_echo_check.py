"""The live face is known again in a texture, however it was moved, scaled, blurred or inverted; a persona is not."""

import av
import cv2
import numpy as np
import pytest

from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.video.pipeline.echo_check import LivePatches

SIDE = 256
RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def live():
    """A crop of the sample's face (256, 256, 3) and its outline's points in it."""
    with av.open(str(SAMPLE_CLIP)) as clip:
        picture = next(clip.decode(video=0)).to_ndarray(format="bgr24")
    box = np.float32([[510, 215], [766, 524]])
    scale = SIDE * 0.7 / float((box[1] - box[0]).max())
    shift = SIDE / 2 - scale * box.mean(0)
    to_crop = np.float32([[scale, 0, shift[0]], [0, scale, shift[1]]])
    crop = cv2.warpAffine(picture, to_crop, (SIDE, SIDE), flags=cv2.INTER_AREA)
    return crop, box * scale + shift


def moved(x, y, scale=1.0):
    middle = SIDE / 2 * (1 - scale)
    matrix = np.float32([[scale, 0, middle + x], [0, scale, middle + y]])
    return lambda crop: cv2.warpAffine(crop, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)


def turned(degrees):
    matrix = cv2.getRotationMatrix2D((SIDE / 2, SIDE / 2), degrees, 1)
    return lambda crop: cv2.warpAffine(crop, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)


def contrast(share):
    return lambda crop: np.clip(128 + share * (crop.astype(np.float32) - 128), 0, 255).astype(np.uint8)


SHIFTS = ((1, 0), (0, 2), (3, 3), (0, 9), (-12, 8), (14, -14), (0, 20), (-20, 0))
ECHOES = {
    "itself": lambda crop: crop,
    **{f"moved {x},{y}": moved(x, y) for x, y in SHIFTS},
    **{f"scaled {s}": moved(0, 0, s) for s in (0.8, 0.85, 0.9, 1.06, 1.15, 1.25)},
    **{f"blurred {sd}": lambda crop, sd=sd: cv2.GaussianBlur(crop, (0, 0), sd) for sd in (1, 3, 5, 7, 9)},
    **{f"turned {d}": turned(d) for d in (-12, -7, -4, -2, 3, 5, 10)},
    "mirrored": lambda crop: np.ascontiguousarray(crop[:, ::-1]),
    "mirrored, turned and smaller": lambda crop: moved(3, 0, 0.93)(turned(3)(np.ascontiguousarray(crop[:, ::-1]))),
    "negative": lambda crop: 255 - crop,
    "negative, moved": lambda crop: 255 - moved(8, 5)(crop),
    **{f"contrast {c}": contrast(c) for c in (0.4, 0.7, 1.5)},
    "mottled": lambda crop: np.clip(crop + RNG.normal(0, 24, crop.shape), 0, 255).astype(np.uint8),
    "moved, smaller and blurred": lambda crop: cv2.GaussianBlur(moved(8, 0, 0.9)(crop), (0, 0), 3),
}


@pytest.mark.parametrize("echo", ECHOES, ids=list(ECHOES))
def test_the_live_face_is_known_again(live, echo):
    crop, points = live
    assert LivePatches(crop, points).has_echo(ECHOES[echo](crop), points)


def test_another_face_in_the_same_place_is_none(live):
    crop, points = live
    drawn = np.full_like(crop, (120, 150, 190))
    for x, y in ((-40, -25), (40, -25)):
        cv2.circle(drawn, (SIDE // 2 + x, SIDE // 2 + y), 10, (50, 50, 60), -1)
    cv2.ellipse(drawn, (SIDE // 2, SIDE // 2 + 45), (25, 8), 0, 0, 360, (80, 80, 150), -1)
    assert not LivePatches(crop, points).has_echo(drawn, points)
    assert not LivePatches(crop, points).has_echo(np.full_like(crop, 90), points)
