"""A camera, a photo drawn into its pictures, a real virtual camera, and every picture that comes out of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from livecam.app.components import Components
from livecam.app.peekable_source import PeekableSource
from livecam.app.session import Session
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.fakes import FakeFinder, fake_face_points
from livecam.core.ports import FaceFinder, FrameSource
from livecam.devices import open_sink, open_source
from livecam.devices.camera.listing import Camera, list_loopbacks
from livecam.devices.camera.v4l2 import VideoDevice, list_formats
from livecam.doctor.timecode import read_at_edge
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder, open_texture_engine
from tests.hardware.client import CLOCK, Client, until
from tests.hardware.drivers import EMULATED, IN_GUEST, leave, load_loopback, loopback_version, loopback_versions
from tests.hardware.figures import judged
from tests.hardware.numbered_source import NumberedSource
from tests.hardware.plate import plate_of, plated

SIZE_WH = (640, 360)
PERSONA = "robin"
RATE_HZ = 30.0
EMULATED_HZ = 5.0
OVERWRITTEN_MS = 100  # who is kept from reading for longer than the driver has buffers sees them overwritten
WITHIN_S = 300  # an emulated guest on a busy machine


@contextmanager
def running(
    camera: FrameSource, rate_hz: float, sink: str = "virtualcam", finder: FaceFinder | None = None
) -> Iterator[tuple[Session, NumberedSource]]:
    """A session as `livecam run` starts it; without a finder the face is where a script says."""
    numbered = NumberedSource(camera)
    finder = finder or FakeFinder([[fake_face_points((320.0, 170.0), 70)]])
    parts = Components(
        persona=PersonaStore(data_folder()).load(PERSONA),
        finder=finder,
        engine=open_texture_engine("photo"),
        source=PeekableSource(numbered),
        sink=open_sink(sink, SIZE_WH, rate_hz, clock=CLOCK),
    )
    with Session(at_rate(rate_hz), parts) as session:
        yield session, numbered


def at_rate(rate_hz: float) -> Settings:
    """Settings of any rate: an emulated guest draws fewer pictures a second than a run may be asked for."""
    settings = Settings(persona=PERSONA, size_wh=SIZE_WH)
    object.__setattr__(settings, "fps", rate_hz)
    return settings


def watching(path: Path) -> Client:
    """A program that looks at each picture's number and plate."""
    place, plate = plate_of(SIZE_WH)
    return Client(path, read_at_edge, partial(plated, place=place, plate=plate))


def enough(client: Client, session: Session, source: NumberedSource, pictures: int) -> dict[str, Any]:
    """Watch until so many whole pictures came; what became of them, which is what must hold of every session."""
    assert until(lambda: len([n for n in client.numbers if n is not None]) > pictures, WITHIN_S)
    figures = judged(client.seen, source.captured_ns, session.report())
    assert client.sizes_wh == {SIZE_WH}
    assert (figures["without_plate"], figures["unswapped"]) == (0, 0)
    if figures["longest_gap_ms"] < OVERWRITTEN_MS:
        assert figures["out_of_order"] == 0
    assert figures["capture_to_client_ms"]["p50"] > 0
    return figures


def test_every_picture_that_a_client_gets_is_marked_whole_and_in_order(guest: None, camera: Camera) -> None:
    load_loopback(loopback_versions()[-1])
    (loopback,) = list_loopbacks()
    frames = open_source(str(camera.index), size_wh=SIZE_WH, rate_hz=EMULATED_HZ)
    with running(frames, EMULATED_HZ) as (session, source):
        assert until(lambda: session.report().levels.get("RENDER", 0) > 0, WITHIN_S)
        (offered,) = list_formats(loopback.path)  # before OpenCV asks the driver for 30, which the driver then says
        with watching(loopback.path) as client:
            enough(client, session, source, 10)
    assert (offered.size_wh, offered.rate_hz) == (SIZE_WH, EMULATED_HZ)


@pytest.mark.skipif(EMULATED or not IN_GUEST, reason="the networks need a guest that computes as the host does")
def test_the_sample_camera_goes_through_networks_and_driver_at_full_rate(loopback: VideoDevice) -> None:
    """Which rate and latency it comes to is left as figures: what a machine is busy with decides that."""
    frames = open_source("sample", size_wh=SIZE_WH, rate_hz=RATE_HZ, clock=CLOCK, loop=True)
    with running(frames, RATE_HZ, finder=open_face_finder()) as (session, source):
        assert until(lambda: session.report().levels.get("RENDER", 0) > 0, WITHIN_S)
        with watching(loopback.path) as client:
            leave(f"end-to-end-{loopback_version()}", enough(client, session, source, 30))
