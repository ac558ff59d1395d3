from pathlib import Path

import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.host.energy import Energy


def zone(folder: Path, name: str, spent_uj: int, range_uj: int = 10_000_000) -> None:
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "energy_uj").write_text(f"{spent_uj}\n")
    (folder / name / "max_energy_range_uj").write_text(f"{range_uj}\n")


@pytest.mark.parametrize(("begin_uj", "end_uj"), [(1_000_000, 7_000_000), (9_000_000, 5_000_000)])
def test_packages_are_added_up_and_wrap(tmp_path: Path, begin_uj: int, end_uj: int):
    clock = ManualClock()
    zone(tmp_path, "intel-rapl:0", begin_uj)
    zone(tmp_path, "intel-rapl:1", 0)
    zone(tmp_path, "intel-rapl:0:0", 0)  # a part of the first: not counted twice
    energy = Energy(tmp_path, clock)
    clock.advance_ns(2 * NS_PER_S)
    zone(tmp_path, "intel-rapl:0", end_uj)
    zone(tmp_path, "intel-rapl:1", 2_000_000)
    zone(tmp_path, "intel-rapl:0:0", 5_000_000)
    assert energy.measure_watts() == pytest.approx(4.0)


def test_a_machine_that_does_not_tell_has_no_figure(tmp_path: Path):
    clock = ManualClock()
    energy = Energy(tmp_path, clock)
    clock.advance_ns(NS_PER_S)
    assert energy.measure_watts() is None


def test_a_counter_that_cannot_be_read_has_no_figure(tmp_path: Path):
    clock = ManualClock()
    (tmp_path / "intel-rapl:0").mkdir()
    energy = Energy(tmp_path, clock)
    clock.advance_ns(NS_PER_S)
    zone(tmp_path, "intel-rapl:0", 1_000_000)
    assert energy.measure_watts() is None
