"""The device code on real Linux drivers: needs a v4l2loopback device and a camera (the driver vivid is one)."""

import sys

import numpy as np
import pytest

from livecam.core.errors import CameraError
from livecam.devices import open_sink, open_source
from livecam.devices.cameras import list_cameras, loopbacks
from livecam.devices.v4l2 import output_size_wh
from livecam.video.mark import Marker

LINUX = sys.platform == "linux"
LOOPBACKS = loopbacks() if LINUX else ()
CAMERAS = list_cameras() if LINUX else ()
needs_loopback = pytest.mark.skipif(not LOOPBACKS, reason="no v4l2loopback device")
needs_camera = pytest.mark.skipif(not CAMERAS, reason="no camera")


@needs_loopback
@pytest.mark.parametrize("size_wh", [(640, 360), (640, 360), (640, 480), (321, 241)])
def test_the_virtual_camera_opens_again_and_again_in_any_size(size_wh: tuple[int, int]) -> None:
    sink, marker = open_sink("auto", size_wh, 30.0), Marker(size_wh)
    for number in range(3):
        sink.send(marker.mark(np.full((size_wh[1], size_wh[0], 3), 40 * number, np.uint8), number, number))
    even_wh = (size_wh[0] + size_wh[0] % 2, size_wh[1] + size_wh[1] % 2)
    assert output_size_wh(LOOPBACKS[0].path) == even_wh
    sink.close()


@needs_loopback
def test_a_virtual_camera_is_no_camera() -> None:
    assert {device.path for device in LOOPBACKS}.isdisjoint(camera.path for camera in CAMERAS)
    with pytest.raises(CameraError):
        open_source(str(LOOPBACKS[0].path))


@needs_camera
def test_a_camera_names_its_formats_and_delivers_frames_at_a_measured_rate() -> None:
    camera = CAMERAS[0]
    assert camera.formats
    source = open_source(str(camera.index), size_wh=(640, 360))
    frames = [source.read() for _ in range(40)]
    source.close()
    assert source.name == camera.name
    stamps = [frame.captured_ns for frame in frames if frame]
    assert stamps == sorted(set(stamps))
    assert 3 < source.rate_hz < 200


@needs_camera
def test_a_camera_opens_by_its_name_and_by_its_device_file() -> None:
    for spec in (CAMERAS[0].name, str(CAMERAS[0].path)):
        source = open_source(spec)
        assert source.read() is not None
        source.close()


@needs_camera
def test_a_camera_in_use_is_refused_in_words() -> None:
    first = open_source(str(CAMERAS[0].index))
    first.read()
    with pytest.raises(CameraError) as refusal:
        open_source(str(CAMERAS[0].index))
    assert "livecam devices" in refusal.value.hint
    first.close()
