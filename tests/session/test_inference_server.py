"""A session with its model on a real inference server: while answers are late or the cable is cut, the mesh carries."""

from collections.abc import Callable
from threading import Event

import pytest

from engines.remote.engine import open_engine
from livecam.config import Settings
from livecam.core.errors import EngineError
from livecam.core.report import Report
from livecam.session import Session, open_session

pytest.importorskip("grpc", reason="not here: pip install 'livecam[remote]'")
from tests.session.inference_server import delayed, free_port, mlserver, namespace

pytestmark = pytest.mark.slow
PATIENCE = 600
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
    return open_session(Settings(persona="robin", camera="sample", sink="null", engine=f"grpc://{place}/negative"))


def textures(report: Report) -> int:
    return int(str(report.engine["textures"]))


def failures(report: Report) -> int:
    return int(str(report.engine["failures"]))


def test_a_cable_that_is_cut_stops_no_picture_and_is_mended_by_itself(tmp_path):
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
            far.mend()
            until(session, lambda report: textures(report) >= textures(later) + 5)


def test_answers_that_come_late_are_carried_to_the_present(tmp_path):
    with mlserver(tmp_path, "127.0.0.1", port := free_port()):
        is_up(f"127.0.0.1:{port}")
        with delayed(("127.0.0.1", port), 0.15) as slow, session_on(f"127.0.0.1:{slow}") as session:
            report = until(session, lambda report: textures(report) >= 5 and report.frames.sent >= 30)
        assert report.engine["texture_age_ms"]["p50"] >= 300
        assert report.engine["network_ms"] >= 300
        assert report.frames.sent > textures(report)
