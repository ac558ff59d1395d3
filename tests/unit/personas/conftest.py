"""A store in a temporary folder with a clock that can be set, and a persona of a drawn photo."""

import hashlib
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from livecam.consent.record import new_record
from livecam.consent.record_key import RecordKey
from livecam.core.fakes import fake_face_points
from livecam.core.persona import Persona, PersonaKind
from livecam.core.texture import FaceTexture
from livecam.core.topology import CANONICAL
from livecam.personas.store import PersonaStore

PHOTO = b"the bytes of a photo"
FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)


class Calendar:
    """Calendar time a test can move."""

    def __init__(self) -> None:
        self.now = FIRST_DAY

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days=days)


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def store(tmp_path, calendar) -> PersonaStore:
    return PersonaStore(tmp_path / "data", calendar)


@pytest.fixture
def key(tmp_path) -> RecordKey:
    """The key of the data folder the stores use."""
    return RecordKey(tmp_path / "data")


@pytest.fixture
def persona() -> Persona:
    pixels = np.random.default_rng(0).integers(0, 255, (64, 48, 3), np.uint8)
    texture = FaceTexture(pixels, fake_face_points((24, 24), 12)[:, :2].copy(), np.array(CANONICAL))
    record = new_record(PersonaKind.OWN, hashlib.sha256(PHOTO).hexdigest(), FIRST_DAY)
    return Persona("me", PersonaKind.OWN, texture, record)
