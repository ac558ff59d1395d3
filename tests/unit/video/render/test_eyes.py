"""Live eyes take the persona's colours; the gaze, a hand in front and the skin next to them do not change."""

import cv2
import numpy as np
import pytest

from livecam.video.render.canvas import Canvas
from livecam.video.render.eyes import EyeMatch

EYE = np.int32([[40, 60], [60, 50], [80, 60], [60, 70]]) << 4
NOTHING = np.zeros((32, 32), np.float32)


def canvas_with(live: int, drawn: int) -> Canvas:
    """A live eye with a dark pupil to the left of its middle, and a plain drawn one."""
    canvas = Canvas(128)
    canvas.live[:] = live
    cv2.circle(canvas.live, (54, 60), 4, (live // 3,) * 3, -1)
    canvas.colour[:] = drawn
    return canvas


def middle(canvas: Canvas) -> float:
    return float(canvas.live[56:65, 60:70].mean())


def test_a_live_eye_becomes_as_bright_as_the_drawn_one():
    canvas = canvas_with(live=180, drawn=120)
    EyeMatch().apply(canvas, {0: EYE}, NOTHING)
    eye = cv2.fillPoly(np.zeros((128, 128), np.uint8), [EYE], 1, shift=4)
    assert cv2.mean(canvas.live, mask=eye)[0] == pytest.approx(120, abs=4)


def test_the_gaze_stays():
    canvas = canvas_with(live=180, drawn=120)
    EyeMatch().apply(canvas, {0: EYE}, NOTHING)
    darkest = np.argmin(cv2.blur(canvas.live[..., 0], (7, 7))[56:65, 45:75]) % 30 + 45
    assert darkest == pytest.approx(54, abs=1)


def test_nothing_but_the_eyes_changes():
    canvas = canvas_with(live=180, drawn=90)
    before = canvas.live.copy()
    EyeMatch().apply(canvas, {0: EYE}, NOTHING)
    far = cv2.dilate(cv2.fillPoly(np.zeros((128, 128), np.uint8), [EYE], 1, shift=4), np.ones((7, 7), np.uint8)) == 0
    assert (canvas.live[far] == before[far]).all()


def test_a_hand_before_an_eye_is_left_as_it_is():
    canvas = canvas_with(live=180, drawn=90)
    before = canvas.live.copy()
    EyeMatch().apply(canvas, {0: EYE}, np.ones((32, 32), np.float32))
    assert (canvas.live == before).all()


def test_what_a_hand_shows_is_not_learned():
    match = EyeMatch()
    match.apply(canvas_with(live=180, drawn=120), {0: EYE}, NOTHING)
    for _ in range(50):
        match.apply(canvas_with(live=90, drawn=200), {0: EYE}, np.ones((32, 32), np.float32))
    after = canvas_with(live=180, drawn=120)
    match.apply(after, {0: EYE}, NOTHING)
    fresh = canvas_with(live=180, drawn=120)
    EyeMatch().apply(fresh, {0: EYE}, NOTHING)
    assert middle(after) == pytest.approx(middle(fresh), abs=1)


def test_a_flash_is_followed_slowly():
    match = EyeMatch()
    match.apply(canvas_with(live=150, drawn=150), {0: EYE}, NOTHING)
    flash = canvas_with(live=150, drawn=225)
    match.apply(flash, {0: EYE}, NOTHING)
    assert abs(middle(flash) - 150) < 15


def test_an_eye_beyond_the_canvas_is_passed_over():
    canvas = canvas_with(live=150, drawn=90)
    before = canvas.live.copy()
    EyeMatch().apply(canvas, {0: EYE + (4000 << 4), 1: EYE - (4000 << 4)}, NOTHING)
    assert (canvas.live == before).all()
