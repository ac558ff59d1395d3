"""A connection with a head that never ends is closed; one that became a WebSocket stays."""

import asyncio

import pytest

from livecam.studio import patience


class Transport:
    closed = False

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    def get_extra_info(self, name):
        return None


@pytest.fixture
def protocol(monkeypatch):
    """A protocol on a loop of its own, which gives up at once."""
    monkeypatch.setattr(patience, "HEAD_S", 0.0)
    upgraded = []
    monkeypatch.setattr(patience.H11Protocol, "handle_websocket_upgrade", lambda self, event: upgraded.append(event))
    monkeypatch.setattr(patience.H11Protocol, "connection_made", lambda self, transport: None)
    made = patience.PatientProtocol.__new__(patience.PatientProtocol)
    made.cycle, made.transport = None, Transport()
    return made


async def live(protocol, upgrade):
    protocol.loop = asyncio.get_running_loop()
    protocol.connection_made(protocol.transport)
    if upgrade:
        protocol.handle_websocket_upgrade(object())
    for _ in range(3):
        await asyncio.sleep(0)


def test_a_head_that_does_not_end_closes_the_connection(protocol):
    asyncio.run(live(protocol, upgrade=False))
    assert protocol.transport.closed


def test_a_websocket_stays_open(protocol):
    asyncio.run(live(protocol, upgrade=True))
    assert not protocol.transport.closed
