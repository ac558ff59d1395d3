"""A number in a text of others is read, or is none; it never ends the program."""

from pathlib import Path

import pytest

from engines.swap.remote.engine import open_engine
from livecam.audio.process.monitor import _next_output
from livecam.core.clock import ManualClock
from livecam.core.digits import read_count
from livecam.core.errors import CameraError, EngineError, UsageError
from livecam.devices.source import open_source
from livecam.jobs.cluster.link import connect

ODD = ["", "²", "①", "٣", "-1", "+1", "1.0", " 1", "1_0", "9" * 19, "9" * 5000, "0x1"]


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_plain_number_is_none(text):
    assert read_count(text) is None


def test_plain_numbers_are_read():
    assert [read_count(text) for text in ("0", "007", "9" * 18)] == [0, 7, 10**18 - 1]


@pytest.mark.parametrize("number", ["²", "①", "٣", "9" * 200])
def test_a_camera_of_such_a_number_is_not_there(number):
    with pytest.raises(CameraError, match="no camera"):
        open_source(number, size_wh=None, rate_hz=30.0, clock=ManualClock(), paced=False)


@pytest.mark.parametrize("spec", ["", " "])
def test_a_camera_without_a_name_is_not_this_folder(spec):
    with pytest.raises(CameraError, match="no camera is named"):
        open_source(spec, size_wh=None, rate_hz=30.0, clock=ManualClock(), paced=False)


@pytest.mark.parametrize("argument", ["//[::", "//[::1", "//h:²/m", "//h:" + "9" * 5000 + "/m", "//h:1/m?deadline-ms=²",
                                      "//h:1/m?deadline-ms=" + "9" * 5000])  # fmt: skip
def test_an_address_with_such_a_number_is_none(argument):
    with pytest.raises(EngineError, match=r"no address of a model|deadline-ms must be"):
        open_engine(argument)


@pytest.mark.parametrize("port", ["²", "9" * 5000, "0", ""])
def test_a_cluster_with_such_a_port_is_none(port):
    with pytest.raises(UsageError, match="no address of a cluster"):
        connect(f"localhost:{port}")


@pytest.mark.parametrize("name", ["v-²", "v-①", "v-" + "9" * 100, "v-", "-"])
def test_the_next_recording_of_any_name_has_another_name(tmp_path, name):
    (tmp_path / f"{name}.wav").touch()
    path = Path(_next_output(f"file:{tmp_path / name}.wav").removeprefix("file:"))
    assert path.parent == tmp_path and not path.exists()
