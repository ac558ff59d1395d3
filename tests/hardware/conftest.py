"""Devices for these tests: every version of v4l2loopback in the guest, or whatever this machine has."""

import os
import sys
from collections.abc import Iterator
from typing import NoReturn

import pytest

from livecam.devices.camera.listing import Camera, list_cameras, list_loopbacks
from livecam.devices.camera.v4l2 import VideoDevice
from tests.hardware.drivers import EMULATED, IN_GUEST, load_loopback, loopback_versions
from tests.hardware.other_program import OtherProgram

# The guest has no PipeWire running and would emulate one: it is tried on the machine itself.
collect_ignore = ["test_pipewire.py"] if IN_GUEST else []
AS_LOADED = "as loaded"
NOT_RUN = "NOT RUN"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """An emulated guest takes so long for the slow tests that load alone could fail them: CI does without there."""
    if EMULATED and os.environ.get("LIVECAM_HARDWARE_CI"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason=f"{NOT_RUN}: the guest is emulated"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name every test that was left out: the summary of skipped ones counts them by reason only."""
    skipped = terminalreporter.stats.get("skipped", ())
    for name in sorted({report.nodeid for report in skipped if NOT_RUN in str(report.longrepr)}):
        terminalreporter.write_line(f"{NOT_RUN}: {name}")


def absent(what: str) -> NoReturn:
    """Skip by name; in the guest, where everything is there, this is a failure."""
    (pytest.fail if IN_GUEST else pytest.skip)(f"{what}: scripts/test-hardware")


@pytest.fixture(params=loopback_versions() or [AS_LOADED])
def loopback(request: pytest.FixtureRequest) -> VideoDevice:
    """A virtual camera, fresh from its driver in the guest."""
    if request.param != AS_LOADED:
        load_loopback(request.param)
    found = list_loopbacks() if sys.platform == "linux" else ()
    if not found:
        absent("no v4l2loopback device")
    return found[0]


@pytest.fixture
def camera() -> Camera:
    """The first camera; vivid in the guest."""
    found = list_cameras() if sys.platform == "linux" else ()
    if not found:
        absent("no camera")
    return found[0]


@pytest.fixture
def guest() -> None:
    """For tests that pull drivers out from under everybody."""
    if not IN_GUEST:
        absent("pulls drivers out")


@pytest.fixture(scope="session")
def _other_program() -> Iterator[OtherProgram]:
    """One for all tests: an emulated guest takes ten seconds and more to load it."""
    program = OtherProgram()
    yield program
    program.end()


@pytest.fixture
def other_program(_other_program: OtherProgram) -> Iterator[OtherProgram]:
    """Holds nothing before and after the test."""
    yield _other_program
    _other_program.asked("let-go")
