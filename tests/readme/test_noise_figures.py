"""The table of noises says what was measured."""

import json

from benchmarks.quality import noise_table

ROW = {
    "condition": "a fan", "denoise": "gate", "pauses_db": -55.4, "loudest_in_pauses_db": -60.6, "peak": 0.67,
    "voiced_in_pauses": 0.0, "voiced_given": 0.02, "dnsmos": 2.98, "dnsmos_given": 3.07,
}  # fmt: skip


def test_the_page_says_what_is_kept():
    measured = json.loads(noise_table.RESULT.read_text())
    assert noise_table.PAGE.read_text() == noise_table.page(measured, noise_table.PAGE.read_text())


def test_a_line_is_rounded_and_the_ways_are_in_order():
    lines = noise_table.write_table([ROW, {**ROW, "denoise": "off", "dnsmos": None}]).splitlines()
    assert lines[2].startswith("| a fan | off |") and lines[2].endswith("| - |")
    assert lines[3] == "| a fan | gate | -55 dB | -61 dB | 0 % of 2 | 0.67 | 2.98, 3.07 |"
