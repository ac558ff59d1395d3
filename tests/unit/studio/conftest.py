"""A studio without a network.

The guard and the routes, a data folder of its own, no helper and no session.
"""

import pytest
from starlette.testclient import TestClient

from livecam.studio.access import Access
from livecam.studio.app import application
from livecam.studio.assembly import new_studio
from livecam.studio.guard import Guard

HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"


class FakeHelper:
    """Answers what the test says, and keeps what was asked."""

    def __init__(self):
        self.answers, self.asked = {"personas": [], "voices": []}, []

    async def ask(self, do, **words):
        self.asked.append((do, words))
        answer = self.answers[do]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self):
        return None


@pytest.fixture
def studio(tmp_path):
    made = new_studio(tmp_path, Access(8000))
    made.helper = FakeHelper()
    yield made
    made.jobs.close()


@pytest.fixture
def guarded(studio) -> Guard:
    return application(studio, [HOST])


@pytest.fixture
def client(guarded, studio):
    """Return a program with the start token; nothing else runs."""
    yield TestClient(guarded, base_url=ORIGIN, headers={"Authorization": f"Bearer {studio.access.start}"})


@pytest.fixture
def stranger(guarded):
    """Return a program without a token."""
    yield TestClient(guarded, base_url=ORIGIN)
