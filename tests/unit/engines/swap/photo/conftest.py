"""The photo and persona of the photo tests."""

from tests.unit.personas.photo.conftest import photo, synthetic

__all__ = ["photo", "synthetic"]
