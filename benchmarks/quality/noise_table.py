"""Write the table of noises in docs/voice.md from what benchmarks/quality/voice_noise.py measured.

python -m benchmarks.quality.noise_table --take noise.json    keep a file, and write
python -m benchmarks.quality.noise_table                      write from what is kept
"""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.quality.voice_tables import PAGE, ROOT, keep_and_write, table, write_part

RESULT = ROOT / "benchmarks/results/voice-noise.json"
BEGIN, END = "<!-- noise: benchmarks/quality/noise_table.py writes this -->", "<!-- end of noise -->"
WAYS = ("off", "gate", "rnnoise")
HEAD = (
    "noise", "`--denoise`", "pauses", "loudest in them", "voiced in them", "largest peak", "DNSMOS, and of the input",
)  # fmt: skip

Row = Mapping[str, Any]


def line(row: Row) -> list[str]:
    """One line of the table; levels are against the input's in the same pauses."""
    return [
        str(row["condition"]),
        str(row["denoise"]),
        f"{row['pauses_db']:+.0f} dB",
        f"{row['loudest_in_pauses_db']:+.0f} dB",
        f"{100 * row['voiced_in_pauses']:.0f} % of {100 * row['voiced_given']:.0f}",
        f"{row['peak']:.2f}",
        "-" if row["dnsmos"] is None else f"{row['dnsmos']:.2f}, {row['dnsmos_given']:.2f}",
    ]


def write_table(rows: Sequence[Row]) -> str:
    """The table, noise by noise."""
    noises = dict.fromkeys(row["condition"] for row in rows)
    places = [(noise, way) for noise in noises for way in WAYS]
    ordered = sorted(rows, key=lambda row: places.index((row["condition"], row["denoise"])))
    return table(HEAD, [line(row) for row in ordered])


def page(measured: Mapping[str, Any], text: str) -> str:
    """The page with its part written again."""
    return write_part(text, BEGIN, END, write_table(measured["rows"]))


if __name__ == "__main__":
    keep_and_write(RESULT, PAGE, page)
