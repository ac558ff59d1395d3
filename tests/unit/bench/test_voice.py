"""The benchmark of the voice on engines with planted faults."""

import json
from io import StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from livecam.bench.voice import paced, promises, run
from livecam.bench.voice.paced import BlockCost, PacedProcess
from livecam.cli import voice_bench_command
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine

COST = BlockCost({"p50": 1.0, "p95": 1.5, "p99": 2.0}, {"p50": 0.9, "p95": 1.0, "p99": 1.1}, 400)


class Later(FakeVoiceEngine):
    """Later than it states."""

    def __init__(self) -> None:
        super().__init__(960)
        self._past = np.zeros((960, 1), np.float32)

    def prepare(self, rate_hz, hop):
        self.latency_samples = 960
        self.reset()
        self.latency_samples = 480


class Clumsy(FakeVoiceEngine):
    """Loses the first sample of small blocks."""

    def process(self, block):
        done = super().process(block)
        if len(block.samples) == 7:
            done.samples[0] = 0
        return done


def test_a_stated_delay_is_compared_with_the_measured_one():
    assert promises.measure_latency_ms(FakeVoiceEngine(1920)) == {"stated": 40.0, "measured": 40.0}
    assert promises.measure_latency_ms(Later()) == {"stated": 10.0, "measured": 20.0}


def test_a_block_size_that_changes_the_sound_is_named():
    sound = paced.make_speech()[:9600] + np.float32(0.01)
    assert all(promises.compare_block_sizes(FakeVoiceEngine(), sound).values())
    assert [hop for hop, same in promises.compare_block_sizes(Clumsy(), sound).items() if not same] == [7]


def test_speed_is_processor_time_per_second_of_sound():
    assert 0 < promises.measure_real_time_factor(FakeVoiceEngine(), paced.make_speech()[:48_000]) < 1


def test_blocks_come_at_the_pace_of_a_microphone():
    clock = ManualClock()
    cost = paced.measure_paced_blocks(FakeVoiceEngine(), 240, 0.5, clock)
    assert cost.blocks == 50 and cost.wall_ms["p50"] == 0.0 and cost.cpu_ms["p50"] > 0
    assert clock.now_ns() == 99 * 5_000_000


def test_the_engine_is_timed_in_a_process_of_its_own():
    costs = PacedProcess("grain", 0.2).result()
    assert list(costs) == list(paced.HOPS)
    assert all(cost.blocks == 10 and cost.cpu_ms["p99"] >= cost.cpu_ms["p50"] > 0 for cost in costs.values())


def test_a_process_that_fails_is_named_with_its_last_words():
    with pytest.raises(EngineError, match="no-such-engine"):
        PacedProcess("no-such-engine", 0.1).result()


def test_a_process_that_hangs_is_ended():
    process = PacedProcess("grain", 600)
    process._patience_s = 0.1
    with pytest.raises(EngineError, match="did not end"):
        process.result()


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Costs and the session next to are planted; the engine is the fake."""

    def session(settings, parts, pictures, seconds, every_s, observe):
        for _ in range(3):
            observe(None)
        return SimpleNamespace(fps=29.9)

    monkeypatch.setattr(
        run, "PacedProcess", lambda engine, seconds: SimpleNamespace(result=lambda: {"one block": COST})
    )
    monkeypatch.setattr(run, "open_engine", lambda name: FakeVoiceEngine())
    monkeypatch.setattr(run, "measure_paced", session)
    monkeypatch.setattr(run, "open_bench_parts", lambda settings: None)
    monkeypatch.setattr(run, "preload", lambda camera, size_wh: [])
    return Settings(persona="sam")


def test_everything_is_in_the_json_and_in_the_table(measured: Settings, tmp_path: Path, capsys):
    path = tmp_path / "voice.json"
    voice_bench_command.measure_voice(Settings(persona="sam", json_path=path), quick=True)
    shown = json.loads(path.read_text())
    assert shown["latency_ms"] == {"stated": 10.0, "measured": 10.0} and set(shown["same_samples"].values()) == {True}
    assert shown["cost"]["with 720p30"]["one block"]["wall_ms"]["p50"] == 1.0 and shown["machine"]
    printed = " ".join(capsys.readouterr().out.split())
    for part in (
        "with 720p30",
        "10.0 ms stated, 10 ms measured: kept",
        "the same samples",
        "benchmarks/quality/voice",
    ):
        assert part in printed


def test_promises_that_are_not_kept_are_said(measured: Settings):
    out = StringIO()
    result = run.run_voice(measured, True, lambda what: None)
    broken = run.VoiceResult(
        result.engine, result.voices, result.cost, 29.9, {"stated": 10.0, "measured": 13.0}, {1: True, 7: False}, 0.1
    )
    voice_bench_command.show(broken, Console(file=out, width=120))
    assert "NOT kept" in out.getvalue() and "NOT the same with 7" in out.getvalue()
