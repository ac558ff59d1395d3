"""What a benchmark says of a machine: live engines by the live session, and whether it was busy."""

import json
import re
from io import StringIO

import pytest
from rich.console import Console

from livecam.bench.paced import Live
from livecam.bench.page import make_page
from livecam.bench.run import BenchResult
from livecam.bench.verdict import count_new_per_s, make_verdict, make_warning
from livecam.cli import bench_command
from livecam.config.settings import Settings
from livecam.core.errors import EngineError
from livecam.core.report import EngineReport, MemoryUse, Report

QUIET = {"cpu": "a", "cores": 2, "load_1min": 0.3, "python": "3.13", "system": "Linux", "others_cores": 0.1}


def live(new_hz: float, sent_hz: float = 30.0, seconds: float = 10.0) -> Live:
    """A session that sent so many pictures a second, so many of them new."""
    count, every = int(seconds * sent_hz) + 1, sent_hz / new_hz
    timeline = [(k / sent_hz, 20.0, int(k / every) > int((k - 1) / every)) for k in range(count)]
    return Live(
        Report(fps=sent_hz, seconds=seconds, engine=EngineReport(textures=40), memory_mb=MemoryUse(start=1, end=1)),
        timeline,
        None,
    )


def result(paced: Live | None, **engine: object) -> BenchResult:
    return BenchResult({"fps": 30.0}, [], paced, None, QUIET, engine)


@pytest.mark.parametrize(("new_hz", "words"), [(30.0, "fit for 30"), (29.0, "fit for 30"), (15.0, "not fit for 30")])
def test_a_live_engine_is_judged_by_the_new_pictures_it_sent_live(new_hz, words):
    said = make_verdict(result(live(new_hz), live=True))
    assert said.startswith(words)
    assert re.search(rf": {new_hz:.0f}\.\d new pictures a second, 4\.0 textures$", said)


def test_repeated_pictures_do_not_count():
    assert count_new_per_s(live(15.0)) == pytest.approx(15.0, rel=0.02)


def test_without_a_live_part_a_live_engine_is_not_judged():
    assert "not judged" in make_verdict(result(None, live=True))


def test_an_engine_that_is_not_live_is_judged_by_its_frames():
    assert make_verdict(result(live(30.0))) == "fit for 30 frames a second here: none of these sizes"


@pytest.mark.parametrize(("others", "warned"), [(None, False), (0.1, False), (0.29, False), (0.31, True), (1.9, True)])
def test_a_busy_machine_is_warned_about(others, warned):
    machine = QUIET | {"others_cores": others}
    assert bool(make_warning(machine)) == warned
    measured = BenchResult({"fps": 30.0}, [], None, None, machine)
    out = StringIO()
    bench_command.show(measured, Console(file=out, width=200))
    said = f"this machine was busy: other programs used {others or 0:.1f} of 2 cores"
    assert (said in out.getvalue()) == (said in make_page(measured)) == warned
    assert json.loads(measured.to_json())["machine"]["others_cores"] == others


@pytest.mark.parametrize(("others", "hint"), [(0.1, "livecam doctor"), (1.9, "measure again when nothing else runs")])
def test_what_was_measured_is_shown_and_written_when_a_part_fails(tmp_path, monkeypatch, capsys, others, hint):
    here, failed = QUIET | {"others_cores": others}, {"the start": "no picture"}
    partial = BenchResult({"fps": 30.0}, [], live(30.0), None, here, {"live": True}, failed)
    monkeypatch.setattr(bench_command, "run_bench", lambda settings, rules, tell: tell("the start") or partial)
    path = tmp_path / "bench.json"
    with pytest.raises(EngineError, match="not measured: the start: no picture") as raised:
        bench_command.measure(Settings(persona="sam", json_path=path), quick=True)
    assert raised.value.help_text == hint
    said = capsys.readouterr()
    assert "30.0 new pictures a second" in " ".join(said.out.split())
    assert said.err == "measuring the start\n"  # a line each, where there is no terminal
    written = json.loads(path.read_text())
    assert written["failed"] == {"the start": "no picture"} and written["paced"]["timeline"]
