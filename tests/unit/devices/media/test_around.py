"""What stands around the readers: cameras that are asked for, long WAVs, photos with something after their end."""

import io
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.core.errors import CameraError, PhotoError
from livecam.core.finding import Health
from livecam.core.label import Label
from livecam.devices import source
from livecam.devices.camera.listing import Camera
from livecam.devices.camera.v4l2 import PictureFormat
from livecam.devices.recording.sound_forms import WavForm
from livecam.devices.source import choose_size, open_source
from livecam.doctor.devices import check_video_files
from livecam.personas.photo.decoding import decode_photo
from livecam.provenance.media_type import media_type
from tests.clips import numbered, steady, write_clip


def camera(*formats: tuple[tuple[int, int], float]) -> Camera:
    return Camera(0, "cam", None, tuple(PictureFormat("MJPG", size_wh, rate_hz) for size_wh, rate_hz in formats))


@pytest.mark.parametrize(
    ("formats", "asked_wh"),
    [
        ([((640, 480), 30), ((1280, 720), 30), ((3840, 2160), 60)], (1280, 720)),
        ([((640, 480), 30), ((1280, 720), 10), ((1920, 1080), 30)], (640, 480)),
        ([((3840, 2160), 60)], (1280, 720)),
        ([], (1280, 720)),
    ],
)
def test_a_camera_is_asked_for_a_good_size(
    formats: list[tuple[tuple[int, int], float]], asked_wh: tuple[int, int]
) -> None:
    assert choose_size(camera(*formats), 30.0) == asked_wh


@pytest.mark.parametrize("index", ["2147483648", "99999999999999999999", "256"])
def test_a_camera_beyond_all_indexes_is_refused_in_words(index: str) -> None:
    with pytest.raises(CameraError, match="no camera"):
        open_source(index)


def test_two_cameras_of_one_name_are_both_named(monkeypatch: pytest.MonkeyPatch) -> None:
    twins = (Camera(0, "HD Webcam"), Camera(2, "HD Webcam"))
    monkeypatch.setattr("livecam.devices.camera.listing.list_cameras", lambda: twins)
    with pytest.raises(CameraError, match=r"2 cameras.*0 \(HD Webcam\), 2 \(HD Webcam\)") as error:
        source.open_source("HD Webcam")
    assert error.value.help_text == "add --camera 0"


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
@pytest.mark.parametrize(
    "tail",
    [bytes(200_000), b"\0\0\0\x18ftypmp42" + bytes(300_000), b"MotionPhoto_Data"],
    ids=["zeros", "a film", "a word"],  # a name of 200 kB is too long for the environment of a process
)
def test_a_photo_with_something_after_its_end_is_read(suffix: str, tail: bytes) -> None:
    data = cv2.imencode(suffix, cv2.resize(numbered(5), (320, 240)))[1].tobytes()
    right = decode_photo(data, "me")
    np.testing.assert_array_equal(decode_photo(data + tail, "me"), right)


def test_a_cut_off_photo_is_refused_though_its_thumbnail_is_whole() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8)
    data = cv2.imencode(".jpg", noise)[1].tobytes()
    thumbnail = cv2.imencode(".jpg", numbered(2))[1].tobytes()
    note = b"\xff\xe1" + struct.pack(">H", 2 + len(thumbnail)) + thumbnail
    assert decode_photo(data[:2] + note + data[2:], "me").shape == (240, 320, 3)
    with pytest.raises(PhotoError, match="cut off"):
        decode_photo((data[:2] + note + data[2:])[:-200], "me")


@pytest.mark.parametrize("hours", [1, 12, 13, 100])
def test_the_header_of_a_wav_of_any_length_says_its_length(hours: int) -> None:
    size = hours * 3600 * 96_000
    written = WavForm(48_000, Label.MODIFIED).header(size // 2)
    header, rest = io.BytesIO(written), len(written) - 8
    kind, riff = struct.unpack("<4sI", header.read(8))
    header.seek(12)
    chunk, _, long_riff, long_data = struct.unpack("<4sIQQ", header.read(24))
    header.seek(rest + 4)
    short_data = struct.unpack("<I", header.read(4))[0]
    if size + rest < 2**32:
        assert (kind, riff, short_data) == (b"RIFF", rest + size, size)
    else:
        assert (kind, chunk, long_riff, long_data) == (b"RF64", b"ds64", rest + size, size)


def test_the_kind_of_a_manifest_is_known_by_content(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", steady(2)).rename(tmp_path / "a.m4v")
    cv2.imwrite(str(tmp_path / "a.png"), numbered(1))
    picture = (tmp_path / "a.png").rename(tmp_path / "a.jpeg")
    assert media_type(clip) == "video/mp4"
    assert media_type(picture) == "image/png"
    assert media_type(tmp_path / "none") is None


def test_the_doctor_reads_a_clip_as_a_run_does(monkeypatch: pytest.MonkeyPatch) -> None:
    (good,) = check_video_files()
    assert good.health is Health.OK

    def refuse() -> None:
        raise CameraError("sample.mp4 cannot be opened", advice="")

    (bad,) = check_video_files(look=refuse)
    assert bad.health is Health.FAIL and "sample.mp4" in bad.found
