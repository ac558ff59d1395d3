"""Two runs distinguished where they differ, and not where they only tremble."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from livecam.bench.compare import compare_runs, describe_change, find_busy_runs, read_bench
from livecam.cli.compare_command import compare
from livecam.core.errors import UsageError


def run(seed: int, slower: float = 1.0, load: float = 1.0, trembling: float = 0.1) -> dict[str, Any]:
    """A run with frames of 10 ms, on a machine slowed down by `load`."""
    random = np.random.default_rng(seed)
    busy = load * np.exp(np.repeat(random.normal(0, trembling, 30), 10))
    whole, floor = 10 * slower * busy * np.exp(random.normal(0, 0.05, 300)), 3 * busy
    case = {"case": {"name": "720p"}, "frames_ms": {"whole": list(whole), "floor": list(floor)}}
    ages = 20 * slower * np.exp(random.normal(0, 0.05, 300))
    timeline = [(k / 30, float(age), k % 50 > 0) for k, age in enumerate(ages)]
    return {"schema": 1, "unpaced": [case], "paced": {"timeline": timeline}}


def test_the_same_code_on_a_busier_machine_is_the_same():
    frame = compare_runs(run(1), run(2, load=3.0))[0]
    assert frame.verdict == "same"
    assert abs(frame.percent) < 3
    assert frame.low <= frame.percent <= frame.high


@pytest.mark.parametrize(("slower", "verdict"), [(1.15, "slower"), (0.85, "faster"), (1.01, "same")])
def test_what_changed_is_reported(slower: float, verdict: str):
    found = compare_runs(run(1), run(2, slower))
    assert [change.verdict for change in found] == [verdict, verdict]
    assert found[0].percent == pytest.approx((slower - 1) * 100, abs=2.5)


def test_only_what_both_runs_have_is_compared():
    one, other = run(1), run(2)
    other["unpaced"][0]["case"]["name"], other["paced"] = "1080p", None
    assert compare_runs(one, other) == []


def test_runs_of_different_length_are_compared_over_the_shorter():
    short = run(2)
    for times in short["unpaced"][0]["frames_ms"].values():
        del times[100:]
    assert compare_runs(run(1), short)[0].verdict == "same"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": 2}', '{"schema": 1, "unpaced": [{}]}'], ids=range(5))
def test_another_file_is_refused(tmp_path: Path, text: str):
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(UsageError, match="no benchmark"):
        read_bench(tmp_path / "a.json")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_bench(tmp_path / "a.json")


def test_a_run_is_read_back(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps(run(1)))
    assert compare_runs(read_bench(tmp_path / "a.json"), run(1))[0].percent == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("percent", "words"), [(12.04, "12.0 % slower"), (-3.2, "3.2 % faster"), (0.01, "0.0 %"), (-0.01, "0.0 %")]
)
def test_a_change_is_said_in_words_and_without_a_sign(percent: float, words: str):
    assert describe_change(percent) == words


def test_a_run_on_a_busy_machine_is_named():
    quiet, busy = run(1), run(2) | {"machine": {"cores": 2, "others_cores": 1.4}}
    (said,) = find_busy_runs({"a.json": quiet, "b.json": busy})
    assert said.startswith("b.json: this machine was busy: other programs used 1.4 of 2 cores")


@pytest.mark.parametrize(("slower", "verdict"), [(1.15, "slower"), (0.85, "faster"), (1.0, "no clear change")])
def test_the_table_says_it_in_the_same_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slower: float, verdict: str
):
    monkeypatch.setenv("COLUMNS", "160")
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, made in zip(paths, (run(1), run(2, slower)), strict=True):
        path.write_text(json.dumps(made))
    compare(*paths, as_json=False)
    row = next(line for line in capsys.readouterr().out.splitlines() if "frame / floor" in line)
    assert row.rstrip().endswith(verdict)
    if slower != 1.0:
        assert f"% {verdict}" in row and "+" not in row and "-" not in row.partition("floor")[2]
