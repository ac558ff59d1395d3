"""A live run: its status, its report, and the ways it ends."""

import json
import os
import signal

import pytest

from livecam.core.errors import CameraError
from livecam.core.report import EngineReport, FrameCounts, Report
from tests.unit.cli.conftest import ScriptedSession


def test_options_reach_the_session(livecam, stage, tmp_path):
    (tmp_path / "config" / "livecam").mkdir(parents=True)
    (tmp_path / "config" / "livecam" / "livecam.toml").write_text('persona = "kim"\nfps = 25\nmirror = true\n')
    livecam("run", "--fps", 50, "--size", "640x480", "--no-mirror", "--when-lost", "card", "--sink", "null")
    settings = stage.opened[0].settings
    assert (settings.persona, settings.fps, settings.size_wh) == ("kim", 50.0, (640, 480))
    assert (settings.mirror, settings.when_lost, settings.sink) == (False, "card", "null")


def test_the_report_is_written_where_it_was_asked_for(livecam, stage, tmp_path):
    said = livecam("run", "--persona", "robin", "--json", "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["frames"]["sent"] == 90
    assert "report: report.json" in said.out
    assert [path.name for path in tmp_path.glob("*.json")] == ["report.json"]


def test_a_failure_on_the_way_still_leaves_the_report(livecam, stage, tmp_path):
    stage.make = lambda settings: ScriptedSession(
        settings, fail=CameraError("the camera is gone", command="livecam devices")
    )
    said = livecam("run", "--persona", "robin", "--json", "report.json")
    assert said.code == 3
    assert "90 pictures" in said.out
    assert (tmp_path / "report.json").is_file()


def test_a_report_that_cannot_be_written_is_3(livecam, stage, tmp_path, monkeypatch):
    def vanish(settings):
        tmp_path.joinpath("out").rmdir()
        return ScriptedSession(settings)

    tmp_path.joinpath("out").mkdir()
    stage.make = vanish
    said = livecam("run", "--persona", "robin", "--json", "out/report.json")
    assert said.code == 3
    assert "was not written" in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly_with_the_report(livecam, stage, number):
    class Signalled(ScriptedSession):
        def reports(self, every_s):
            yield from super().reports(every_s)
            os.kill(os.getpid(), number)
            assert self.stopped

    before = signal.getsignal(number)
    stage.make = Signalled
    said = livecam("run", "--persona", "robin")
    assert (said.code, said.err) == (0, "")
    assert "90 pictures" in said.out
    assert signal.getsignal(number) is before


def test_a_second_ctrl_c_does_not_wait(livecam, stage):
    class Stuck(ScriptedSession):
        def reports(self, every_s):
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
            raise AssertionError("still here")
            yield

    stage.make = Stuck
    assert livecam("run", "--persona", "robin").code == 130


def test_without_a_terminal_there_is_a_line_every_10_s_and_no_escapes(livecam, stage):
    stage.make = lambda settings: ScriptedSession(settings, reports=25)
    said = livecam("run", "--persona", "robin")
    assert said.out.count("live | robin 90%") == 3
    assert "\x1b" not in said.out


def test_what_the_engine_says_of_itself_is_said_at_the_start(livecam, stage):
    said = livecam("run", "--persona", "robin", "--engine", "onnx:model.onnx")
    assert "engine onnx: provider cpu" in said.out


def test_an_engine_that_failed_is_reported_at_the_end(livecam, stage, monkeypatch):
    engine = EngineReport(textures=3, failures=2, last_failure="out of GPU memory")
    monkeypatch.setattr(ScriptedSession, "report", lambda self: Report(engine=engine, frames=FrameCounts(new=1)))
    said = livecam("run", "--persona", "robin")
    assert "note: the engine made 3 textures and failed 2 times: out of GPU memory" in said.out


def test_with_heads_the_start_says_which_personas_have_them(livecam, stage):
    said = livecam("run", "--persona", "robin", "--mode", "head")
    assert "whole heads: robin, kim, sasha, noor, toni, alex" in said.out
    assert "whole heads" not in livecam("run", "--persona", "robin").out


def test_the_tone_of_skin_reaches_the_session(livecam, stage):
    livecam("run", "--persona", "robin", "--mode", "head", "--skin", "persona")
    assert stage.opened[-1].settings.skin == "persona"
    assert livecam("run", "--persona", "robin", "--skin", "light").code == 2
