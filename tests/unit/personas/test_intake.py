"""From a photo to a persona: asked once per photo, refused without an answer."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from livecam.core.errors import ConsentError, PhotoError
from livecam.core.fakes import FakeFinder, fake_face_points
from livecam.core.persona import PersonaKind
from livecam.core.topology import CANONICAL
from livecam.personas.intake import find_ended, is_answered, open_photo_persona
from livecam.personas.photo import face
from livecam.personas.photo.photo_file import read_photo
from livecam.personas.photo.quality import PhotoFinding, Severity
from tests.unit.personas.test_store import unsign


@pytest.fixture(autouse=True)
def _photos_pass(monkeypatch):
    monkeypatch.setattr(face, "check_photo", lambda pixels, mesh: ())


def drawn_photo(folder: Path, name: str = "Me at work.PNG", seed: int = 0) -> Path:
    path = folder / name
    pixels = np.random.default_rng(seed).integers(60, 200, (400, 400, 3), np.uint8)
    path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
    return path


def test_a_photo_with_an_answer_becomes_a_persona_and_is_remembered(store, tmp_path):
    photo = read_photo(drawn_photo(tmp_path))
    persona = open_photo_persona(photo, store, FakeFinder(), PersonaKind.OWN)
    assert (persona.name, persona.kind) == ("me-at-work", PersonaKind.OWN)
    np.testing.assert_allclose(persona.photo.shape, CANONICAL, atol=1e-4)
    assert is_answered(photo, store)
    assert (tmp_path / "data/personas/me-at-work/photo.png").read_bytes() == photo.data


def test_what_is_wrong_with_a_photo_is_kept_with_it(store, tmp_path, monkeypatch):
    glasses = PhotoFinding("glasses", Severity.WARNING, "the face wears glasses", "take them off")
    monkeypatch.setattr(face, "check_photo", lambda pixels, mesh: (glasses,))
    name = open_photo_persona(read_photo(drawn_photo(tmp_path)), store, FakeFinder(), PersonaKind.OWN).name
    assert store.remarks(name) == ("the face wears glasses: take them off",)


def test_the_second_time_no_question_is_asked_and_nothing_is_searched(store, tmp_path):
    photo, finder = read_photo(drawn_photo(tmp_path)), FakeFinder()
    open_photo_persona(photo, store, finder, PersonaKind.OWN)
    again = open_photo_persona(photo, store, finder, None)
    assert again.name == "me-at-work"
    assert finder.detections == 1


def test_without_an_answer_it_is_refused_and_nothing_is_kept(store, tmp_path):
    photo = read_photo(drawn_photo(tmp_path))
    with pytest.raises(ConsentError, match=r"no user has said who Me at work\.PNG shows"):
        open_photo_persona(photo, store, FakeFinder(), None)
    assert not (tmp_path / "data").exists()
    assert not is_answered(photo, store)


def test_a_changed_photo_is_another_photo_and_asked_about_again(store, tmp_path):
    open_photo_persona(read_photo(drawn_photo(tmp_path)), store, FakeFinder(), PersonaKind.OWN)
    changed = read_photo(drawn_photo(tmp_path, seed=1))
    assert not is_answered(changed, store)
    assert open_photo_persona(changed, store, FakeFinder(), PersonaKind.OWN).name == "me-at-work-2"


def test_an_ended_record_needs_a_new_answer(store, tmp_path, calendar):
    photo = read_photo(drawn_photo(tmp_path))
    open_photo_persona(photo, store, FakeFinder(), PersonaKind.OWN)
    calendar.pass_days(365)
    assert not is_answered(photo, store)
    with pytest.raises(ConsentError, match="ended on"):
        open_photo_persona(photo, store, FakeFinder(), None)
    assert open_photo_persona(photo, store, FakeFinder(), PersonaKind.CONSENTED).kind is PersonaKind.CONSENTED


def test_an_answer_of_version_1_is_asked_again_and_the_face_is_found(store, tmp_path):
    photo, finder = read_photo(drawn_photo(tmp_path)), FakeFinder()
    open_photo_persona(photo, store, finder, PersonaKind.OWN)
    unsign(tmp_path / "data/personas/me-at-work/record.json")
    assert not is_answered(photo, store)
    assert "did not sign it" in str(find_ended(photo, store))
    with pytest.raises(ConsentError, match="did not sign it"):
        open_photo_persona(photo, store, finder, None)
    assert open_photo_persona(photo, store, finder, PersonaKind.OWN).name == "me-at-work"
    assert (finder.detections, find_ended(photo, store)) == (2, None)


def test_a_valid_record_is_not_overwritten_by_another_answer(store, tmp_path):
    photo = read_photo(drawn_photo(tmp_path))
    open_photo_persona(photo, store, FakeFinder(), PersonaKind.OWN)
    assert open_photo_persona(photo, store, FakeFinder(), PersonaKind.SYNTHETIC).kind is PersonaKind.OWN


@pytest.mark.parametrize(
    ("faces", "said"),
    [
        ([], "no face was found in me.png"),
        ([fake_face_points((120, 150), 70), fake_face_points((300, 150), 70)], "me.png shows 2 faces"),
    ],
)
def test_a_photo_without_exactly_one_clear_face_is_refused(store, tmp_path, faces, said):
    photo = read_photo(drawn_photo(tmp_path, "me.png"))
    with pytest.raises(PhotoError, match=said):
        open_photo_persona(photo, store, FakeFinder([faces]), PersonaKind.OWN)


def test_a_small_face_in_the_background_is_let_be(store, tmp_path):
    near, far = fake_face_points((150, 150), 100), fake_face_points((350, 80), 12)
    persona = open_photo_persona(read_photo(drawn_photo(tmp_path)), store, FakeFinder([[far, near]]), PersonaKind.OWN)
    np.testing.assert_array_equal(persona.photo.points, near[:, :2])


def test_a_box_without_a_face_in_it_is_no_face(store, tmp_path):
    class Blind(FakeFinder):
        def mesh(self, frame, hint):
            return super().mesh(frame, super().mesh(frame, hint)).__class__(fake_face_points((0, 0), 1), 0.1, 0)

    with pytest.raises(PhotoError, match="no face was found"):
        open_photo_persona(read_photo(drawn_photo(tmp_path)), store, Blind(), PersonaKind.OWN)


def test_a_photo_that_is_not_there_or_a_folder_is_said_so(tmp_path):
    for path in (tmp_path / "none.jpg", tmp_path):
        with pytest.raises(PhotoError, match="cannot be read"):
            read_photo(path)


def test_a_file_too_large_to_be_a_photo_is_not_read(tmp_path):
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(PhotoError, match="at most 100 are read"):
        read_photo(path)
