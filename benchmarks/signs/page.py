"""Write the measured tables of docs/recognise.md from benchmarks/results/signs.json, so that no figure is typed.

python -m benchmarks.signs.page
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from livecam.verify.signs.catalogue import SIGNS

ROOT = Path(__file__).parents[2]
RESULTS, PAGE = ROOT / "benchmarks/results/signs.json", ROOT / "docs/recognise.md"
BEGIN, END = "<!-- measured: benchmarks/signs/page.py writes these tables -->", "<!-- end -->"
QUALITIES = ("clean", "600 kbit/s", "300 kbit/s", "360p", "screen")
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


def counted(figures: Mapping[str, Any]) -> str:
    """A share of windows with the upper or both ends of its interval."""
    if not figures["windows"]:
        return "-"
    return f"{figures['found']} of {figures['windows']} (to {figures['share_90'][1]:.1%})"


def sign_rows(found: Mapping[str, Any]) -> list[list[str]]:
    rows = []
    for sign in SIGNS:
        whole = found["signs"].get(sign.name, {})
        if "auc" not in whole:
            continue
        alarms = counted(found["alarms"][sign.name])
        if min(whole["altered"], whole["untouched"]) < LEAST:
            few = f"too few: {whole['altered']} altered windows"
            rows.append([sign.title, few, *("-" for _ in QUALITIES), "-", alarms])
            continue
        by_quality = found["by_quality"][sign.name]
        hits = f"{whole['hits']['share']:.0%}" if whole["hits"]["windows"] >= LEAST else "-"
        rows.append([sign.title, shown(whole), *(_auc(by_quality.get(q, {})) for q in QUALITIES), hits, alarms])
    return rows


def method_rows(found: Mapping[str, Any]) -> list[list[str]]:
    left_out = found["combination"]["method_left_out"]
    methods = sorted(left_out)
    rows = []
    for sign in SIGNS:
        of_sign = found["by_method"].get(sign.name, {})
        if all("auc" not in of_sign.get(method, {}) for method in methods):
            continue
        rows.append([sign.title, *(_auc(of_sign[m]) for m in methods)])
    rows.append(["all together, this method never seen", *(_auc(left_out[m]) for m in methods)])
    return [["sign", *(f"{m} ({left_out[m]['altered']})" for m in methods)], *rows]


def any_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """What the shared budget leaves of each method, and what it costs against 1 % for every sign."""
    return [
        [method, str(shares["shared"]["windows"]), _share(shares["shared"]), _share(shares["each"])]
        for method, shares in found["any_sign"].items()
    ]


def _share(figures: Mapping[str, Any]) -> str:
    low, high = figures["share_90"]
    return f"{figures['found']} ({low:.1%} to {high:.1%})"


def outline_rows(found: Mapping[str, Any]) -> list[list[str]]:
    """Every kind of picture and method by itself: the network was trained on no method at all."""
    return [
        [*kind.split(", "), str(figures["altered"]), shown(figures)]
        for kind, figures in found["outline"].items()
        if "auc" in figures and figures["altered"] >= LEAST
    ]


def _auc(figures: Mapping[str, Any]) -> str:
    return f"{figures['auc']:.2f}" if figures.get("altered", 0) >= LEAST and "auc" in figures else "-"


def lips_parts(lips: Mapping[str, Any]) -> list[str]:
    rows = [
        [
            "its own" if name == "own" else name,
            str(row["windows"]),
            "-" if name == "own" else shown(row),
            f"{row['noticed']:.1%} ({row['noticed_90'][0]:.1%} to {row['noticed_90'][1]:.1%})",
        ]
        for name, row in lips["kinds"].items()
    ]
    parts = [
        f"Lips and sound: recorded speech of {lips['readers']} readers and simulated lips. The limit comes from "
        f"{lips['windows_of_the_limit']} windows of other readers. Lips have 0.7 of the 1 % that all signs share.",
        table(["sound", "windows", "AUC (90 % interval)", "noticed"], rows),
    ]
    if kinds := lips.get("talking", {}).get("kinds"):
        seen = [
            ["its own" if name == "own" else name, str(row["windows"]), str(row["noticed"])]
            for name, row in kinds.items()
        ]
        parts += [
            f"The same limit on people who talk, clips: {lips['talking']['clips']}. Windows overlap, and are few:",
            table(["sound", "windows", "noticed"], seen),
        ]
    return parts


def page(found: Mapping[str, Any]) -> str:
    people, windows, together = found["people"], found["windows"], found["combination"]["all"]
    methods = method_rows(found)
    any_sign, any_of_clips = found["any_sign_of_untouched"], found["any_sign_of_untouched_clips"]
    parts = [
        f"{people['clips']} people in clips and {people['stills']} in portraits, {windows['untouched']} untouched "
        f"windows of 4 to 8 s ({windows['untouched_stills']} of portraits), {windows['altered']} altered.",
        "The last two columns count windows that go beyond limits set on the other half of the people.",
        table(["sign", "AUC (90 % interval over people)", *QUALITIES, "altered", "untouched"], sign_rows(found)),
        f"Any sign of the picture is unusual in {counted(any_sign)} untouched windows, and in {counted(any_of_clips)} "
        f"of clips; that is in {any_sign['people']['found']} of {any_sign['people']['windows']} people.",
        "Windows in which any sign is unusual, by limits that share 1 % between all signs, and by limits that give "
        "each sign 1 % (90 % interval):",
        table(["method", "windows", "shared: the report", "1 % each"], any_rows(found)),
        f"AUC by method, in brackets the windows of each; fewer than {LEAST} give no figure:",
        table(methods[0], methods[1:]),
        "0.5 is chance, less is the opposite of what was expected.",
    ]
    if rows := outline_rows(found):
        parts += ["The outline network, which was trained on no method at all:",
                  table(["pictures", "method", "quality", "altered windows", "AUC (90 % interval)"], rows)]  # fmt: skip
    parts.append(
        f"All signs together (logistic regression, the asked person never seen): AUC {shown(together)}, "
        f"{together['hits_at_1_percent']:.0%} of the altered windows at 1 % false alarms."
    )
    if found.get("lips"):
        parts += lips_parts(found["lips"])
    return "\n\n".join(part if part.startswith("|") else fill(part, 100) for part in parts)


def main() -> None:
    text = PAGE.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{page(json.loads(RESULTS.read_text()))}\n\n{END}{after}")


if __name__ == "__main__":
    main()
