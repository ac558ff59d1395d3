"""A model's own process for the whole of its use: what grows, hangs or dies there is ended, named and harmless.

Every process here is a real one.
"""

import os
import signal
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from engines.onnx.graph import read_graph
from engines.onnx.providers import CPU
from engines.onnx.runner import Runner
from engines.swap.neural import boxed
from engines.swap.neural import model_process as process
from engines.swap.neural.boxed import BoxedModel, BoxedRunner, Limits
from engines.swap.neural.contracts import match_contract
from engines.swap.neural.engine import open_engine
from engines.swap.neural.model_process import ProcessEnded
from engines.swap.neural.on_device import DeviceModel
from livecam.app.session import Session
from livecam.core.errors import EngineError
from tests import swap_models as tiny
from tests.session.test_textures import played, staged
from tests.unit.engines.onnx.test_brought import with_external_weights

NOISE = np.random.default_rng(1).integers(0, 256, (96, 96, 3), np.uint8)
FACE = np.full((96, 96, 3), (90, 120, 180), np.uint8)
TIGHT = Limits(more_mb=200, late_s=1.0)
ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="measured on Linux alone")


@pytest.fixture(autouse=True)
def nothing_tried_yet(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture(autouse=True)
def tight(monkeypatch):
    """Less than any session is given, so that a test takes little memory."""
    monkeypatch.setattr(boxed, "LIMITS", TIGHT)


@contextmanager
def opened(path, contract=True):
    graph = read_graph(path)
    found = match_contract(graph) if contract else None
    runner = BoxedRunner(graph, found, CPU, 1)
    try:
        yield BoxedModel(graph, found, runner) if contract else runner
    finally:
        runner.close()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def ended_by(model: BoxedModel, crop: np.ndarray) -> ProcessEnded:
    """What ends the process; a model that grows may give a few more faces before its memory is looked at."""
    for _ in range(1000):
        try:
            model.swap(crop, None)
        except ProcessEnded as error:
            return error
    pytest.fail("its process was not ended")


def test_a_model_gives_in_its_process_what_it_gives_in_this_one(tmp_path):
    for number, build in enumerate((tiny.inswapper, tiny.livecam, tiny.dfm)):
        path = build(tmp_path / f"{number}.onnx")
        graph = read_graph(path)
        contract = match_contract(graph)
        side = contract.side_px
        crop = np.random.default_rng(2).integers(0, 256, (side, side, 3), np.uint8)
        source = None if contract.source is None else np.full((1, 512), 0.04, np.float32)
        here = DeviceModel(graph, contract, Runner(graph, CPU, 1))
        with opened(path) as there:
            for one in (source, None if source is None else -source):
                ours, theirs = here.swap(crop, one), there.swap(crop, one)
                assert (ours.picture == theirs.picture).all() and (ours.alpha == theirs.alpha).all()
            assert len(there.passes_ns) == 2 and there.facts == {} and there.crossing == list(here.crossing)


def test_a_runner_keeps_inputs_that_are_not_given_again(tmp_path):
    face = np.random.default_rng(3).random((1, 3, 96, 96), np.float32)
    with opened(tiny.livecam(tmp_path / "a.onnx"), contract=False) as runner:
        assert np.allclose(runner.run({"face": face})[0], (1 - face)[:, :, ::-1])
        assert np.allclose(runner.run({})[0], (1 - face)[:, :, ::-1])
        with pytest.raises(EngineError, match=r"a\.onnx was given \(2,\)"):
            runner.run({"face": np.zeros(2, np.float32)})


@ON_LINUX
@pytest.mark.parametrize(
    ("does", "words"), [("grows", "took more memory than it needs"), ("loops", "s without an answer")]
)
def test_what_a_trial_misses_is_ended_named_and_restarted_once(tmp_path, does, words):
    with opened(tiny.on_faces(tmp_path / "a.onnx", does)) as model:
        model.swap(NOISE, None)
        first = model._runner.pid
        assert words in str(ended_by(model, FACE)) and not is_alive(first)
        model.swap(NOISE, None)
        second = model._runner.pid
        assert second != first
        assert words in str(ended_by(model, FACE)) and not is_alive(second)
        for crop in (FACE, NOISE):
            with pytest.raises(EngineError, match="for the second time: it is not started again"):
                model.swap(crop, None)
        assert len(model.facts["ended"]) == 2 and model._runner.pid is None


@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL])
def test_a_process_that_dies_is_named_and_started_once_more(tmp_path, how):
    with opened(tiny.inswapper(tmp_path / "a.onnx")) as model:
        source = np.full((1, 512), 0.04, np.float32)
        crop = np.random.default_rng(2).integers(0, 256, (128, 128, 3), np.uint8)
        before = model.swap(crop, source)
        os.kill(model._runner.pid, how)
        with pytest.raises(ProcessEnded, match=rf"a\.onnx took its process down \(signal {int(how)}\)"):
            model.swap(crop, source)
        # Another process has forgotten the persona, which is given again.
        assert (model.swap(crop, source).picture == before.picture).all()


@ON_LINUX
def test_a_process_that_stands_still_is_waited_for_longer_and_then_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(process, "HANG_S", 3.0)
    with opened(tiny.livecam(tmp_path / "a.onnx")) as model:
        os.kill(model._runner.pid, signal.SIGSTOP)
        with pytest.raises(ProcessEnded, match=r"a\.onnx gave no answer for 3 s"):
            model.swap(NOISE, None)


def test_numbers_that_are_none_fail_and_leave_the_process(tmp_path):
    with opened(tiny.on_faces(tmp_path / "a.onnx", "nan")) as model:
        with pytest.raises(EngineError, match="numbers that are none"):
            model.swap(FACE, None)
        assert model.swap(NOISE, None).picture.any() and model.facts == {}


def test_closing_ends_the_process_and_what_is_asked_then_is_refused(tmp_path):
    with opened(tiny.livecam(tmp_path / "a.onnx")) as model:
        pid = model._runner.pid
        model.close()
        assert not is_alive(pid)
        with pytest.raises(EngineError, match="closed"):
            model.swap(NOISE, None)


def test_a_model_that_changed_after_its_trial_is_not_loaded(tmp_path):
    path = tiny.livecam(tmp_path / "a.onnx")
    with pytest.raises(EngineError, match=r"a\.onnx changed while it was opened"):
        BoxedRunner(read_graph(path), None, CPU, 1, fingerprint="0" * 64)


@pytest.mark.parametrize("build", [tiny.inswapper, with_external_weights])
def test_a_process_has_no_right_to_files_once_it_has_loaded(tmp_path, build):
    with opened(build(tmp_path / "a.onnx")) as model:
        means = model._boxed.ready["means"]
        assert set(means) <= {"landlock", "seccomp"}
        if sys.platform == "linux" and os.uname().machine in ("x86_64", "aarch64"):
            assert "seccomp" in means


def test_nothing_of_a_model_stays_when_the_program_is_gone(tmp_path):
    """Its standard input ends with the program, whatever the network is at."""
    with opened(tiny.on_faces(tmp_path / "a.onnx", "works")) as model:
        child = model._boxed._process._process
        child.stdin.close()
        assert child.wait(60) == 0


@ON_LINUX
@pytest.mark.parametrize("does", ["grows", "loops", "nan"])
def test_the_picture_goes_on_with_the_photo_and_the_report_says_why(tmp_path, does):
    engine = open_engine(f"{tiny.on_faces(tmp_path / 'a.onnx', does)}@cpu")
    try:
        stage = played(staged(engine, 60))
        report = stage.session.report()
        assert report.frames.sent == report.frames.captured == 60 and report.frames.held == 0
        assert stage.sink.leaks == [] and "the photo serves" in report.reason
        assert report.engine.failures > 0 and report.engine.last_failure
        assert len(report.engine.facts.get("ended", ())) == (0 if does == "nan" else 2)
        assert isinstance(stage.session, Session)
    finally:
        engine.close()


def test_a_model_that_works_makes_textures_of_faces(tmp_path):
    engine = open_engine(f"{tiny.on_faces(tmp_path / 'a.onnx', 'works')}@cpu")
    try:
        report = played(staged(engine, 20)).session.report()
        assert report.engine.textures > 0 and report.engine.failures == 0 and "ended" not in report.engine.facts
    finally:
        engine.close()
