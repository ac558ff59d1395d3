import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from livecam.cli.doctor_command import devices_as_text, findings_as_json, findings_as_text
from livecam.core.errors import CameraError
from livecam.core.finding import Finding, Health
from livecam.devices.camera.capture import CameraRequest
from livecam.devices.camera.listing import Camera
from livecam.devices.camera.v4l2 import PictureFormat, VideoDevice
from livecam.doctor import checks as doctor
from livecam.doctor.devices import check_audio, check_cameras, check_video_files, check_virtual_cameras
from livecam.doctor.system import check_clashes, check_packages, check_processor

LOOPBACK = VideoDevice(Path("/dev/video10"), "v4l2 loopback", "livecam", captures=False, outputs=True)
NEEDED = ("numpy", "opencv-python-headless", "onnxruntime", "av", "sounddevice", "cryptography")


def installed(names: Mapping[str, str]) -> Callable[[str], str]:
    def version_of(name: str) -> str:
        if name not in names:
            raise PackageNotFoundError(name)
        return names[name]

    return version_of


def loads(error: Exception | None = None, **names: object) -> Callable[[str], ModuleType]:
    def load(_: str) -> ModuleType:
        if error is not None:
            raise error
        return cast(ModuleType, SimpleNamespace(**names))

    return load


def failing(findings: list[Finding]) -> list[str]:
    return [finding.topic for finding in doctor.list_failing(findings)]


def test_every_failure_has_a_fix() -> None:
    assert all(finding.fix for finding in doctor.examine() if finding.health is not Health.OK)


def test_a_missing_package_is_named_with_the_command_that_installs_it() -> None:
    found = list(check_packages(installed({name: "1" for name in NEEDED if name != "av"})))
    assert failing(found) == ["av"]
    assert next(f.fix for f in found if f.topic == "av").endswith("pip install av")


def test_without_the_signer_recordings_are_not_signed_and_that_is_said() -> None:
    found = list(check_packages(installed({name: "1" for name in NEEDED})))
    signer = next(f for f in found if f.topic == "c2pa-python")
    assert signer.health is Health.NOTE and "not signed" in signer.found
    with_it = list(check_packages(installed({name: "1" for name in (*NEEDED, "c2pa-python")})))
    assert all(f.health is Health.OK for f in with_it)


def test_another_package_of_the_family_will_do() -> None:
    names = {**{name: "1" for name in NEEDED if name != "onnxruntime"}, "onnxruntime-gpu": "1.23"}
    assert failing(list(check_packages(installed(names)))) == []


@pytest.mark.parametrize(
    ("both", "kept"),
    [
        (("onnxruntime", "onnxruntime-gpu"), "onnxruntime-gpu"),
        (("onnxruntime", "onnxruntime-directml"), "onnxruntime-directml"),
        (("onnxruntime", "onnxruntime-openvino"), "onnxruntime-openvino"),
        (("opencv-python", "opencv-python-headless"), "opencv-python-headless"),
        (("opencv-contrib-python", "opencv-python-headless"), "opencv-python-headless"),
    ],
)
def test_packages_that_overwrite_each_other_are_distinguished(both: tuple[str, str], kept: str) -> None:
    (finding,) = check_clashes(installed(dict.fromkeys(both, "1")))
    assert finding.health is Health.FAIL
    assert "uninstall -y" in finding.fix and finding.fix.endswith(f"install {kept}")
    assert list(check_clashes(installed({both[0]: "1"}))) == []


@pytest.mark.parametrize(
    ("flags", "machine", "health"),
    [
        ("flags\t\t: fpu avx2 fma avx512f", "x86_64", Health.OK),
        ("flags\t\t: fpu sse4_2", "x86_64", Health.NOTE),
        ("Features\t: fp asimd i8mm", "aarch64", Health.OK),
    ],
)
def test_instruction_sets_are_read(tmp_path: Path, flags: str, machine: str, health: Health) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\n")
    finding = next(f for f in check_processor(tmp_path / "cpuinfo", machine) if f.topic == "instructions")
    assert finding.health is health


def test_cameras_are_shown_with_their_best_format_and_no_camera_is_a_note() -> None:
    slow = PictureFormat("MJPG", (3840, 2160), 5)
    formats = (PictureFormat("YUYV", (1920, 1080), 5), PictureFormat("MJPG", (1280, 720), 30), slow)
    asked: list[CameraRequest] = []

    def look(camera: Camera, wish: CameraRequest) -> str:
        asked.append(wish)
        return "1280x720 MJPG at 14.9"

    (finding,) = check_cameras(lambda: [Camera(0, "Desk Cam", Path("/dev/video0"), formats)], look)
    assert finding.found == "Desk Cam says 1280x720 MJPG at 30, delivers 1280x720 MJPG at 14.9"
    assert asked == [CameraRequest((1280, 720), 30, "MJPG")]
    (finding,) = check_cameras(lambda: [])
    assert finding.health is Health.NOTE and "demo" in finding.fix


def test_a_camera_that_delivers_nothing_is_noted_with_what_helps() -> None:
    def look(camera: Camera, wish: CameraRequest) -> str:
        raise CameraError("Desk Cam is in use by zoom (4711)", advice="close that program")

    (finding,) = check_cameras(lambda: [Camera(0, "Desk Cam")], look)
    assert (finding.health, finding.found, finding.fix) == (
        Health.NOTE,
        "Desk Cam is in use by zoom (4711)",
        "close that program",
    )


def test_a_camera_that_may_not_be_opened_names_the_group() -> None:
    (finding,) = check_cameras(lambda: [Camera(0, "Desk Cam", Path("/dev/video0"))])
    assert finding.health is Health.FAIL and "usermod" in finding.fix


@pytest.mark.parametrize(
    ("caps", "topics"), [("Y,N,N\n", []), ("N,N,N\n", ["without exclusive_caps=1, browsers do not list it"])]
)
def test_a_loopback_browsers_would_not_list_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caps: str, topics: list[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    parameters = tmp_path / "sys/module/v4l2loopback/parameters"
    parameters.mkdir(parents=True)
    (parameters / "exclusive_caps").write_text(caps)
    (parameters.parent / "version").write_text("0.12.7\n")
    found = list(check_virtual_cameras(loads(BACKENDS={"v4l2loopback": object}), lambda: [LOOPBACK], tmp_path))
    assert found[0].found == "livecam at /dev/video10 (v4l2loopback 0.12.7)"
    assert [f.found for f in found if f.health is Health.NOTE] == topics


@pytest.mark.parametrize(
    ("check", "fix"),
    [
        (lambda: check_video_files(loads(ImportError("libx"))), "install av"),
        (lambda: check_video_files(loads(codecs_available={"h264"})), "install av"),
        (lambda: check_audio(loads(OSError("PortAudio library not found")), Path("/nowhere")), "PortAudio"),
    ],
)
def test_a_library_that_does_not_load_is_a_finding(check: Callable[[], list[Finding]], fix: str) -> None:
    (finding,) = check()
    assert finding.health is not Health.OK
    assert fix in finding.fix.replace("--force-reinstall ", "")


@pytest.mark.parametrize(
    ("load", "health", "fix"),
    [
        (loads(ImportError("no wheel")), Health.FAIL, "--force-reinstall pyvirtualcam"),
        (loads(BACKENDS={"obs": object}), Health.NOTE, "OBS"),
    ],
)
def test_on_other_systems_the_virtual_camera_is_pyvirtualcams(
    monkeypatch: pytest.MonkeyPatch, load: Callable[[str], ModuleType], health: Health, fix: str
) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    (finding,) = check_virtual_cameras(load)
    assert finding.health is health and fix in finding.fix
    assert "pyvirtualcam" in [finding.topic for finding in check_packages(installed({}))]


def test_sound_that_loads_counts_its_devices() -> None:
    library = loads(
        get_portaudio_version=lambda: (1, "PortAudio V19.7.0-devel, revision x"), query_devices=lambda: [1, 2]
    )
    (finding,) = check_audio(library)
    assert finding.found == "PortAudio V19.7.0-devel, 2 devices"


def test_engines_add_their_findings_and_one_that_does_not_load_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Callable[[], list[Finding]]:
        raise ImportError("no module named theirs")

    def theirs() -> Callable[[], list[Finding]]:
        return lambda: [Finding("theirs", Health.OK, "fine")]

    points = [
        SimpleNamespace(name="theirs", group="livecam.doctor", dist=None, load=theirs),
        SimpleNamespace(name="broken", group="livecam.doctor", dist=None, load=broken),
    ]
    monkeypatch.setattr(doctor, "_CHECKS", ())
    monkeypatch.setattr(doctor, "entry_points", lambda group: points)
    found = doctor.examine()
    assert [finding.topic for finding in found] == ["theirs", "broken"]
    assert failing(found) == ["broken"]
    assert found[1].fix.startswith("scripts/setup run")


def test_an_engine_without_its_package_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Callable[[], list[Finding]]:
        raise ModuleNotFoundError("No module named 'onnxruntime'", name="onnxruntime")

    monkeypatch.setattr(doctor, "_CHECKS", ())
    monkeypatch.setattr(
        doctor,
        "entry_points",
        lambda group: [SimpleNamespace(name="broken", group="livecam.doctor", dist=None, load=broken)],
    )
    (finding,) = doctor.examine()
    assert finding.fix == f"{sys.executable} -m pip install --force-reinstall onnxruntime"


def test_the_report_shows_every_command_and_is_json_too() -> None:
    found = [
        Finding("cores", Health.OK, "2"),
        Finding("sound", Health.NOTE, "no PortAudio", "sudo apt install libportaudio2"),
    ]
    assert findings_as_text(found).splitlines() == [
        "ok    cores  2",
        "NOTE  sound  no PortAudio",
        "      -> sudo apt install libportaudio2",
    ]
    assert json.loads(findings_as_json(found))[1] == {
        "topic": "sound",
        "health": "note",
        "found": "no PortAudio",
        "fix": "sudo apt install libportaudio2",
        "figures": {},
    }


def test_the_list_of_devices_shows_what_the_options_take() -> None:
    formats = tuple(PictureFormat("MJPG", (160 * k, 90 * k), 30) for k in range(1, 12))
    text = devices_as_text([Camera(2, "Desk Cam", Path("/dev/video2"), formats)], [LOOPBACK])
    assert "  2           Desk Cam" in text
    assert text.index("MJPG 1760x990 30/s") < text.index("MJPG 1600x900 30/s")
    assert "and 3 more" in text
    assert "livecam" in text and "/dev/video10" in text


def test_nothing_heavy_is_imported_to_open_the_devices() -> None:
    heavy = ("av", "cv2", "pyvirtualcam", "sounddevice")
    code = f"import sys, livecam.devices; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
