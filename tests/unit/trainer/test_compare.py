"""The classic method is for comparison: it needs both people and keeps no model."""

import pytest

from livecam.config.settings import Settings
from livecam.core.errors import PersonaError
from livecam.core.fake_prompter import ScriptedPrompter
from tests.trained_faces import drawn_material
from trainer.compare import run_classic
from trainer.outcome import Enrolment


def test_the_classic_method_needs_both_people():
    with pytest.raises(PersonaError, match="needs both people"):
        run_classic(Settings(), "robin", Enrolment(drawn_material(8), None, {}), 1.0, ScriptedPrompter(), lambda: True)
