"""Recordings in, marked WAV and FLAC files out."""

import os
import re
import wave
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
import pytest

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import ManualClock
from livecam.core.errors import OutputError, SoundError
from livecam.core.files.own_files import is_own
from livecam.devices.media.speech import read_sound
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink
from livecam.devices.sound.devices import open_sound_sink
from livecam.devices.sound.reconnecting import ReconnectingSpeaker
from livecam.disclosure.sound.marker import SoundMarker
from tests.full_disk import small_disk


def write(path, samples, rate_hz, channels=1):
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def tone(rate_hz, seconds=1.0, hz=440):
    return 0.5 * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
def test_a_recording_of_any_rate_comes_at_48_khz(tmp_path, rate_hz):
    sound = read_sound(write(tmp_path / "a.wav", tone(rate_hz), rate_hz))
    assert sound.dtype == np.float32 and abs(len(sound) - RATE_HZ) < 100
    spectrum = np.abs(np.fft.rfft(sound[2000:46000]))
    assert abs(spectrum.argmax() * RATE_HZ / 44000 - 440) < 2


def test_two_channels_become_one(tmp_path):
    stereo = np.stack([tone(RATE_HZ), tone(RATE_HZ)], 1).reshape(-1)
    sound = read_sound(write(tmp_path / "a.wav", stereo, RATE_HZ, channels=2))
    assert sound.ndim == 1 and abs(len(sound) - RATE_HZ) < 100 and np.abs(sound).max() > 0.3


def test_what_is_no_recording_is_refused_with_a_hint(tmp_path):
    (tmp_path / "text.wav").write_text("this is no sound")
    write(tmp_path / "silent.wav", np.zeros(1000), RATE_HZ)
    for name, says in (("text.wav", "cannot be read"), ("silent.wav", "silent"), ("none.wav", "no file")):
        with pytest.raises(SoundError, match=says) as error:
            read_sound(tmp_path / name)
        assert error.value.help_text and error.value.exit_code == 3


def test_a_clip_without_sound_is_refused():
    with pytest.raises(SoundError, match="no sound"):
        read_sound(files("livecam.devices.media").joinpath("sample", "sample.mp4"))


def test_marked_sound_is_written_and_nothing_else(tmp_path):
    sink, block = SoundFileSink(tmp_path / "o.wav", RATE_HZ), AudioBlock(np.zeros((480, 1), np.float32), RATE_HZ, 0, 0)
    marked = SoundMarker(7).mark(block)
    sink.send(marked)
    with pytest.raises(TypeError, match="MarkedBlock"):
        sink.send(block)
    sink.close()
    sink.close()
    with wave.open(str(tmp_path / "o.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getnframes()) == (RATE_HZ, 1, 480)
        kept = np.frombuffer(file.readframes(480), "<i2") / 32767
    np.testing.assert_allclose(kept, marked.samples[:, 0], atol=1e-4)


def test_another_rate_is_refused(tmp_path):
    sink = SoundFileSink(tmp_path / "o.wav", 16_000)
    marked = SoundMarker(7).mark(AudioBlock(np.zeros((160, 1), np.float32), RATE_HZ, 0, 0))
    with pytest.raises(ValueError, match="rate"):
        sink.send(marked)
    sink.close()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "folder.wav").mkdir()
    for path, says in ((tmp_path / "o.mp3", "no WAV or FLAC"), (tmp_path / "no" / "o.wav", "no folder")):
        with pytest.raises(OutputError, match=says):
            SoundFileSink(path, RATE_HZ)
    with pytest.raises(OutputError, match="cannot be written"):
        SoundFileSink(tmp_path / "folder.wav", RATE_HZ)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_is_reported(tmp_path):
    (tmp_path / "full.wav").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left"):
        SoundFileSink(tmp_path / "full.wav", RATE_HZ)


@pytest.mark.parametrize(("suffix", "most_lost"), [(".wav", 10), (".flac", RATE_HZ // 10)])
def test_a_file_that_was_never_finished_still_plays(tmp_path, suffix, most_lost):
    path = tmp_path / f"o{suffix}"
    sink = SoundFileSink(path, RATE_HZ)
    sink.send(SoundMarker(7).mark(AudioBlock(np.zeros((48000, 1), np.float32), RATE_HZ, 0, 0)))
    assert len(read_sound(path)) == pytest.approx(48000, abs=most_lost)
    sink.close()
    assert frames_of(path) == 48_000


@pytest.mark.parametrize("sizes", [(480,), (7, 4801, 1), (4608, 4608), (9600, 333)])
def test_a_flac_holds_every_sample_of_the_wav(tmp_path, sizes):
    sounds = []
    for suffix in (".wav", ".flac"):
        sink, marker = SoundFileSink(tmp_path / f"o{suffix}", RATE_HZ), SoundMarker(7)
        for number, size in enumerate(sizes):
            sound = np.sin(np.arange(size) / (9 + number))[:, None].astype(np.float32)
            sink.send(marker.mark(AudioBlock(0.3 * sound, RATE_HZ, 0, 0)))
        sink.close()
        with av.open(str(tmp_path / f"o{suffix}")) as container:
            assert container.streams.audio[0].duration == sum(sizes)
            sounds.append(np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)]))
    assert len(sounds[0]) == sum(sizes) and np.array_equal(*sounds)


def test_a_flac_carries_what_it_is(tmp_path):
    sink = SoundFileSink(tmp_path / "v.flac", RATE_HZ)
    sink.send(spoken())
    sink.close()
    with av.open(str(tmp_path / "v.flac")) as container:
        assert container.metadata["comment"].endswith("altered by livecam")
    assert is_own(tmp_path / "v.flac") and (tmp_path / "v.flac").stat().st_size < 9600
    assert (tmp_path / "v.flac").stat().st_mode & 0o777 == 0o600 or os.name == "nt"


def spoken(count: int = 1) -> MarkedBlock:
    return SoundMarker(7).mark(AudioBlock(np.full((4800 * count, 1), 0.1, np.float32), RATE_HZ, 0, 0))


def frames_of(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(frame.samples for frame in container.decode(audio=0))


@pytest.mark.parametrize("name", ["v.wav", "v.flac"])
def test_a_full_disk_ends_the_sound_for_good_and_the_rest_plays(tmp_path, name):
    with small_disk(tmp_path / "disk", 64) as disk:
        clock, opened = ManualClock(), []

        def open_sink():
            opened.append(open_sound_sink(f"file:{disk / name}", clock))
            return opened[-1]

        speaker = ReconnectingSpeaker(open_sink, clock)
        for _ in range(200):
            speaker.send(spoken())
        assert speaker.trouble is not None
        assert re.match(r"the recording stopped after \d\.\d s: .*No space left", speaker.trouble)
        speaker.close()
        assert len(opened) == 1
        assert frames_of(disk / name) > 20_000


def test_an_earlier_sound_stays_until_there_is_another(tmp_path):
    for count in (3, 0, 1):
        sink = SoundFileSink(tmp_path / "v.wav", RATE_HZ)
        for _ in range(count):
            sink.send(spoken())
        sink.close()
        assert frames_of(tmp_path / "v.wav") == 4800 * (count or 3)
    SoundFileSink(tmp_path / "new.wav", RATE_HZ).close()
    assert not (tmp_path / "new.wav").exists()


def test_two_sinks_do_not_write_one_sound(tmp_path):
    sink = SoundFileSink(tmp_path / "v.wav", RATE_HZ)
    with pytest.raises(OutputError, match="another livecam writes"):
        SoundFileSink(tmp_path / "v.wav", RATE_HZ)
    sink.send(spoken())
    sink.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_wav_carries_what_it_is(tmp_path):
    sink = SoundFileSink(tmp_path / "v.wav", RATE_HZ)
    sink.send(spoken())
    with av.open(str(tmp_path / "v.wav")) as container:
        assert container.metadata["comment"].endswith("altered by livecam")
    sink.close()
    assert (tmp_path / "v.wav").stat().st_mode & 0o777 == 0o600 or os.name == "nt"
    with wave.open(str(tmp_path / "v.wav")) as file:
        assert file.getnframes() == 4800
