"""No test sees or changes the data and settings of whoever runs it."""

import os

import pytest

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before a test imports it


@pytest.fixture(autouse=True, scope="session")
def folders_of_the_tests(tmp_path_factory):
    """Empty folders for livecam's data and configuration; child processes inherit them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
            patch.setitem(os.environ, name, str(tmp_path_factory.mktemp(name.lower())))
        yield
