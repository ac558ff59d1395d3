"""A camera, a persona's photo drawn into its pictures, a real virtual camera, and every picture that comes out of it.

Where the face is, is scripted: the networks that look for it take an emulated guest seconds a picture.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from livecam.config import Settings
from livecam.consent.store import PersonaStore
from livecam.core.clock import NS_PER_MS
from livecam.core.fakes import FakeFinder, fake_face_points
from livecam.core.ports import FaceFinder, FrameSource
from livecam.devices import open_sink, open_source
from livecam.devices.cameras import Camera, loopbacks
from livecam.devices.timecode import read_at_edge
from livecam.devices.v4l2 import formats
from livecam.folders import data_folder
from livecam.parts import FirstFrame, Parts
from livecam.registry import open_texture_engine
from livecam.session import Session
from tests.hardware.client import CLOCK, Client, until
from tests.hardware.drivers import load_loopback, loopback_versions
from tests.hardware.numbered_source import NumberedSource
from tests.hardware.plate import plate_of, plated

SIZE_WH = (640, 360)
PERSONA = "robin"
RATE_HZ = 5.0
WITHIN_S = 300  # an emulated guest on a busy machine


@contextmanager
def running(
    camera: FrameSource, rate_hz: float, sink: str = "virtualcam", finder: FaceFinder | None = None
) -> Iterator[tuple[Session, NumberedSource]]:
    """A session as `livecam run` starts it, with the built-in persona."""
    numbered = NumberedSource(camera)
    finder = finder or FakeFinder([[fake_face_points((320.0, 170.0), 70)]])
    parts = Parts(
        PersonaStore(data_folder()).load(PERSONA),
        finder,
        open_texture_engine("photo"),
        FirstFrame(numbered),
        open_sink(sink, SIZE_WH, rate_hz, clock=CLOCK),
    )
    with Session(Settings(persona=PERSONA, size_wh=SIZE_WH, fps=rate_hz), parts) as session:
        yield session, numbered


def test_every_picture_that_a_client_gets_is_marked_whole_and_in_order(guest: None, camera: Camera) -> None:
    load_loopback(loopback_versions()[-1])
    (loopback,) = loopbacks()
    place, plate = plate_of(SIZE_WH)
    frames = open_source(str(camera.index), size_wh=SIZE_WH, rate_hz=RATE_HZ)
    with running(frames, RATE_HZ) as (session, source):
        assert until(lambda: session.report().levels.get("RENDER", 0) > 0, WITHIN_S)
        (offered,) = formats(loopback.path)  # before OpenCV asks the driver for 30, which the driver then says
        with Client(loopback.path, read_at_edge, partial(plated, place=place, plate=plate)) as client:
            assert until(lambda: len([n for n in client.numbers if n is not None]) > 10, WITHIN_S)
        report = session.report()
    numbers = [number for number in client.numbers if number is not None]
    assert client.sizes_wh == {SIZE_WH} == {offered.size_wh}
    assert offered.rate_hz == RATE_HZ
    assert numbers == sorted(numbers)
    assert all(client.judged)
    assert report.frames.unswapped_shown == 0
    arrived = dict(zip(client.numbers, client.arrived_ns, strict=True))
    latencies_ms = [(arrived[n] - source.captured_ns[n]) / NS_PER_MS for n in set(numbers)]
    assert min(latencies_ms) > 0
