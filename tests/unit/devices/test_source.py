from pathlib import Path

import cv2
import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError
from livecam.devices import open_source
from livecam.devices.camera.listing import Camera
from livecam.devices.media.fit import fit_pixels
from tests.clips import number_of, numbered, steady, write_clip


def test_a_clip_plays_live_or_is_read_picture_by_picture(tmp_path: Path) -> None:
    path = str(write_clip(tmp_path / "a.mp4", steady(4)))
    clock = ManualClock(10**9)
    assert open_source(path, clock=clock).live
    every = open_source(path, clock=clock, paced=False)
    assert not every.live
    frame = every.read()
    assert frame is not None and frame.captured_ns == 0
    assert clock.now_ns() == 10**9


def test_a_clip_keeps_its_rate_and_a_folder_takes_the_one_wished_for(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(1))
    clip = write_clip(tmp_path / "a.mp4", steady(4))
    assert open_source(str(clip), rate_hz=50.0).rate_hz == pytest.approx(25, rel=0.05)
    assert open_source(str(tmp_path), rate_hz=50.0).rate_hz == 50.0


def test_a_size_wish_holds_for_clips_and_folders(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(1))
    for spec in (str(tmp_path), str(write_clip(tmp_path / "a.mp4", steady(4)))):
        frame = open_source(spec, size_wh=(160, 120), clock=ManualClock()).read()
        assert frame is not None and frame.size_wh == (160, 120)


@pytest.mark.parametrize(
    ("spec", "message"),
    [("no/such/clip.mp4", "no file"), ("clip.mp4", "no file"), ("Logitech", "no camera called Logitech"), ("97", "97")],
)
def test_what_is_not_there_names_the_list(spec: str, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Camera(0, "Desk Cam", Path("/dev/video0"))
    monkeypatch.setattr("livecam.devices.camera.listing.list_cameras", lambda: (other,))
    monkeypatch.setattr("livecam.devices.camera.open_errors.list_cameras", lambda: (other,))
    with pytest.raises(CameraError, match=message) as refusal:
        open_source(spec)
    assert "livecam devices" in refusal.value.help_text


def test_fitting_keeps_the_proportions() -> None:
    picture = numbered(5, (100, 50))
    assert fit_pixels(picture, (100, 50)) is picture
    framed = fit_pixels(picture, (100, 100))
    assert framed.shape == (100, 100, 3)
    assert not framed[:24].any() and not framed[76:].any()
    assert number_of(framed[26:74]) == 5
