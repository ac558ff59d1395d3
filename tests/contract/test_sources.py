"""What every source of frames promises, whatever is behind it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import pytest

from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError
from livecam.core.fakes import FakeSource
from livecam.core.ports import FrameSource
from livecam.devices import open_source
from livecam.devices.camera.capture import CameraRequest, CameraSource, Capture
from livecam.devices.camera.listing import Camera
from livecam.devices.media.sample import SAMPLE_CLIP
from tests.clips import numbered, steady, write_clip

PICTURES = 6


def clip(folder: Path) -> Path:
    return write_clip(folder / "clip.mp4", steady(PICTURES))


def pictures(folder: Path) -> Path:
    for number in range(PICTURES):
        cv2.imwrite(str(folder / f"{number}.png"), numbered(number))
    return folder


def camera_that_plays_a_clip(folder: Path, clock: ManualClock) -> FrameSource:
    path = str(clip(folder))

    def capture(_: int) -> Capture:
        return cv2.VideoCapture(path)  # type: ignore[return-value]

    return CameraSource(
        Camera(0, "clip camera"),
        CameraRequest(),
        clock,
        open_capture=capture,
        cameras=lambda: (Camera(0, "clip camera"),),
    )


SOURCES: dict[str, Callable[[Path, ManualClock], FrameSource]] = {
    "fake": lambda folder, clock: FakeSource([numbered(k) for k in range(PICTURES)], 25.0, clock),
    "clip, every frame": lambda folder, clock: open_source(str(clip(folder)), clock=clock, paced=False),
    "clip, live": lambda folder, clock: open_source(str(clip(folder)), clock=clock),
    "folder, every frame": lambda folder, clock: open_source(str(pictures(folder)), clock=clock, paced=False),
    "folder, live": lambda folder, clock: open_source(str(pictures(folder)), clock=clock),
    "opencv camera": camera_that_plays_a_clip,
    "sample, live": lambda folder, clock: open_source("sample", clock=clock),
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrameSource]:
    if request.param.startswith("sample") and not SAMPLE_CLIP.is_file():
        pytest.skip(f"{SAMPLE_CLIP.name} is not there")
    opened = SOURCES[request.param](tmp_path, ManualClock(10**9))
    yield opened
    opened.close()


def test_it_is_a_source_with_a_name_and_a_rate(source: FrameSource) -> None:
    assert isinstance(source, FrameSource)
    assert source.name
    assert 1 <= source.rate_hz <= 1000


def test_frames_keep_one_size_and_count_up_in_time(source: FrameSource) -> None:
    frames = [source.read() for _ in range(5)]
    assert all(frame is not None for frame in frames)
    known = [frame for frame in frames if frame is not None]
    assert len({frame.size_wh for frame in known}) == 1
    assert [frame.seq for frame in known] == sorted({frame.seq for frame in known})
    stamps = [frame.captured_ns for frame in known]
    assert stamps == sorted(stamps)


def test_pixels_are_read_only_and_stay_what_they_were(source: FrameSource) -> None:
    first = source.read()
    assert first is not None
    before = first.pixels.copy()
    with pytest.raises(ValueError, match="read-only"):
        first.pixels[0, 0] = 0
    source.read()
    assert (first.pixels == before).all()


def test_it_ends_with_none_or_an_error_and_never_hangs(source: FrameSource) -> None:
    for _ in range(2000):
        try:
            if source.read() is None:
                assert source.read() is None
                return
        except CameraError as error:
            assert error.help_text
            return
    pytest.fail("neither an end nor an error after 2000 frames")


def test_it_closes_twice_and_gives_nothing_afterwards(source: FrameSource) -> None:
    source.read()
    source.close()
    source.close()
    try:
        assert source.read() is None
    except CameraError as error:
        assert error.help_text
