from pathlib import Path

from livecam.cli import obs_command
from livecam.devices.camera.v4l2 import VideoDevice


class FakeObs:
    asked: tuple[object, ...] = ()

    def __init__(self, host: str, port: int, password: str) -> None:
        FakeObs.asked = (host, port, password)

    def add_camera(self, name: str, device: str, scene: str | None) -> str:
        FakeObs.asked += (name, device, scene)
        return scene or "On air"

    def close(self) -> None:
        pass


def test_the_virtual_camera_is_added_and_said(livecam, monkeypatch):
    device = VideoDevice(Path("/dev/video10"), "v4l2 loopback", "livecam", captures=False, outputs=True)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(obs_command, "list_loopbacks", lambda: (device,))
    monkeypatch.setattr(obs_command, "Obs", FakeObs)
    monkeypatch.setenv("OBS_WEBSOCKET_PASSWORD", "abc")
    said = livecam("obs")
    assert said.out == "livecam (/dev/video10) is in the scene On air and shows pictures while livecam runs\n"
    assert FakeObs.asked == ("localhost", 4455, "abc", "livecam", "/dev/video10", None)
    assert livecam("obs", "--scene", "Second", "--device", "/dev/video3").code == 0
    assert FakeObs.asked[-2:] == ("/dev/video3", "Second")


def test_without_a_virtual_camera_on_other_systems_it_says_what_to_do(livecam, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(obs_command, "list_loopbacks", lambda: ())
    said = livecam("obs")
    assert (said.code, "no virtual camera" in said.err) == (3, True)
    monkeypatch.setattr("sys.platform", "darwin")
    said = livecam("obs")
    assert (said.code, "--sink file:take.mp4" in said.err) == (2, True)
