"""A request to end stops a command in order; a second Ctrl-C interrupts it."""

import os
import signal
from threading import Event

import pytest

from livecam.core.stop_signals import stopped_by_signals


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process by other means")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)])
def test_every_request_to_end_stops_in_order(number):
    before, stopped = signal.getsignal(number), Event()
    with stopped_by_signals(stopped.set):
        assert not stopped.is_set()
        os.kill(os.getpid(), number)
        assert stopped.wait(10)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(number) is before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no terminal that closes")
def test_under_nohup_a_closed_terminal_stops_nothing():
    before, stopped = signal.signal(signal.SIGHUP, signal.SIG_IGN), Event()
    try:
        with stopped_by_signals(stopped.set):
            os.kill(os.getpid(), signal.SIGHUP)
        assert not stopped.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
