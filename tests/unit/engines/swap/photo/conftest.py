"""The photo and persona of the photo tests."""

from tests.unit.personas.photo.conftest import nobody, photo

__all__ = ["nobody", "photo"]
