"""The stores and keys of the personas' tests."""

from tests.unit.personas.conftest import calendar, key, persona, store

__all__ = ["calendar", "key", "persona", "store"]
