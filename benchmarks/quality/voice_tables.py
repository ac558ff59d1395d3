"""Write the table of docs/voice.md from what benchmarks/quality/voice.py measured, so that no figure is typed by hand.

python benchmarks/quality/voice_tables.py --take voice.json    keep a file, and write
python benchmarks/quality/voice_tables.py                      write from what is kept
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from textwrap import fill
from typing import Any

ROOT = Path(__file__).parents[2]
RESULT, PAGE = ROOT / "benchmarks/results/voice.json", ROOT / "docs/voice.md"
TRIAL = ROOT / "benchmarks/results/voice-likest.json"
SHARES = ("nearer_to_target", "nearer the target", "98 %"), ("passes_as_speaker", "pass as the speaker", "1 %")
BEGIN, END = "<!-- measured: benchmarks/quality/voice_tables.py writes this -->", "<!-- end -->"
FAR_SEMITONES, PAGE_WIDTH = 4, 100
# Published by others, on other speech; as benchmarks' authors or third parties give them.
PUBLISHED = (
    ("LLVC, one target per model (arXiv 2311.00873)", "0.83", "late by 19.7 ms"),
    ("RVC streaming without pitch, same test", "0.85", "late by 190 ms"),
    ("QuickVC on unseen speakers (vosk-vc-ru)", "0.67", "late by 98 ms, streaming"),
    ("real recordings of one speaker, LLVC's test", "0.90", "-"),
)

NAMES = {
    "two voices": "two voices, 40 to 50 s of both",
    "start-up": "start-up, 20 s of the target, 6 s of the speaker",
    "shared prompts": "shared prompts, sentences that both have read",
    "the same pairs": "two voices again, where both have read the same",
    "pulses and noise": "two voices by the spare engine, pulses and noise",
}
TIERS = ("two voices", "start-up", "shared prompts", "pulses and noise", "unchanged", "pulses and noise, unchanged")

Row = Mapping[str, Any]


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ["---"] * len(header), *rows))


def _mean(rows: Sequence[Row], key: str) -> float:
    return sum(float(row[key]) for row in rows) / len(rows)


def _shares(rows: Sequence[Row]) -> tuple[str, str, str]:
    """Nearer to the target, far and near registers, and still passing as the speaker, by sentences."""

    def share(chosen: Sequence[Row], key: str) -> str:
        count = sum(row["sentences"] for row in chosen)
        return f"{100 * sum(row[key] * row['sentences'] for row in chosen) / count:.0f} %" if count else "-"

    far = [row for row in rows if abs(row["semitones"]) > FAR_SEMITONES]
    near = [row for row in rows if row not in far]
    return share(far, "nearer_to_target"), share(near, "nearer_to_target"), share(rows, "passes_as_speaker")


def _pairs(rows: Sequence[Row]) -> str:
    return f"{len(rows)} pair{'s' if len(rows) > 1 else ''}"


def tier_row(name: str, rows: Sequence[Row]) -> list[str]:
    """One line of the table of tiers."""
    cosines, losses = ([row["cosine_to_target"] for row in rows], [-row["dnsmos_change"]["overall"] for row in rows])
    distances = [row["distortion_db"] for row in rows if row["distortion_db"] is not None]
    return [
        name,
        f"{_mean(rows, 'cosine_to_target'):.2f}, {min(cosines):.2f}",
        f"{sum(losses) / len(losses):.2f}, {max(losses):.2f}",
        *_shares(rows),
        f"{sum(distances) / len(distances):.1f} dB" if distances else "-",
    ]


def interval(values: Sequence[float], rounds: int = 2000) -> tuple[float, float]:
    """The 95 % interval of the mean of pairs, by drawing them again (bootstrap); repeatable."""
    drawn = Random(0)
    means = sorted(sum(drawn.choices(values, k=len(values))) / len(values) for _ in range(rounds))
    return means[rounds * 25 // 1000], means[rounds * 975 // 1000]


def _mean_interval(values: Sequence[float]) -> str:
    low, high = interval(values)
    return f"{sum(values) / len(values):.2f} ({low:.2f} to {high:.2f})"


def never_trained(measured: Mapping[str, Any]) -> Sequence[Row]:
    """Pairs with a speaker that nothing learned from; those of the trial in decision 035 where there are no later ones.

    That trial measured the same engine, without saying what passes as the speaker.
    """
    apart = set(measured.get("apart", ()))
    if apart:
        return [row for row in measured["rows"] if row["tier"] == "two voices" and apart & set(row["pair"].split("-"))]
    rows = json.loads(TRIAL.read_text())["rows"]
    return [
        {**row["today"], "pair": row["pair"], "dnsmos_change": {"overall": row["today"]["dnsmos_change"]}}
        for row in rows
    ]


def headline(measured: Mapping[str, Any]) -> str:
    """Pairs with a speaker that nothing learned from.

    DNSMOS is lost against the natural sentences, and against the same ones taken apart and put together unchanged.
    """
    rows = never_trained(measured)
    same = {row["pair"].partition("-")[0]: row for row in measured["rows"] if row["tier"] == "unchanged"}
    owns = [row["pair"].partition("-")[0] for row in rows]
    changes = [row["dnsmos_change"]["overall"] for row in rows]
    cosines, estois = ([row[key] for row in rows] for key in ("cosine_to_target", "estoi"))
    lines = [["cosine to the target", _mean_interval(cosines), f"{min(cosines):.2f}", "0.87, 0.80"]]
    for key, name, wanted in SHARES:
        if all(key in row for row in rows):
            lines.append([name, f"{100 * _mean(rows, key):.0f} %", "-", wanted])
            if key == "passes_as_speaker" and "confusions" in measured:
                lines.append(_confused(measured, rows))
    lost = [-change for change in changes]
    lines.append(["DNSMOS lost against natural speech", _mean_interval(lost), f"{max(lost):.2f}", "0.15, 0.40"])
    both = [
        (same[own]["dnsmos_change"]["overall"], each) for own, each in zip(owns, changes, strict=True) if own in same
    ]
    rebuilt = [before - after for before, after in both]
    if measured.get("apart") and rebuilt:
        lines.append(["DNSMOS lost against rebuilt speech", _mean_interval(rebuilt), f"{max(rebuilt):.2f}", "-"])
    lines.append(["ESTOI against the speaker", _mean_interval(estois), f"{min(estois):.2f}", "-"])
    lines += second_opinions(measured, rows)
    head = (f"never-trained speakers, {_pairs(rows)}", "mean (95 % interval)", "worst", "wanted: mean, worst")
    return table(head, lines)


def _confused(measured: Mapping[str, Any], rows: Sequence[Row]) -> list[str]:
    """What passes as the speaker of the target's own natural sentences."""
    shares = [measured["confusions"][row["pair"]] for row in rows if row["pair"] in measured["confusions"]]
    worst = f"{100 * max(shares):.0f} %"
    return ["natural sentences of the target that do", f"{100 * sum(shares) / len(shares):.0f} %", worst, "-"]


def second_opinions(measured: Mapping[str, Any], rows: Sequence[Row]) -> list[list[str]]:
    """Whom a second judge hears, and the words a recogniser hears otherwise than in the natural sentences."""
    opinions = {each["pair"]: each for each in measured.get("second", ())}
    found = [opinions[row["pair"]] for row in rows if row["pair"] in opinions]
    if len(found) < len(rows):
        return []
    names = {row["pair"].partition("-")[0] for row in rows}
    same = [opinions[f"{name}-{name}"] for name in sorted(names) if f"{name}-{name}" in opinions]
    shares = [each["as_target"] / each["sentences"] for each in found]
    otherwise = [each["errors"] / each["words"] for each in found]
    lines = [
        ["second judge: sentences heard as the target, of six", _share_interval(shares), _percent(min(shares)), "-"],
        ["the same, heard as the speaker", _total(found, "as_speaker", "sentences"), "-", "-"],
        ["words a recogniser hears otherwise", _share_interval(otherwise), _percent(max(otherwise)), "-"],
        ["the same, rebuilt speech", _total(same, "errors", "words"), "-", "-"],
    ]
    if any(each["known_words"] for each in same):
        lines.append(["its own errors in natural speech", _total(same, "known_errors", "known_words"), "-", "-"])
    return lines


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _total(rows: Sequence[Row], part: str, whole: str) -> str:
    return _percent(sum(row[part] for row in rows) / max(sum(row[whole] for row in rows), 1))


def _share_interval(shares: Sequence[float]) -> str:
    low, high = interval(shares)
    return f"{_percent(sum(shares) / len(shares))} ({100 * low:.0f} to {100 * high:.0f})"


def write_tables(measured: Mapping[str, Any]) -> str:
    """The part of the page between the marks.

    Pairs with a speaker that nothing learned from are in the headline and in the list of pairs, not in the tiers.
    """
    every, apart = measured["rows"], set(measured.get("apart", ()))
    rows = [row for row in every if not apart & set(row["pair"].split("-"))]
    tiers = {tier: [row for row in rows if row["tier"] == tier] for tier in TIERS}
    read = {row["pair"] for row in tiers["shared prompts"]}
    tiers["the same pairs"] = [row for row in tiers["two voices"] if row["pair"] in read]
    head = ("tier", "cosine to the target: mean, worst", "DNSMOS lost: mean, worst")
    head += ("nearer the target, far registers", "near registers", "pass as the speaker", "MCD, or delay")
    lines = [tier_row(f"{name}; {_pairs(tiers[tier])}", tiers[tier]) for tier, name in NAMES.items() if tiers[tier]]
    lines.append(["wanted", "0.87, 0.80", "0.30, 0.55", "98 %", "85 %", "5 %", "-"])
    lines += [[name, cosine, "-", "-", "-", "-", late] for name, cosine, late in PUBLISHED]
    pairs = [
        [
            row["pair"].replace("-", " → "),
            f"{row['semitones']:+.1f}",
            f"{row['cosine_to_target']:.2f}",
            f"{row['cosine_to_speaker']:.2f}",
            f"{row['dnsmos_change']['overall']:+.2f}",
        ]
        for row in every
        if row["tier"] == "two voices"
    ]
    return "\n\n".join(
        (
            headline(measured),
            table(head, lines),
            fill(_rebuilt(measured, tiers["unchanged"], tiers["pulses and noise, unchanged"]), PAGE_WIDTH),
            table(("from → to, two voices", "semitones", "cosine to the target", "to the speaker", "DNSMOS"), pairs),
        )
    )


def _rebuilt(measured: Mapping[str, Any], same: Sequence[Row], spare: Sequence[Row]) -> str:
    """What is lost of a voice that is not changed, by both engines, and what its analysis is worth."""
    natural = ", ".join(f"{name} {cosine:.2f}" for name, cosine in measured["natural"].items())
    losses, pitch = [-row["dnsmos_change"]["overall"] for row in same], measured["pitch"]
    return (
        f"Taken apart and put together unchanged, a voice loses {sum(losses) / len(losses):.2f} of DNSMOS (0.10 "
        f"allowed), worst {max(losses):.2f}, and keeps an ESTOI of {_mean(same, 'estoi'):.2f} (0.95 wanted) and a "
        f"cosine of {_mean(same, 'cosine_to_target'):.2f}.{_spare(spare)} "
        f"The untouched test sentences have {natural}. Where Harvest and DIO agree, voicing fails in "
        f"{100 * pitch['voicing_wrong']:.1f} % of the frames (8 allowed) and pitch in "
        f"{100 * pitch['gross_errors']:.1f} % (3 allowed)."
    )


def _spare(rows: Sequence[Row]) -> str:
    """The same of the spare engine, if it was measured."""
    if not rows:
        return ""
    losses = [-row["dnsmos_change"]["overall"] for row in rows]
    return (
        f" The spare engine, pulses and noise, loses {sum(losses) / len(losses):.2f}, worst {max(losses):.2f}, and "
        f"keeps {_mean(rows, 'estoi'):.2f} and {_mean(rows, 'cosine_to_target'):.2f}."
    )


def page(measured: Mapping[str, Any], text: str) -> str:
    """The page with its part written again."""
    return write_part(text, BEGIN, END, write_tables(measured))


def write_part(text: str, begin: str, end: str, part: str) -> str:
    """A page with the part between two marks written again."""
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n\n{part}\n\n{end}{rest.partition(end)[2]}"


def keep_and_write(result: Path, shown: Path, page_of: Callable[[Mapping[str, Any], str], str]) -> None:
    """What both tables' commands do: keep the file that `--take` names, and write the page from what is kept."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--take", type=Path)
    given = parser.parse_args()
    if given.take:
        result.write_text(json.dumps(json.loads(given.take.read_text()), indent=1) + "\n")
    shown.write_text(page_of(json.loads(result.read_text()), shown.read_text()))


def main() -> None:
    keep_and_write(RESULT, PAGE, page)


if __name__ == "__main__":
    main()
