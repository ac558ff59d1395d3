"""The device code on real Linux drivers: a v4l2loopback device, and a camera (the driver vivid is one)."""

from contextlib import closing

import numpy as np
import pytest

from livecam.core.errors import CameraError
from livecam.devices import open_sink, open_source
from livecam.devices.camera.listing import Camera, list_cameras
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.devices.virtual_camera.v4l2_output import read_output_size_wh
from livecam.disclosure.picture import Marker


@pytest.mark.parametrize("sizes_wh", [[(640, 360)] * 3, [(640, 360), (640, 480), (321, 241)]])
def test_the_virtual_camera_opens_again_and_again_in_any_size(
    loopback: VideoDevice, sizes_wh: list[tuple[int, int]]
) -> None:
    for size_wh in sizes_wh:
        marker = Marker(size_wh)
        with closing(open_sink("auto", size_wh, 30.0)) as sink:
            for number in range(3):
                sink.send(marker.mark(np.full((size_wh[1], size_wh[0], 3), 40 * number, np.uint8), number, number))
            even_wh = (size_wh[0] + size_wh[0] % 2, size_wh[1] + size_wh[1] % 2)
            assert read_output_size_wh(loopback.path) == even_wh


def test_a_virtual_camera_is_no_camera(loopback: VideoDevice) -> None:
    assert loopback.path not in [camera.path for camera in list_cameras()]
    with pytest.raises(CameraError):
        open_source(str(loopback.path))


def test_a_camera_names_its_formats_and_delivers_frames_at_a_measured_rate(camera: Camera) -> None:
    assert camera.formats
    source = open_source(str(camera.index), size_wh=(640, 360))
    frames = [source.read() for _ in range(40)]
    source.close()
    assert source.name == camera.name
    stamps = [frame.captured_ns for frame in frames if frame]
    assert stamps == sorted(set(stamps))
    assert 0 < source.rate_hz < 200


def test_a_camera_opens_by_its_name_and_by_its_device_file(camera: Camera) -> None:
    for spec in (camera.name, str(camera.path)):
        source = open_source(spec)
        assert source.read() is not None
        source.close()


def test_a_camera_in_use_is_refused_in_words(camera: Camera) -> None:
    first = open_source(str(camera.index))
    first.read()
    with pytest.raises(CameraError) as refusal:
        open_source(str(camera.index))
    assert "livecam devices" in refusal.value.help_text
    first.close()
