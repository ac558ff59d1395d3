"""A clip gives the photo of a persona: its calmest, straightest, sharpest picture, found once."""

import shutil

import cv2
import numpy as np
import pytest

from livecam.app import clip_photo, persona_choice
from livecam.app.clip_faces import SeenCount, follow_face, is_clip, read_frames
from livecam.app.clip_photo import choose_photo
from livecam.app.persona_choice import choose_persona
from livecam.app.persona_intake import improve_persona
from livecam.app.removal import revoke_persona
from livecam.config.settings import Settings
from livecam.core.errors import ConsentError, PersonaError, PhotoError
from livecam.core.expression import EFFECT, KINDS
from livecam.core.fake_prompter import ScriptedPrompter
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.core.pose import Pose
from livecam.core.topology import CANONICAL
from tests.clips import steady, write_clip

SIZE_WH = (640, 480)
CALM = 7


def mesh_of(number: int):
    """Every picture shows a grimace of its own, but for the calm one."""
    shape = CANONICAL.copy()
    if number != CALM:
        shape = shape + np.float32(0.9) * EFFECT[KINDS.index(("smile", "jaw", "brows_up")[number % 3])]
    return Pose(180.0, np.eye(3, dtype=np.float32), np.array([320, 200, 0], np.float32)).apply(shape)


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "talk.mp4", steady(12, 6.0), SIZE_WH)


@pytest.fixture
def finder():
    return FakeFinder([[mesh_of(number)] for number in range(12)])


@pytest.fixture(autouse=True)
def serving(monkeypatch):
    """The numbered pictures show no face: what is judged here is the mesh."""
    monkeypatch.setattr("livecam.personas.photo.frame_choice.judge_measures", lambda measures: (), raising=True)
    monkeypatch.setattr(clip_photo, "check_photo", lambda pixels, mesh: ())


@pytest.fixture
def settings(tmp_path, clip, finder, monkeypatch):
    for module in (persona_choice, clip_photo):
        monkeypatch.setattr(module, "open_face_finder", lambda trusted=(): finder, raising=False)
    monkeypatch.setattr("livecam.plugins.open_face_finder", lambda trusted=(): finder)
    return Settings(face=clip, data_folder=tmp_path / "data", consent=PersonaKind.OWN)


def test_a_clip_is_known_by_its_content(tmp_path, clip):
    renamed = tmp_path / "photo.jpg"
    shutil.copy(clip, renamed)
    assert is_clip(renamed)
    cv2.imwrite(str(tmp_path / "clip.png"), np.zeros((64, 64, 3), np.uint8))
    shutil.move(tmp_path / "clip.png", tmp_path / "clip.mp4")
    assert not is_clip(tmp_path / "clip.mp4")
    assert not is_clip(tmp_path / "missing.mp4")


def test_the_calm_picture_is_chosen(clip, finder):
    photo, (texture, remarks) = choose_photo(clip, "the clip", finder)
    assert "1.2 s" in remarks[0]
    assert photo.clip_sha256 == "the clip" and photo.data[:4] == b"\x89PNG"
    np.testing.assert_allclose(texture.points, mesh_of(CALM)[:, :2], atol=1e-3)


def test_a_clip_of_two_people_is_refused(clip):
    other = mesh_of(0) * np.float32(0.5) + np.array([30, 180, 0], np.float32)
    with pytest.raises(PhotoError, match="more than one face"):
        choose_photo(clip, "x", FakeFinder([[mesh_of(n), other] for n in range(12)]))


def test_a_clip_without_a_face_is_refused(clip):
    with pytest.raises(PhotoError, match="no face can be followed"):
        choose_photo(clip, "x", FakeFinder([[] for _ in range(12)]))


def test_a_clip_is_searched_once(settings, finder, monkeypatch):
    first = choose_persona(settings).open(finder)
    monkeypatch.setattr(clip_photo, "choose_photo", None)
    again = choose_persona(Settings(face=settings.face, data_folder=settings.data_folder)).open(finder)
    assert again.name == first.name == "talk"
    assert again.consent.photo_sha256 == first.consent.photo_sha256


def test_a_revoked_clip_is_refused(settings, finder):
    name = choose_persona(settings).open(finder).name
    revoke_persona(settings, name)
    with pytest.raises(ConsentError, match="was taken back"):
        choose_persona(settings)


def test_a_persona_gets_a_better_photo(settings, finder, tmp_path):
    name = choose_persona(settings).open(finder).name
    longer = write_clip(tmp_path / "longer.mp4", steady(10, 6.0), SIZE_WH)
    improved = improve_persona(settings, name, longer, ScriptedPrompter())
    assert improved.name == name


def test_a_persona_is_not_improved_by_another_face(settings, finder, tmp_path):
    name = choose_persona(settings).open(finder).name
    wide = [[mesh_of(n) * np.array([1.5, 0.8, 1.4], np.float32) - np.array([160, 0, 0], np.float32)] for n in range(12)]
    finder.faces = wide
    longer = write_clip(tmp_path / "longer.mp4", steady(10, 6.0), SIZE_WH)
    with pytest.raises(PersonaError, match="is not taken for"):
        improve_persona(settings, name, longer, ScriptedPrompter())


def test_frames_are_read_at_a_lower_rate(tmp_path):
    clip = write_clip(tmp_path / "fast.mp4", steady(28, 30.0), (64, 48))
    count = SeenCount()
    frames = list(read_frames(clip, 10.0, 100.0, count))
    assert 8 <= len(frames) <= 11
    assert len(list(read_frames(clip, 10.0, 0.5, count))) <= 6


def test_pictures_of_strangers_are_counted(clip, finder):
    count = SeenCount()
    faces = list(follow_face(read_frames(clip, 6.0, 100.0, count), FakeFinder([[] for _ in range(12)]), count))
    assert not faces and count.faceless == count.frames == 12
