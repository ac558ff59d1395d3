"""Pictures of an enrolment come back as they were, and the held-out ones are whole blocks spread over the clip."""

import numpy as np
import pytest

from livecam.core.errors import PersonaError
from tests.trained_faces import drawn_material
from trainer.material import is_held_out, material_from_bytes, material_to_bytes


def test_pictures_come_back_as_they_were():
    material = drawn_material(20)
    again = material_from_bytes(material_to_bytes(material), "me")
    np.testing.assert_array_equal(again.detail, material.detail)
    np.testing.assert_array_equal(again.points, material.points)
    assert material_to_bytes(again) == material_to_bytes(material)


def test_damaged_pictures_are_refused():
    with pytest.raises(PersonaError, match="cannot be read"):
        material_from_bytes(material_to_bytes(drawn_material(12))[:-2000], "me")


def test_pictures_of_another_layout_are_refused(monkeypatch):
    data = material_to_bytes(drawn_material(12))
    monkeypatch.setattr("trainer.material.LAYOUT_SHA256", "another")
    with pytest.raises(PersonaError, match="another layout"):
        material_from_bytes(data, "me")


def test_held_out_pictures_are_a_quarter_in_blocks():
    held = is_held_out(np.arange(0, 64, dtype=np.int64) * 1_000_000_000)
    assert held.mean() == 0.25
    assert held[6:8].all() and not held[:6].any() and held[14:16].all()
