"""A sound server of each kind, where it is installed."""

from collections.abc import Iterator

import pytest

from tests.sound.server import NEEDED, SoundServer, need


@pytest.fixture(scope="module", params=NEEDED)
def running(request: pytest.FixtureRequest) -> Iterator[SoundServer]:
    """A private server for the tests of a module."""
    need(request.param)
    with SoundServer(request.param) as server:
        yield server


@pytest.fixture
def server(running: SoundServer) -> Iterator[SoundServer]:
    """The same; one that ended by itself fails the test in which it did, and no other."""
    yield running
    if said := running.last_words():
        running.start_again()
        pytest.fail(said)


@pytest.fixture
def here(server: SoundServer, monkeypatch: pytest.MonkeyPatch) -> SoundServer:
    """The same, for the libraries of this process."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server
