"""Write the table of noises in docs/voice.md from what benchmarks/quality/voice_noise.py measured.

python -m benchmarks.quality.noise_table --take noise.json    keep a file, and write
python -m benchmarks.quality.noise_table                      write from what is kept
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.voice_tables import table

ROOT = Path(__file__).parents[2]
RESULT, PAGE = ROOT / "benchmarks/results/voice-noise.json", ROOT / "docs/voice.md"
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


def written(rows: Sequence[Row]) -> str:
    """The table, noise by noise."""
    noises = dict.fromkeys(row["condition"] for row in rows)
    places = [(noise, way) for noise in noises for way in WAYS]
    ordered = sorted(rows, key=lambda row: places.index((row["condition"], row["denoise"])))
    return table(HEAD, [line(row) for row in ordered])


def page(measured: Mapping[str, Any], text: str) -> str:
    """The page with its part written anew."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{written(measured['rows'])}\n\n{END}{rest.partition(END)[2]}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--take", type=Path)
    given = parser.parse_args()
    if given.take:
        RESULT.write_text(json.dumps(json.loads(given.take.read_text()), indent=1) + "\n")
    PAGE.write_text(page(json.loads(RESULT.read_text()), PAGE.read_text()))


if __name__ == "__main__":
    main()
