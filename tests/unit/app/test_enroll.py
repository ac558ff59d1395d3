"""`persona enrol` as a whole: a clip as camera, a recording as microphone, and a record that says what was checked."""

import hashlib
import random
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.app import enroll as enrolment
from livecam.app.enroll import NO_MICROPHONE, enrol_persona
from livecam.config.settings import Settings
from livecam.consent.record import new_record
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.fake_prompter import ScriptedPrompter
from livecam.core.fakes import FakeSource
from livecam.core.persona import Checked, PersonaKind
from livecam.devices.media.speech import read_sound
from livecam.enrollment import live_check
from livecam.enrollment.challenge import Challenge, Move
from livecam.personas.built_in import open_builtin
from livecam.personas.intake import add_persona
from livecam.personas.photo.photo_file import PhotoFile
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder
from tests.unit.cli.test_voice import record as record_sound
from tests.unit.enrollment.heads import HALF_S, TALKING, acted, sample

MOVES = (Move.LEFT, Move.DOWN)


@pytest.fixture
def store(tmp_path) -> PersonaStore:
    return PersonaStore(tmp_path)


def kept(store: PersonaStore, pixels, kind=PersonaKind.OWN) -> None:
    data = cv2.imencode(".png", pixels)[1].tobytes()
    photo = PhotoFile(Path("me.png"), data, hashlib.sha256(data).hexdigest())
    finder = open_face_finder()
    add_persona("me", photo, new_record(kind, photo.sha256, store.now()), store, finder)
    finder.close()


@pytest.fixture
def on_camera(monkeypatch):
    """The sample camera's head in front of the camera, doing what chance asks, then talking."""
    challenge = Challenge(MOVES, (HALF_S, HALF_S), "I agree: river")
    monkeypatch.setattr(live_check, "draw_challenge", lambda chance, name, today: challenge)
    source = FakeSource(acted(MOVES, TALKING))
    monkeypatch.setattr(enrolment, "open_source", lambda *args, **options: source)
    return source


class Talking:
    """A microphone that hears a recording."""

    def __init__(self, path: Path) -> None:
        self._sound = read_sound(path)

    def hear(self, count):
        heard, self._sound = self._sound[:count], self._sound[count:]
        return heard if len(heard) else None

    def close(self):
        self.closed = True


@pytest.fixture
def speaking(tmp_path, monkeypatch):
    """A person at the microphone."""
    ear = Talking(record_sound(tmp_path / "talk.wav", seconds=12.0))
    monkeypatch.setattr(enrolment, "open_prompt_microphone", lambda name, clock: ear)
    return ear


def enrol(tmp_path, microphone="off", **settings):
    given = Settings(data_folder=tmp_path, camera="0", microphone=str(microphone), **settings)
    prompter = ScriptedPrompter()
    return enrol_persona(given, "me", random.Random(0), prompter), prompter.said


def test_without_a_microphone_the_record_says_that_the_voice_was_left_out(store, tmp_path, on_camera):
    kept(store, sample()[290])
    record, reported = enrol(tmp_path)
    assert record.checked is Checked.BASIC
    assert record.checks[0].startswith("head turned left")
    assert record.checks[1].startswith("head turned down")
    assert record.checks[2].startswith("face compared with the photo by its shape: distance 0.")
    assert record.checks[3] == NO_MICROPHONE
    assert store.load("me").consent.checked is Checked.BASIC
    assert reported[-1] == "Turn your head down."
    assert on_camera.closed


def test_with_a_microphone_the_phrase_is_heard(store, tmp_path, on_camera, speaking):
    kept(store, sample()[290])
    record, reported = enrol(tmp_path, "default")
    assert speaking.closed
    assert reported[-1].startswith("Say aloud")
    assert record.checks[3].startswith('phrase said, words not checked: "I agree: river"; no voice')


def test_another_voice_than_the_enrolled_one_is_refused(store, tmp_path, on_camera, speaking):
    kept(store, sample()[290])
    with pytest.raises(ConsentError, match="in another voice than the enrolled one"):
        enrol(tmp_path, "default", own_voice="cedar")
    assert store.consent_of("me").checked is Checked.STATED


def test_a_clip_or_a_recording_is_not_compared(store, tmp_path, on_camera):
    kept(store, sample()[290])
    with pytest.raises(ConsentError, match="is a recording, not a microphone"):
        enrol(tmp_path, record_sound(tmp_path / "talk.wav", seconds=1.0))
    on_camera.live = False
    with pytest.raises(ConsentError, match="is not a camera"):
        enrol(tmp_path)
    assert store.consent_of("me").checked is Checked.STATED


class SameForAll:
    def embed(self, pixels, points):
        return np.array([1, 0], np.float32)


def test_with_a_recogniser_it_is_called_verified(store, tmp_path, on_camera, monkeypatch):
    kept(store, sample()[290])
    monkeypatch.setattr(enrolment, "open_recogniser", lambda model, trusted: SameForAll())
    record, _ = enrol(tmp_path, identity_model=tmp_path / "arcface.onnx")
    assert record.checked is Checked.VERIFIED
    assert record.checks[2] == "face compared with the photo by a recogniser: cosine 1.00"


def test_another_person_in_front_of_the_camera_changes_nothing(store, tmp_path, on_camera):
    kept(store, open_builtin("sasha").photo.pixels)
    before = store.consent_of("me")
    with pytest.raises(ConsentError, match="is not taken for the one in the photo of me") as caught:
        enrol(tmp_path)
    assert caught.value.exit_code == 5
    assert store.consent_of("me") == before


def test_a_record_that_does_not_hold_is_not_checked(store, tmp_path, on_camera):
    kept(store, sample()[290])
    record = store.folder_of("me") / "record.json"
    record.write_bytes(record.read_bytes().replace(b"own", b"owm"))
    with pytest.raises(ConsentError, match="changed after it was signed"):
        enrol(tmp_path)


def test_a_synthetic_face_cannot_be_claimed(store, tmp_path, on_camera):
    kept(store, open_builtin("kim").photo.pixels, PersonaKind.SYNTHETIC)
    for name in ("me", "robin"):
        with pytest.raises(PersonaError, match="is a synthetic face"):
            enrol_persona(Settings(data_folder=tmp_path), name, random.Random(0), ScriptedPrompter())


def test_nothing_of_the_live_picture_is_kept(store, tmp_path, on_camera):
    kept(store, sample()[290])
    before = {path: path.stat().st_size for path in tmp_path.rglob("*") if path.name != "record.json"}
    enrol(tmp_path)
    assert {path: path.stat().st_size for path in tmp_path.rglob("*") if path.name != "record.json"} == before


def test_a_renewed_statement_is_a_statement_again(store, tmp_path, on_camera):
    kept(store, sample()[290])
    record, _ = enrol(tmp_path)
    store.renew("me", new_record(PersonaKind.OWN, record.photo_sha256, store.now()))
    assert store.consent_of("me").checked is Checked.STATED
    assert replace(record, checked=Checked.STATED, checks=()).statement == store.consent_of("me").statement
