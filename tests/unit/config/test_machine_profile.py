"""What this machine was found to do steers the budget and `auto`, and is stale elsewhere."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from livecam.app import engine_choice
from livecam.app.engine_choice import open_engine
from livecam.config.machine_profile import Calibrated, EngineCost, SizeCost, made_for, usable
from livecam.core.clock import NS_PER_MS
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeTextureEngine
from livecam.timing.budget import Budget, BudgetConfig, Level

MODEL = "onnx:/models/a.onnx"
FOUND = Calibrated(
    made_for(),
    {"1280x720": SizeCost(6.0, 10.0, {"find": 4.0}), "1920x1080": SizeCost(14.0, 20.0)},
    {MODEL: EngineCost(20.0, 24.0, 128, "cpu")},
    auto=MODEL,
    made_at="2026-11-01T12:00:00+00:00",
    others_cores=0.0,
)
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_what_was_written_is_read(tmp_path):
    path = FOUND.write(tmp_path / "data")
    assert usable(tmp_path / "data", NOW) == (FOUND, ())
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_without_a_calibration_nothing_is_expected(tmp_path):
    assert usable(tmp_path) == (None, ())


def test_another_machine_or_version_makes_it_stale_and_that_is_said(tmp_path):
    replace(FOUND, made_for=made_for() | {"cpu": "another", "numpy": "1.0"}).write(tmp_path)
    found, (note,) = usable(tmp_path)
    assert found is None
    assert "stale: cpu was another, is" in note and "numpy was 1.0" in note and "livecam calibrate machine" in note


@pytest.mark.parametrize(
    ("days", "others_cores", "serves", "words"),
    [(89, 0.0, True, ""), (91, 0.0, False, "it is 91 days old; livecam calibrate machine"),
     (6, 99.0, True, "other programs used 99.0 of"), (8, 99.0, False, "it is 8 days old"),
     (-1, 0.0, False, "of unknown age"), (89, None, True, "")],
)  # fmt: skip
def test_it_expires_and_sooner_if_the_machine_was_busy(tmp_path, days, others_cores, serves, words):
    replace(FOUND, others_cores=others_cores).write(tmp_path)
    found, notes = usable(tmp_path, datetime.fromisoformat(FOUND.made_at) + timedelta(days=days))
    assert (found is not None) == serves
    assert len(notes) == bool(words) and all(words in note and "livecam calibrate machine" in note for note in notes)


def test_one_of_an_earlier_version_without_a_date_is_made_again(tmp_path):
    replace(FOUND, made_at="").write(tmp_path)
    found, (note,) = usable(tmp_path, NOW)
    assert found is None and "of unknown age; livecam calibrate machine" in note


BROKEN_SIZES = (
    '{"schema": 1, "made_for": {}, "engines": {}, "auto": "photo", "sizes": {"%s": {"carry_ms": 1, "render_ms": 1}}}'
)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '{"schema": 2}',
        '{"schema": 1, "sizes": {"a": 3}}',
        BROKEN_SIZES % "wide",
        BROKEN_SIZES % "0x720",
        json.dumps({"schema": 1, "made_for": {}, "engines": {}, "sizes": {}, "auto": "photo", "made_at": "yesterday"}),
    ],
)
def test_a_broken_one_is_left_out_and_named_with_the_command(tmp_path, text):
    (tmp_path / "machine.json").write_text(text)
    found, (note,) = usable(tmp_path)
    assert found is None
    assert "machine.json cannot be read" in note and "livecam calibrate machine" in note


def test_costs_are_those_of_the_nearest_size_by_its_pixels():
    assert FOUND.costs_ns((1280, 720)) == {Level.CARRY: 6 * NS_PER_MS, Level.RENDER: 10 * NS_PER_MS,
                                           Level.REFINE: 10 * NS_PER_MS, Level.REFRESH: 10 * NS_PER_MS,
                                           Level.ENHANCE: 10 * NS_PER_MS}  # fmt: skip
    assert FOUND.costs_ns((640, 720))[Level.RENDER] == 5 * NS_PER_MS
    assert replace(FOUND, sizes={}).costs_ns((640, 480)) == {}


def test_a_budget_with_known_costs_begins_no_frame_it_cannot_finish():
    period = 33 * NS_PER_MS
    late_by = 25 * NS_PER_MS
    for costs, level in (({}, Level.RENDER), (FOUND.costs_ns((1280, 720)), Level.CARRY)):
        plan = Budget(BudgetConfig(period), costs).plan(late_by, 0, 0)
        assert plan.level is level


@pytest.fixture
def opened(monkeypatch):
    opened = []

    def open_texture_engine(name, trusted):
        opened.append(name)
        if name == "onnx:gone":
            raise EngineError("there is no model gone", command="livecam models list")
        return FakeTextureEngine()

    monkeypatch.setattr(engine_choice, "open_texture_engine", open_texture_engine)
    return opened


@pytest.mark.parametrize(
    ("name", "known", "opens", "words"),
    [("auto", None, "auto", None), ("auto", FOUND, MODEL, "--engine photo for none"), ("photo", FOUND, "photo", None),
     ("auto", replace(FOUND, auto="photo"), "auto", None),
     ("grpc://box:8001/swap", FOUND, "grpc://box:8001/swap", "leaves this computer, unencrypted, for grpc://box"),
     ("grpcs://box:8001/swap", None, "grpcs://box:8001/swap", "leaves this computer, encrypted, for grpcs://box"),
     ("auto", replace(FOUND, auto="onnx:gone"), "photo", "does not open: there is no model gone")],
)  # fmt: skip
def test_auto_is_what_the_calibration_found_and_that_is_reported(opened, name, known, opens, words):
    _, remarks = open_engine(name, known)
    assert opened[-1] == opens
    assert len(remarks) == (words is not None) and all(words in remark for remark in remarks)


def test_an_engine_that_was_asked_for_and_does_not_open_is_an_error(opened):
    with pytest.raises(EngineError):
        open_engine("onnx:gone", FOUND)


def test_the_file_is_open_to_other_programs(tmp_path):
    words = json.loads(FOUND.write(tmp_path).read_text())
    assert words["schema"] == 1 and words["sizes"]["1280x720"]["render_ms"] == 10.0
