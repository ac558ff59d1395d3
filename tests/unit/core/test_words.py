"""Frames, faces, textures, blocks and reports keep what they promise at the door."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from livecam.core import seal as seals
from livecam.core.audio import AudioBlock
from livecam.core.face import FaceBox, FaceMesh, find_bounds
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.persona import ConsentRecord, PersonaKind
from livecam.core.report import FrameCounts, Report
from livecam.core.texture import FaceTexture

GREY = np.full((4, 6, 3), 128, np.uint8)


def test_a_frame_knows_its_size_and_cannot_be_written():
    frame = Frame(GREY.copy(), captured_ns=1, seq=0)
    assert frame.size_wh == (6, 4)
    with pytest.raises(ValueError, match="read-only"):
        frame.pixels[0, 0] = 0


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 6), np.uint8),
        np.zeros((4, 6, 3), np.float32),
        np.zeros((0, 6, 3), np.uint8),
        np.zeros((4, 6, 4), np.uint8),
    ],
)
def test_a_frame_refuses_other_pixels_and_names_them(pixels):
    with pytest.raises(ValueError, match="height, width, 3"):
        Frame(pixels, 0, 0)


def test_only_the_marker_makes_a_marked_frame():
    with pytest.raises(TypeError, match=r"disclosure\.picture"):
        MarkedFrame(GREY, 0, 0)
    with pytest.raises(TypeError, match="subclassed"):
        type("Loophole", (MarkedFrame,), {})


def test_the_seal_is_given_once(monkeypatch):
    monkeypatch.setattr(seals, "_pictures", [])
    seal = seals.seal_for_marking()
    marked = seal.wrap(GREY.copy(), 7, 3)
    assert (marked.size_wh, marked.captured_ns, marked.seq) == ((6, 4), 7, 3)
    with pytest.raises(PermissionError):
        seals.seal_for_marking()


def test_the_seal_of_sound_is_given_once(monkeypatch):
    monkeypatch.setattr(seals, "_sounds", [])
    block = AudioBlock(np.zeros((4, 1), np.float32), 48_000, 7, 9)
    sealed = seals.seal_for_marking_sound().wrap(block)
    assert (sealed.rate_hz, sealed.first_sample, sealed.captured_ns) == (48_000, 7, 9)
    assert not sealed.samples.flags.writeable
    with pytest.raises(PermissionError):
        seals.seal_for_marking_sound()
    for act in (sealed.__reduce__, lambda: setattr(sealed, "samples", None)):
        with pytest.raises((TypeError, AttributeError), match="MarkedBlock"):
            act()


def test_a_marked_frame_is_neither_changed_nor_copied(monkeypatch):
    monkeypatch.setattr(seals, "_pictures", [])
    marked = seals.seal_for_marking().wrap(GREY.copy(), 7, 3)
    for act in (marked.__reduce__, lambda: setattr(marked, "pixels", GREY)):
        with pytest.raises((TypeError, AttributeError), match="MarkedFrame"):
            act()


def test_a_mesh_is_predicted_by_its_velocity():
    points = fake_face_points((100, 100), 60)
    still = FaceMesh(points, 1.0, seen_ns=0)
    assert still.predict(10**9) is still
    moving = FaceMesh(points, 1.0, seen_ns=0, velocity=np.full((468, 3), 30, np.float32))
    np.testing.assert_allclose(moving.predict(10**8).points, points + 3, rtol=1e-5)
    assert moving.predict(10**8).seen_ns == 0
    assert moving.eye_distance_px == pytest.approx(60, rel=0.01)


def test_a_mesh_has_468_float_points():
    with pytest.raises(ValueError, match="468"):
        FaceMesh(np.zeros((478, 3), np.float32), 1.0, 0)
    with pytest.raises(ValueError, match="float32"):
        FaceMesh(np.zeros((468, 3)), 1.0, 0)


def test_a_box_has_an_area_and_five_points():
    box = FaceBox(np.float32([10, 20, 30, 50]), np.zeros((5, 2), np.float32), 0.9)
    assert box.area_px == 600
    assert FaceBox(np.float32([30, 20, 10, 50]), np.zeros((5, 2), np.float32), 0.9).area_px == 0
    with pytest.raises(ValueError, match=r"\(5, 2\)"):
        FaceBox(np.float32([10, 20, 30, 50]), np.zeros((4, 2), np.float32), 0.9)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"pixels": np.zeros((4, 6), np.uint8)}, "pixels"),
        ({"points": np.zeros((10, 2), np.float32)}, "points"),
        ({"alpha": np.zeros((2, 2), np.uint8)}, "alpha"),
    ],
)
def test_a_texture_refuses_what_does_not_fit(change, named):
    good = {"pixels": GREY, "points": np.zeros((468, 2), np.float32)}
    FaceTexture(**good)
    with pytest.raises(ValueError, match=named):
        FaceTexture(**(good | change))


def test_sound_is_float_in_channels():
    with pytest.raises(ValueError, match="float32"):
        AudioBlock(np.zeros(480, np.float32), 48000, 0, 0)
    with pytest.raises(ValueError, match="positive"):
        AudioBlock(np.zeros((480, 1), np.float32), 0, 0, 0)


def test_a_consent_record_ends():
    given = datetime(2026, 1, 1, tzinfo=UTC)
    record = ConsentRecord(PersonaKind.OWN, "ab", "it is me", given, given + timedelta(days=365))
    assert record.valid_at(given)
    assert not record.valid_at(given + timedelta(days=365))
    assert not record.valid_at(given - timedelta(seconds=1))


def test_a_report_is_the_schema_of_the_design():
    report = json.loads(Report(frames=FrameCounts(sent=3)).to_json())
    assert report["schema"] == 2
    assert report["frames"] == {
        "captured": 0, "sent": 3, "replaced": 0, "held": 0, "late": 0, "unswapped_shown": 0, "face_lost": 0,
        "new": 0, "cards": 0,
    }  # fmt: skip
    for key in ("machine", "settings", "fps", "latency_ms", "stage_ms", "levels", "engine", "audio", "memory_mb"):
        assert key in report
    assert "reason" not in report


def test_bounds_are_the_least_and_largest_of_each_column():
    points = np.random.default_rng(0).normal(size=(468, 3)).astype(np.float32)
    low, high = find_bounds(points)
    assert np.array_equal(low, points.min(0)) and np.array_equal(high, points.max(0))
    points[7, 1] = np.nan
    assert np.isnan(find_bounds(points)[0]).tolist() == [False, True, False]
