"""The linear model follows the mesh, is judged by pictures it has not seen, and runs as an ONNX file."""

from pathlib import Path

import numpy as np
import pytest

from engines.swap.trained.model import TrainedModel
from livecam.core.errors import EngineError, PersonaError
from livecam.video.atlas.unroll import atlas_of
from tests.trained_faces import drawn_amounts, drawn_material, expression_shapes, texture_patterns
from trainer.basis import find_calm
from trainer.linear import export_linear, train_linear


@pytest.fixture(scope="module")
def trained():
    return train_linear(drawn_material())


def test_a_texture_that_follows_the_mesh_is_learned(trained):
    _, held_out = trained
    assert held_out.is_better
    assert held_out.gain > 0.6


def test_an_unseen_expression_is_drawn(trained):
    model, _ = trained
    amounts = np.array([[0.7, 0.0, 0.0, 0.0], [0.0, 0.0, 0.8, 0.0]], np.float32)
    calm, adds = texture_patterns()
    inner = atlas_of().face & (atlas_of().openings == 0)
    for made, wanted in zip(model.draw(expression_shapes(amounts)), np.tensordot(amounts, adds, 1) + calm, strict=True):
        assert np.abs(made - wanted)[inner].mean() < 0.6 * np.abs(wanted - calm)[inner].mean()


def test_a_face_that_never_changes_keeps_the_photo():
    _, held_out = train_linear(drawn_material(moving=0.0))
    assert not held_out.is_better


def test_too_few_pictures_are_refused():
    with pytest.raises(PersonaError, match="too few different pictures"):
        train_linear(drawn_material(30))


def test_the_file_gives_what_the_model_gives(trained):
    model, _ = trained
    runner = TrainedModel(Path("model.onnx"), export_linear(model))
    shape = expression_shapes(drawn_amounts(40)[-1:])
    blank = np.zeros((3, 160, 160), np.float32)
    made = runner.infer(blank, shape[0])
    np.testing.assert_allclose(made[:3].transpose(1, 2, 0), np.clip(model.draw(shape)[0], 0.02, 2.8), atol=0.01)
    assert (made[3] == 1).all()


def test_another_driver_does_the_same_from_their_own_calm_face(trained):
    model, _ = trained
    driver = find_calm(drawn_material())
    wider = type(driver)(driver.shape * np.float32([1.1, 1, 1]), driver.detail, driver.frames)
    runner = TrainedModel(Path("model.onnx"), export_linear(model, wider))
    made = runner.infer(np.zeros((3, 160, 160), np.float32), wider.shape)
    np.testing.assert_allclose(made[:3].transpose(1, 2, 0), np.clip(model.calm.detail, 0.02, 2.8), atol=0.02)


def test_a_file_of_another_layout_is_refused(trained):
    data = export_linear(trained[0]).replace(b"atlas-1", b"atlas-9")
    with pytest.raises(EngineError, match="another layout"):
        TrainedModel(Path("model.onnx"), data)
