"""What changed outside the followed face, by blocks: faces come, noise and light stay without a word."""

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_S
from livecam.video.tracking.change_detection import ChangeDetector

SIZE_WH = (1280, 720)
RNG = np.random.default_rng(5)
WALL = cv2.resize(RNG.integers(60, 160, (9, 16, 3), np.uint8), SIZE_WH, interpolation=cv2.INTER_CUBIC)
FOLLOWED = np.float32([500, 200, 760, 520])


def noisy(pixels, sd=4.0):
    return np.clip(pixels + RNG.normal(0, sd, pixels.shape), 0, 255).astype(np.uint8)


def with_head(pixels, centre, height_px):
    """A plain head with eyes and a mouth."""
    out = pixels.copy()
    x, y = centre
    cv2.ellipse(out, centre, (round(height_px * 0.38), height_px // 2), 0, 0, 360, (130, 160, 215), -1)
    for dx, dy in ((-0.15, -0.1), (0.15, -0.1), (0, 0.25)):
        cv2.circle(
            out, (round(x + dx * height_px), round(y + dy * height_px)), max(height_px // 14, 1), (40, 40, 60), -1
        )
    return out


def settled(pixels) -> ChangeDetector:
    changes = ChangeDetector()
    assert changes.has_face_change(pixels, 0, [FOLLOWED])
    changes.settle(0)
    return changes


def test_noise_and_slow_light_are_no_change():
    changes = settled(noisy(WALL))
    for share in (1.0, 0.99, 0.97, 1.03):
        assert not changes.has_face_change(noisy(np.clip(WALL * share, 0, 255)), 0, [FOLLOWED])


@pytest.mark.parametrize("height_px", [50, 70, 100, 200])
@pytest.mark.parametrize("brightness", [1.0, 0.3])
def test_a_head_that_comes_is_a_change_wherever_it_is(height_px, brightness):
    changes = settled(noisy(WALL * brightness, 2))
    for _ in range(10):
        centre = int(RNG.choice([RNG.integers(60, 420), RNG.integers(860, 1220)])), int(RNG.integers(60, 660))
        assert changes.has_face_change(noisy(with_head(WALL, centre, height_px) * brightness, 2), 0, [FOLLOWED])


def test_what_happens_in_a_followed_face_is_no_change():
    changes = settled(WALL)
    moved = with_head(WALL, (630, 360), 200)
    assert not changes.has_face_change(moved, 0, [FOLLOWED])
    assert changes.has_face_change(moved, 0, [])


def test_a_thing_that_stays_is_a_change_once():
    changes = settled(WALL)
    there = with_head(WALL, (1000, 300), 80)
    assert changes.has_face_change(there, 0, [FOLLOWED])
    changes.settle(0)
    assert not changes.has_face_change(there, 0, [FOLLOWED])


def test_a_picture_of_another_size_is_a_change():
    changes = settled(WALL)
    assert changes.has_face_change(np.ascontiguousarray(WALL[:480, :640]), 0, [])


@pytest.mark.parametrize(
    "centre", [(15, 330), (1265, 330), (180, 10), (180, 710)], ids=["left", "right", "top", "bottom"]
)
def test_a_face_that_comes_in_at_an_edge_is_distinguished(centre):
    changes = settled(noisy(WALL, 2))
    assert changes.has_face_change(noisy(with_head(WALL, centre, 200), 2), 0, [FOLLOWED])
    assert changes.at_edge


@pytest.mark.parametrize(("centre", "height_px"), [((630, 700), 200), ((250, 330), 100)], ids=["body", "within"])
def test_a_body_at_the_lower_edge_is_not_a_person_who_comes_in(centre, height_px):
    changes = settled(WALL)
    assert changes.has_face_change(with_head(WALL, centre, height_px), 0, [FOLLOWED])
    assert not changes.at_edge


def test_light_that_changes_everywhere_does_not_come_in():
    changes = settled(WALL)
    assert changes.has_face_change(np.clip(WALL * 0.6, 0, 255).astype(np.uint8), 0, [FOLLOWED])
    assert not changes.at_edge


@pytest.mark.parametrize("speed_px", [1, 2, 5, 20])
def test_what_comes_in_slowly_differs_from_the_edge_as_it_was(speed_px):
    """By pixels a frame: from one look to the next hardly a block changes."""
    changes, at_edge = settled(WALL), []
    for number in range(1, 40):
        pixels = with_head(WALL, (-80 + min(number * speed_px, 100), 330), 200)
        changes.has_face_change(pixels, number * NS_PER_S // 30, [FOLLOWED])
        at_edge.append(changes.at_edge)
        changes.settle(number * NS_PER_S // 30)
    came = at_edge.index(True)
    assert sum(at_edge[came : came + 10]) >= 9


def test_what_has_come_in_and_stays_is_reported_for_a_while_only():
    changes, there = settled(WALL), with_head(WALL, (15, 330), 200)
    at_edge = []
    for number in range(1, 40):
        changes.has_face_change(there, number * NS_PER_S // 30, [FOLLOWED])
        at_edge.append(changes.at_edge)
        changes.settle(number * NS_PER_S // 30)
    assert all(at_edge[:9]) and not any(at_edge[12:])
