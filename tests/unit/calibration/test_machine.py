"""Calibrating a machine: frames and models are timed for real, and the choice follows from the times."""

import pytest

from calibration import machine as module
from calibration.machine import CalibrationConfig, calibrate_machine, choose_auto_engine, find_swap_models, keep
from livecam.bench.pictures import Case, Size
from livecam.config.machine_profile import Calibrated, EngineCost, SizeCost, made_for, usable
from livecam.config.settings import Settings
from livecam.core.clock import utc_now
from tests import swap_models as tiny
from tests.unit.cli.conftest import livecam  # noqa: F401

SMALL = CalibrationConfig(cases=(Case("small", Size("small", (640, 360))),), frames=4, textures=1)
SETTINGS = Settings(persona="robin", camera="sample")


class Others:
    """Other programs that keep so many cores busy."""

    def __init__(self, cores: float) -> None:
        self.measure_cores = lambda: cores


def engine(texture_ms: float, side_px: int) -> EngineCost:
    return EngineCost(texture_ms, texture_ms, side_px, "cpu")


@pytest.mark.parametrize(
    ("render_ms", "engines", "auto"),
    [(10.0, {}, "photo"), (10.0, {"a": engine(60, 128)}, "a"), (10.0, {"a": engine(101, 128)}, "photo"),
     (10.0, {"a": engine(60, 128), "b": engine(90, 256)}, "b"),
     (10.0, {"a": engine(60, 128), "b": engine(50, 128)}, "b"),
     (30.0, {"a": engine(60, 128)}, "photo")],
)  # fmt: skip
def test_auto_is_the_finest_that_is_quick_enough_where_a_frame_has_room(render_ms, engines, auto):
    assert choose_auto_engine({"1280x720": SizeCost(5.0, render_ms)}, engines) == auto


def test_frames_and_models_are_timed_and_what_does_not_work_is_reported(tmp_path):
    good, broken = tiny.livecam(tmp_path / "a.onnx"), tiny.returning(tmp_path / "b.onnx", "nan")
    reported: list[str] = []
    measured = calibrate_machine(SETTINGS, [good, broken], reported.append, SMALL, Others(0.5))
    assert measured.calibrated.others_cores == 0.5
    size = measured.calibrated.sizes["640x360"]
    assert 0 < size.carry_ms < size.render_ms and size.stage_ms["find"] > 0
    cost = measured.calibrated.engines[f"onnx:{good}"]
    assert cost.network_ms > 0 and cost.texture_ms > 0 and (cost.side_px, cost.provider) == (96, "cpu")
    assert "numbers that are none" in measured.left_out["b.onnx"]
    assert reported == ["frames of small", "a.onnx", "b.onnx"]


def test_swap_models_are_found_by_what_they_are(tmp_path):
    tiny.livecam(tmp_path / "a.onnx")
    tiny.dfm(tmp_path / "b.dfm")
    tiny.embedder(tmp_path / "c.onnx")
    (tmp_path / "d.onnx").write_bytes(b"nothing")
    assert [path.name for path in find_swap_models(tmp_path)] == ["a.onnx", "b.dfm"]


def test_the_command_writes_what_a_run_reads(livecam, tmp_path, monkeypatch):  # noqa: F811
    monkeypatch.setattr(module, "CalibrationConfig", lambda frames, textures: SMALL)
    monkeypatch.setattr(module, "OtherPrograms", lambda: Others(0.0))
    model = tiny.livecam(tmp_path / "a.onnx")
    said = livecam("calibrate", "machine", "--quick", "--model", model)
    assert said.code == 0, said.err
    assert "640x360" in said.out and "ms a texture" in said.out and "--engine auto is" in said.out
    found, notes = usable(tmp_path / "data" / "livecam")
    assert found is not None and notes == ()
    assert f"onnx:{model}" in found.engines


def found(others_cores: float) -> Calibrated:
    return Calibrated(
        made_for(), {"1280x720": SizeCost(1.0, 1.0 + others_cores)}, {}, "photo", utc_now().isoformat(), others_cores
    )


def test_times_of_a_busy_machine_are_marked_and_do_not_replace_good_ones(tmp_path):
    words = keep(found(99.0), tmp_path)
    assert "written for 7 days" in words and "other programs used 99.0 of" in words
    assert words.endswith("measure again when nothing else runs: livecam calibrate machine")
    assert usable(tmp_path)[0].busy
    assert keep(found(0.0), tmp_path).startswith("written: ")
    words = keep(found(99.0), tmp_path)
    assert words.startswith("not written: this machine was busy") and "livecam calibrate machine" in words
    kept, notes = usable(tmp_path)
    assert kept.sizes == found(0.0).sizes and notes == ()
