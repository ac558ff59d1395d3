"""A model on another machine: the same textures, and one line for all that can be wrong with a server or a link."""

import sys

import numpy as np
import pytest

from engines.swap.remote import engine as module
from engines.swap.remote.engine import open_engine, open_secure_engine
from livecam import plugins as registry
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points
from livecam.core.frame import Frame
from livecam.personas.built_in import open_builtin

pytest.importorskip("grpc", reason="the extra remote is not installed")
from tests.unit.engines.swap.remote.server import Served, serving

FACE = FaceMesh(fake_face_points((160, 110), 60), 1.0, 7)
FRAME = Frame(np.random.default_rng(1).integers(0, 256, (240, 320, 3), np.uint8), 7, 0)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The time between questions; the network has its own."""
    made = ManualClock()
    monkeypatch.setattr(module, "SystemClock", lambda: made)
    return made


def wait_out(clock):
    """Let any back-off pass."""
    clock.sleep_until_ns(clock.now_ns() + 60 * NS_PER_S)


@pytest.fixture
def served(request):
    with serving(Served(getattr(request, "param", "FP32"))) as served:
        yield served


@pytest.fixture
def opened(served):
    engine = open_engine(f"//{served.place}/negative")
    engine.prepare(open_builtin("kim"))
    yield engine
    engine.close()


@pytest.mark.parametrize("served", ["FP32", "FP16", "UINT8"], indirect=True)
def test_the_crop_goes_there_and_its_texture_comes_back(served, opened):
    texture = opened.refresh(FRAME, FACE)
    assert texture.made_for_ns == 7 and texture.pixels.shape == (96, 96, 3)
    crop = np.rint(served.asked[-1][0] * 255).transpose(1, 2, 0)[..., ::-1]
    assert np.abs(texture.pixels - (255 - crop)).max() <= 1
    facts = opened.facts
    assert (facts["model"], facts["family"], facts["side_px"]) == ("negative", "livecam", 96)
    assert facts["provider"] == f"remote {served.place}" and facts["network_ms"] > 0


@pytest.mark.parametrize(("served", "most"), [("UINT8", 1.01), ("FP16", 2.01)], indirect=["served"])
def test_only_the_crop_travels(served, opened, most):
    opened.refresh(FRAME, FACE)
    assert served.sizes[-1] < most * 96 * 96 * 3


def test_contents_within_the_message_are_read_too(served, opened):
    served.fault = "inline"
    assert opened.refresh(FRAME, FACE).pixels.shape == (96, 96, 3)


@pytest.mark.parametrize(
    ("fault", "words"),
    [("late", "gave no answer within 0.2 s"), ("raises", "says internal: out of memory on the GPU"),
     ("nan", "numbers that are none"), ("short", "came with 110588 bytes"),
     ("missing", "the output texture is missing"), ("bytes", "is no picture"),
     ("huge", "is no picture"), ("two", "1 outputs came with 2 contents"),
     ("garbage", "cut short or of another protocol")],
)  # fmt: skip
def test_a_server_that_fails_is_named_and_asked_again(served, opened, clock, fault, words):
    opened._model._runner.within_s = 0.2 if fault == "late" else 30
    served.fault = fault
    with pytest.raises(EngineError, match=words):
        opened.refresh(FRAME, FACE)
    served.fault = ""
    served.go_on.set()
    opened._model._runner.within_s = 30
    wait_out(clock)
    assert opened.refresh(FRAME, FACE).pixels.shape == (96, 96, 3)


def test_a_server_that_vanishes_is_named_and_found_again(served, clock):
    with serving(Served()) as other:
        engine = open_engine(f"//{other.place}/negative")
        engine.prepare(open_builtin("kim"))
    with pytest.raises(EngineError, match="is not reached"):
        engine.refresh(FRAME, FACE)
    with pytest.raises(EngineError, match="is asked again in"):
        engine.refresh(FRAME, FACE)
    wait_out(clock)
    with serving(Served(), int(other.place.rpartition(":")[2])):
        assert engine.refresh(FRAME, FACE).pixels.shape == (96, 96, 3)
    engine.close()


@pytest.mark.parametrize(
    ("argument", "words"),
    [("//host:1/m?deadline-ms=5", "must be 20 to 800"), ("//host:1/m?deadline-ms=soon", "must be 20 to 800"),
     ("", "is no address"), ("//host/model", "is no address"), ("//host:8001", "is no address"),
     ("//host:99999/model", "is no address"), ("//host:1/a/b", "is no address"), ("//host:1/a?fast=1", "is no address"),
     ("//127.0.0.1:1/model", "is not reached")],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_4(argument, words):
    with pytest.raises(EngineError, match=words):
        open_engine(argument)


@pytest.mark.parametrize(
    ("model", "fault", "words"),
    [("other", "", "says not_found: no model other"), ("negative", "kind", "is of INT64"),
     ("negative", "no outputs", "names no inputs or outputs"), ("negative", "nan", "numbers that are none"),
     ("negative?family=gost", "", "no family is named gost")],
)  # fmt: skip
def test_a_model_that_is_none_is_refused_at_the_start(served, model, fault, words):
    served.fault = fault
    with pytest.raises(EngineError, match=words):
        open_engine(f"//{served.place}/{model}")


def test_inswapper_is_refused_with_what_helps(monkeypatch):
    from engines.onnx.graph import Value

    inputs = Value("target", 1, (1, 3, 128, 128)), Value("source", 1, (1, 512))
    described = module.Model("in", inputs, (Value("output", 1, (1, 3, 128, 128)),))
    monkeypatch.setattr(module, "_describe", lambda link, name: described)
    with pytest.raises(EngineError, match="embedding map is among its weights") as error:
        open_engine("//host:1/in?family=inswapper")
    assert "onnx:MODEL" in error.value.help_text


def test_over_tls_a_server_without_it_is_not_reached(served):
    with pytest.raises(EngineError, match="is not reached"):
        open_secure_engine(f"//{served.place}/negative")


def test_a_full_queue_is_an_overload_and_the_stream_waits(served, opened, clock):
    served.fault = "full"
    with pytest.raises(EngineError, match="is overloaded: Exceeds maximum queue size"):
        opened.refresh(FRAME, FACE)
    with pytest.raises(EngineError, match="is overloaded, and is asked again in"):
        opened.refresh(FRAME, FACE)
    served.fault = ""
    wait_out(clock)
    assert opened.refresh(FRAME, FACE).pixels.shape == (96, 96, 3)


def test_a_deadline_of_the_stream_is_its_own_and_reaches_the_server(served):
    engine = open_engine(f"//{served.place}/negative?deadline-ms=250")
    engine.prepare(open_builtin("kim"))
    assert engine._model._runner.within_s == 0.25
    engine.refresh(FRAME, FACE)
    assert served.timeouts[-1] == 250_000
    engine.close()


def test_the_engine_is_named_by_its_address(served):
    engine = registry.open_texture_engine(f"grpc://{served.place}/negative")
    assert engine.facts["model"] == "negative"
    engine.close()


def test_without_grpcio_that_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "grpc", None)
    with pytest.raises(EngineError, match="needs grpcio") as error:
        open_engine("//host:1/model")
    assert "[remote]" in error.value.help_text
