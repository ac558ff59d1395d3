"""What scores of unmarked windows say of false alarms, on scores with a known tail."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.marks.tails import (
    ALARMS,
    BEGIN,
    END,
    Trials,
    add_table,
    effective,
    join_trials,
    level,
    predict_level,
    shape,
    summary,
    table,
    upper,
)
from livecam.disclosure.picture_reader.reader import SEARCHED_THRESHOLD, STRAIGHT_THRESHOLD
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD

ROOT = Path(__file__).parents[3]
RESULTS = ROOT / "benchmarks" / "results" / "false-alarms.json"
SCORES = np.random.default_rng(0).exponential(0.3, 100_000) + 5
WINDOWS = np.arange(100_000) // 10


def test_an_exponential_tail_is_followed_to_one_in_a_million():
    truth = 5 + 0.3 * np.log(1 / ALARMS)
    assert level(SCORES, ALARMS) == pytest.approx(truth, abs=0.2)
    assert upper(SCORES[:20_000], WINDOWS[:20_000], np.random.default_rng(0)) > level(SCORES[:20_000], ALARMS)
    assert abs(shape(SCORES)) < 0.1


def test_copies_count_once():
    assert effective(SCORES, WINDOWS) > 80_000
    copies = SCORES[::10].repeat(10)
    assert effective(copies, WINDOWS) == pytest.approx(10_000, rel=0.05)


def test_a_tail_foretells_the_other_half():
    for expected, seen in predict_level(SCORES, WINDOWS).values():
        assert abs(seen - expected) < 5 * np.sqrt(expected)


def test_a_run_goes_on_where_its_file_ends(tmp_path):
    first = Trials(tmp_path / "one.npz")
    assert first.next_window == 0
    first.add("sound", 0, 3, np.array([5.0, 6.0]))
    first.keep()
    again = Trials(tmp_path / "one.npz")
    assert again.next_window == 1
    again.add("sound", 1, 4, np.array([7.0]))
    again.keep()
    ((kind, scores, windows, sources),) = join_trials([tmp_path / "one.npz", tmp_path / "one.npz"])
    assert kind == "sound"
    assert scores.tolist() == [5, 6, 7, 5, 6, 7]
    assert windows.tolist() == [0, 0, 1, 2, 2, 3] and sources.tolist() == [3, 3, 4, 3, 3, 4]


def test_the_page_has_the_table_of_the_kept_figures():
    found = json.loads(RESULTS.read_text())
    page = (ROOT / "docs" / "mark-format.md").read_text()
    assert add_table(page, found) == page
    assert table(found) in page


def test_a_table_is_written_between_its_lines_again_and_again():
    found = {"sound": summary(SCORES[:5000], WINDOWS[:5000], WINDOWS[:5000])}
    page = add_table(f"before\n{BEGIN}{END}\nafter", found)
    assert page.startswith("before") and page.endswith("after") and "5,000, 500, 500" in page
    assert add_table(page, found) == page


def test_the_thresholds_lie_above_what_one_in_a_million_reaches():
    found = json.loads(RESULTS.read_text())
    for kind, threshold in (
        ("in-picture, whole picture", STRAIGHT_THRESHOLD),
        ("in-picture, searched", SEARCHED_THRESHOLD),
        ("in-sound", SOUND_THRESHOLD),
    ):
        assert found[kind]["one_in_a_million_upper"] < threshold
