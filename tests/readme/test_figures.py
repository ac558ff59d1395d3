"""The tables are what the measured files say; the script that writes them is tried on files of its own."""

import json
from pathlib import Path

import pytest

from benchmarks import figures


def test_the_committed_tables_are_those_of_the_committed_files():
    assert figures.README.read_text() == figures.readme()
    assert figures.PAGE.read_text() == figures.page()


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(figures, "RESULTS", tmp_path / "results")
    return tmp_path


def busy(rate: float) -> dict[str, object]:
    settled = {"frames": {"sent": 600}, "seconds": 20.0}
    machine = {"cpu": "x", "cores": 2, "load_1min": 1, "python": "3", "system": "y"}
    return {"machine": machine, "frames": {"sent": 600 + int(580 * rate)}, "seconds": 600.0, "settled": settled}


def test_a_kept_file_shows_in_both_pages(results: Path):
    file = results / "busy.json"
    file.write_text(json.dumps(busy(29.5) | {"timeline": [1, 2, 3]}))
    assert "29.5" not in figures.readme_table()
    figures.take("soak-busy", file)
    assert "29.5 pictures a second" in figures.readme_table()
    assert "soak.py --minutes 2 --busy 1" in figures.page()
    assert "timeline" not in (figures.RESULTS / "soak-busy.json").read_text()


def test_an_unknown_kind_is_refused(results: Path):
    file = results / "x.json"
    file.write_text("{}")
    with pytest.raises(KeyError):
        figures.take("nonsense", file)
