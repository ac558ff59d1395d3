"""What is made of scores: ratios with limits, windows, and words that are no verdict."""

import re
from pathlib import Path

import numpy as np
import pytest

from livecam.cli import challenge_command, signs_page, signs_plot, signs_text
from livecam.verify.signs import calibration
from livecam.verify.signs.calibration import load_calibration, read_calibration
from livecam.verify.signs.catalogue import SIGNS
from livecam.verify.signs.findings import find_signs
from livecam.verify.signs.series import Observation
from livecam.verify.signs.words import describe_level, summarise
from tests.unit.verify.signs.windows import at_rest, look, reading

ROW = {
    "edges": [0.0, 1.0],
    "ratios": [[0.01, 0.005, 0.5], [1.0, 0.7, 1.4], [40.0, 3.0, 90.0]],
    "middle": -0.5,
    "auc": [0.8, 0.7, 0.9],
    "unusual_below": None,
    "unusual_above": 1.5,
    "untouched": 50,
    "altered": 200,
    "alarms": 0.01,
}


def seen(seconds: float = 8.0, outline: float = 0.0, **changed) -> Observation:
    readings = [reading(n / 30, at_rest(), **changed) for n in range(round(seconds * 30))]
    looks = [look(n / 5, outline=outline) for n in range(round(seconds * 5))]
    return Observation(readings, looks, len(readings), 1)


def test_a_ratio_is_never_more_than_ten():
    known = read_calibration(ROW)
    assert known.find_ratio(-3).value == 0.1 and known.find_ratio(9).value == 10
    assert known.find_ratio(0.5).low == 0.7


@pytest.mark.parametrize(
    ("outline", "words"),
    [
        (-2.0, "consistent with untouched clips"),
        (0.5, "consistent with both"),
        (1.2, "consistent with altered clips, not unusual for untouched ones"),
        (2.0, "unusual for untouched clips"),
    ],
)
def test_a_score_is_put_in_words_by_its_interval(outline, words):
    findings = find_signs(seen(outline=outline), {"outline": read_calibration(ROW)})
    (found,) = [finding for finding in findings.signs if finding.sign.name == "outline"]
    assert describe_level(found) == words
    assert findings.unusual == ((found,) if words.startswith("unusual") else ())


def test_windows_have_eight_seconds_and_a_rest_of_three():
    lengths = [round(window.length_s) for window in seen(20.0).cut_windows()]
    assert lengths == [8, 8, 4]
    assert [round(window.length_s) for window in seen(17.0).cut_windows()] == [8, 8]
    assert len(list(seen(1.0).cut_windows())) == 1


def test_a_cut_begins_another_window():
    first, second = seen(4.0), seen(4.0, segment=1)
    later = [reading(r.at_ns / 1e9 + 4, r.points, segment=1) for r in second.readings]
    both = Observation([*first.readings, *later], (), 240, 1)
    assert [round(window.begin_s) for window in both.cut_windows()] == [0, 4]


def test_nothing_seen_says_why():
    assert "there is no picture" in summarise(find_signs(Observation(), {}))
    assert "no face large enough was found" in summarise(find_signs(Observation(pictures=5), {}))


def test_a_score_that_is_no_number_is_not_judged():
    broken = find_signs(seen(colours=np.full((4, 3), np.nan, np.float32)), {"outline": read_calibration(ROW)})
    assert all(f.typical is None for f in broken.signs if f.sign.name.startswith("light_"))


def test_the_data_file_is_read_and_its_signs_exist():
    known = load_calibration()
    assert set(known) <= {sign.name for sign in SIGNS}
    for row in known.values():
        assert len(row.ratios) == len(row.edges) + 1 and row.untouched >= 20
        assert all(ratio.low <= ratio.value <= ratio.high for ratio in row.ratios)
        assert row.alarms <= 0.02


def test_no_text_of_the_signs_is_a_verdict():
    modules = [signs_text, signs_page, signs_plot, challenge_command]
    files = [*Path(calibration.__file__).parent.glob("*.py"), *(Path(str(m.__file__)) for m in modules)]
    for file in files:
        found = re.findall(r"\b(fake[sd]?|genuine|authentic|real)\b", file.read_text(), re.IGNORECASE)
        assert not found, f"{file.name}: {found}"


def test_a_rare_score_that_altered_clips_lack_too_is_not_unusual():
    useless = {**ROW, "ratios": [[1.0, 0.5, 2.0]] * 3}
    assert read_calibration(ROW).is_unusual(5.0) and not read_calibration(useless).is_unusual(5.0)
    findings = find_signs(seen(outline=5.0), {"outline": read_calibration(useless)})
    assert not findings.unusual
