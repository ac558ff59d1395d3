"""The voice's table is what the measured file says; the script that writes it is tried on rows of its own."""

import json

import pytest

from benchmarks.quality import voice_tables
from benchmarks.quality.words import count_errors, plain_words

ROW = {
    "pair": "A-B",
    "tier": "two voices",
    "sentences": 4,
    "semitones": 5.0,
    "cosine_to_target": 0.83,
    "cosine_to_speaker": 0.61,
    "nearer_to_target": 0.75,
    "passes_as_speaker": 0.25,
    "dnsmos_change": {"signal": -0.1, "background": 0.0, "overall": -0.2},
    "estoi": None,
    "distortion_db": 6.0,
}
SAME = {**ROW, "pair": "A-A", "tier": "unchanged", "estoi": 0.96, "distortion_db": None}
NEAR = {
    **ROW,
    "pair": "B-A",
    "semitones": -2.0,
    "cosine_to_target": 0.75,
    "nearer_to_target": 1.0,
    "distortion_db": None,
}
MEASURED = {
    "rows": [ROW, NEAR, SAME],
    "natural": {"A": 0.98, "B": 0.97},
    "pitch": {"voicing_wrong": 0.058, "gross_errors": 0.025},
}


def test_the_committed_table_is_that_of_the_committed_file():
    measured = json.loads(voice_tables.RESULT.read_text())
    assert voice_tables.PAGE.read_text() == voice_tables.page(measured, voice_tables.PAGE.read_text())


def test_means_and_worst_cases_come_from_the_rows():
    shown = voice_tables.write_tables(MEASURED)
    assert "| 0.79, 0.75 | 0.20, 0.20 | 75 % | 100 % | 25 % | 6.0 dB |" in shown
    assert "| A → B | +5.0 | 0.83 | 0.61 | -0.20 |" in shown
    words = " ".join(shown.split())
    assert "ESTOI of 0.96" in words and "A 0.98, B 0.97" in words and "5.8 %" in words


def test_shared_prompts_are_shown_next_to_the_same_pairs_without_them():
    read = {**ROW, "tier": "shared prompts", "cosine_to_target": 0.9}
    shown = voice_tables.write_tables({**MEASURED, "rows": [*MEASURED["rows"], read]})
    assert "that both have read; 1 pair | 0.90, 0.90 |" in shown
    assert "read the same; 1 pair | 0.83, 0.83 |" in shown
    assert "have read" not in voice_tables.write_tables(MEASURED)


def test_the_spare_engine_says_what_it_loses():
    unchanged = {**SAME, "tier": "pulses and noise, unchanged", "estoi": 0.87}
    shown = voice_tables.write_tables({**MEASURED, "rows": [*MEASURED["rows"], unchanged]})
    assert "loses 0.20, worst 0.20, and keeps 0.87 and 0.83." in " ".join(shown.split())


def test_pairs_of_the_headline_are_in_no_tier():
    apart = {**ROW, "pair": "A-C", "cosine_to_target": 0.5, "estoi": 0.4}
    shown = voice_tables.write_tables({**MEASURED, "apart": ["C"], "rows": [*MEASURED["rows"], apart]})
    assert "| cosine to the target | 0.50 (0.50 to 0.50) |" in shown and "| pass as the speaker | 25 % |" in shown
    assert "| 0.79, 0.75 | 0.20, 0.20 |" in shown and "| A → C |" in shown


def test_second_opinions_are_shown_where_every_pair_has_one():
    apart = {**ROW, "pair": "A-C", "estoi": 0.4}
    measured = {**MEASURED, "apart": ["C"], "rows": [*MEASURED["rows"], apart], "confusions": {"A-C": 0.5}}
    assert "recogniser" not in voice_tables.write_tables(measured)
    heard = {"sentences": 4, "words": 40, "errors": 8, "known_words": 20, "known_errors": 1, "as_speaker": 1}
    second = [{**heard, "pair": "A-C", "as_target": 3}, {**heard, "pair": "A-A", "as_target": 4, "errors": 2}]
    shown = voice_tables.write_tables({**measured, "second": second})
    assert "| natural sentences of the target that do | 50 % | 50 % |" in shown
    assert "of six | 75 % (75 to 75) | 75 % |" in shown and "heard as the speaker | 25 % |" in shown
    assert "hears otherwise | 20 % (20 to 20) | 20 % |" in shown and "rebuilt speech | 5 % |" in shown
    assert "errors in natural speech | 5 % |" in shown


def test_words_are_counted_as_put_in_left_out_or_changed():
    assert plain_words("Red, well-known  bows!") == ["red", "well", "known", "bows"]
    said = ["a", "red", "bow"]
    assert [
        count_errors(said, heard) for heard in (said, ["a", "bow"], ["a", "bad", "bow"], ["a", "a", "red", "bow"])
    ] == [*(0, 1, 1, 1)]
    assert count_errors(said, []) == 3


def test_without_later_ones_the_headline_is_of_the_trial_before():
    shown = voice_tables.write_tables(MEASURED)
    assert "| never-trained speakers, 18 pairs |" in shown and "| pass as the speaker | 25 % |" not in shown


def test_what_was_not_measured_is_a_dash():
    assert voice_tables.tier_row("x", [NEAR])[3:] == ["-", "100 %", "25 %", "-"]


def test_only_the_part_between_the_marks_is_written():
    text = f"before\n{voice_tables.BEGIN}\nold\n{voice_tables.END}\nafter"
    page = voice_tables.page(MEASURED, text)
    assert page.startswith("before\n") and page.endswith("\nafter") and "old" not in page
    assert voice_tables.page(MEASURED, page) == page


def test_a_file_is_kept_and_shown(tmp_path, monkeypatch: pytest.MonkeyPatch):
    page, given = tmp_path / "voice.md", tmp_path / "voice.json"
    page.write_text(f"{voice_tables.BEGIN}\n{voice_tables.END}\n")
    given.write_text(json.dumps(MEASURED))
    monkeypatch.setattr(voice_tables, "PAGE", page)
    monkeypatch.setattr(voice_tables, "RESULT", tmp_path / "kept.json")
    monkeypatch.setattr("sys.argv", ["voice_tables.py", "--take", str(given)])
    voice_tables.main()
    assert "A → B" in page.read_text() and json.loads((tmp_path / "kept.json").read_text()) == MEASURED


def pair(name: str, tier: str, cosine: float, quality: float) -> dict[str, object]:
    """A row of a measured pair."""
    return {
        "pair": name,
        "tier": tier,
        "cosine_to_target": cosine,
        "dnsmos_change": {"overall": quality},
        "nearer_to_target": 1.0,
        "passes_as_speaker": 0.0,
        "estoi": 0.5,
    }


def test_speakers_that_nothing_learned_from_are_the_headline():
    rows = [
        pair("a-x", "two voices", 0.8, -0.3),
        pair("x-b", "two voices", 0.7, -0.1),
        pair("a-b", "two voices", 0.9, 0.0),
        pair("a-a", "unchanged", 0.95, -0.1),
    ]
    shown = voice_tables.headline({"apart": ["x"], "rows": rows})
    assert "never-trained speakers, 2 pairs" in shown and "| 0.75 (0.70 to 0.80) | 0.70 |" in shown
    # One speaker was rebuilt too: 0.3 lost, 0.1 of it by rebuilding.
    assert "rebuilt speech | 0.20 (0.20 to 0.20) | 0.20 |" in shown and "natural speech | 0.20" in shown
    assert "18 pairs" in voice_tables.headline({"rows": rows})


def test_an_interval_holds_the_mean_and_is_the_same_again():
    values = [0.6, 0.7, 0.8, 0.9]
    low, high = voice_tables.interval(values)
    assert 0.6 <= low < 0.75 < high <= 0.9 and voice_tables.interval(values) == (low, high)
