import os
from pathlib import Path

import numpy as np
import pytest

from engines.face.recogniser import OnnxRecogniser, open_recogniser
from livecam.core.errors import EngineError
from livecam.personas.built_in import open_builtin

MODEL = os.environ.get("LIVECAM_IDENTITY_MODEL", "")
LIKE, UNLIKE = 0.75, 0.5


class Mean:
    """A network that answers with the mean colour and the corner of what it is shown."""

    input_name, input_shape = "input", ("batch", 3, 112, 112)

    def run(self, inputs):
        values = inputs["input"]
        assert values.shape == (1, 3, 112, 112)
        assert values.dtype == np.float32
        return [np.concatenate([values.mean((2, 3)), values[:, :, 0, 0]], 1)]


def face():
    photo = open_builtin("robin").photo
    return photo.pixels, np.column_stack([photo.points, np.zeros(468)]).astype(np.float32)


def test_an_embedding_has_unit_length_and_follows_the_face_not_its_place():
    pixels, points = face()
    recogniser = OnnxRecogniser(Mean())
    here = recogniser.embed(pixels, points)
    moved = np.zeros((pixels.shape[0] + 60, pixels.shape[1] + 90, 3), np.uint8)
    moved[60:, 90:] = pixels
    there = recogniser.embed(moved, points + np.float32([90, 60, 0]))
    assert np.linalg.norm(here) == pytest.approx(1, abs=1e-5)
    assert here @ there == pytest.approx(1, abs=1e-3)


def test_a_network_of_another_shape_is_refused():
    other = Mean()
    other.input_shape = (1, 3, 128, 128)
    with pytest.raises(EngineError, match=r"takes \(1, 3, 112, 112\)"):
        OnnxRecogniser(other)


@pytest.mark.skipif(not MODEL, reason="LIVECAM_IDENTITY_MODEL names no ArcFace-like network")
def test_a_real_recogniser_tells_personas_apart():
    recogniser = open_recogniser(Path(MODEL))
    pixels, points = face()
    other = open_builtin("noor").photo
    stranger = recogniser.embed(other.pixels, np.column_stack([other.points, np.zeros(468)]).astype(np.float32))
    same = recogniser.embed(np.clip(pixels * 0.8, 0, 255).astype(np.uint8), points)
    assert recogniser.embed(pixels, points) @ same > LIKE
    assert recogniser.embed(pixels, points) @ stranger < UNLIKE
