"""The plan of docs/scale.md: arithmetic that a reader can check, and simulations that agree with it."""

import pytest

pytest.importorskip("simpy", reason="the extra scale is not installed")
from benchmarks.scale.fleet import Fleet, judge
from benchmarks.scale.plan import MODES, plan, plan_batch, read_figures
from benchmarks.scale.textures import ServerFigures, simulate


@pytest.fixture(scope="module")
def figures():
    return read_figures()


def test_at_the_edge_no_server_makes_pictures(figures):
    for streams in (100, 10_000, 1_000_000):
        assert plan(MODES[0], streams, figures).nodes == 0
    assert plan(MODES[0], 1_000_000, figures).control_nodes == 40


def test_machines_grow_with_streams_and_with_slower_networks(figures):
    for mode in MODES[1:]:
        assert plan(mode, 1_000_000, figures).nodes > 90 * plan(mode, 10_000, figures).nodes
    slower = {**figures, "textures_per_s_inswapper_gpu": figures["textures_per_s_inswapper_gpu"] / 2}
    assert plan(MODES[2], 10_000, slower).nodes >= 2 * plan(MODES[2], 10_000, figures).nodes - 1


def test_a_days_clips_take_the_cores_of_the_hours_that_run_at_once(figures):
    even = {**figures, "batch_core_s_per_clip_s": 1.0, "utilisation": 1.0, "cores_per_node": 1.0}
    assert plan_batch(2400.0, even).nodes == 100


def test_figures_that_are_none_are_refused(tmp_path):
    path = tmp_path / "figures.toml"
    path.write_text("[measured]\na = 0\n[assumed]\n")
    with pytest.raises(ValueError, match="a must be a positive number"):
        read_figures(path)


def test_one_stream_gets_a_texture_for_each_frame_from_a_quick_server():
    found = simulate(ServerFigures([0.005], 0.002), 1, 20.0, 0.8)
    assert found.refreshed_hz == pytest.approx(30, rel=0.05) and found.in_time == 1
    assert found.age_ms[0] == pytest.approx(33.3, abs=1)


def test_streams_share_a_server_that_is_full():
    found = simulate(ServerFigures([0.05], 0.002), 10, 40.0, 5.0)
    assert found.refreshed_hz == pytest.approx(20 / 10, rel=0.1)
    assert found.round_trip_ms == pytest.approx(500, rel=0.15)


def test_a_batch_that_costs_little_serves_more_streams():
    alone = simulate(ServerFigures([0.02], 0.002), 8, 20.0, 0.8)
    batched = simulate(ServerFigures([0.02], 0.002, batch=8, batch_cost=0.1), 8, 20.0, 0.8)
    assert batched.refreshed_hz > 2 * alone.refreshed_hz


def test_questions_that_come_too_late_are_given_up():
    assert simulate(ServerFigures([0.2], 0.002), 8, 20.0, 0.4).in_time < 0.9


def test_a_fleet_without_a_fault_keeps_its_streams(figures):
    loss = judge("none", Fleet(10_000, "none", figures).run())
    assert loss.lowest > 0.97


def test_a_lost_region_comes_back_when_the_rest_has_room_and_not_otherwise(figures):
    roomy, full = {**figures, "spare_share": 0.6}, {**figures, "spare_share": 0.1}
    assert judge("region", Fleet(30_000, "region", roomy).run()).back_s < 300
    loss = judge("region", Fleet(30_000, "region", full).run())
    assert loss.cut == pytest.approx(1 / 3, abs=0.05) and loss.back_s > 300


def test_without_a_control_plane_what_runs_goes_on_and_nothing_begins(figures):
    loss = judge("control plane", Fleet(10_000, "control plane", figures).run())
    ends_by_itself = 1 - 2.718281828 ** (-600 / figures["session_s"])
    assert loss.cut < 0.01 and 1 - loss.lowest == pytest.approx(ends_by_itself, abs=0.05)
