"""Write docs/benchmarks.md and the README's table from measured files, so that no figure is typed by hand.

    python benchmarks/figures.py --take bench bench.json       keep a file of `livecam bench --json`
    python benchmarks/figures.py --take soak soak.json         of `benchmarks/soak.py --minutes 10 --json`
    python benchmarks/figures.py --take soak-busy busy.json    of the same with `--busy 1`
    python benchmarks/figures.py --take quality quality.json   of `livecam bench --quality --json`
    python benchmarks/figures.py --take peers peers.json       of `python -m benchmarks.peers --json`
    python benchmarks/figures.py                               write both pages from what is kept

What is kept lies in benchmarks/results, without the lists of single frames, with the day and the command.
"""

import argparse
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS, README, PAGE = ROOT / "benchmarks/results", ROOT / "README.md", ROOT / "docs/benchmarks.md"
BEGIN, END = "<!-- measured: benchmarks/figures.py writes this table -->", "<!-- end -->"
COMMANDS = {
    "bench": "livecam bench --json bench.json",
    "soak": "python benchmarks/soak.py --minutes 10 --json soak.json",
    "soak-busy": "python benchmarks/soak.py --minutes 10 --busy 1 --json busy.json",
    "quality": "livecam bench --quality --identity-model MobileFaceNet.onnx --json quality.json",
    "peers": "python -m benchmarks.peers --json peers.json",
}
LISTS = ("frames_ms", "timeline")
Json = Mapping[str, Any]
Row = tuple[str, ...]


def without_lists(value: Any) -> Any:
    """A result without its lists of single frames."""
    if isinstance(value, Mapping):
        return {key: without_lists(item) for key, item in value.items() if key not in LISTS}
    return [without_lists(item) for item in value] if isinstance(value, list) else value


def take(kind: str, file: Path) -> None:
    """Keep a measured file."""
    result = json.loads(file.read_text())
    kept = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "command": COMMANDS[kind], "result": without_lists(result)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{kind}.json").write_text(json.dumps(kept, indent=1) + "\n")


def kept(kind: str) -> Json | None:
    """What was kept of a kind, with day and command."""
    file = RESULTS / f"{kind}.json"
    loaded: Json | None = json.loads(file.read_text()) if file.is_file() else None
    return loaded


def table(header: Row, rows: list[Row]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (header, ("---",) * len(header), *rows))


def case(bench: Json, name: str) -> Json:
    """One case of a benchmark."""
    found: Json = next(c for c in bench["unpaced"] if c["case"]["name"] == name)
    return found


def speed_rows(bench: Json) -> list[Row]:
    """Time of a frame, start and memory, against what is wanted."""
    hd, full = case(bench, "720p"), case(bench, "1080p")
    whole = hd["whole_ms"]
    return [
        (
            f"720p, one face of {hd['face_px']} px, grab to sink, p50 / p95",
            f"{whole['p50']:.1f} / {whole['p95']:.1f} ms ({hd['fps']:.0f} a second unpaced)",
            "11 / 20 ms",
        ),
        ("the same over the floor (mesh network alone and one copy of the frame)", f"{hd['ratio']:.2f}", "4"),
        (
            "1080p, grab to sink, p50",
            f"{full['whole_ms']['p50']:.1f} ms, {full['ratio']:.2f} over the floor",
            "16 ms, 4",
        ),
        (
            "a fresh process shows its first picture after",
            f"{bench['startup']['first_picture_ms'] / 1000:.1f} s",
            "2 s",
        ),
        ("memory at its peak", f"{bench['startup']['peak_mb']:.0f} MiB", "400 MB"),
    ]


def soak_rows(soak: Json) -> list[Row]:
    """Ten minutes live, after the first twenty seconds."""
    frames, settled = soak["frames"], soak["settled"]
    counts = {key: frames[key] - settled["frames"][key] for key in ("sent", "late", "held")}
    growth = soak["memory_mb"]["end"] - settled["memory_mb"]["end"]
    return [
        (
            "ten minutes live at 720p30: late, repeated, of all pictures",
            f"{counts['late']}, {counts['held']}, of {counts['sent']}",
            "0, 0",
        ),
        ("the same: capture to sink, p95", f"{soak['latency_ms']['p95']:.0f} ms", "40 ms"),
        (
            "the same: processor, memory growth",
            f"{soak['cpu_percent_of_one_core']:.0f} % of one core, {growth:.1f} MiB",
            "60 %, 5 MB",
        ),
    ]


def busy_rows(soak: Json) -> list[Row]:
    """The same while another program keeps a core busy."""
    frames, settled = soak["frames"], soak["settled"]
    seconds = soak["seconds"] - settled["seconds"]
    rate = (frames["sent"] - settled["frames"]["sent"]) / seconds
    return [("the same with one core kept busy by another program", f"{rate:.1f} pictures a second", "30")]


def quality_rows(quality: Json) -> list[Row]:
    """Means over the personas."""
    personas = quality["personas"]

    def mean(name: str) -> float:
        return float(sum(p[name] for p in personas) / len(personas))

    rows: list[Row] = [
        ("flicker of the skin, output over input", f"{mean('flicker_ratio'):.2f}", "1.2"),
        ("pose error", f"{mean('pose_error_deg'):.1f} degrees", "1.5 degrees"),
        ("lag of the mesh on a turning head", f"{abs(quality['tracking']['lag_frames']):.2f} frames", "1 frame"),
        ("frames in which an unswapped face was shown", str(sum(p["unswapped_shown"] for p in personas)), "0"),
    ]
    if all(p["identity"] for p in personas):
        first, persona, live = (
            sum(p["identity"][name] for p in personas) / len(personas) for name in ("first", "to_persona", "to_live")
        )
        rows.append((
            "identity: nearest of 40 photos, cosine to persona, to the live face",
            f"{100 * first:.0f} %, {persona:.2f}, {live:.2f}",
            "97 %, 0.62, 0.27",
        ))  # fmt: skip
    return rows


def peer_rows(peers: Json) -> list[Row]:
    """livecam against the stand-in of the most used program."""
    ours, theirs = (
        next(r for r in peers["rows"] if r["name"].startswith(name)) for name in ("livecam", "swap network")
    )
    times = theirs["cpu_ms"] / ours["cpu_ms"]
    return [
        ("processor time of a new picture, a stand-in for a 128-pixel swap network over ours", f"{times:.0f}", "40")
    ]


ROWS = {"bench": speed_rows, "soak": soak_rows, "soak-busy": busy_rows, "quality": quality_rows, "peers": peer_rows}


def readme_table() -> str:
    """The README's table from what is kept."""
    rows = [row for kind, make in ROWS.items() if (one := kept(kind)) for row in make(one["result"])]
    return table(("", "measured", "wanted"), rows)


def machine_of(result: Json) -> str:
    """Processor, cores, load and Python, in a line."""
    m = result["machine"]
    system = m["system"].split()[0]
    return f"{m['cpu']}, {m['cores']} cores, load {m['load_1min']} at the start, Python {m['python']}, {system}"


def cases_table(bench: Json) -> str:
    """Every case of a benchmark."""
    rows = [
        (
            f"{c['case']['name']}, {c['face_px']} px",
            *(f"{c['whole_ms'][p]:.1f}" for p in ("p50", "p95", "p99")),
            f"{c['fps']:.0f}", f"{c['floor_ms']['p50']:.1f}", f"{c['ratio']:.2f}", f"{c['cpu_ratio']:.2f}",
            str(c["held"]),
        )
        for c in bench["unpaced"]
    ]  # fmt: skip
    return table(("size, face", "p50 ms", "p95", "p99", "fps", "floor", "ratio", "cpu ratio", "held"), rows)


def stages_table(bench: Json) -> str:
    """Stages of the three sizes."""
    sizes = [c for c in bench["unpaced"] if c["case"]["scene"] is None]
    rows = [
        (stage, *(f"{c['stage_ms'][stage]['p50']:.2f} / {c['stage_ms'][stage]['p95']:.2f}" for c in sizes))
        for stage in sizes[0]["stage_ms"]
    ]
    return table(("stage, p50 / p95 ms", *(c["case"]["name"] for c in sizes)), rows)


def personas_table(quality: Json) -> str:
    """Every persona's figures."""
    rows = []
    for p in quality["personas"]:
        who = p["identity"] or dict.fromkeys(("to_persona", "to_live", "first"), float("nan"))
        rows.append((
            p["persona"], f"{p['flicker_ratio']:.2f}", f"{p['outline_error']:.1f}", f"{p['sharpness_ratio']:.2f}",
            f"{p['pose_error_deg']:.1f}", f"{p['expression_error']:.2f}", f"{100 * p['kept_share']:.0f} %",
            f"{who['to_persona']:.2f}", f"{who['to_live']:.2f}", f"{100 * who['first']:.0f} %", str(p["held"]),
        ))  # fmt: skip
    header = (
        "persona",
        "flicker",
        "seam",
        "sharpness",
        "pose",
        "expression",
        "kept",
        "persona cos",
        "live cos",
        "first",
    )
    return table((*header, "held"), rows)


def peers_table(peers: Json) -> str:
    """livecam and the stand-ins, with what they are."""
    names = ("lag_frames", "flicker_ratio", "pose_error_deg", "expression_error")
    rows = [
        (
            f"{r['name']}: {r['note']}", f"{r['p50_ms']:.0f}", f"{r['p95_ms']:.0f}", f"{r['cpu_ms']:.0f}",
            *("-" if r[name] is None else f"{r[name]:.2f}" for name in names),
        )
        for r in peers["rows"]
    ]  # fmt: skip
    header = ("way", "p50 ms", "p95", "cpu ms", "lag, frames", "flicker", "pose", "expression")
    return "No figure here is a measurement of another program.\n\n" + table(header, rows)


def page() -> str:
    """docs/benchmarks.md."""
    parts = ["# Measured", "Written by `benchmarks/figures.py`. What the figures are: [metrics](metrics.md)."]
    tables = {"bench": (cases_table, stages_table), "quality": (personas_table,), "peers": (peers_table,)}
    for kind, make in ROWS.items():
        if (one := kept(kind)) is None:
            continue
        where = machine_of(one["result"])
        parts.append(f"## {kind}\n\n`{one['command']}`, {one['day']}, on {where}.")
        parts.append(table(("", "measured", "wanted"), make(one["result"])))
        parts += [draw(one["result"]) for draw in tables.get(kind, ())]
    return "\n\n".join(parts) + "\n"


def readme() -> str:
    """The README with its table."""
    text = README.read_text()
    head, rest = text.split(BEGIN)
    return f"{head}{BEGIN}\n{readme_table()}\n{END}{rest.split(END, 1)[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--take", nargs=2, metavar=("KIND", "FILE"))
    taken = parser.parse_args().take
    if taken:
        take(taken[0], Path(taken[1]))
    PAGE.write_text(page())
    README.write_text(readme())


if __name__ == "__main__":
    main()
