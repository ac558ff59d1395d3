"""Whatever goes wrong, the real face is never shown: each fault planted, then thousands of frames of them at random.

The same without a camera, and for typed speech: the synthesizer's own voice is never heard, no microphone is opened.
"""

from threading import Event

import numpy as np
import pytest

from livecam.audio.process import voice_work
from livecam.audio.process.engine_selection import VoiceSelection
from livecam.audio.process.job import VoiceJob
from livecam.core.clock import ManualClock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeSoundSink, FakeVoiceEngine
from livecam.core.ports import VoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.personas.built_in_voices import open_builtin_voice
from livecam.video.tracking.tracker_config import TrackerConfig
from tests.session.stage import EYE_DISTANCE_PX, SIZE_WH, Shot, noise_shown, perform, picture_of
from tests.sounds import Sound, likeness
from tests.unit.audio.test_safe_engine import IDENTITIES, Bypassed, Failing, raising
from tests.unit.audio.typed_voice import FakeSynthesizer

FACE, EMPTY = Shot(), Shot(faces=())
TWO = Shot(faces=((90.0, 100.0), (230.0, 100.0)))
SECOND = Shot(faces=((160.0, 100.0), (268.0, 100.0)))
OPENING = [FACE] * 75
AFTER = [FACE] * 30


def test_the_judge_sees_a_real_face():
    assert noise_shown(picture_of(FACE), FACE.faces[0]) > 0.9


def test_a_plain_run_shows_the_persona_only():
    session, sink = perform(OPENING + AFTER)
    assert sink.leaks == []
    assert sink.shown.count(-1) >= 58
    assert sink.shown[-1] == len(OPENING + AFTER) - 1
    assert session.report().frames.unswapped_shown == 0


FAULTS = {
    "face lost": [EMPTY] * 20,
    "face lost for long": [EMPTY] * 200,
    "two faces when one was asked": [TWO] * 20,
    "a person walks in": [SECOND] * 20,
    "engine raises": [Shot(engine_fails=True)] * 10,
    "camera stalls": [Shot(stall_ms=900)] * 3,
    "camera unplugged": [Shot(camera_gone=True)] * 12,
    "sink blocks": [Shot(sink_ms=700)] * 4,
    "face jumps": [Shot(faces=((60.0, 120.0),)), Shot(faces=((260.0, 90.0),))] * 10,
    "face at the edge": [Shot(faces=((SIZE_WH[0] - EYE_DISTANCE_PX / 2 - 22, 100.0),))] * 10,
}


@pytest.mark.parametrize("fault", FAULTS, ids=list(FAULTS))
def test_no_fault_shows_the_real_face_and_the_picture_comes_back(fault):
    shots = OPENING + FAULTS[fault] + AFTER
    session, sink = perform(shots)
    assert sink.leaks == []
    assert sink.shown[-1] >= session.report().frames.captured - 2


@pytest.mark.parametrize("frames_since_detection", range(5))
def test_a_person_who_walks_in_is_noticed_in_the_same_frame(frames_since_detection):
    _, sink = perform([*OPENING, *[FACE] * frames_since_detection, *[SECOND] * 10])
    assert sink.leaks == []
    before = len(OPENING) + frames_since_detection - 1
    assert before - 2 * TrackerConfig().detect_every - 3 < sink.shown[-1] <= before
    assert set(sink.shown[-9:]) == {sink.shown[-1]}


def test_at_the_start_there_is_a_card_until_a_face_is_found():
    _, sink = perform([EMPTY] * 120 + AFTER)
    assert set(sink.shown[:100]) == {-1}
    assert sink.shown[-1] >= 0


def test_a_lost_face_holds_then_shows_the_card():
    _, sink = perform(OPENING + [EMPTY] * 200)
    last = len(OPENING) - 1
    assert sink.shown[80] == last
    assert sink.shown[-1] == -1


def test_when_lost_card_shows_the_card_at_once():
    _, sink = perform(OPENING + [EMPTY] * 30, when_lost="card")
    assert sink.shown[-20:] == [-1] * 20


def test_an_engine_that_never_recovers_ends_the_run():
    with pytest.raises(EngineError):
        perform(OPENING + [Shot(engine_fails=True)] * 60)


def test_all_faces_are_drawn_when_all_are_asked():
    _, sink = perform(OPENING + [TWO] * 40, faces="all")
    assert sink.leaks == []
    assert sink.shown[-1] == len(OPENING) + 39


@pytest.mark.slow
@pytest.mark.parametrize("frames", [1_500, pytest.param(10_000, marks=pytest.mark.long)])
def test_thousands_of_frames_of_random_faults_show_no_real_face(frames):
    rng = np.random.default_rng(2026)
    shots: list[Shot] = list(OPENING)
    here = np.array([160.0, 100.0])
    kinds = [*FAULTS.values(), [FACE] * 40, [FACE] * 10]
    while len(shots) < frames:
        for shot in kinds[rng.integers(len(kinds))][: rng.integers(1, 30)]:
            here = np.clip(here + rng.normal(0, 4, 2), (80, 80), (240, 130))
            moved = (tuple(here),) if len(shot.faces) == 1 else shot.faces
            stall_ms, sink_ms = shot.stall_ms * (rng.random() < 0.3), shot.sink_ms * (rng.random() < 0.3)
            shots.append(Shot(moved, shot.camera_gone, shot.engine_fails, int(stall_ms), int(sink_ms)))
    session, sink = perform(shots[:frames])
    report = session.report()
    assert sink.leaks == []
    assert report.frames.unswapped_shown == 0
    assert report.frames.sent - report.frames.held > frames / 5


@pytest.mark.parametrize("fault", FAULTS, ids=list(FAULTS))
def test_without_a_camera_no_picture_that_arrives_is_shown(fault):
    session, sink = perform(OPENING + FAULTS[fault] + AFTER, camera="none", mode="puppet")
    assert sink.leaks == [] and max(sink.shown) >= len(OPENING) - 1
    assert session.report().frames.unswapped_shown == 0


TEXT = "This is a sentence that goes on for some seconds, and then it ends."


def speak_through(engine: VoiceEngine, monkeypatch: pytest.MonkeyPatch) -> tuple[Sound, Sound]:
    """Type a text into an audio process with this engine: what the synthesizer said and what was heard."""
    clock, synthesizer = ManualClock(), FakeSynthesizer()
    sink = FakeSoundSink(clock)

    def open_microphone(*_: object) -> None:
        raise AssertionError("a microphone was opened")

    monkeypatch.setattr(voice_work, "open_sound_source", open_microphone)
    monkeypatch.setattr(voice_work, "open_sound_sink", lambda *_: sink)
    monkeypatch.setattr(voice_work, "open_synthesizer", lambda *_: synthesizer)
    monkeypatch.setattr(voice_work, "open_selection", lambda *_, **__: VoiceSelection(engine, "staged"))
    voice = open_builtin_voice("cedar")
    job = VoiceJob(voice, voice, "typed", "null", 7, first_sample=10 * RATE_HZ, synthesizer="fake")
    work = voice_work.VoiceWork(job, clock)
    assert work.typed is not None
    work.say(TEXT)
    work.typed.turn(Event())
    while not work.typed.is_silent:
        work.converting.turn()
        work.playing.turn()
    work.close()
    return synthesizer.speak(TEXT), sink.samples


def test_typed_speech_is_heard_in_another_voice(monkeypatch):
    said, heard = speak_through(FakeVoiceEngine(480), monkeypatch)
    assert likeness(heard, said) < 0.85 < likeness(said, said)
    assert np.sqrt(np.mean(heard**2)) > 0.5 * np.sqrt(np.mean(said**2))


NATURAL = {
    **{way: lambda way=way: Bypassed(*IDENTITIES[way]) for way in ("the same", "louder", "upside down")},
    "raises": lambda: Failing(raising, at=range(100_000)),
    "not a number": lambda: Failing(lambda samples: samples * np.nan, at=range(100_000)),
}


@pytest.mark.parametrize("way", NATURAL)
def test_a_synthesizer_s_own_voice_is_never_heard(way, monkeypatch):
    said, heard = speak_through(NATURAL[way](), monkeypatch)
    assert likeness(heard, said) < 0.85
    assert np.abs(heard[RATE_HZ // 2 :]).max() < 0.02
