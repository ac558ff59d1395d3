"""The benchmark on shipped fakes: what it counts, not what it costs."""

import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from livecam.app.components import Components
from livecam.bench import startup
from livecam.bench.paced import WatchedSink, measure_live, measure_paced
from livecam.bench.pictures import (
    SCENES,
    SIZES,
    Case,
    JpegCamera,
    Size,
    load_pictures,
    mirror_halves,
    preload,
    reflect_index,
)
from livecam.bench.run import LEAST, BenchConfig, BenchResult, choose_frame_count, measure_texture_ms, run_bench
from livecam.bench.startup import Startup, measure_startup
from livecam.bench.unpaced import is_real_time, measure_unpaced
from livecam.cli.bench_command import show
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import CameraError, EngineError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import Pixels
from livecam.disclosure.picture import Marker
from tests import swap_models as tiny
from tests.session.stage import synthetic_persona

SIZE = Size("small", (320, 240))
CASE = Case("small", SIZE)
SETTINGS = Settings(persona="sam")
MS = 1_000_000


class EmptyRoom(FakeFinder):
    def detect(self, frame, quick=False):  # type: ignore[no-untyped-def]
        return []


def parts(finder: FakeFinder | None = None) -> Components:
    sink = FakeSink(SIZE.size_wh, keep=2)
    return Components(
        persona=synthetic_persona(),
        finder=finder or FakeFinder(),
        engine=FakeTextureEngine(),
        source=FakeSource([]),
        sink=sink,
    )


def pictures(count: int = 4) -> list[Pixels]:
    return [np.full((240, 320, 3), 90 + k, np.uint8) for k in range(count)]


def test_pictures_go_back_and_forth_without_a_jump() -> None:
    assert [reflect_index(k, 4) for k in range(10)] == [0, 1, 2, 3, 2, 1, 0, 1, 2, 3]
    assert [reflect_index(k, 1) for k in range(3)] == [0, 0, 0]


def test_pictures_are_scaled_and_counted(tmp_path: Path) -> None:
    for number in range(5):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((24, 32, 3), 40 * number, np.uint8))
    loaded = preload(str(tmp_path), SIZE.size_wh, count=3)
    assert [int(picture[120, 160, 0]) for picture in loaded] == [0, 40, 80]
    assert {picture.shape for picture in loaded} == {(240, 320, 3)}


def test_nothing_to_measure_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CameraError):
        preload(str(tmp_path), SIZE.size_wh)


def test_every_frame_is_measured_whole_by_stage_and_against_the_floor() -> None:
    result = measure_unpaced(SETTINGS, parts(), pictures(), CASE, frames=40)
    assert (result.frames, result.case) == (40, CASE)
    assert result.held <= 5  # a track settles before it is shown
    assert {"find", "render", "mark", "sink"} <= set(result.stage_ms)
    assert result.whole_ms["p50"] <= result.whole_ms["p95"] <= result.whole_ms["p99"]
    assert result.whole_ms["p50"] >= max(stage["p50"] for stage in result.stage_ms.values())
    assert result.ratio == pytest.approx(result.whole_ms["p50"] / result.floor_ms["p50"], abs=0.01)
    assert result.fps == pytest.approx(1000 / result.whole_ms["p50"], abs=0.1)
    assert set(result.outside_ms) == {"jpeg", "i420"}
    assert {name: len(times) for name, times in result.frames_ms.items()} == {"whole": 40, "floor": 40}
    assert np.median(result.frames_ms["whole"]) == pytest.approx(result.whole_ms["p50"], abs=0.01)
    assert result.cpu_ratio == pytest.approx(result.cpu_ms["whole"] / result.cpu_ms["floor"], rel=0.2)


def test_pictures_without_a_face_are_refused() -> None:
    with pytest.raises(EngineError, match="no face"):
        measure_unpaced(SETTINGS, parts(EmptyRoom()), pictures(), CASE, frames=5)


def test_the_bench_camera_stamps_when_due_and_drops_late_pictures() -> None:
    clock = ManualClock(7 * MS)
    camera = JpegCamera(pictures(), 100.0, clock)
    frames = [camera.read(), camera.read()]
    clock.advance_ns(34 * MS)
    frames.append(camera.read())
    assert [(f.seq, (f.captured_ns - 7 * MS) // MS) for f in frames if f] == [(0, 0), (1, 10), (4, 44)]
    camera.close()
    assert camera.read() is None


LONGER_AND_LONGER_S = (0.3, 3.0, 60.0)
"""A busy machine may show nothing in the first of these times."""


def test_a_live_session_is_measured_on_the_bench_camera() -> None:
    for seconds in LONGER_AND_LONGER_S:
        report = measure_paced(SETTINGS, parts(), pictures(), seconds, every_s=0.1)
        if report.frames.captured and report.frames.sent:
            break
    assert report.frames.captured > 0
    assert report.frames.sent > 0


def test_every_picture_sent_is_noted_with_its_age() -> None:
    clock, marker = ManualClock(), Marker(SIZE.size_wh)
    watched = WatchedSink(FakeSink(SIZE.size_wh), clock)
    card = marker.make_card("Standby", "", 0)
    picture = marker.mark(pictures(1)[0].copy(), 20 * MS, seq=3)
    for frame in (card, picture, picture):
        watched.send(frame)
        clock.advance_ns(40 * MS)
    assert watched.timeline == [(0.0, 0.0, False), (0.04, 20.0, True), (0.08, 60.0, False)]


def test_a_live_session_is_noted_picture_by_picture() -> None:
    used = parts()
    live = measure_live(SETTINGS, used, pictures(), seconds=0.3)
    assert isinstance(used.sink, FakeSink)
    assert len(live.timeline) == used.sink.sends >= live.report.frames.sent  # some are sent after the last report
    assert live.to_dict()["timeline"] == live.timeline


@pytest.mark.parametrize("case", SCENES, ids=lambda case: case.name)
def test_every_scene_is_in_the_sample_clip(case: Case) -> None:
    shown = load_pictures(Case(case.name, SIZE, case.scene, case.twins), "none such")
    assert len(shown) >= 20
    assert {picture.shape for picture in shown} == {(240, 320, 3)}


def test_twins_are_the_same_person_mirrored() -> None:
    picture = np.arange(240 * 320 * 3, dtype=np.int64).reshape(240, 320, 3).astype(np.uint8)
    both = mirror_halves(picture)
    assert both.shape == picture.shape
    assert np.array_equal(both[:, :160], picture[:, 80:240])
    assert np.array_equal(both[:, :160], both[:, :159:-1])


PROGRAM = """
import json, sys
path = sys.argv[sys.argv.index("--json") + 1]
json.dump({"first_picture_ms": FIRST, "memory_mb": {"peak": 200.0}}, open(path, "w"))
"""


def test_a_fresh_process_says_when_its_first_picture_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "_PROGRAM", PROGRAM.replace("FIRST", "1234.5"))
    assert measure_startup(SETTINGS, runs=1) == Startup(1234.5, 200.0)


def test_a_process_that_is_late_gets_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    late = PROGRAM.replace("FIRST", 'None if sys.argv[sys.argv.index("--duration") + 1] == "2" else 2500.0')
    monkeypatch.setattr(startup, "_PROGRAM", late)
    assert measure_startup(SETTINGS, runs=1) == Startup(2500.0, 200.0)


@pytest.mark.parametrize(
    ("program", "message"),
    [(PROGRAM.replace("FIRST", "None"), "no picture"), ("import sys; sys.exit('broken camera')", "broken camera")],
)
def test_a_process_that_shows_nothing_is_an_error(monkeypatch: pytest.MonkeyPatch, program: str, message: str) -> None:
    monkeypatch.setattr(startup, "_PROGRAM", program)
    with pytest.raises(EngineError, match=message):
        measure_startup(SETTINGS, runs=1)


def test_the_result_is_one_json_and_a_table() -> None:
    unpaced = measure_unpaced(SETTINGS, parts(), pictures(), CASE, frames=20)
    result = BenchResult({"persona": "sam"}, [unpaced], None, Startup(1500.0, 300.0))
    shown = json.loads(result.to_json())
    assert shown["unpaced"][0]["case"]["size"] == {"name": "small", "size_wh": [320, 240]}
    assert shown["machine"]["cores"]
    out = StringIO()
    show(result, Console(file=out, width=120))
    for word in ("small", "render", "1.50 s", "300 MiB"):
        assert word in out.getvalue()
    assert is_real_time(unpaced) == ("fit for 30 frames a second here: small" in out.getvalue())


def test_of_a_neural_engine_the_texture_is_reported_over_the_network(tmp_path):
    model = tiny.transposed(tmp_path / "a.onnx")
    rules = BenchConfig(cases=SIZES[:1], frames=6, paced_s=0, startups=0)
    reported: list[str] = []
    result = run_bench(Settings(persona="robin", camera="sample", engine=f"onnx:{model}@cpu"), rules, reported.append)
    figures = json.loads(result.to_json())["engine"]
    assert figures["texture_ms"] >= figures["pass_ms"] > 0 and figures["ratio"] >= 1
    assert figures["live"] is True and result.failed == {}
    assert reported[0] == "opening the engine" and reported[1].startswith(
        "1 of 1: 480p, as fast as it goes; about 5 s left"
    )


def test_a_slow_engine_gets_fewer_frames_of_a_case() -> None:
    assert choose_frame_count(5000.0, BenchConfig()) == LEAST
    assert choose_frame_count(100.0, BenchConfig()) == 60
    assert choose_frame_count(1.0, BenchConfig()) == choose_frame_count(None, BenchConfig()) == BenchConfig().frames


def test_a_live_engine_is_timed_before_it_is_measured() -> None:
    assert measure_texture_ms(replace(parts(), engine=FakeTextureEngine(live=True)), pictures()) >= 0
    assert measure_texture_ms(parts(), pictures()) is None
    assert measure_texture_ms(replace(parts(EmptyRoom()), engine=FakeTextureEngine(live=True)), pictures()) is None
