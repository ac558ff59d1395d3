"""Sound keeps its own time and level, whatever the file does to it."""

import wave
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from livecam.core.errors import SoundError
from livecam.devices.media.mix import Mixer
from livecam.devices.media.sound import RATE_HZ, SoundReader
from tests.media_files import beeps, beeps_in, damaged, flic, write_sound
from tests.sounds import talking


def read(path: Path) -> tuple[np.ndarray, tuple[str, ...]]:
    with closing(SoundReader(path.open("rb"), path.name)) as reader:
        pieces = list(reader.pieces())
        assert all(0 < len(piece) <= RATE_HZ for piece in pieces)
        return np.concatenate(pieces), reader.remarks


def write_wav(path: Path, channels: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((len(channels), 2, rate_hz, 0, "NONE", ""))
        file.writeframes(np.rint(channels.T * 32767).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize(("at", "count"), [(0.3, 100), (0.5, 4000), (0.45, 1)])
def test_bad_packets_are_silent_and_the_rest_stays_at_its_time(tmp_path: Path, at: float, count: int) -> None:
    times_s = [0.5 * n + 0.25 for n in range(12)]
    path = damaged(write_sound(tmp_path / "a.m4a", [(0, beeps(times_s, 6.5))]), at, count, 0xFF)
    found = beeps_in(read(path)[0])
    assert len(found) >= 6
    assert all(min(abs(time_s - right) for right in times_s) < 0.06 for time_s in found)
    assert abs(found[-1] - times_s[-1]) < 0.06


@pytest.mark.parametrize("gap_s", [0.2, 2.0, 30.0])
@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_a_gap_in_the_time_stamps_stays(tmp_path: Path, gap_s: float, suffix: str) -> None:
    parts = [(0.0, beeps([0.5], 2.0)), (2.0 + gap_s, beeps([0.5], 2.0))]
    found = beeps_in(read(write_sound(tmp_path / f"a.{suffix}", parts))[0])
    assert found == pytest.approx([0.5, 2.5 + gap_s], abs=0.06)


def test_a_wild_gap_is_closed_and_remarked(tmp_path: Path) -> None:
    parts = [(0.0, beeps([0.5], 2.0)), (3602.0, beeps([0.5], 2.0))]
    sound, remarks = read(write_sound(tmp_path / "a.mkv", parts))
    assert beeps_in(sound) == pytest.approx([0.5, 2.5], abs=0.06)
    assert any("wild" in remark for remark in remarks)


def test_a_rate_that_changes_on_the_way_is_followed(tmp_path: Path) -> None:
    first = write_sound(tmp_path / "1.aac", [(0, beeps([0.5, 1.5], 2.0))])
    other = write_sound(tmp_path / "2.aac", [(0, beeps([0.5, 1.5], 2.0, 22_050))], rate_hz=22_050)
    (tmp_path / "a.aac").write_bytes(first.read_bytes() + other.read_bytes())
    sound, remarks = read(tmp_path / "a.aac")
    assert beeps_in(sound) == pytest.approx([0.5, 1.5, 2.5, 3.5], abs=0.15)
    assert any("change" in remark for remark in remarks)


@pytest.mark.parametrize("share", [-1.0, -0.5, 0.0, 0.5, 1.0])
def test_a_voice_in_two_channels_is_heard_at_its_level(tmp_path: Path, share: float) -> None:
    voice = talking(3.0, RATE_HZ, 120)
    path = write_wav(tmp_path / "a.wav", np.stack([voice, share * voice]))
    sound, remarks = read(path)
    level = float(np.sqrt(np.mean(sound[RATE_HZ:] ** 2)) / np.sqrt(np.mean(voice[RATE_HZ:] ** 2)))
    assert 0.7 < level < 1.2
    assert any("opposite" in remark for remark in remarks) == (share < 0)


@pytest.mark.parametrize("count", [1, 2, 3, 6, 7, 8, 9, 16, 33, 64])
def test_a_voice_in_any_channel_of_any_number_is_heard(tmp_path: Path, count: int) -> None:
    voice = talking(1.0, RATE_HZ, 120)
    for place in {0, count - 1}:
        channels = np.zeros((count, len(voice)), np.float32)
        channels[place] = voice
        heard, remarks = read(write_wav(tmp_path / f"{place}.wav", channels))
        assert len(heard) == len(voice) and not remarks
        half = len(voice) // 2
        assert np.abs(heard - voice)[half:].max() < 0.02, "the first moments are a ramp"


def test_channels_of_a_mix_may_change_and_its_pieces_be_of_any_length() -> None:
    voice = talking(1.0, RATE_HZ, 120)
    mixer = Mixer(RATE_HZ)
    alone = mixer.mix(voice[None])
    np.testing.assert_array_equal(alone, voice)
    assert mixer.mix(np.stack([voice[:7]] * 3)).shape == (7,)
    assert mixer.mix(np.zeros((2, 0), np.float32)).shape == (0,)


def test_the_first_track_that_decodes_is_taken_and_that_is_remarked(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mkv", [(0, beeps([0.5], 2.0))], tracks=2, codec="flac", form="s16", layout="mono")
    data = path.read_bytes()
    path.write_bytes(data.replace(b"A_FLAC", b"A_QDM2", 1))
    sound, remarks = read(path)
    assert beeps_in(sound) == pytest.approx([0.5], abs=0.06)
    assert any("track 2" in remark for remark in remarks)


def test_of_two_tracks_the_first_is_taken_and_that_is_remarked(tmp_path: Path) -> None:
    path = write_sound(tmp_path / "a.mkv", [(0, beeps([0.5], 2.0))], tracks=2, codec="flac", form="s16", layout="mono")
    assert read(path)[1] == ("a.mkv: sound track 1 of 2 is taken",)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.wav", b"", "empty"),
        ("a.m4a", b"ffconcat version 1.0\nfile b.mp4\n", "list of other files"),
        ("a.mp3", b"#EXTM3U\nb.mp3\n", "playlist"),
        ("a.wav", b"v=0\no=- 0 0 IN IP4 127.0.0.1\n", "SDP"),
        ("a.ogg", b"words " * 100, "no picture, video or sound"),
    ],
)
def test_what_names_other_files_or_is_no_sound_is_refused(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SoundError, match=says) as refusal:
        read(tmp_path / name)
    assert refusal.value.help_text and refusal.value.exit_code == 3


def test_a_format_that_is_not_on_the_list_is_refused_by_its_content(tmp_path: Path) -> None:
    with pytest.raises(SoundError, match="FLIC"):
        read(flic(tmp_path / "a.mp4"))


@pytest.mark.parametrize("suffix", ["wav", "mp3", "flac", "ogg", "m4a", "mkv", "mov", "avi", "ts", "aac"])
def test_sounds_of_every_kind_are_known_by_content(tmp_path: Path, suffix: str) -> None:
    codec, form = {
        "wav": ("pcm_s16le", "s16"),
        "avi": ("pcm_s16le", "s16"),
        "flac": ("flac", "s16"),
        "mp3": ("libmp3lame", "fltp"),
        "ogg": ("libopus", "fltp"),
        "ts": ("aac", "fltp"),
    }.get(suffix, ("aac", "fltp"))
    path = write_sound(tmp_path / f"a.{suffix}", [(0, beeps([0.5, 1.0], 2.0))], codec=codec, form=form)
    strange = path.rename(tmp_path / "recording.xyz")
    found = beeps_in(read(strange)[0])
    assert len(found) == 2
    assert found[1] - found[0] == pytest.approx(0.5, abs=0.02)


def test_a_header_of_no_channels_is_an_error_in_words(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.zeros((1, 4800), np.int16))
    header = bytearray(path.read_bytes())
    header[22:24] = bytes(2)
    path.write_bytes(header)
    with pytest.raises(SoundError, match="can be decoded"):
        read(path)
