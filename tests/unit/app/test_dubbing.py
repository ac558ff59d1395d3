"""A clip's sound in another voice: in time with the pictures, and never the clip's own."""

from pathlib import Path

import av
import numpy as np
import pytest

from livecam.app.dubbing import Dubbing, open_dubbing
from livecam.app.voice_conversion import opening_ns
from livecam.cli import main
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.audio import MarkedBlock
from livecam.core.clock import NS_PER_S
from livecam.core.errors import PersonaError, SoundError, VoiceError
from livecam.core.fakes import FakeVoiceEngine
from livecam.core.persona import PersonaKind
from livecam.devices.media.sample import SAMPLE_CLIP
from livecam.devices.media.sound import RATE_HZ
from livecam.devices.media.speech import read_sound_from_first_picture
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.personas.voice_store import VoiceStore
from livecam.verify import verify
from livecam.video.pipeline.presenter import PresentConfig
from tests.sounds import likeness, talking

SPEECH = talking(10.0, RATE_HZ, 120, seed=3, hissing=0.0)


def spoken_clip(path: Path, sound: np.ndarray = SPEECH, later_s: float = 0.0, pictures_s: float = 10.0) -> Path:
    """The first seconds of the sample clip with sound, which begins `later_s` after the pictures."""
    with av.open(str(SAMPLE_CLIP)) as sample, av.open(str(path), "w") as clip:
        pictures = clip.add_stream_from_template(sample.streams.video[0])
        stream = clip.add_stream("pcm_s16le", rate=RATE_HZ)
        stream.codec_context.layout = "mono"
        for packet in sample.demux(video=0):
            if packet.dts is not None and packet.dts * packet.time_base < pictures_s:
                packet.stream = pictures
                clip.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.rint(sound * 32767).astype("<i2")[None, :], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, round(later_s * RATE_HZ)
        clip.mux(stream.encode(frame))
        clip.mux(stream.encode(None))
    return path


class Kept:
    """A file that takes sound."""

    def __init__(self) -> None:
        self.blocks: list[MarkedBlock] = []

    def send(self, block: MarkedBlock) -> None:
        self.blocks.append(block)

    @property
    def until_ns(self) -> int:
        return self.blocks[-1].captured_ns if self.blocks else -1


@pytest.mark.parametrize("later_s", [0.0, 0.5])
def test_the_sound_of_a_clip_begins_with_its_first_picture(tmp_path: Path, later_s: float):
    sound = read_sound_from_first_picture(spoken_clip(tmp_path / "a.mkv", later_s=later_s))
    lead = round(later_s * RATE_HZ)
    assert np.abs(sound[:lead]).max(initial=0) < 1e-4
    assert np.corrcoef(sound[lead : lead + RATE_HZ], SPEECH[:RATE_HZ])[0, 1] > 0.99


def test_it_speaks_a_little_ahead_of_the_pictures_and_to_the_end():
    kept, dubbing = Kept(), Dubbing(SPEECH, FakeVoiceEngine(480))
    dubbing.begin(7, NS_PER_S, 4 * NS_PER_S, [kept])
    dubbing.speak_until(5 * NS_PER_S)
    assert 5 * NS_PER_S < kept.until_ns < 6 * NS_PER_S
    dubbing.speak_to_the_end()
    heard = np.concatenate([block.samples[:, 0] for block in kept.blocks])
    assert kept.blocks[0].captured_ns == NS_PER_S
    voice = heard[4 * RATE_HZ :]
    loud, said = np.abs(voice[: len(SPEECH)]), np.abs(SPEECH[: len(voice)])
    assert np.corrcoef(loud, said)[0, 1] > 0.95


def settings(clip: object, folder: Path, **changes: object) -> Settings:
    return Settings(persona="robin", camera=str(clip), data_folder=folder, **changes)  # type: ignore[arg-type]


def test_off_is_no_sound_at_all(tmp_path: Path):
    assert open_dubbing(settings(spoken_clip(tmp_path / "a.mkv"), tmp_path)) is None


def test_the_speaker_is_learned_from_the_clip_or_named(tmp_path: Path):
    clip = spoken_clip(tmp_path / "a.mkv", talking(10.0, RATE_HZ, 120))
    VoiceStore(tmp_path).save("me", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
    assert open_dubbing(settings(clip, tmp_path, voice="willow")) is not None
    short = spoken_clip(tmp_path / "b.mkv", SPEECH[:RATE_HZ])
    with pytest.raises(VoiceError):
        open_dubbing(settings(short, tmp_path, voice="willow"))
    assert open_dubbing(settings(short, tmp_path, voice="willow", own_voice="me")) is not None


def test_a_clip_without_sound_and_a_voice_there_is_none_of_are_refused(tmp_path: Path):
    for silent in (SAMPLE_CLIP, "sample", tmp_path):
        with pytest.raises(SoundError, match="no sound"):
            open_dubbing(settings(silent, tmp_path, voice="willow"))
    with pytest.raises(PersonaError, match="no voice"):
        open_dubbing(settings(SAMPLE_CLIP, tmp_path, voice="oak"))


SHORT_S = 3.0


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Replay a short clip in which a person speaks, to the file named next."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)
    clip = spoken_clip(tmp_path / "a.mkv", SPEECH[: round(SHORT_S * RATE_HZ)], pictures_s=SHORT_S)
    return ["replay", str(clip), "--persona", "robin", "--size", "320x180", "--out"]


@pytest.mark.slow
@pytest.mark.parametrize("asked", [[], ["--sound", "off"]])
def test_without_a_voice_the_sound_is_left_out_and_that_is_said(words, asked, capsys: pytest.CaptureFixture[str]):
    assert main([*words, "silent.mp4", *asked]) == 0
    with av.open("silent.mp4") as container:
        assert not container.streams.audio
    remark = "its own sound was left out; --sound keep keeps it"
    assert (remark in "".join(capsys.readouterr())) == (not asked)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["kept.mp4", "kept.mkv"])
def test_sound_that_is_kept_is_the_clips_own_in_time_with_its_pictures(words, name):
    assert main([*words, name, "--sound", "keep"]) == 0
    heard, said = read_sound_from_first_picture(Path(name)), SPEECH[: round(SHORT_S * RATE_HZ)]
    card = round(PresentConfig().start_card_ns * RATE_HZ / NS_PER_S)
    assert np.abs(_picture_times_ms(Path(name)) - 1000 * card / RATE_HZ).min() <= 1, "the clip begins after the card"
    assert np.abs(heard[: card - RATE_HZ // 20]).max() < 1e-3
    # The container may round times to a millisecond; nothing else is changed.
    most = round(0.002 * RATE_HZ)
    around = heard[card - most : card + RATE_HZ + most]
    late = int(np.argmax(np.correlate(around, said[:RATE_HZ], "valid"))) - most
    assert abs(late) < most
    spoken = heard[card + late : card + late + len(said)]
    assert np.corrcoef(spoken, said[: len(spoken)])[0, 1] > 0.98
    verdict = verify(Path(name))
    assert verdict.payload is not None and verdict.best_sound is None, "the pictures are marked, the sound is not"


@pytest.mark.slow
def test_a_replay_speaks_with_the_voice(words):
    said = SPEECH[: round(SHORT_S * RATE_HZ)]
    VoiceStore(data_folder()).save("me", open_builtin_voice("birch"), PersonaKind.OWN, "0" * 64)
    assert main([*words, "dubbed.mp4", "--voice", "willow", "--own-voice", "me"]) == 0
    verdict = verify(Path("dubbed.mp4"))
    assert verdict.payload is not None and verdict.best_sound is not None
    assert verdict.payload.session == verdict.best_sound.session
    heard = read_sound_from_first_picture(Path("dubbed.mp4"))
    assert likeness(heard, said) < 0.85 < likeness(said, said)
    card_ms = max(PresentConfig().start_card_ns, opening_ns()) / 1e6
    assert np.abs(_picture_times_ms(Path("dubbed.mp4")) - card_ms).min() < 1, "the clip begins when the card ends"
    assert _later_ms(heard, said) == pytest.approx(card_ms, abs=10)


def _picture_times_ms(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        packets = container.demux(container.streams.video[0])
        return np.array([1000 * float(p.pts * p.time_base) for p in packets if p.pts is not None])


def _later_ms(heard: np.ndarray, said: np.ndarray) -> float:
    """The shift at which the loudness of both agrees best."""
    loud = [np.sqrt((sound[: len(sound) // 48 * 48].reshape(-1, 48) ** 2).mean(1)) for sound in (heard, said)]
    return float(np.argmax(np.correlate(loud[0] - loud[0].mean(), loud[1] - loud[1].mean(), "valid")))
