from types import SimpleNamespace

import pytest

from livecam.app import components as parts_module
from livecam.app import engine_choice
from livecam.app.components import Components, open_parts
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError, LivecamError, OutputError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import Pixels
from tests.session.stage import SIZE_WH, Shot, picture_of, synthetic_persona


class StubbornSink(FakeSink):
    def close(self) -> None:
        raise OutputError("the disk is full", advice="free some space")


def test_a_part_that_fails_to_close_leaves_none_open():
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=FakeSource([]),
        sink=StubbornSink(SIZE_WH),
    )
    with pytest.raises(OutputError, match="disk is full"):
        parts.close()
    assert parts.source.closed and parts.engine.closed and parts.finder.closed


@pytest.mark.parametrize(
    ("pictures", "error"),
    [([picture_of(Shot())], OutputError), ([], CameraError)],
    ids=["the sink does not open", "the camera is empty"],
)
def test_what_was_opened_is_closed_when_a_later_part_fails(
    pictures: list[Pixels], error: type[LivecamError], monkeypatch: pytest.MonkeyPatch
):
    finder, engine, source = FakeFinder(), FakeTextureEngine(), FakeSource(pictures)

    def no_sink(*_: object, **__: object) -> None:
        raise OutputError("there is no virtual camera", advice="--sink null")

    monkeypatch.setattr(parts_module, "open_face_finder", lambda trusted: finder)
    monkeypatch.setattr(
        parts_module, "choose_persona", lambda *_, **__: SimpleNamespace(open=lambda _: synthetic_persona())
    )
    monkeypatch.setattr(engine_choice, "open_texture_engine", lambda name, trusted: engine)
    monkeypatch.setattr(parts_module, "open_source", lambda *_, **__: source)
    monkeypatch.setattr(parts_module, "choose_sink", no_sink)
    with pytest.raises(error):
        open_parts(Settings(persona="sam"), ManualClock(), paced=True)
    assert finder.closed and engine.closed and source.closed
