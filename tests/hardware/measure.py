"""Figures for docs/devices.md, from the real driver; one line of JSON.

python -m tests.hardware.vm run -- .venv/bin/python -m tests.hardware.measure rate --driver 0.12.7
"""

import argparse
import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FaceFinder, FrameSource
from livecam.devices import open_sink, open_source
from livecam.devices.camera.listing import list_cameras, list_loopbacks
from livecam.devices.virtual_camera.setup import NODE
from livecam.disclosure.picture import Marker
from livecam.doctor.timecode import read_at_edge, read_number
from livecam.plugins import open_face_finder
from tests.hardware import test_end_to_end
from tests.hardware.client import CLOCK, Client, numbered, until
from tests.hardware.drivers import IN_GUEST, load_loopback
from tests.hardware.figures import judged, percentiles, rate_of
from tests.hardware.pipewire_server import PipewireServer, Watcher
from tests.hardware.plate import plate_of, plated
from tests.hardware.soak import soak

SIZE_WH = (640, 360)
RATE_HZ = 30.0
_PATIENCE_S = 120


def device() -> Path:
    return list_loopbacks()[0].path


def wait_s(seconds: float) -> None:
    CLOCK.sleep_until_ns(CLOCK.now_ns() + int(seconds * NS_PER_S))


def restarts(times: int) -> dict[str, Any]:
    """Stops and starts in a row under one client: how long from opening to a new picture in the client's hands."""
    marker, number, delays_ms = Marker(SIZE_WH), 0, list[float]()
    sink = open_sink("auto", SIZE_WH, RATE_HZ)
    sink.send(numbered(marker, SIZE_WH, 0))  # makes it a camera
    with Client(device()) as client:
        assert until(lambda: _sent(sink, numbered(marker, SIZE_WH, 0)) and bool(client.numbers), _PATIENCE_S)
        for _ in range(times):
            sink.close()
            first, begin_ns = number + 1, CLOCK.now_ns()
            sink = open_sink("auto", SIZE_WH, RATE_HZ)
            while not client.numbers or (client.numbers[-1] or 0) < first:
                number += 1
                sink.send(numbered(marker, SIZE_WH, number))
                wait_s(1 / RATE_HZ)
            delays_ms.append((CLOCK.now_ns() - begin_ns) / NS_PER_MS)
    sink.close()
    return {"times": times, "within_a_second": sum(d < 1000 for d in delays_ms), "back_ms": percentiles(delays_ms)}


def rate(seconds: float) -> dict[str, Any]:
    """Pictures made beforehand, sent at 30 a second: what the driver and a program that watches make of them."""
    marker = Marker(SIZE_WH)
    pictures = [numbered(marker, SIZE_WH, number) for number in range(1, int(seconds * RATE_HZ))]
    watching = [sys.executable, "-m", "tests.hardware.measure", "watch", "--amount", str(seconds)]
    with (
        closing(open_sink("auto", SIZE_WH, RATE_HZ)) as sink,
        subprocess.Popen(watching, stdout=subprocess.PIPE, text=True) as program,
    ):
        assert program.stdout is not None
        pipe = program.stdout.fileno()
        assert until(lambda: _sent(sink, pictures[0]) and bool(select.select([pipe], [], [], 0)[0]), _PATIENCE_S)
        program.stdout.readline()
        sent_ns = _sent_at_pace(sink, pictures)
        assert until(lambda: _sent(sink, pictures[-1]) and program.poll() is not None, _PATIENCE_S)
        seen = json.loads(program.stdout.readline())
    got = [(number, arrived_ns) for number, arrived_ns in seen if number not in (None, 1, len(pictures))]
    return {
        "sent_hz": rate_of(list(sent_ns.values())),
        "client_hz": rate_of([arrived_ns for _, arrived_ns in got]),
        "pictures": len(got),
        "damaged": sum(number is None for number, _ in seen),
        "repeated": sum(b == a for (a, _), (b, _) in pairwise(got)),
        "out_of_order": sum(b < a for (a, _), (b, _) in pairwise(got)),
        "sent_to_client_ms": percentiles([(arrived_ns - sent_ns[number]) / NS_PER_MS for number, arrived_ns in got]),
    }


def watch(seconds: float) -> list[tuple[int | None, int]]:
    """A program that watches by read(), with no conversion in its way: number and time of arrival of each picture."""
    seen: list[tuple[int | None, int]] = []
    width, height = SIZE_WH
    descriptor = os.open(device(), os.O_RDWR)
    print("watching", flush=True)
    limit_ns = CLOCK.now_ns() + int(seconds * NS_PER_S)
    while CLOCK.now_ns() < limit_ns:
        picture = os.read(descriptor, width * height * 3 // 2)
        luma = np.frombuffer(picture, np.uint8, width * height).reshape(height, width, 1)
        seen.append((read_number(luma), CLOCK.now_ns()))
    os.close(descriptor)
    return seen


def _sent(sink: Any, picture: MarkedFrame) -> bool:
    """Keep the client supplied while waiting for it."""
    sink.send(picture)
    wait_s(1 / RATE_HZ)
    return True


def _sent_at_pace(sink: Any, pictures: list[MarkedFrame]) -> dict[int, int]:
    """When each was handed over, by number."""
    begin_ns, sent_ns = CLOCK.now_ns(), dict[int, int]()
    for place, picture in enumerate(pictures):
        CLOCK.sleep_until_ns(begin_ns + int(place * NS_PER_S / RATE_HZ))
        sent_ns[picture.seq] = CLOCK.now_ns()
        sink.send(picture)
    return sent_ns


def session(seconds: float) -> dict[str, Any]:
    """A camera, a persona drawn where a script says the face is: from capture into a client's hands."""
    camera = open_source(str(list_cameras()[0].index), size_wh=SIZE_WH, rate_hz=RATE_HZ)
    return _session(camera, None, seconds)


def sample(seconds: float) -> dict[str, Any]:
    """The same with the sample camera; the networks look for the face in its pictures."""
    camera = open_source("sample", size_wh=SIZE_WH, rate_hz=RATE_HZ, clock=CLOCK, loop=True)
    return _session(camera, open_face_finder(), seconds)


def _session(camera: FrameSource, finder: FaceFinder | None, seconds: float) -> dict[str, Any]:
    with test_end_to_end.running(camera, RATE_HZ, finder=finder) as (run, source):
        assert until(lambda: run.report().levels.get("RENDER", 0) > 0, _PATIENCE_S)
        with test_end_to_end.watching(device()) as client:
            wait_s(seconds)
        return judged(client.seen, source.captured_ns, run.report())


def pipewire(seconds: float) -> dict[str, Any]:
    """The sample camera, the networks and a persona, through a PipeWire server of our own: nothing is emulated."""
    with tempfile.TemporaryDirectory(prefix="livecam-") as folder, PipewireServer(Path(folder)) as server:
        os.environ |= {name: server.environment[name] for name in ("XDG_RUNTIME_DIR", "PIPEWIRE_RUNTIME_DIR")}
        sample = open_source("sample", size_wh=SIZE_WH, rate_hz=RATE_HZ, clock=CLOCK)
        with test_end_to_end.running(sample, RATE_HZ, "pipewire", open_face_finder()) as (run, camera):
            assert until(lambda: run.report().levels.get("RENDER", 0) > 0, _PATIENCE_S)
            with Watcher(server, NODE, SIZE_WH) as watcher:
                seen = list(_watched(watcher, seconds))
            report = run.report()
    return judged(seen, camera.captured_ns, report)


def _watched(watcher: Watcher, seconds: float) -> Iterator[tuple[int | None, int, bool]]:
    """Number, arrival and plate of each picture."""
    place, plate = plate_of(SIZE_WH)
    limit_ns = CLOCK.now_ns() + int(seconds * NS_PER_S)
    while CLOCK.now_ns() < limit_ns:
        picture = watcher.read()
        assert picture is not None
        arrived_ns = CLOCK.now_ns()
        bgr = cv2.cvtColor(picture.reshape(SIZE_WH[1], SIZE_WH[0], 2), cv2.COLOR_YUV2BGR_YUY2)
        pixels = np.asarray(bgr, np.uint8)
        yield read_at_edge(pixels), arrived_ns, plated(pixels, place, plate)


MEASURES: dict[str, tuple[Callable[[Any], Any], float]] = {
    "restarts": (restarts, 20),
    "rate": (rate, 12),
    "watch": (watch, 12),
    "session": (session, 20),
    "sample": (sample, 20),
    "pipewire": (pipewire, 20),
    "soak": (soak, 600),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--driver", help="load this version of v4l2loopback first; in the guest")
    parser.add_argument("--amount", type=float, help="seconds, or times")
    asked = parser.parse_args()
    if asked.driver and IN_GUEST:
        load_loopback(asked.driver)
    measure, amount = MEASURES[asked.what]
    found = measure(type(amount)(asked.amount or amount))
    named = {"measure": asked.what, "driver": asked.driver, **found} if isinstance(found, dict) else found
    print(json.dumps(named))


if __name__ == "__main__":
    main()
