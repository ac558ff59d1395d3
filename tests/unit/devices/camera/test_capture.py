"""The camera against a scripted capture; the real class is read from a clip in tests/contract/test_sources.py."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.camera.capture import CameraRequest, CameraSource
from livecam.devices.camera.listing import Camera
from livecam.devices.camera.open_errors import diagnose, find_holders
from tests.clips import numbered

MS = 1_000_000
PERIOD_MS = 40
DECODE_MS = 7


class FakeCapture:
    """A driver: pictures come every 40 ms of the clock, decoding takes 7; `faults` names grabs that fail and how."""

    def __init__(self, clock: ManualClock, faults: dict[int, str] | None = None, opens: bool = True) -> None:
        self.clock, self.faults, self.opens = clock, faults or {}, opens
        self.asked: list[tuple[int, float]] = []
        self.released = False
        self.grabs = 0

    def isOpened(self) -> bool:
        return self.opens

    def set(self, prop: int, value: float) -> bool:
        self.asked.append((prop, value))
        return True

    def get(self, prop: int) -> float:
        code = cv2.VideoWriter.fourcc(*"YUYV")
        return {cv2.CAP_PROP_FOURCC: float(code), cv2.CAP_PROP_FPS: 30.0}[prop]

    def grab(self) -> bool:
        self.clock.advance_ns(PERIOD_MS * MS)
        self.grabs += 1
        return self.faults.get(self.grabs) != "gone"

    def retrieve(self) -> tuple[bool, Pixels]:
        self.clock.advance_ns(DECODE_MS * MS)
        fault = self.faults.get(self.grabs)
        if fault == "throws":
            raise cv2.error("corrupt JPEG")
        if fault == "damaged":
            return False, np.zeros((0, 0, 3), np.uint8)
        return True, numbered(self.grabs % 20, (64, 48) if fault != "other size" else (128, 96))

    def release(self) -> None:
        self.released = True


Opener = Callable[[int], FakeCapture]


WISH = CameraRequest()
DESK = (Camera(0, "Desk Cam"),)


def camera(clock: ManualClock, opener: Opener, wish: CameraRequest = WISH) -> CameraSource:
    return CameraSource(DESK[0], wish, clock, open_capture=opener, cameras=lambda: DESK)


def test_the_pixel_format_is_asked_for_before_size_and_rate() -> None:
    clock = ManualClock()
    capture = FakeCapture(clock)
    camera(clock, lambda _: capture, wish=CameraRequest((1280, 720), 30.0))
    mjpg = cv2.VideoWriter.fourcc(*"MJPG")
    assert capture.asked == [
        (cv2.CAP_PROP_FOURCC, mjpg),
        (cv2.CAP_PROP_FRAME_WIDTH, 1280),
        (cv2.CAP_PROP_FRAME_HEIGHT, 720),
        (cv2.CAP_PROP_FPS, 30.0),
    ]


def test_what_the_camera_really_does_is_read_back() -> None:
    clock = ManualClock()
    source = camera(clock, lambda _: FakeCapture(clock), wish=CameraRequest((1280, 720)))
    assert (source.format.fourcc, source.format.size_wh) == ("YUYV", (64, 48))


def test_the_stamp_is_taken_after_the_grab_and_before_decoding() -> None:
    clock = ManualClock()
    source = camera(clock, lambda _: FakeCapture(clock))
    begin_ns = clock.now_ns()
    assert source.read().captured_ns == begin_ns + PERIOD_MS * MS


def test_the_rate_is_measured() -> None:
    clock = ManualClock()
    source = camera(clock, lambda _: FakeCapture(clock))
    assert source.rate_hz == 30.0
    for _ in range(40):
        source.read()
    assert source.rate_hz == pytest.approx(1000 / (PERIOD_MS + DECODE_MS), rel=0.01)


@pytest.mark.parametrize("fault", ["damaged", "throws"])
def test_a_damaged_picture_is_passed_over_and_leaves_a_gap(fault: str) -> None:
    clock = ManualClock()
    capture = FakeCapture(clock, {3: fault})
    source = camera(clock, lambda _: capture)
    assert [source.read().seq, source.read().seq] == [0, 2]
    assert not capture.released


def test_pictures_keep_their_size_when_the_camera_changes_its_mind() -> None:
    clock = ManualClock()
    source = camera(clock, lambda _: FakeCapture(clock, {3: "other size"}))
    assert {source.read().size_wh for _ in range(4)} == {(64, 48)}


def test_an_unplugged_camera_is_an_error_and_comes_back_by_itself() -> None:
    clock = ManualClock()
    captures = [FakeCapture(clock, {4: "gone"}), FakeCapture(clock, opens=False), FakeCapture(clock)]
    left = iter(captures)
    source = camera(clock, lambda _: next(left))
    seqs = [source.read().seq, source.read().seq]
    with pytest.raises(CameraError, match="Desk Cam delivers no picture"):
        source.read()
    assert captures[0].released
    with pytest.raises(CameraError):
        source.read()
    assert captures[1].released
    seqs.append(source.read().seq)
    assert seqs == [0, 1, 2]


def test_a_camera_that_is_no_longer_listed_is_unplugged_and_not_opened() -> None:
    clock = ManualClock()
    listed: list[tuple[Camera, ...]] = [()]
    captures = iter([FakeCapture(clock, {3: "gone"}), FakeCapture(clock)])
    source = CameraSource(DESK[0], WISH, clock, open_capture=lambda _: next(captures), cameras=lambda: listed[-1])
    assert source.read().seq == 0
    for said in ("delivers no picture", "is unplugged", "is unplugged"):
        with pytest.raises(CameraError, match=f"Desk Cam {said}") as trouble:
            while True:
                source.read()
        assert "goes on by itself" in trouble.value.help_text
    listed.append(DESK)
    assert source.read().seq > 0


def test_it_looks_for_a_lost_camera_twice_a_second_at_most() -> None:
    clock = ManualClock()
    tries_ns: list[int] = []

    def opener(_: int) -> FakeCapture:
        tries_ns.append(clock.now_ns())
        return FakeCapture(clock, {2: "gone"}, opens=len(tries_ns) == 1)

    source = camera(clock, opener)
    for _ in range(5):
        with pytest.raises(CameraError):
            source.read()
    waits_ms = np.diff(tries_ns) / MS
    assert len(waits_ms) == 4
    assert (waits_ms >= 500).all()


def test_a_camera_that_was_plugged_in_elsewhere_is_found_by_its_name() -> None:
    clock = ManualClock()
    cameras = [Camera(0, "Desk Cam")]
    opened: list[int] = []

    def opener(index: int) -> FakeCapture:
        opened.append(index)
        return FakeCapture(clock, {2: "gone"} if len(opened) == 1 else {})

    source = CameraSource(cameras[0], CameraRequest(), clock, open_capture=opener, cameras=lambda: tuple(cameras))
    with pytest.raises(CameraError):
        source.read()
    cameras[:] = [Camera(0, "Laptop Cam"), Camera(3, "Desk Cam")]
    source.read()
    assert opened == [0, 3]


@pytest.mark.parametrize("capture_faults", [{1: "gone"}, {1: "damaged"}, {1: "throws"}])
def test_a_camera_that_opens_but_delivers_nothing_is_refused(capture_faults: dict[int, str]) -> None:
    clock = ManualClock()
    capture = FakeCapture(clock, capture_faults)
    with pytest.raises(CameraError) as refusal:
        camera(clock, lambda _: capture)
    assert "livecam devices" in refusal.value.help_text
    assert capture.released


def test_no_such_camera_names_the_list(tmp_path: Path) -> None:
    missing = Camera(7, "camera 7", tmp_path / "video7")
    error = diagnose(missing, cameras=lambda: DESK)
    assert (str(error), error.help_text) == ("there is no camera 7", "livecam devices")
    assert "run --camera sample" in diagnose(missing, cameras=lambda: ()).help_text


def test_missing_permission_names_the_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "video0").touch()
    monkeypatch.setattr("os.access", lambda *_, **__: False)
    assert "usermod -aG video" in diagnose(Camera(0, "Desk Cam", tmp_path / "video0")).help_text


def test_a_camera_in_use_names_the_program_that_holds_it(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    process = tmp_path / "proc" / "4711"
    (process / "fd").mkdir(parents=True)
    (process / "fd" / "5").symlink_to(device)
    (process / "comm").write_text("zoom\n")
    assert find_holders(device, tmp_path / "proc") == ["zoom (4711)"]
    error = diagnose(Camera(0, "Desk Cam", device), proc=tmp_path / "proc")
    assert str(error) == "Desk Cam is in use by zoom (4711)"


def test_closing_during_a_read_leaves_the_release_to_the_reader() -> None:
    clock = ManualClock()
    held_during_grab: list[bool] = []

    class ClosedDuringRead(FakeCapture):
        def grab(self) -> bool:
            if self.grabs == 1:
                source.close()
                held_during_grab.append(not self.released)
            return super().grab()

    capture = ClosedDuringRead(clock)
    source = camera(clock, lambda _: capture)
    source.read()
    assert held_during_grab == [True]
    assert capture.released
    with pytest.raises(CameraError, match="closed"):
        source.read()
