import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from livecam.core.errors import NoVirtualCamera, OutputError
from livecam.core.frame import MarkedFrame, Pixels
from livecam.devices import open_sink
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.devices.packages import find_install_command
from livecam.devices.pixel_formats.yuy2 import Yuy2Buffer
from livecam.devices.sink import choose_sink
from livecam.devices.virtual_camera.native import VirtualCameraSink
from livecam.devices.virtual_camera.setup import LOAD_MODULE, setup_hint
from livecam.disclosure.picture import Marker

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


class Backend:
    """Opens fake outputs and keeps them."""

    def __init__(self) -> None:
        self.outputs: list[FakeOutput] = []

    def open(self, device: str | None, size_wh: tuple[int, int], rate_hz: float) -> FakeOutput:
        self.outputs.append(FakeOutput(size_wh, device))
        return self.outputs[-1]

    def sink(self, size_wh: tuple[int, int] = SIZE_WH) -> VirtualCameraSink:
        return VirtualCameraSink(size_wh, 30.0, open_output=self.open)


def black(size_wh: tuple[int, int] = SIZE_WH) -> MarkedFrame:
    return Marker(size_wh).mark(np.zeros((size_wh[1], size_wh[0], 3), np.uint8), 0, 0)


def test_pictures_arrive_as_i420() -> None:
    backend = Backend()
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[:] = (0, 0, 255)
    backend.sink().send(Marker(SIZE_WH).mark(pixels, 0, 0))
    (sent,) = backend.outputs[0].sent
    luma, u, v = sent[: 320 * 240], sent[320 * 240 : 320 * 300], sent[320 * 300 :]
    assert (int(luma[-1]), int(u[-1]), int(v[-1])) == pytest.approx((82, 90, 240), abs=1)


def test_another_back_end_gets_its_own_format() -> None:
    backend = Backend()
    sink = VirtualCameraSink((321, 241), 30.0, open_output=backend.open, buffer=Yuy2Buffer)
    pixels = np.zeros((241, 321, 3), np.uint8)
    pixels[:] = (0, 0, 255)
    sink.send(Marker((321, 241)).mark(pixels, 0, 0))
    (sent,) = backend.outputs[0].sent
    assert sent.size == 322 * 242 * 2
    assert sent[-4:].astype(int) == pytest.approx((82, 90, 82, 240), abs=1)


def test_odd_sizes_open_the_next_even_one() -> None:
    backend = Backend()
    backend.sink((321, 241)).send(black((321, 241)))
    assert backend.outputs[0].size_wh == (322, 242)
    assert backend.outputs[0].sent[0].size == 322 * 242 * 3 // 2


def test_a_device_that_goes_away_is_an_output_error_in_one_line() -> None:
    backend = Backend()
    sink = backend.sink()
    backend.outputs[0].fails = True
    with pytest.raises(OutputError, match="No such device") as reported:
        sink.send(black())
    assert "\n" not in str(reported.value)


def test_closing_while_another_thread_hangs_in_the_device_leaves_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = Backend()
    sink = backend.sink()
    monkeypatch.setattr(FakeOutput, "send", lambda *_: sink.close())
    sink.send(black())
    assert not backend.outputs[0].closed
    sink.close()
    assert backend.outputs[0].closed


@pytest.fixture
def linux(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("livecam.devices.camera.listing.list_video_nodes", lambda *_: [])
    monkeypatch.setattr("livecam.devices.virtual_camera.pipewire_library.load_library", no_library)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def no_library() -> None:
    raise OSError("libpipewire-0.3.so.0: cannot open shared object file")


def test_without_a_virtual_camera_auto_writes_a_preview_and_says_why(linux: pytest.MonkeyPatch) -> None:
    chosen = choose_sink("auto", SIZE_WH, 30.0)
    assert chosen.sink.name == "livecam-preview.mp4"
    assert len(chosen.remarks) == 3
    assert "no virtual camera" in chosen.remarks[0] and "v4l2loopback" in chosen.remarks[0]
    assert "no camera through PipeWire" in chosen.remarks[1] and "install" in chosen.remarks[1]
    assert "livecam-preview.mp4" in chosen.remarks[2]
    chosen.sink.close()
    with pytest.raises(OutputError, match="no virtual camera"):
        open_sink("virtualcam", SIZE_WH, 30.0)


def two_loopbacks() -> list[VideoDevice]:
    return [
        VideoDevice(Path(f"/dev/video{number}"), "v4l2 loopback", "livecam", captures=False, outputs=True)
        for number in (10, 11)
    ]


def test_auto_takes_the_next_virtual_camera_when_one_is_in_use(linux: pytest.MonkeyPatch) -> None:
    busy = OutputError("/dev/video10 is in use by obs (77)", advice="close that program")

    def open_loopback(path: Path, size_wh: tuple[int, int], rate_hz: float) -> FakeOutput:
        if path.name == "video10":
            raise busy
        return FakeOutput(size_wh, str(path))

    linux.setattr("livecam.devices.camera.listing.list_loopbacks", two_loopbacks)
    linux.setattr("livecam.devices.virtual_camera.loopback.open_loopback", open_loopback)
    chosen = choose_sink("auto", SIZE_WH, 30.0)
    assert chosen.sink.name == "/dev/video11"
    assert chosen.remarks == ("/dev/video10 is in use by obs (77): close that program",)


def test_virtual_cameras_that_are_all_in_use_are_no_reason_for_a_preview(linux: pytest.MonkeyPatch) -> None:
    def open_loopback(path: Path, *_: object) -> FakeOutput:
        raise OutputError(f"{path} is in use", advice="close that program")

    linux.setattr("livecam.devices.camera.listing.list_loopbacks", two_loopbacks)
    linux.setattr("livecam.devices.virtual_camera.loopback.open_loopback", open_loopback)
    with pytest.raises(OutputError, match="/dev/video10 is in use"):
        open_sink("auto", SIZE_WH, 30.0)
    assert not Path("livecam-preview.mp4").exists()


def test_elsewhere_the_backends_of_pyvirtualcam_are_tried(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.chdir(tmp_path)
    opened: list[dict[str, object]] = []

    class Camera(FakeOutput):
        def __init__(self, width: int, height: int, rate_hz: float, *, fmt: str, device: str | None) -> None:
            opened.append({"size": (width, height), "fmt": fmt, "device": device})
            if device == "missing":
                raise RuntimeError("'obs' backend: OBS Virtual Camera device not found!")
            super().__init__((width, height), device)

    library = SimpleNamespace(Camera=Camera, PixelFormat=SimpleNamespace(I420="I420"))
    monkeypatch.setitem(sys.modules, "pyvirtualcam", library)
    assert open_sink("auto", SIZE_WH, 30.0).name == "OBS Virtual Camera"
    assert opened == [{"size": SIZE_WH, "fmt": "I420", "device": None}]
    with pytest.raises(NoVirtualCamera, match="device not found") as refusal:
        open_sink("virtualcam:missing", SIZE_WH, 30.0)
    assert "OBS" in refusal.value.help_text


def test_an_unknown_sink_names_those_there_are() -> None:
    for spec in ("screen", "file:", ""):
        with pytest.raises(OutputError, match="unknown sink") as refusal:
            open_sink(spec, SIZE_WH, 30.0)
        assert "file:PATH" in refusal.value.help_text


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
    assert command in find_install_command("v4l2loopback", tmp_path)


def test_what_is_there_already_is_not_installed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("os.uname", lambda: type("Uname", (), {"release": "6.1"}))
    assert setup_hint(tmp_path).endswith(f"&& {LOAD_MODULE}   # in a container: on its host")
    (tmp_path / "lib/modules/6.1").mkdir(parents=True)
    assert setup_hint(tmp_path).endswith(f"&& {LOAD_MODULE}")
    module_file = tmp_path / "lib/modules/6.1/updates/dkms/v4l2loopback.ko.xz"
    module_file.parent.mkdir(parents=True, exist_ok=True)
    module_file.touch()
    assert setup_hint(tmp_path) == LOAD_MODULE
    (tmp_path / "sys/module/v4l2loopback").mkdir(parents=True)
    assert "modprobe -r" in setup_hint(tmp_path)


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_obs_brings_the_camera(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", platform)
    assert "OBS" in setup_hint()
