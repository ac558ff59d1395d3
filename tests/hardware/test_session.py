"""A session between a real camera and a real virtual camera; the networks are fakes, for the guest may be emulated."""

from collections.abc import Iterator
from contextlib import contextmanager

from livecam.app.components import Components
from livecam.app.peekable_source import PeekableSource
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.core.fakes import FakeFinder, FakeTextureEngine, fake_face_points
from livecam.core.report import Report
from livecam.devices import open_sink, open_source
from livecam.devices.camera.listing import Camera
from livecam.devices.camera.v4l2 import VideoDevice
from tests.hardware.client import Client, until
from tests.hardware.drivers import unplugged
from tests.hardware.plate import plate_of, plated
from tests.session.stage import synthetic_persona

SIZE_WH = (640, 360)
RATE_HZ = 15.0
PLATE = plate_of(SIZE_WH)
WITHIN_S = 120  # an emulated guest on a busy machine


@contextmanager
def running(camera: Camera) -> Iterator[Session]:
    """Vivid's picture with a face said to be in its middle."""
    source = PeekableSource(open_source(str(camera.index), size_wh=SIZE_WH))
    finder = FakeFinder([[fake_face_points((320.0, 180.0), 90)]])
    sink = open_sink("virtualcam", SIZE_WH, RATE_HZ)
    parts = Components(persona=synthetic_persona(), finder=finder, engine=FakeTextureEngine(), source=source, sink=sink)
    with Session(Settings(persona="sam", camera=str(camera.index), size_wh=SIZE_WH, fps=RATE_HZ), parts) as session:
        yield session


def goes_on(client: Client) -> bool:
    """Whether pictures keep arriving; how fast, an emulated guest on a busy host cannot say."""
    before = len(client.arrived_ns)
    return until(lambda: len(client.arrived_ns) > before + 10, WITHIN_S)


def test_a_client_sees_marked_pictures_while_the_camera_comes_and_goes(
    guest: None, loopback: VideoDevice, camera: Camera
) -> None:
    with running(camera) as session:
        assert until(lambda: session.report().frames.sent > 0, WITHIN_S)
        with Client(loopback.path) as client:
            assert until(lambda: len(client.arrived_ns) > 5, WITHIN_S)
            for _ in range(2):
                with unplugged():
                    assert until(lambda: "unplugged" in session.report().reason, WITHIN_S)
                    assert goes_on(client)
                    assert plated(client.newest, *PLATE)
                captured = session.report().frames.captured
                assert until(lambda captured=captured: session.report().frames.captured > captured + 3, WITHIN_S)
                assert plated(client.newest, *PLATE)
            report: Report = session.report()
    assert report.frames.unswapped_shown == 0
    assert client.sizes_wh == {SIZE_WH}
