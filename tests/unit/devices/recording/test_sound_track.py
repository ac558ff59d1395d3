"""The sound of a video file: in time with the pictures, whatever comes late, twice or not at all."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_MS
from livecam.core.errors import OutputError
from livecam.devices.media.speech import read_sound_from_first_picture
from livecam.devices.recording.sound_track import RATE_HZ
from livecam.devices.recording.video_file import FileSink
from livecam.disclosure.sound.marker import SoundMarker
from livecam.verify import verify
from tests.sounds import talking
from tests.unit.devices.recording.test_video_file import SIZE_WH, content, picture

BEGIN_MS = 7000
BLOCK_MS = 100
AFTER_NOTICE = 100 * RATE_HZ


def marked(samples: np.ndarray, at_ms: float) -> MarkedBlock:
    block = AudioBlock(samples.astype(np.float32)[:, None], RATE_HZ, 0, round(at_ms * NS_PER_MS))
    return SoundMarker(1, AFTER_NOTICE).mark(block)


def beeps(seconds: float) -> np.ndarray:
    """10 ms of a tone at the beginning of every second but the first."""
    at = np.arange(int(seconds * RATE_HZ))
    return 0.5 * np.sin(2 * np.pi * 1000 * at / RATE_HZ) * (at % RATE_HZ < RATE_HZ // 100) * (at >= RATE_HZ)


def written(path: Path, sound: np.ndarray, *, speed: float = 1.0, lost: range = range(0), seconds: int = 8) -> Path:
    """Pictures for some seconds, and sound that comes 300 ms after them; `speed` of the pictures' clock against it."""
    sink = FileSink(path, SIZE_WH, 30.0, sound=True)
    assert sink.sound is not None
    step = RATE_HZ * BLOCK_MS // 1000
    outgoing = SoundMarker(0xBEEF, AFTER_NOTICE)
    for number in range(seconds * 30):
        at_ms = number * 1000 / 30
        sink.send(picture(number % 25, BEGIN_MS + round(at_ms)))
        block = round(at_ms / BLOCK_MS) - 3
        if number % 3 == 0 and block >= 0 and block not in lost:
            samples = sound[block * step : (block + 1) * step].astype(np.float32)[:, None]
            spoken_ns = round((BEGIN_MS + block * BLOCK_MS * speed) * NS_PER_MS)
            sink.sound.send(outgoing.mark(AudioBlock(samples, RATE_HZ, block * step, spoken_ns)))
    sink.close()
    return path


def heard_at_s(path: Path) -> list[float]:
    """When each beep begins; the file says that in its own time."""
    sound = read_sound_from_first_picture(path)
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    return [float(at) / RATE_HZ for at in loud[np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 4]]


MARK_S = SoundMarker(1).latency_samples / RATE_HZ


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_sound_is_heard_at_the_time_it_was_spoken(tmp_path: Path, name: str):
    path = written(tmp_path / name, beeps(8))
    assert len(content(path)) == 240
    assert heard_at_s(path) == pytest.approx([n + MARK_S for n in range(1, 8)], abs=0.004)


def test_a_clock_that_runs_faster_than_the_pictures_is_followed(tmp_path: Path):
    path = written(tmp_path / "a.mp4", beeps(20), speed=1.001, seconds=20)
    wanted = [n * 1.001 + MARK_S for n in range(1, 20)]
    assert heard_at_s(path) == pytest.approx(wanted, abs=0.008)


def test_what_was_not_heard_is_silence_and_what_comes_after_it_is_in_time(tmp_path: Path):
    path = written(tmp_path / "a.mp4", beeps(8), lost=range(25, 55))
    assert heard_at_s(path) == pytest.approx([n + MARK_S for n in (1, 2, 6, 7)], abs=0.004)


def test_without_any_sound_the_file_plays_and_is_silent(tmp_path: Path):
    path = written(tmp_path / "a.mp4", beeps(4), lost=range(100), seconds=4)
    assert len(content(path)) == 120
    with av.open(str(path)) as container:
        assert not any(frame.to_ndarray().any() for frame in container.decode(audio=0))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_killed_run_leaves_pictures_and_sound_to_the_last_second(tmp_path: Path, name: str):
    sink = FileSink(tmp_path / name, SIZE_WH, 30.0, sound=True)
    assert sink.sound is not None
    for number in range(150):
        sink.send(picture(number % 25, round(number * 1000 / 30)))
        if number % 3 == 0:
            sink.sound.send(marked(0.1 * np.ones(4800), number * 1000 / 30))
    killed = Path(shutil.copy(tmp_path / name, tmp_path / f"killed-{name}"))
    sink.close()
    assert len(content(killed)) >= 110
    assert len(read_sound_from_first_picture(killed)) >= 3.5 * RATE_HZ


def test_both_marks_are_read_from_the_file(tmp_path: Path):
    path = written(tmp_path / "a.mp4", talking(24.0, RATE_HZ, 130), seconds=24)
    verdict = verify(path)
    assert verdict.best_sound is not None and verdict.best_sound.session == 0xBEEF
    assert verdict.best is not None


def test_sound_before_the_first_picture_and_after_the_end_is_not_in_it(tmp_path: Path):
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0, sound=True)
    assert sink.sound is not None
    sink.sound.send(marked(np.ones(4800), 0))
    sink.send(picture(0, BEGIN_MS))
    sink.sound.send(marked(np.ones(4800), BEGIN_MS - 5000))
    sink.sound.send(marked(np.ones(4800), BEGIN_MS - 50))
    sink.send(picture(1, BEGIN_MS + 33))
    sink.close()
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert sum(frame.samples for frame in container.decode(audio=0)) <= 4096
    with pytest.raises(OutputError, match="is closed"):
        sink.sound.send(marked(np.ones(4800), BEGIN_MS))


def test_it_takes_marked_sound_only(tmp_path: Path):
    sink = FileSink(tmp_path / "a.mp4", SIZE_WH, 30.0, sound=True)
    assert sink.sound is not None
    with pytest.raises(TypeError, match="MarkedBlock"):
        sink.sound.send(AudioBlock(np.zeros((480, 1), np.float32), RATE_HZ, 0, 0))  # type: ignore[arg-type]
    sink.close()
    assert FileSink(tmp_path / "b.mp4", SIZE_WH, 30.0).sound is None


def test_a_full_disk_says_so_to_pictures_and_sound(tmp_path: Path):
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "full.mp4").symlink_to("/dev/full")
    sink = FileSink(tmp_path / "full.mp4", SIZE_WH, 30.0, sound=True)
    assert sink.sound is not None
    with pytest.raises(OutputError, match="cannot be written"):
        for number in range(200):
            sink.send(picture(number % 25, number * 33))
    with pytest.raises(OutputError) as reported:
        sink.sound.send(marked(np.ones(480), 0))
    assert "space" in reported.value.help_text
    sink.close()
