import json
from pathlib import Path

import pytest

from benchmarks import guard

BEFORE = {"480p": 4.2, "720p": 3.4}


@pytest.fixture
def baseline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(guard, "FOLDER", tmp_path)
    file = guard.baseline_file()
    file.write_text(json.dumps({"figures": BEFORE}))
    return file


def attempts(monkeypatch: pytest.MonkeyPatch, *times: float) -> list[float]:
    left = list(times)
    monkeypatch.setattr(guard, "measure_all", lambda: BEFORE | {"720p": left.pop(0)})
    monkeypatch.setattr("sys.argv", ["guard.py"])
    return left


@pytest.mark.parametrize(("times", "code", "unused"), [((3.5,), 0, 0), ((5, 4.5, 3.8), 0, 0), ((3.9, 9), 0, 1)])
def test_one_good_attempt_is_enough(baseline, monkeypatch, times, code, unused):
    left = attempts(monkeypatch, *times)
    assert guard.main() == code
    assert len(left) == unused


def test_three_bad_attempts_are_named(baseline, monkeypatch, capsys):
    attempts(monkeypatch, 5, 4.2, 4.0)
    assert guard.main() == 1
    assert "720p: 4.00 times the floor, was 3.40" in capsys.readouterr().out


def test_a_machine_without_a_baseline_says_so(baseline, monkeypatch, capsys):
    baseline.unlink()
    attempts(monkeypatch)
    assert guard.main() == 0
    assert "no baseline" in capsys.readouterr().out


def test_todays_usual_figures_are_kept(baseline, monkeypatch):
    attempts(monkeypatch, 3.9, 3.3, 3.6)
    monkeypatch.setattr("sys.argv", ["guard.py", "--write"])
    assert guard.main() == 0
    assert json.loads(baseline.read_text())["figures"]["720p"] == 3.6
