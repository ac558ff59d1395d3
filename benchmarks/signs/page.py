"""Write the measured tables of docs/recognise.md from benchmarks/results/signs.json, so that no figure is typed.

python -m benchmarks.signs.page
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from livecam.verify.signs.catalogue import SIGNS

ROOT = Path(__file__).parents[2]
RESULTS, PAGE = ROOT / "benchmarks/results/signs.json", ROOT / "docs/recognise.md"
BEGIN, END = "<!-- measured: benchmarks/signs/page.py writes these tables -->", "<!-- end -->"
QUALITIES = ("clean", "600 kbit/s")


LEAST = 10
"""Fewer windows than these give no figure."""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def shown(figures: Mapping[str, Any]) -> str:
    if "auc" not in figures:
        return "-"
    low, high = figures["auc_90"]
    return f"{figures['auc']:.2f} ({low:.2f} to {high:.2f})"


def sign_rows(found: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for sign in SIGNS:
        if sign.name not in found["signs"]:
            continue
        whole = found["signs"][sign.name]
        if "auc" not in whole:
            continue
        if min(whole["altered"], whole["untouched"]) < LEAST:
            few = f"too few: {whole['altered']} altered windows"
            rows.append([sign.title, few, *("-" for _ in QUALITIES), "-", f"- of {whole['untouched']}"])
            continue
        by_quality = found["by_quality"][sign.name]
        rows.append(
            [
                sign.title,
                shown(whole),
                *(f"{by_quality[q]['auc']:.2f}" if "auc" in by_quality.get(q, {}) else "-" for q in QUALITIES),
                f"{whole['hits']:.0%}",
                f"{whole['alarms']:.1%} of {whole['untouched']} (to {whole['alarms_90'][1]:.1%})",
            ]
        )
    return rows


def method_rows(found: Mapping[str, Any]) -> list[list[str]]:
    methods = sorted(next(iter(found["by_method"].values())))
    rows = []
    for sign in SIGNS:
        of_sign = found["by_method"].get(sign.name, {})
        if all("auc" not in of_sign.get(method, {}) for method in methods):
            continue
        rows.append([sign.title, *(_auc(of_sign[m]) for m in methods)])
    left_out = found["combination"]["method_left_out"]
    rows.append(["all together, this method never seen", *(_auc(left_out[m]) for m in methods)])
    return [["sign", *(f"{m} ({left_out[m]['altered']})" for m in methods)], *rows]


def _auc(figures: Mapping[str, Any]) -> str:
    return f"{figures['auc']:.2f}" if figures.get("altered", 0) >= LEAST and "auc" in figures else "-"


def lips_rows(found: Mapping[str, Any]) -> list[list[str]]:
    lips = found.get("lips")
    if not lips:
        return []
    return [
        [
            name,
            str(row["windows"]),
            shown(row),
            f"{row['noticed']:.0%} ({row['noticed_90'][0]:.0%} to {row['noticed_90'][1]:.0%})",
        ]
        for name, row in lips.items()
        if isinstance(row, dict) and "noticed" in row
    ]


def page(found: Mapping[str, Any]) -> str:
    windows, together = found["windows"], found["combination"]["all"]
    methods = method_rows(found)
    parts = [
        f"{found['people']} clips of people, {windows['untouched']} untouched windows, {windows['altered']} altered.",
        table(
            [
                "sign",
                "AUC (90 % interval over clips)",
                *QUALITIES,
                "altered windows beyond the limit",
                "untouched ones",
            ],
            sign_rows(found),
        ),
        f"AUC by method, in brackets the windows of each; fewer than {LEAST} give no figure:",
        "0.5 is chance, less is the opposite of what was expected.",
        table(methods[0], methods[1:]),
        f"All signs together (logistic regression, the asked person never seen): AUC {shown(together)}, "
        f"{together['hits_at_1_percent']:.0%} of the altered windows at 1 % false alarms.",
    ]
    if rows := lips_rows(found):
        lips = found["lips"]
        parts += [
            f"Lips and sound: recorded speech of {lips['readers']} readers and simulated lips, "
            f"{lips['untouched_windows']} "
            "windows. No footage here has people who talk with their sound.",
            table(["sound", "windows", "AUC (90 % interval)", "noticed at 1 % false alarms"], rows),
        ]
    return "\n\n".join(parts)


def main() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{page(json.loads(RESULTS.read_text()))}\n\n{END}{after}")


if __name__ == "__main__":
    main()
