"""A session with its model on a real inference server: while answers are late or the cable is cut, the mesh carries."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

import pytest

from engines.swap.remote.engine import open_engine
from livecam.app.session import Session
from livecam.bench.pictures import JpegCamera, preload
from livecam.bench.run import open_bench_parts
from livecam.config.settings import Settings
from livecam.core.clock import SystemClock
from livecam.core.errors import EngineError
from livecam.core.report import Report
from livecam.devices.sink import open_sink

pytest.importorskip("grpc", reason="the extra remote is not installed")
from tests.session.inference_server import delayed, free_port, mlserver, namespace
from tests.session.poor_link import poor_link

pytestmark = pytest.mark.slow
SIZE_WH = (640, 360)
PATIENCE = 1500
"""Reports, a fifth of a second apart, after which a test gives up."""


def until(session: Session, seen: Callable[[Report], bool]) -> Report:
    """The first report in which something is seen."""
    for _, report in zip(range(PATIENCE), session.reports(every_s=0.2), strict=False):
        assert report.frames.unswapped_shown == 0
        if seen(report):
            return report
    raise AssertionError(f"not seen: {session.report()}")


def is_up(place: str) -> None:
    """Wait until the server answers; it takes seconds to start."""
    between = Event()
    for left in reversed(range(600)):
        try:
            open_engine(f"//{place}/negative").close()
            return
        except EngineError:
            if not left:
                raise
            between.wait(0.2)


def session_on(place: str) -> Session:
    """A session with a camera that never ends, however slow this machine is."""
    settings = Settings(persona="robin", camera="sample", sink="null", engine=f"grpc://{place}/negative")
    parts = open_bench_parts(settings)
    parts.source.close()
    camera = JpegCamera(preload("sample", SIZE_WH), settings.fps, SystemClock())
    return Session(settings, replace(parts, source=camera, sink=open_sink("null", SIZE_WH, settings.fps)))


def textures(report: Report) -> int:
    return int(str(report.engine.textures))


def failures(report: Report) -> int:
    return int(str(report.engine.failures))


def test_a_cut_cable_stops_no_picture_and_recovers_by_itself(tmp_path):
    with namespace() as far, mlserver(tmp_path, "0.0.0.0", port := free_port(), far.inside):
        place = f"{far.address}:{port}"
        is_up(place)
        with session_on(place) as session:
            before = until(session, lambda report: textures(report) >= 5)
            far.cut()
            cut = until(session, lambda report: failures(report) >= failures(before) + 2)
            assert "gave no answer within" in cut.reason or "is not reached" in cut.reason
            assert "the photo serves" in cut.reason
            later = until(session, lambda report: report.frames.sent >= cut.frames.sent + 10)
            far.repair()
            until(session, lambda report: textures(report) >= textures(later) + 5)


def test_answers_that_come_late_are_carried_to_the_present(tmp_path):
    with mlserver(tmp_path, "127.0.0.1", port := free_port()):
        is_up(f"127.0.0.1:{port}")
        with delayed(("127.0.0.1", port), 0.15) as slow, session_on(f"127.0.0.1:{slow}") as session:
            report = until(session, lambda report: textures(report) >= 5 and report.frames.sent >= 30)
        assert report.engine.texture_age_ms["p50"] >= 300
        assert report.engine.facts["network_ms"] >= 300
        assert report.frames.sent > textures(report)


def test_a_link_that_delays_loses_and_is_cut_costs_textures_and_no_picture(tmp_path):
    with poor_link() as link, mlserver(tmp_path, "0.0.0.0", port := free_port(), link.inside):
        place = f"{link.address}:{port}"
        is_up(place)
        link.delay_ms = 40
        with session_on(place) as session:
            late = until(session, lambda report: textures(report) >= 8)
            assert late.engine.texture_age_ms["p50"] >= 80
            link.loss = 0.05
            lossy = until(session, lambda report: textures(report) >= textures(late) + 15 and link.lost >= 10)
            link.is_cut = True
            cut = until(session, lambda report: failures(report) >= failures(lossy) + 2)
            assert "the photo serves" in cut.reason
            later = until(session, lambda report: report.frames.sent >= cut.frames.sent + 10)
            link.is_cut = False
            fixed = until(session, lambda report: textures(report) >= textures(later) + 5)
        assert fixed.frames.sent > textures(fixed)
        assert fixed.frames.unswapped_shown == 0
