"""The right label on everything that leaves: every mode, every kind of output, and ten thousand sessions by chance."""

import random
from functools import cache
from typing import get_args

import cv2
import numpy as np
import pytest

from livecam.app.before_after import write_sheet
from livecam.app.pipeline import payload_of
from livecam.app.replay import open_replay
from livecam.config.setting_values import SETTINGS
from livecam.config.settings import Settings
from livecam.core.audio import AudioBlock
from livecam.core.files.own_files import COMMENTS
from livecam.core.frame import Frame
from livecam.core.label import Label, Mode, Speech, label_of, label_of_speech
from livecam.core.payload import FACE, GENERATED, VOICE, MarkPayload
from livecam.core.persona import PersonaKind
from livecam.devices.media.sample import open_sample
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink
from livecam.disclosure.picture import Corner, Language, Marker
from livecam.disclosure.picture.label import Plates
from livecam.disclosure.picture.label_text import all_plates, words_of
from livecam.disclosure.sound.marker import SoundMarker
from livecam.provenance.sign_outputs import sign_voice
from livecam.provenance.statement import SOURCE_TYPES, build_manifest
from livecam.verify import verify
from tests.session.stage import Shot, perform, synthetic_persona

MODES: tuple[Mode, ...] = get_args(Mode)
LABELS = {"swap": Label.MODIFIED, "head": Label.MODIFIED, "puppet": Label.GENERATED}
"""What the Code asks for, written down a second time; a mode that is not here fails."""
PERSONAS = {kind: synthetic_persona(kind=kind) for kind in PersonaKind}
LANGUAGES: tuple[Language, ...] = get_args(Language)


@cache
def plates_of(size_wh: tuple[int, int], corner: Corner, text: str) -> np.ndarray:
    """(h, w, 3) uint8: nothing but the plates; what the plate covers is not black."""
    alone = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    Plates(size_wh, corner, text).draw(alone)
    return alone


def carries(pixels: np.ndarray, text: str, corner: Corner = "top-right") -> bool:
    """Whether every pixel of every letter and rim of these plates is in the picture."""
    alone = plates_of(pixels.shape[1::-1], corner, text)
    lit = alone.max(2) > 128
    return bool(lit.any() and (pixels[lit] == alone[lit]).all())


def test_every_mode_has_the_label_the_code_asks_for():
    assert {mode: label_of(mode) for mode in MODES} == LABELS
    speeches = {"converted": Label.MODIFIED, "typed": Label.GENERATED}
    assert {speech: label_of_speech(speech) for speech in get_args(Speech)} == speeches


def test_a_mode_without_a_label_is_refused():
    with pytest.raises(AssertionError):
        label_of("typed")  # type: ignore[arg-type]


def test_the_two_labels_differ_in_every_language_and_begin_with_ai():
    texts = all_plates()
    assert {texts[words_of(label, language).plate] for label in Label for language in LANGUAGES} == set(Label)
    for label in Label:
        for language in LANGUAGES:
            words = words_of(label, language)
            assert texts[words.plate] is label and words.plate.startswith("AI ") and words.plate.isupper()
            assert "AI" in words.opening[0], (label, language)
    assert words_of(Label.MODIFIED, "en").plate == Label.MODIFIED
    assert words_of(Label.GENERATED, "en").plate == Label.GENERATED


@pytest.mark.parametrize("mode", MODES)
def test_what_a_camera_program_sees_of_a_live_session(mode):
    """The opening card and the pictures that follow, as they are handed to the virtual camera."""
    shots = [Shot(faces=((150.0 + n % 20, 100.0),)) for n in range(75)]
    session, sink = perform(shots, mode=mode)
    words = words_of(LABELS[mode], "en")
    assert sink.frames and all(carries(frame.pixels, words.plate) for frame in sink.frames)
    assert any(frame.seq >= 0 for frame in sink.frames)
    assert session.payload.label is LABELS[mode] and session.payload.flags & FACE
    assert session.report().to_dict()["label"] == LABELS[mode]
    assert session._marker.words == words


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Seven seconds at two pictures a second: long enough for the mark, and few to draw."""
    reel = open_sample((640, 360))
    path = tmp_path_factory.mktemp("clip") / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 2, (640, 360))
    for _ in range(14):
        reel.grab()
        writer.write(reel.retrieve())
    reel.close()
    writer.release()
    return path


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_a_file_says_it_by_plate_mark_manifest_metadata_and_report(mode, clip, tmp_path):
    pytest.importorskip("c2pa", reason="C2PA's library has no wheel for this machine")
    out = tmp_path / "a.mp4"
    played = open_replay(
        Settings(camera=str(clip), persona="robin", mode=mode, sink=f"file:{out}", data_folder=tmp_path / "data")
    )
    pairs = list(played.run())
    played.close()
    assert all(carries(frame.pixels, LABELS[mode]) for _, frame in pairs)
    found = verify(out)
    assert found.labels == {"plate": LABELS[mode], "mark": LABELS[mode], "manifest": LABELS[mode]}
    assert found.label is LABELS[mode] and found.labels_agree
    assert found.manifest.sources == (SOURCE_TYPES[LABELS[mode]].rpartition("/")[2],)
    assert any(COMMENTS[LABELS[mode]] in line for line in found.metadata)
    assert played.report().to_dict()["label"] == LABELS[mode]


@pytest.mark.parametrize("mode", MODES)
def test_a_still_says_it(mode, tmp_path):
    payload = payload_of(synthetic_persona(), 7, mode)
    marker = Marker((640, 360), payload=payload)
    before = Frame(np.full((360, 640, 3), 90, np.uint8), 0, 0)
    write_sheet([(before, marker.mark(before.pixels.copy(), 0, 0))], tmp_path / "a.png", [payload], tmp_path / "data")
    found = verify(tmp_path / "a.png")
    assert found.label is LABELS[mode] and set(found.labels) >= {"manifest"}
    words = "AI-modified" if LABELS[mode] is Label.MODIFIED else "AI-generated"
    assert any(words in line for line in found.metadata)
    assert cv2.imread(str(tmp_path / "a.png")) is not None


@pytest.mark.parametrize("name", ["a.wav", "a.flac"])
@pytest.mark.parametrize("speech", get_args(Speech))
def test_a_sound_file_says_it(speech, name, tmp_path):
    sink, marker = SoundFileSink(tmp_path / name, RATE_HZ, label_of_speech(speech)), SoundMarker(7)
    sink.send(marker.mark(AudioBlock(np.full((RATE_HZ, 1), 0.1, np.float32), RATE_HZ, 0, 0)))
    sink.close()
    (entry,) = sign_voice((tmp_path / name,), 7, tmp_path / "data", speech=speech)
    assert entry.signed
    found = verify(tmp_path / name)
    assert found.labels == {"manifest": label_of_speech(speech)}
    words = {"converted": "AI-modified sound", "typed": "AI-generated sound"}[speech]
    assert any(words in line for line in found.metadata)


def test_a_message_that_changes_takes_plate_and_cards_with_it():
    marker = Marker((320, 180), payload=MarkPayload(FACE, 1))
    field = np.full((180, 320, 3), 128, np.uint8)
    first = marker.mark(field.copy(), 0, 1)
    marker.set_payload(MarkPayload(FACE | GENERATED, 1))
    second = marker.mark(field.copy(), 0, 2)
    assert carries(first.pixels, "AI MODIFIED") and carries(second.pixels, "AI GENERATED")
    # What stands keeps what it says, also when its mark changes its sign.
    assert carries(marker.restamp(first, 500_000_000).pixels, "AI MODIFIED")
    assert carries(marker.restamp(second, 500_000_000).pixels, "AI GENERATED")


def drawn(chance: random.Random) -> Settings:
    """Settings by chance, of all that have a say in the label and some that have none."""
    choices = {
        "mode": MODES,
        "plate_corner": get_args(Corner),
        "language": LANGUAGES,
        "when_lost": ("hold", "card"),
        "faces": ("1", "all"),
        "skin": ("body", "persona"),
        "mirror": (False, True),
        "voice": ("off", "anna"),
        "sink": ("null", "auto", "virtualcam", "pipewire", "file:a.mp4", "file:a.mov", "file:a.mkv"),
        "strength": (0.0, 0.3, 0.9, 1.0),
        "engine": ("auto", "photo"),
        "sign_every_min": (1.0, 3.0),
    }
    assert {"mode", "plate_corner", "language"} <= {setting.field for setting in SETTINGS.values()}
    chosen = {name: chance.choice(values) for name, values in choices.items()}
    if chosen["mode"] == "head":  # it draws one
        chosen["faces"] = "1"
    return Settings(persona="sam", **chosen)


def wrong(settings: Settings, chance: random.Random, size_wh: tuple[int, int]) -> list[str]:
    """What carries another label than the settings' mode has."""
    label = LABELS[settings.mode]
    persona = PERSONAS[chance.choice(list(PersonaKind))]
    payload = payload_of(persona, chance.randrange(1 << 16), settings.mode, voice=settings.voice != "off")
    marker = Marker(size_wh, settings.plate_corner, payload, settings.language)
    picture = marker.mark(np.full((size_wh[1], size_wh[0], 3), chance.randrange(256), np.uint8), 0, 0)
    card = marker.make_card(*marker.words.opening, 0)
    text = words_of(label, settings.language).plate
    made = build_manifest(marker.said, "1", (payload.session,) if settings.voice != "off" else ())
    actions = made["assertions"][0]["data"]["actions"]
    read = MarkPayload.from_bits(payload.bits())
    failures = {
        "plate": not carries(picture.pixels, text, settings.plate_corner),
        "card": not carries(card.pixels, text, settings.plate_corner),
        "mark": read is None or read.label is not label or not read.flags & FACE,
        "voice": bool(payload.flags & VOICE) is not (settings.voice != "off"),
        "manifest": actions[0]["digitalSourceType"] != SOURCE_TYPES[label],
    }
    return [name for name, failed in failures.items() if failed]


@pytest.mark.parametrize("count", [200, pytest.param(10_000, marks=pytest.mark.long)])
def test_of_sessions_by_chance_none_is_without_the_right_label(count):
    chance = random.Random(50)
    sizes = [(160, 90), (128, 128), (90, 160)]
    failed = {n: found for n in range(count) if (found := wrong(drawn(chance), chance, chance.choice(sizes)))}
    assert failed == {}


def test_the_judge_of_sessions_sees_a_wrong_label():
    chance = random.Random(1)
    settings = Settings(persona="sam", mode="puppet")
    assert wrong(settings, chance, (160, 90)) == []
    LABELS["puppet"] = Label.MODIFIED
    try:
        assert {"plate", "card", "mark", "manifest"} <= set(wrong(settings, chance, (160, 90)))
    finally:
        LABELS["puppet"] = Label.GENERATED
