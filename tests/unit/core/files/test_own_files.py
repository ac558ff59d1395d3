"""livecam replaces what it wrote, and nothing else."""

import cv2
import numpy as np
import pytest

from livecam.core.audio import AudioBlock
from livecam.core.errors import OutputError, UsageError
from livecam.core.files.lock import FileLock
from livecam.core.files.own_files import check_output, check_replaceable, is_own, png_with_comment
from livecam.core.report import Report
from livecam.devices.recording.sound_file import SoundFileSink
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.picture import Marker
from livecam.disclosure.sound.marker import SoundMarker
from tests.clips import numbered, steady, write_clip
from tests.sounds import write_wav


def png() -> bytes:
    return cv2.imencode(".png", np.zeros((8, 8, 3), np.uint8))[1].tobytes()


def recorded(path, pictures: int = 40):
    sink, marker = FileSink(path, (64, 48), 30), Marker((64, 48))
    for n in range(pictures):
        sink.send(marker.mark(numbered(n % 25), n * 33_000_000, n))
    sink.close()


def spoken(path):
    sink = SoundFileSink(path, 48_000)
    sink.send(SoundMarker(7).mark(AudioBlock(np.zeros((480, 1), np.float32), 48_000, 0, 0)))
    sink.close()


OWN = {
    "a.mp4": recorded,
    "a.mov": recorded,
    "a.mkv": recorded,
    "a.wav": spoken,
    "a.json": lambda path: path.write_text(Report().to_json()),
    "a.png": lambda path: path.write_bytes(png_with_comment(png())),
    "empty.mp4": lambda path: path.write_bytes(b""),
    "empty.json": lambda path: path.write_bytes(b""),
}
FOREIGN = {
    "b.mp4": lambda path: write_clip(path, steady(8)),
    "b.wav": lambda path: write_wav(path, np.ones(480, np.float32) / 2),
    "b.json": lambda path: path.write_text('{"schema": 1, "machine": {}}'),
    "b.png": lambda path: path.write_bytes(png()),
    "photo.json": lambda path: path.write_bytes(png()),
    "notes.json": lambda path: path.write_text("the face in it is altered by livecam"),
    "text.mp4": lambda path: path.write_text("a text about what was altered by livecam"),
    "zeros.mp4": lambda path: path.write_bytes(bytes(5000)),
    "key.mp4": lambda path: path.write_text("-----BEGIN PRIVATE KEY-----"),
}


@pytest.mark.parametrize("name", OWN)
def test_what_livecam_wrote_is_known(tmp_path, name):
    OWN[name](tmp_path / name)
    assert is_own(tmp_path / name)
    check_output(tmp_path / name, "--record")


@pytest.mark.parametrize("name", FOREIGN)
def test_what_livecam_did_not_write_is_left_alone(tmp_path, name):
    FOREIGN[name](tmp_path / name)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(UsageError, match="livecam did not write it") as reported:
        check_replaceable(tmp_path / name, "--record")
    assert "--record" in reported.value.help_text
    for sink in (lambda path: FileSink(path, (64, 48), 30), lambda path: SoundFileSink(path, 48_000)):
        with pytest.raises((UsageError, OutputError)):
            sink(tmp_path / name)
    assert (tmp_path / name).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_signed_recording_is_known(tmp_path):
    pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")
    from livecam.core.payload import FACE, MarkPayload
    from livecam.provenance.sign_outputs import add_manifest

    for name in ("a.mp4", "a.wav"):
        OWN[name](tmp_path / name)
        add_manifest(tmp_path / name, [MarkPayload(FACE, 7)], tmp_path / "data")
        assert is_own(tmp_path / name)


def test_a_recording_that_was_killed_at_any_time_is_known(tmp_path):
    sink, marker = FileSink(tmp_path / "a.mp4", (64, 48), 30), Marker((64, 48))
    for n in range(70):
        sink.send(marker.mark(numbered(n % 25), n * 33_000_000, n))
        assert is_own(tmp_path / "a.mp4")
    sink.close()


def test_a_file_written_by_another_process_is_refused_whoever_owns_it(tmp_path):
    (tmp_path / "a.mp4").write_text("not even a video")
    lock = FileLock(tmp_path / "a.mp4")
    with pytest.raises(OutputError, match="another livecam writes"):
        check_replaceable(tmp_path / "a.mp4", "--record")
    lock.close()


def test_a_png_with_a_comment_is_the_same_picture(tmp_path):
    shown = cv2.imdecode(np.frombuffer(png_with_comment(png()), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None and not shown.any()
