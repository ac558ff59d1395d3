from pathlib import Path

from livecam.host.vitals import Vitals, read_vitals


def machine_at(root: Path, temperatures: list[str]) -> Path:
    for folder, count in (("fd", 7), ("task", 3)):
        for number in range(count):
            (root / "proc/self" / folder / str(number)).mkdir(parents=True)
    for number, text in enumerate(temperatures):
        zone = root / f"sys/class/thermal/thermal_zone{number}"
        zone.mkdir(parents=True)
        (zone / "temp").write_text(text)
    return root


def test_handles_threads_and_the_hottest_zone_are_read(tmp_path: Path) -> None:
    assert read_vitals(machine_at(tmp_path, ["41000\n", "63500\n"])) == Vitals(7, 3, 63.5)


def test_a_zone_that_does_not_tell_is_passed_over(tmp_path: Path) -> None:
    root = machine_at(tmp_path, ["", "38000"])
    assert read_vitals(root).celsius == 38.0


def test_where_the_system_tells_nothing_there_is_nothing(tmp_path: Path) -> None:
    assert read_vitals(tmp_path) == Vitals(None, None, None)
