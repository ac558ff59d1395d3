"""One's own face is about the person in front of the camera, or is asked about; everybody else is left alone."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest

from livecam.app import own_face, session
from livecam.app.components import Components
from livecam.app.own_face import FRAMES, WAIT_NS, answer_no, compared
from livecam.app.peekable_source import PeekableSource
from livecam.app.session import open_session
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import ConsentError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine, fake_face_points
from livecam.core.persona import PersonaKind
from tests.session.stage import SIZE_WH, synthetic_persona

PICTURES = [np.full((SIZE_WH[1], SIZE_WH[0], 3), number, np.uint8) for number in range(40)]
MODEL = Settings(persona="me", identity_model="arcface.onnx")


class Recogniser:
    """The photo looks one way, the camera at this cosine to it."""

    def __init__(self, cosine: float) -> None:
        self.cosine, self.looks = cosine, 0

    def embed(self, pixels, points):
        self.looks += 1
        photo = pixels.shape[:2] != (SIZE_WH[1], SIZE_WH[0])
        return np.array([1, 0] if photo else [self.cosine, np.sqrt(1 - self.cosine**2)], np.float32)


@pytest.fixture
def recogniser(monkeypatch):
    def use(cosine: float) -> Recogniser:
        made = Recogniser(cosine)
        monkeypatch.setattr(own_face, "open_recogniser", lambda model, trusted: made)
        return made

    return use


def parts(kind=PersonaKind.OWN, faces=(), live=True) -> Components:
    source = FakeSource(PICTURES)
    source.live = live
    persona = synthetic_persona("me", kind)
    return Components(
        persona=persona,
        finder=FakeFinder(faces),
        engine=FakeTextureEngine(),
        source=PeekableSource(source),
        sink=FakeSink(SIZE_WH),
    )


def test_the_same_person_goes_on_and_sees_the_result(recogniser):
    recogniser(0.8)
    assert compared(parts(), MODEL, answer_no).remarks == ("face compared with the photo by a recogniser: cosine 0.80",)


def test_another_person_is_refused_with_5_without_a_terminal(recogniser):
    recogniser(0.1)
    with pytest.raises(ConsentError, match="is not taken for the one in me, which is said to be their own") as caught:
        compared(parts(), MODEL, answer_no)
    assert caught.value.exit_code == 5
    assert "livecam persona renew me --consent consented" in caught.value.help_text


def test_who_insists_goes_on_and_the_run_says_so(recogniser):
    recogniser(0.1)
    doubts = []
    (remark,) = compared(parts(), MODEL, lambda doubt: not doubts.append(doubt)).remarks
    assert remark.endswith("the user said that it is their own nevertheless")
    assert "cosine 0.10" in doubts[0]


TWO = [fake_face_points((90, 100), 40), fake_face_points((230, 100), 40)]


ONE = [fake_face_points((160, 100), 40)]


@pytest.mark.parametrize("faces", [[[]], [TWO]], ids=["no face", "two people"])
@pytest.mark.parametrize("live", [True, False], ids=["camera", "clip"])
def test_without_a_single_face_it_is_refused_and_never_skipped(recogniser, faces, live):
    looker = recogniser(0.9)
    with pytest.raises(
        ConsentError, match="no face was alone in front of the camera: me could not be compared"
    ) as caught:
        compared(parts(faces=faces, live=live), MODEL, answer_no)
    assert (caught.value.exit_code, looker.looks) == (5, 0)
    assert "--identity-model" in caught.value.help_text


@pytest.mark.parametrize("before", [[], TWO], ids=["black pictures", "two people"])
@pytest.mark.parametrize("late", [1, FRAMES, 20, 2 * FRAMES + 3])
@pytest.mark.parametrize("live", [True, False], ids=["camera", "clip"])
def test_a_face_that_comes_later_is_waited_for_and_compared(recogniser, before, late, live):
    recogniser(0.1)
    with pytest.raises(ConsentError, match="is not taken for the one in me"):
        compared(parts(faces=[*[before] * late, ONE], live=live), MODEL, answer_no)


def test_the_wait_for_a_face_is_bounded(recogniser):
    recogniser(0.9)
    endless = replace(parts(faces=[[]]), source=PeekableSource(FakeSource(cycle(PICTURES))))
    with pytest.raises(ConsentError, match="no face was alone"):
        compared(endless, MODEL, answer_no)
    assert endless.source.read().seq == pytest.approx(WAIT_NS * 30 / 1e9, abs=2 * FRAMES)


@pytest.mark.parametrize("kind", [PersonaKind.CONSENTED, PersonaKind.SYNTHETIC])
def test_other_kinds_and_runs_without_a_model_compare_no_face(recogniser, kind):
    looker = recogniser(0.1)
    for given, settings in ((parts(kind), MODEL), (parts(), Settings(persona="me"))):
        assert compared(given, settings, answer_no) is given
        assert given.finder.detections == 0
    assert looker.looks == 0


def test_frames_of_a_clip_come_out_all_the_same_and_a_cameras_are_over():
    clip, camera = parts(live=False).source, parts().source
    assert [len(clip.look_ahead(FRAMES)), len(camera.look_ahead(FRAMES))] == [FRAMES, FRAMES]
    assert [clip.read().seq, clip.read().seq, camera.read().seq] == [0, 1, FRAMES]
    short = PeekableSource(FakeSource(PICTURES[:3]))
    assert len(short.look_ahead(FRAMES)) == 3


def test_a_refused_session_leaves_nothing_open(recogniser, monkeypatch):
    recogniser(0.1)
    given = parts()
    monkeypatch.setattr(session, "open_parts", lambda *_, **__: given)
    with pytest.raises(ConsentError):
        open_session(MODEL, ManualClock(1))
    assert given.finder.closed and given.sink.closed and given.engine.closed
