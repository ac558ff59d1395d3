"""Cameras that go away, come back, or belong to another person; with the line a person reads."""

import os
from contextlib import closing

import pytest

from livecam.core.errors import CameraError
from livecam.core.frame import Frame
from livecam.core.ports import FrameSource
from livecam.devices import open_source
from livecam.devices.camera.listing import Camera
from tests.hardware.client import until
from tests.hardware.drivers import unplugged, without_privileges
from tests.hardware.other_program import OtherProgram

SIZE_WH = (640, 360)
WITHIN_S = 60


def delivers(source: FrameSource) -> bool:
    try:
        return source.read() is not None
    except CameraError:
        return False


def picture(source: FrameSource) -> Frame:
    """The next one; a busy emulated guest may let a camera wait longer than livecam does."""
    got: list[Frame] = []

    def came() -> bool:
        try:
            frame = source.read()
        except CameraError:
            return False
        got.extend([frame] if frame else [])
        return frame is not None

    assert until(came, WITHIN_S)
    return got[0]


def test_a_camera_that_is_pulled_out_is_reported_and_found_again(guest: None, camera: Camera) -> None:
    with closing(open_source(str(camera.index), size_wh=SIZE_WH)) as source:
        first = picture(source)
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
                assert "goes on by itself" in trouble.value.help_text
            assert until(lambda: delivers(source), WITHIN_S)
        again = picture(source)
        assert again.size_wh == first.size_wh
        assert again.seq > first.seq


def test_a_camera_that_is_not_there_is_reported(guest: None, camera: Camera) -> None:
    with unplugged(), pytest.raises(CameraError, match="there is no camera") as refusal:
        open_source(str(camera.index))
    assert refusal.value.help_text.startswith("run: livecam run --camera sample")
    open_source(str(camera.index)).close()


def test_a_camera_in_use_is_reported_with_its_program(camera: Camera, other_program: OtherProgram) -> None:
    assert other_program.asked(f"camera {camera.index}") == "done"
    with pytest.raises(CameraError, match=rf"is in use by .*\({other_program.pid}\)") as refusal:
        open_source(str(camera.index))
    assert "livecam devices" in refusal.value.help_text
    assert other_program.asked("let-go") == "done"
    with closing(open_source(str(camera.index))) as source:
        assert until(lambda: delivers(source), WITHIN_S)


def test_a_camera_closed_to_this_user_is_reported_with_the_group(guest: None, camera: Camera) -> None:
    assert camera.path is not None
    with without_privileges(camera.path), pytest.raises(CameraError, match="may not be opened by this user") as refusal:
        open_source(str(camera.index))
    assert "usermod -aG video" in refusal.value.help_text
    assert os.geteuid() == 0
