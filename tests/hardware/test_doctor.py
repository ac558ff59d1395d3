"""The doctor on real drivers."""

from itertools import repeat

import numpy as np

from livecam.app.components import Components
from livecam.core.clock import Clock, SystemClock
from livecam.core.fakes import FakeFinder, FakeSource, FakeTextureEngine
from livecam.core.finding import Health
from livecam.devices import open_sink
from livecam.devices.camera.listing import Camera
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.doctor.devices import check_cameras, check_virtual_cameras
from livecam.doctor.self_test import run_self_test
from tests.hardware.drivers import EMULATED
from tests.session.stage import synthetic_persona


def parts(spec: str, size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> Components:
    """A session without networks, which take an emulated guest seconds a picture."""
    room = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    camera = FakeSource(repeat(room), rate_hz, clock)
    sink = open_sink(spec, size_wh, rate_hz, clock=clock)
    return Components(
        persona=synthetic_persona(), finder=FakeFinder(), engine=FakeTextureEngine(), source=camera, sink=sink
    )


def test_what_programs_see_of_the_virtual_camera_is_measured(loopback: VideoDevice) -> None:
    found = run_self_test(
        SystemClock(),
        sink="virtualcam",
        size_wh=(640, 360),
        rate_hz=15.0 if EMULATED else 30.0,
        watched_s=2.0,
        seen_within_s=300,
        parts=parts,
    )
    assert (found.device, found.size_wh) == (str(loopback.path), (640, 360))
    assert found.pictures > 1
    assert 0 < found.latency_p50_ms <= found.latency_p95_ms


def test_a_camera_is_looked_at_and_not_only_asked(camera: Camera) -> None:
    (finding,) = (f for f in check_cameras() if f.topic == f"camera {camera.index}")
    assert finding.health is Health.OK
    assert " delivers " in finding.found


def test_the_driver_is_named_with_its_version(loopback: VideoDevice) -> None:
    (finding, *_) = check_virtual_cameras()
    assert finding.health is Health.OK
    assert "v4l2loopback 0." in finding.found
