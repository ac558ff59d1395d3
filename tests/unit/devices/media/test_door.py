"""The door hands files over open, reads them elsewhere, and outlives whatever happens there."""

import os
import signal
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.box import process
from livecam.box.limits import MEMORY_BYTES
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError, LivecamError, SoundError
from livecam.devices.media.clip import ClipReel
from livecam.devices.media.door import Clip, Sound, read_still, read_tags
from livecam.devices.media.pictures import is_still, open_reel, read_pictures
from livecam.devices.media.playback_source import PlaybackSource
from livecam.devices.media.speech import Stretches, choose_gain, examine
from tests.clips import numbered, steady, write_clip
from tests.media_files import beeps
from tests.sounds import talking, write_wav

SAMPLE = Path(str(files("livecam.devices.media"))) / "sample" / "sample.mp4"


def every(reel: Clip | ClipReel) -> list[tuple[int, np.ndarray]]:
    found = []
    while (at_ns := reel.grab()) is not None:
        found.append((at_ns, reel.retrieve()))
    return found


def test_a_box_gives_the_very_pictures_and_times_of_its_reader(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(12))
    with closing(Clip(path)) as boxed, closing(ClipReel(path.open("rb"), "a")) as bare:
        for (at_ns, pixels), (right_ns, right) in zip(every(boxed), every(bare), strict=True):
            assert at_ns == right_ns
            np.testing.assert_array_equal(pixels, right)
        boxed.rewind()
        assert boxed.grab() == 0


@pytest.mark.parametrize("already_idle", [0, 2])
def test_one_box_serves_several_files(tmp_path: Path, already_idle: int) -> None:
    path = write_clip(tmp_path / "a.mp4", steady(3))
    process.end_all()
    for clip in [Clip(path) for _ in range(already_idle)]:
        clip.close()
    pids = set()
    for _ in range(3):
        with closing(Clip(path)) as clip:
            assert clip._asked._box is not None
            pids.add(clip._asked._box.pid)
            clip.grab()
    assert len(pids) == 1


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the means of Linux")
def test_a_box_opens_no_file_no_socket_and_no_process() -> None:
    with closing(process.Box("tests.unit.devices.media.prying")) as box:
        assert {"limits", "landlock", "seccomp"} >= set(box.means) and "limits" in box.means
        answer, _ = box.call({})
    for name, outcome in answer.items():
        assert outcome != "done", name


@pytest.mark.parametrize("fault", ["kill", "stop"])
def test_a_reader_that_dies_or_hangs_is_an_error_in_words(
    tmp_path: Path, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "ANSWER_S", 0.5)
    clip = Clip(write_clip(tmp_path / "a.mp4", steady(20)))
    assert clip._asked._box is not None
    os.kill(clip._asked._box.pid, signal.SIGKILL if fault == "kill" else signal.SIGSTOP)
    with pytest.raises(CameraError, match=r"a\.mp4 (ended its decoder|kept its decoder busy)") as error:
        every(clip)
    assert error.value.help_text and error.value.exit_code == 3
    clip.close()
    clip.close()
    assert len(every(Clip(tmp_path / "a.mp4"))) == 20


def test_what_asks_for_too_much_memory_is_refused_and_the_box_lives() -> None:
    with closing(process.Box("tests.unit.devices.media.prying")) as box:
        with pytest.raises(process.ProcessDied, match="memory"):
            box.call({"bytes": 2 * MEMORY_BYTES})
        assert box.call({})[0]


def test_only_plain_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    for path, says in ((tmp_path / "pipe.mp4", "plain file"), (tmp_path, "plain file"), (tmp_path / "no", "no file")):
        for opens in (Clip, Sound):
            with pytest.raises(LivecamError, match=says):
                opens(path)


def test_a_still_is_known_by_content_and_shown_for_ever_or_once(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), numbered(3))
    path = (tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert is_still(path) and not is_still(SAMPLE)
    assert len(list(read_pictures(path))) == 1
    np.testing.assert_array_equal(read_still(path, "hint"), numbered(3))
    clock = ManualClock()
    source = PlaybackSource(open_reel(path, once=False), clock)
    assert [source.read() is not None for _ in range(100)] == [True] * 100
    source.close()
    assert source.read() is None


def test_the_tags_of_a_file_are_read() -> None:
    assert read_tags(SAMPLE)["major_brand"] == "isom"


def test_a_sound_comes_in_pieces_and_without_sound_there_is_none(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", beeps([1.0], 3.25))
    with closing(Sound(path)) as sound:
        assert [len(piece) for piece in sound.pieces()] == [48_000, 48_000, 48_000, 12_000]
    with pytest.raises(SoundError, match="no sound"):
        Sound(SAMPLE)


def test_a_recording_is_scaled_to_what_a_voice_is_learned_from(tmp_path: Path) -> None:
    voice = talking(2.0, 48_000, 120)
    faint = examine(write_wav(tmp_path / "faint.wav", voice * 0.01))
    assert np.abs(faint.stretches).max() == pytest.approx(0.25, rel=0.1)
    assert any("faint" in remark for remark in faint.remarks)
    assert choose_gain(4.0, "a")[0] == 0.25 and "12 dB" in choose_gain(4.0, "a")[1][0]
    with pytest.raises(SoundError, match="silent"):
        choose_gain(0.0, "a")


def test_stretches_of_a_long_sound_are_spread_over_it_and_stay_short() -> None:
    stretches = Stretches()
    for second in range(3600):
        stretches.add(np.full(480, second, np.float32).repeat(100))
    assert len(stretches.sound) <= 5 * 60 * 48_000
    assert stretches.sound[0] == 0 and stretches.sound[-1] > 3000
    short = Stretches()
    short.add(np.arange(10, dtype=np.float32))
    np.testing.assert_array_equal(short.sound, np.arange(10))


def test_without_a_box_the_same_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "BOXED", False)
    monkeypatch.setattr("livecam.devices.media.door.BOXED", False)
    monkeypatch.setattr("livecam.devices.media.box_client.WORKER", "livecam.devices.media.worker")
    process.end_all()
    path = write_clip(tmp_path / "a.mp4", steady(6))
    with closing(Clip(path)) as clip, closing(ClipReel(path.open("rb"), "a")) as bare:
        assert clip._asked._box is not None and clip._asked._box.pid == os.getpid()
        for (at_ns, pixels), (right_ns, right) in zip(every(clip), every(bare), strict=True):
            assert at_ns == right_ns
            np.testing.assert_array_equal(pixels, right)
    with pytest.raises(CameraError, match="no file"):
        Clip(tmp_path / "none.mp4")
    process.end_all()
