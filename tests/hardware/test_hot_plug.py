"""Cameras that go away, come back, or belong to somebody else; with the line a person reads."""

import os
import subprocess
import sys
from contextlib import closing

import pytest

from livecam.core.errors import CameraError
from livecam.core.ports import FrameSource
from livecam.devices import open_source
from livecam.devices.cameras import Camera
from tests.hardware.client import until
from tests.hardware.drivers import as_nobody, unplugged

SIZE_WH = (640, 360)
HOLD = (
    "import sys; from livecam.devices import open_source; source = open_source(sys.argv[1]); source.read();"
    "print('holding', flush=True); sys.stdin.read()"
)


def delivers(source: FrameSource) -> bool:
    try:
        return source.read() is not None
    except CameraError:
        return False


def test_a_camera_that_is_pulled_out_is_told_and_found_again(guest: None, camera: Camera) -> None:
    with closing(open_source(str(camera.index), size_wh=SIZE_WH)) as source:
        first = source.read()
        assert first is not None
        for _ in range(2):
            with unplugged():
                said = []
                for _ in range(3):
                    with pytest.raises(CameraError) as trouble:
                        while True:
                            source.read()
                    said.append(str(trouble.value))
                assert said[0] == f"{camera.name} delivers no picture any more"
                assert said[-1] == f"{camera.name} is unplugged"
                assert "goes on by itself" in trouble.value.hint
            assert until(lambda: delivers(source), within_s=5)
        again = source.read()
        assert again is not None
        assert again.size_wh == first.size_wh
        assert again.seq > first.seq


def test_a_camera_that_is_not_there_is_told(guest: None, camera: Camera) -> None:
    with unplugged(), pytest.raises(CameraError, match="there is no camera") as refusal:
        open_source(str(camera.index))
    assert refusal.value.hint == "livecam devices"
    open_source(str(camera.index)).close()


def test_a_camera_in_another_programs_hands_is_told_with_its_name(camera: Camera) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(camera.index)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"holding\n"
        with pytest.raises(CameraError, match=rf"is in use by .*\({other.pid}\)") as refusal:
            open_source(str(camera.index))
        assert "livecam devices" in refusal.value.hint
        other.communicate()
    with closing(open_source(str(camera.index))) as source:
        assert delivers(source)


def test_a_camera_closed_to_this_user_is_told_with_the_group(guest: None, camera: Camera) -> None:
    assert camera.path is not None
    with as_nobody(camera.path), pytest.raises(CameraError, match="may not be opened by this user") as refusal:
        open_source(str(camera.index))
    assert "usermod -aG video" in refusal.value.hint
    assert os.geteuid() == 0
