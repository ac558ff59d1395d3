"""A synthetic portrait to plant faults in."""

from dataclasses import dataclass

import numpy as np
import pytest

from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Pixels
from livecam.core.persona import Persona
from livecam.personas.built_in import find_recipe, open_builtin
from livecam.personas.generator.compose import draw_portrait


@dataclass(frozen=True)
class Photo:
    """A picture with its mesh."""

    pixels: Pixels
    points: Points

    @property
    def mesh(self) -> FaceMesh:
        return FaceMesh(self.points, 1.0, 0)


@pytest.fixture(scope="session")
def synthetic() -> Persona:
    return open_builtin("kim")


@pytest.fixture(scope="session")
def photo() -> Photo:
    pixels, points = draw_portrait(find_recipe("kim"))
    pixels.flags.writeable = False
    return Photo(pixels, points.astype(np.float32))
