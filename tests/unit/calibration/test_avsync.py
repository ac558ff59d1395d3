"""Flashes and beeps with a planted offset: found within a few milliseconds, refused where there is nothing to find."""

from importlib.resources import files
from pathlib import Path
from threading import Condition, Event

import numpy as np
import pytest

from calibration.avsync import measure, record_pictures, record_sound
from calibration.flashes import BeepDetector, FlashDetector, compute_offset
from livecam.config.av_profile import offset_for, read_offsets, write_offset
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import DeviceError
from livecam.core.frame import Frame
from livecam.devices.sound.file_playback import PlayedRecording
from livecam.devices.source import open_source

RATE_HZ = 48_000
ONSETS_S = np.cumsum(np.random.default_rng(3).uniform(0.9, 1.4, 14)) + 0.5
END_S = float(ONSETS_S[-1]) + 1
FLASH_S = 0.1


def beeps(begin: int, count: int, echo: float = 0.0, noise: float = 0.0) -> np.ndarray:
    """A room's sound from a sample on."""
    at = (begin + np.arange(count)) / RATE_HZ
    since = at[:, None] - ONSETS_S[None, :]
    level = ((since >= 0) & (since < FLASH_S)).any(1) + echo * ((since >= 0.05) & (since < FLASH_S + 0.2)).any(1)
    rng = np.random.default_rng(begin)
    return (0.3 * level * np.sin(2 * np.pi * 1500 * at) + noise * rng.standard_normal(count)).astype(np.float32)


def picture(at_s: float, exposure_s: float, bright: float = 1.0) -> np.ndarray:
    """What a camera sees when its shutter closes then: a screen in a corner that flashes, noise elsewhere."""
    moments = at_s - exposure_s * np.linspace(0, 1, 20)
    since = moments[:, None] - ONSETS_S[None, :]
    share = ((since >= 0) & (since < FLASH_S)).any(1).mean()
    pixels = np.random.default_rng(round(at_s * 1e6)).integers(60, 90, (90, 160, 3))
    pixels[20:60, 30:90] += round(150 * bright * share)
    return pixels.clip(0, 255).astype(np.uint8)


def seen_and_heard(
    offset_ms: float, fps: float = 30.0, exposure_s: float = 0.015, bright: float = 1.0, echo: float = 0.0,
    noise: float = 0.001,
) -> tuple[FlashDetector, BeepDetector]:  # fmt: skip
    seen, heard = FlashDetector(), BeepDetector()
    for number in range(int(END_S * fps)):
        at_s = (number + 0.37) / fps
        seen.add(Frame(picture(at_s, exposure_s, bright), round(at_s * NS_PER_S + offset_ms * NS_PER_MS), number))
    for number in range(int(END_S * 100)):
        sound = beeps(number * 480, 480, echo, noise)[:, None]
        heard.add(AudioBlock(sound, RATE_HZ, number * 480, number * 10 * NS_PER_MS))
    return seen, heard


@pytest.mark.parametrize("offset_ms", [-120.0, 0.0, 43.0, 250.0])
def test_a_planted_offset_is_found(offset_ms):
    found = compute_offset(*seen_and_heard(offset_ms))
    assert found.offset_ms == pytest.approx(offset_ms, abs=6)
    assert found.pairs == len(ONSETS_S) and found.spread_ms < 12


@pytest.mark.parametrize("fps", [15.0, 25.0, 60.0])
def test_whatever_the_camera(fps):
    assert compute_offset(*seen_and_heard(43.0, fps)).offset_ms == pytest.approx(43, abs=10)


def test_a_room_that_echoes_and_a_dim_screen_change_little():
    found = compute_offset(*seen_and_heard(43.0, bright=0.3, echo=0.4, noise=0.01))
    assert found.offset_ms == pytest.approx(43, abs=6)


def test_without_flashes_or_beeps_it_is_refused_with_the_counts():
    for bright, noise in ((0.02, 0.001), (1.0, 3.0)):
        with pytest.raises(DeviceError, match=r"flashes were seen and .* beeps heard"):
            compute_offset(*seen_and_heard(0.0, bright=bright, noise=noise))
    assert FlashDetector().find_onsets_ns() == [] == BeepDetector().find_onsets_ns()


def test_flashes_and_beeps_of_different_things_are_refused():
    seen, heard = seen_and_heard(0.0)
    rng = np.random.default_rng(1)
    tremor = [int(each) * NS_PER_MS for each in rng.integers(-150, 150, 30)]
    heard.stamps_ns = [at_ns + tremor[at_ns // NS_PER_S] for at_ns in heard.stamps_ns]
    with pytest.raises(DeviceError, match="from one to the next"):
        compute_offset(seen, heard)


CLIP = Path(str(files("calibration").joinpath("flash.mp4")))


@pytest.mark.parametrize("later_ms", [0, 70])
def test_the_clip_of_flashes_and_beeps_as_camera_and_microphone(later_ms):
    camera = open_source(str(CLIP), clock=ManualClock(later_ms * NS_PER_MS))
    microphone = PlayedRecording(CLIP, ManualClock())
    seen, heard = FlashDetector(), BeepDetector()
    record_pictures(camera, seen, lambda: True)

    class AtTheEnd(Event):
        def is_set(self) -> bool:
            return len(heard.loudness) > 19_000

    record_sound(microphone, heard, AtTheEnd())
    # A picture that is the first bright one became bright half a period before, as far as anybody can tell.
    assert compute_offset(seen, heard).offset_ms == pytest.approx(later_ms - 1000 / 60 / 2, abs=3)


class Room:
    """Camera and microphone that keep pace with each other, however threads are scheduled."""

    name, rate_hz, live, xruns = "a room", 30.0, True, 0

    def __init__(self, offset_ms: float, silent: bool = False) -> None:
        self._offset_ns, self._silent = round(offset_ms * NS_PER_MS), silent
        self._frames = self._blocks = 0
        self._moved = Condition()

    def camera(self) -> Frame | None:
        self._frames += 1
        at_s = self._frames / 30
        with self._moved:
            self._moved.notify_all()
            self._moved.wait_for(lambda: self._silent or self._blocks / 100 > at_s + 1)
        return Frame(picture(at_s, 0.002), round(at_s * NS_PER_S) + self._offset_ns, self._frames)

    def microphone(self, count: int) -> AudioBlock | None:
        if self._silent:
            return None
        with self._moved:
            self._moved.wait_for(lambda: self._blocks / 100 < self._frames / 30 + 2, timeout=1.0)
            self._blocks += 1
            self._moved.notify_all()
        number = self._blocks - 1
        return AudioBlock(beeps(number * 480, count)[:, None], RATE_HZ, number * 480, number * 10 * NS_PER_MS)

    def close(self) -> None:
        pass


def measured(room: Room, most_s: float = 1e6) -> tuple[float, list[int]]:
    reported: list[int] = []
    camera, microphone = type("C", (), {}), type("M", (), {})
    camera.read, microphone.read = staticmethod(room.camera), staticmethod(room.microphone)
    camera.name = microphone.name = "a room"
    clock = ManualClock()

    class Passing(ManualClock):
        def now_ns(self) -> int:
            clock.advance_ns(33 * NS_PER_MS)
            return clock.now_ns()

    return measure(camera, microphone, most_s, Passing(), reported.append).offset_ms, reported


def test_it_watches_and_listens_until_it_has_seen_enough():
    offset_ms, reported = measured(Room(43.0))
    assert offset_ms == pytest.approx(43, abs=8)
    assert reported[-1] >= 12 and reported == sorted(reported)


def test_a_room_without_a_sound_ends_in_time_with_what_is_missing():
    with pytest.raises(DeviceError, match="0 beeps heard"):
        measured(Room(0.0, silent=True), most_s=5.0)


def test_an_offset_is_kept_by_devices_and_an_option_overrides_it(tmp_path):
    assert offset_for(tmp_path, "cam", "mic", None) == (0.0, ())
    write_offset(tmp_path, "cam", "mic", 43.0)
    write_offset(tmp_path, "cam", "headset", 60.0)
    assert read_offsets(tmp_path) == {("cam", "mic"): 43.0, ("cam", "headset"): 60.0}
    found, remarks = offset_for(tmp_path, "cam", "mic", None)
    assert found == 43.0 and "43 ms older" in remarks[0]
    assert offset_for(tmp_path, "cam", "mic", 10.0) == (10.0, ())
    assert offset_for(tmp_path, "other", "mic", None) == (0.0, ())


@pytest.mark.parametrize("text", ["{", '{"schema": 9}', "[]"])
def test_a_file_that_is_damaged_is_named_and_written_again(tmp_path, text):
    (tmp_path / "avsync.json").write_text(text)
    with pytest.raises(DeviceError, match="cannot be read"):
        read_offsets(tmp_path)
    write_offset(tmp_path, "cam", "mic", 1.0)
    assert read_offsets(tmp_path) == {("cam", "mic"): 1.0}


def test_the_clip_is_written_where_it_was_asked_for(tmp_path, monkeypatch, capsys):
    from livecam.cli import main

    monkeypatch.chdir(tmp_path)
    assert main(["calibrate", "avsync", "--write", "flash.mp4"]) == 0
    assert "play it on a phone" in capsys.readouterr().out
    assert Path("flash.mp4").read_bytes() == CLIP.read_bytes()
    assert main(["calibrate", "avsync", "--write", "no/flash.mp4"]) == 3
    assert main(["calibrate", "avsync", "--write", "flash.avi"]) == 3


def test_the_command_measures_keeps_and_says_it(tmp_path, monkeypatch, capsys):
    from calibration import console as tell
    from calibration.flashes import Offset
    from livecam.cli import main

    monkeypatch.setattr(tell, "measure", lambda *_: Offset(43.0, 3.0, 12))
    words = ["--camera", str(CLIP), "--microphone", str(CLIP), "--data-folder", str(tmp_path)]
    assert main(["calibrate", "avsync", *words]) == 0
    assert "43 ms older than they say (12 flashes" in capsys.readouterr().out
    assert read_offsets(tmp_path) == {("flash.mp4", f"file:{CLIP}"): 43.0}
