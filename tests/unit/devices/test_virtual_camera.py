from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from livecam.core.errors import OutputError
from livecam.core.frame import Pixels
from livecam.devices import open_sink
from livecam.devices import virtual_camera as module
from livecam.devices.packages import command_to_install
from livecam.devices.v4l2 import VideoDevice
from livecam.devices.virtual_camera import VirtualCameraSink
from livecam.devices.virtual_camera_setup import LOAD_MODULE, setup_hint
from livecam.video.mark import Marker

SIZE_WH = (320, 240)


class FakeOutput:
    """A back-end that keeps what it is sent; `fails` as a device does that is gone."""

    def __init__(self, size_wh: tuple[int, int], device: str | None) -> None:
        self.size_wh, self.device = size_wh, device or "OBS Virtual Camera"
        self.sent: list[Pixels] = []
        self.fails = False
        self.closed = False

    def send(self, frame: Pixels) -> None:
        if self.fails:
            raise RuntimeError("could not write frame:\n No such device")
        self.sent.append(frame.copy())

    def close(self) -> None:
        self.closed = True


class Linux:
    """One v4l2loopback device, and what was done to it, in order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, held_wh: tuple[int, int] = SIZE_WH) -> None:
        self.steps: list[str] = []
        self.outputs: list[FakeOutput] = []
        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setattr(module, "free_output", lambda path: self.steps.append(f"free {path}"))
        monkeypatch.setattr(module, "output_size_wh", lambda path: held_wh)

    def find(self) -> Sequence[VideoDevice]:
        return [VideoDevice(Path("/dev/video10"), "v4l2 loopback", "livecam", captures=False, outputs=True)]

    def open(self, size_wh: tuple[int, int], rate_hz: float, device: str | None) -> FakeOutput:
        self.steps.append(f"open {device}")
        self.outputs.append(FakeOutput(size_wh, device))
        return self.outputs[-1]

    def sink(self, size_wh: tuple[int, int] = SIZE_WH) -> VirtualCameraSink:
        return VirtualCameraSink(size_wh, 30.0, open_output=self.open, find=self.find)


def test_the_device_is_freed_before_it_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch)
    assert linux.sink().name == "/dev/video10"
    assert linux.steps == ["free /dev/video10", "open /dev/video10"]


def test_pictures_arrive_as_i420(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch)
    sink = linux.sink()
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[:] = (0, 0, 255)
    sink.send(Marker(SIZE_WH).mark(pixels, 0, 0))
    (sent,) = linux.outputs[0].sent
    luma, u, v = sent[: 320 * 240], sent[320 * 240 : 320 * 300], sent[320 * 300 :]
    assert (int(luma[-1]), int(u[-1]), int(v[-1])) == pytest.approx((82, 90, 240), abs=1)


def test_odd_sizes_open_the_next_even_one(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch, held_wh=(322, 242))
    sink = linux.sink((321, 241))
    sink.send(Marker((321, 241)).mark(np.zeros((241, 321, 3), np.uint8), 0, 0))
    assert linux.outputs[0].size_wh == (322, 242)
    assert linux.outputs[0].sent[0].size == 322 * 242 * 3 // 2


def test_a_device_held_at_another_size_is_refused_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch, held_wh=(1280, 720))
    with pytest.raises(OutputError, match="held at 1280x720") as refusal:
        linux.sink()
    assert "--size 1280x720" in refusal.value.hint
    assert linux.outputs[0].closed


def test_a_device_that_goes_away_is_an_output_error_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch)
    sink = linux.sink()
    linux.outputs[0].fails = True
    with pytest.raises(OutputError, match="No such device") as told:
        sink.send(Marker(SIZE_WH).mark(np.zeros((240, 320, 3), np.uint8), 0, 0))
    assert "\n" not in str(told.value)


def test_closing_while_another_thread_hangs_in_the_device_leaves_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    linux = Linux(monkeypatch)
    sink = linux.sink()
    monkeypatch.setattr(FakeOutput, "send", lambda *_: sink.close())
    sink.send(Marker(SIZE_WH).mark(np.zeros((240, 320, 3), np.uint8), 0, 0))
    assert not linux.outputs[0].closed
    sink.close()
    assert linux.outputs[0].closed


def test_without_a_device_auto_names_both_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("livecam.devices.cameras.linux_video_nodes", lambda *_: [])
    with pytest.raises(OutputError, match="no virtual camera") as refusal:
        open_sink("auto", SIZE_WH, 30.0)
    assert "v4l2loopback" in refusal.value.hint
    assert "--sink file:" in refusal.value.hint
    with pytest.raises(OutputError) as refusal:
        open_sink("virtualcam", SIZE_WH, 30.0)
    assert "--sink file:" not in refusal.value.hint


def test_an_unknown_sink_names_those_there_are() -> None:
    for spec in ("screen", "file:", ""):
        with pytest.raises(OutputError, match="unknown sink") as refusal:
            open_sink(spec, SIZE_WH, 30.0)
        assert "file:PATH" in refusal.value.hint


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ("ID=debian\n", "apt install v4l2loopback-dkms"),
        ('ID=ubuntu\nID_LIKE="debian"\n', "apt install"),
        ("ID=fedora\n", "dnf install"),
        ("ID=manjaro\nID_LIKE=arch\n", "pacman -S"),
        ('ID="opensuse-leap"\nID_LIKE="suse opensuse"\n', "zypper"),
        ("ID=plan9\n", "github.com/v4l2loopback"),
    ],
)
def test_the_command_to_install_is_that_of_the_system(tmp_path: Path, release: str, command: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "os-release").write_text(release)
    assert command in command_to_install("v4l2loopback", tmp_path)


def test_what_is_there_already_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.uname", lambda: type("Uname", (), {"release": "6.1"}))
    assert setup_hint(tmp_path).endswith(f"&& {LOAD_MODULE}")
    module_file = tmp_path / "lib/modules/6.1/updates/dkms/v4l2loopback.ko.xz"
    module_file.parent.mkdir(parents=True)
    module_file.touch()
    assert setup_hint(tmp_path) == LOAD_MODULE
    (tmp_path / "sys/module/v4l2loopback").mkdir(parents=True)
    assert "modprobe -r" in setup_hint(tmp_path)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_obs_brings_the_camera(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert "OBS" in setup_hint()
