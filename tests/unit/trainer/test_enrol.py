"""Enrolments from clips: consent of its own kind, strangers, revoked clips, and clips that are too short."""

import numpy as np
import pytest

from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.core.errors import ConsentError, PersonaError
from livecam.core.fake_prompter import RecordedProgress, ScriptedPrompter
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.core.pose import Pose
from livecam.personas.generated import save_generated
from livecam.personas.record_store import hash_bytes
from tests.clips import steady, write_clip
from tests.trained_faces import drawn_amounts, drawn_material, expression_shapes
from trainer import enrol
from trainer.enrol import enrol_clips
from trainer.linear import train_linear
from trainer.manage import list_models, next_step, remove_trained, revoke_training, training_store
from trainer.quality import Collector

SIZE_WH = (320, 240)
COUNT = 28


def mesh_of(shape, wider=1.0):
    stretch = np.array([wider, 1 / wider, wider], np.float32)
    return Pose(70.0, np.eye(3, dtype=np.float32), np.array([160, 100, 0], np.float32)).apply(shape * stretch)


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "talk.mp4", steady(COUNT, 6.0), SIZE_WH)


@pytest.fixture
def finder(monkeypatch):
    shapes = expression_shapes(drawn_amounts(COUNT))
    finder = FakeFinder([[mesh_of(shape)] for shape in shapes])
    monkeypatch.setattr(enrol, "open_face_finder", lambda trusted=(): finder)
    return finder


@pytest.fixture
def settings(tmp_path):
    return Settings(data_folder=tmp_path / "data", consent=PersonaKind.OWN)


def enrolled(settings, clip, prompter=None):
    return enrol_clips(settings, "me", [clip], prompter or ScriptedPrompter(), RecordedProgress())


def test_a_clip_is_enrolled_with_a_signed_record(settings, clip, finder):
    found = enrolled(settings, clip)
    record, data = training_store(settings).load("me")
    assert found.pictures > 8 and "trains a model of me" in record.statement
    assert record.material_sha256 == hash_bytes(data)
    assert [row.name for row in list_models(settings)] == ["me"]


def test_a_clip_being_read_says_what_is_still_to_show(settings, clip, finder):
    progress = RecordedProgress()
    enrol_clips(settings, "me", [clip], ScriptedPrompter(), progress)
    text = next(text for _, _, text in progress.shown if text)
    assert "pictures kept; shown 0 of 15, still to show: " in text and "lids shut 0/8" in text


def test_the_question_is_about_training(tmp_path, clip, finder):
    prompter = ScriptedPrompter(["2", "yes"])
    found = enrolled(Settings(data_folder=tmp_path / "data"), clip, prompter)
    assert "A model of the face" in prompter.asked[0] and "I train a" in prompter.asked[1]
    assert found.record.kind is PersonaKind.CONSENTED


def test_without_an_answer_nothing_is_kept(tmp_path, clip, finder):
    settings = Settings(data_folder=tmp_path / "data")
    with pytest.raises(ConsentError):
        enrolled(settings, clip, ScriptedPrompter(["2", "no"]))
    assert training_store(settings).names() == ()


def test_a_clip_without_a_face_says_why(settings, clip, finder):
    finder.faces = [[] for _ in range(COUNT)]
    with pytest.raises(PersonaError, match="no face"):
        enrolled(settings, clip)


def test_seconds_of_clip_are_too_few(settings, clip, finder):
    enrolled(settings, clip)
    with pytest.raises(PersonaError, match="too few different pictures"):
        train_linear(enrol_material(settings))


def enrol_material(settings):
    from trainer.material import material_from_bytes

    return material_from_bytes(training_store(settings).load("me")[1], "me")


def test_another_person_in_the_second_half_is_refused(monkeypatch, settings, clip, finder):
    material = drawn_material(64)
    other = np.array([mesh_of(shape, 1.35) for shape in expression_shapes(drawn_amounts(64))])
    half = np.where(np.arange(64)[:, None, None] < 32, material.points, other).astype(np.float32)
    mixed = type(material)(half, material.detail, material.at_ns, material.tone)
    monkeypatch.setattr(Collector, "finish", lambda self: mixed)
    with pytest.raises(PersonaError, match="more than one person"):
        enrolled(settings, clip)


def test_one_person_alone_is_not_taken_for_two():
    kept, strangers = enrol._without_strangers(drawn_material(64))
    assert strangers == 0 and len(kept) == 64


def test_revoked_clips_are_refused(settings, clip, finder):
    enrolled(settings, clip)
    assert revoke_training(settings, "me") == ()
    with pytest.raises(ConsentError, match="was taken back"):
        enrolled(settings, clip)


def test_what_was_removed_may_come_again(settings, clip, finder):
    enrolled(settings, clip)
    assert remove_trained(settings, "me") == ("pictures",)
    assert enrolled(settings, clip).pictures > 8
    with pytest.raises(PersonaError, match="nothing was enrolled"):
        remove_trained(settings, "kim")


def test_the_next_step_is_a_command_that_can_work(settings, clip, finder):
    enrolled(settings, clip)
    assert "persona add" in next_step(settings, "me") and "--operator me" in next_step(settings, "me")
    enrol_clips(settings, "kept", [clip], ScriptedPrompter(), RecordedProgress())
    save_generated(7, "kept", persona_store(settings))
    assert next_step(settings, "me") == "livecam train run kept --operator me"
    assert next_step(settings, "kept") == "livecam train run kept"
