"""No test sees or changes the data and settings of whoever runs it; those that share a device run alone."""

import os
import signal
import sys
from pathlib import Path

import pytest

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before a test imports it

SHARING_A_DEVICE = ("sound", "hardware")
"""Folders of tests that start sound servers and drivers."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what may not run side by side with other tests."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and item.path.relative_to(here).parts[0] in SHARING_A_DEVICE:
            item.add_marker(pytest.mark.alone)


@pytest.fixture(autouse=True, scope="session")
def signals_as_at_a_terminal():
    """Under nohup or in a script's background some signals are ignored, and child processes inherit that."""
    if sys.platform != "win32":
        if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        for number in (signal.SIGHUP, signal.SIGTERM):
            if signal.getsignal(number) is signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)


@pytest.fixture(autouse=True, scope="session")
def folders_of_the_tests(tmp_path_factory):
    """Empty folders for livecam's data and configuration; child processes inherit them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
            patch.setitem(os.environ, name, str(tmp_path_factory.mktemp(name.lower())))
        yield
