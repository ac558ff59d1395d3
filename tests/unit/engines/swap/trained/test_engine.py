"""The engine of trained models: it draws what the model says, and nothing once the right to it has ended."""

import numpy as np
import pytest

from engines.swap.trained.engine import TrainedEngine
from engines.swap.trained.engine import open_engine as open_trained
from engines.swap.trained.model import TrainedModel
from livecam.core.errors import ConsentError, EngineError, PersonaError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.personas.built_in import open_builtin
from livecam.personas.model_store import MODEL, ModelStore
from livecam.personas.training_store import TrainingStore
from livecam.video.atlas.detail import read_detail
from livecam.video.atlas.unroll import atlas_of
from tests.trained_faces import drawn_material, keep_model

PERSONA = "robin"


@pytest.fixture
def models(tmp_path):
    return ModelStore(keep_model(tmp_path, PERSONA))


@pytest.fixture
def training(tmp_path, models):
    return TrainingStore(tmp_path)


@pytest.fixture
def seen():
    chance = np.random.default_rng(5)
    pixels = chance.integers(90, 160, (480, 640, 3), np.uint8)
    return Frame(pixels, 5_000_000_000, 3), FaceMesh(drawn_material(21).points[20], 1.0, 5_000_000_000)


def test_a_texture_is_made_for_the_very_frame(tmp_path, models, seen):
    engine = open_trained(str(tmp_path))
    photo = engine.prepare(open_builtin(PERSONA))
    texture = engine.refresh(*seen)
    assert photo.tone is not None and engine.live
    assert texture.made_for_ns == 5_000_000_000
    assert texture.eyes_and_mouth == "live" and texture.shape is not None
    assert engine.facts["stage"] == "linear" and engine.facts["texture_ms"] > 0


def test_a_persona_without_a_model_is_refused(tmp_path):
    with pytest.raises(PersonaError, match="there is no model"):
        open_trained(str(tmp_path)).prepare(open_builtin(PERSONA))


def test_an_exchanged_file_is_refused(models):
    path = models.folder_of(PERSONA) / MODEL
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ConsentError, match="is not the one"):
        TrainedEngine(models).prepare(open_builtin(PERSONA))


def test_a_model_stops_when_the_consent_is_taken_back(models, training, seen):
    engine = TrainedEngine(models)
    engine.prepare(open_builtin(PERSONA))
    training.revoke(PERSONA)
    with pytest.raises(EngineError):
        engine.refresh(*seen)


def test_an_engine_without_persona_says_so(models, seen):
    with pytest.raises(EngineError, match="no persona"):
        TrainedEngine(models).refresh(*seen)


def test_the_models_check_knows_the_family(models):
    from engines.models.check import inspect_model

    about = inspect_model(models.folder_of(PERSONA) / MODEL)
    assert (about["family"], about["side_px"], about["stage"]) == ("livecam-atlas", 160, "linear")


def test_what_is_not_seen_is_calm_for_the_model(models, monkeypatch):
    stored = models.load(PERSONA)
    model, given = TrainedModel(stored.path, stored.data), []
    infer = model.infer
    monkeypatch.setattr(model, "infer", lambda atlas, shape: given.append(atlas) or infer(atlas, shape))
    pixels = np.random.default_rng(5).integers(90, 160, (480, 640, 3), np.uint8)
    frontal = drawn_material(21).points[0]
    model.draw(pixels, frontal)
    middle = frontal.mean(0)
    turned = ((frontal - middle) @ turn_by(40) + middle).astype(np.float32)
    model.draw(pixels[::-1].copy(), turned)
    unseen = read_detail(pixels, turned).trust == 0
    unseen &= atlas_of().face & (atlas_of().openings == 0)
    assert unseen.sum() > 100
    np.testing.assert_allclose(given[1][:, unseen], model.contract.calm_atlas[:, unseen], atol=1e-5)
    assert np.abs(given[1] - model.contract.calm_atlas).max() > 0.1


def turn_by(degrees):
    turn = np.radians(degrees)
    return np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]])
