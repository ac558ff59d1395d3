"""A camera that disappears every 20 s, and what a program of its own makes of the virtual camera at the same time."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.devices.camera.listing import list_cameras, list_loopbacks
from livecam.host.machine import read_cpu_s, read_memory_mb
from tests.hardware import test_session
from tests.hardware.client import CLOCK, Client, until
from tests.hardware.drivers import plug_in, unplug
from tests.hardware.figures import percentiles, rate_of
from tests.hardware.plate import plate_of, plated

_EVERY_S, _AWAY_S = 20, 5
_PATIENCE_S = 120


def soak(seconds: float) -> dict[str, Any]:
    """Pull the camera out for 5 s of every 20; a client in a process of its own tells when it got which picture."""
    marks_ns, drivers_ms, memory = list[int](), list[float](), list[float]()
    with test_session.running(list_cameras()[0]) as run:
        assert until(lambda: run.report().frames.sent > 0, _PATIENCE_S)
        looking = [sys.executable, "-m", "tests.hardware.soak", str(list_loopbacks()[0].path)]
        with subprocess.Popen(looking, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
            assert program.stdout is not None
            program.stdout.readline()
            before, busy_s = run.report(), read_cpu_s()
            begin_ns = CLOCK.now_ns()
            for turn in range(round(seconds / _EVERY_S)):
                marks_ns.append(CLOCK.now_ns())
                drivers_ms.append(_took_ms(unplug))
                _wait_until(begin_ns, turn * _EVERY_S + _AWAY_S)
                drivers_ms.append(_took_ms(plug_in))
                _wait_until(begin_ns, (turn + 1) * _EVERY_S)
                memory.append(round(read_memory_mb()["now"], 1))
            marks_ns.append(CLOCK.now_ns())
            after, busy_s = run.report(), read_cpu_s() - busy_s
            seen = json.loads(program.communicate("")[0])
    return {
        "wished_hz": test_session.RATE_HZ,
        "sent_hz": round((after.frames.sent - before.frames.sent) * NS_PER_S / (marks_ns[-1] - marks_ns[0]), 2),
        **_client_figures([ns for ns in seen["arrived_ns"] if marks_ns[0] <= ns <= marks_ns[-1]], marks_ns),
        "driver_ms": percentiles(drivers_ms),
        "session_processors": round(busy_s * NS_PER_S / (marks_ns[-1] - marks_ns[0]), 2),
        "without_plate": seen["without_plate"],
        "unswapped": after.frames.unswapped_shown,
        "unplugged": len(memory),
        "memory_mb": memory,
    }


def _client_figures(arrived_ns: list[int], marks_ns: list[int]) -> dict[str, Any]:
    """`marks_ns`: when each turn began, and when the last one ended."""
    gaps_ms = [(b - a) / NS_PER_MS for a, b in pairwise(arrived_ns)]
    turns_hz = [sum(a <= ns < b for ns in arrived_ns) * NS_PER_S / (b - a) for a, b in pairwise(marks_ns)]
    return {
        "pictures": len(arrived_ns),
        "client_hz": rate_of(arrived_ns),
        "slowest_turn_hz": round(min(turns_hz), 2),
        "gap_ms": percentiles(gaps_ms),
        "gaps_over_two_periods": sum(gap > 2000 / test_session.RATE_HZ for gap in gaps_ms),
    }


def _took_ms(act: Callable[[], None]) -> float:
    begin_ns = CLOCK.now_ns()
    act()
    return (CLOCK.now_ns() - begin_ns) / NS_PER_MS


def _wait_until(begin_ns: int, seconds: float) -> None:
    CLOCK.sleep_until_ns(begin_ns + int(seconds * NS_PER_S))


def watch(path: Path) -> dict[str, Any]:
    """Look at every picture until the standard input ends."""
    place, plate = plate_of(test_session.SIZE_WH)
    with Client(path, judge=partial(plated, place=place, plate=plate)) as client:
        assert until(lambda: len(client.arrived_ns) > 5, _PATIENCE_S)
        sys.stdout.write("watching\n")
        sys.stdout.flush()
        sys.stdin.read()
    return {"arrived_ns": client.arrived_ns, "without_plate": client.judged.count(False)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(watch(Path(sys.argv[1]))))
