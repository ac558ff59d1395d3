"""Write docs/benchmarks.md and the README's table from measured files, so that no figure is typed by hand.

    python benchmarks/figures.py --take bench bench.json       keep a file of `livecam bench run --json`
    python benchmarks/figures.py --take soak soak.json         of `livecam bench soak --seconds 600 --json`
    python benchmarks/figures.py --take soak-busy busy.json    of the same with `--busy 1`
    python benchmarks/figures.py --take quality quality.json   of `livecam bench quality --json`
    python benchmarks/figures.py --take peers peers.json       of `python -m benchmarks.peers --json`
    python benchmarks/figures.py --take growth growth.json     of `livecam bench scaling --json`
    python benchmarks/figures.py --take judge judge.json       of `benchmarks/quality/judge.py --json`
    python benchmarks/figures.py                               write both pages from what is kept

What is kept is in benchmarks/results, without the lists of single frames, with the day and the command.
"""

import argparse
import json
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import tables
from benchmarks.tables import Json, table

ROOT = Path(__file__).parents[1]
RESULTS, README, PAGE = ROOT / "benchmarks/results", ROOT / "README.md", ROOT / "docs/benchmarks.md"
PUBLISHED = ROOT / "benchmarks/published.toml"
BEGIN, END = "<!-- measured: benchmarks/figures.py writes this table -->", "<!-- end -->"
COMMANDS = {
    "bench": "livecam bench run --json bench.json",
    "soak": "livecam bench soak --seconds 600 --json soak.json",
    "soak-busy": "python benchmarks/soak.py --minutes 2 --busy 1 --json busy.json",
    "quality": "livecam bench quality --identity-model MobileFaceNet.onnx --json quality.json",
    "peers": "python -m benchmarks.peers --slow-frames 8 --landmarker face_landmarker.task --json peers.json",
    "growth": "livecam bench scaling --json growth.json",
    "judge": "python benchmarks/quality/judge.py --landmarker face_landmarker.task --every 3 --json judge.json",
}
LEFT_OUT = ("frames_ms", "timeline", "json_path", "samples")


def remove_lists(value: Any) -> Any:
    """A result without its lists of single frames and the places of files."""
    if isinstance(value, Mapping):
        return {key: remove_lists(item) for key, item in value.items() if key not in LEFT_OUT}
    return [remove_lists(item) for item in value] if isinstance(value, list) else value


def take(kind: str, file: Path) -> None:
    """Keep a measured file."""
    result = json.loads(file.read_text())
    kept = {"day": f"{datetime.now(UTC):%Y-%m-%d}", "command": COMMANDS[kind], "result": remove_lists(result)}
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{kind}.json").write_text(json.dumps(kept, indent=1) + "\n")


def keep_figures(kind: str) -> Json | None:
    """What was kept of a kind, with day and command."""
    file = RESULTS / f"{kind}.json"
    loaded: Json | None = json.loads(file.read_text()) if file.is_file() else None
    return loaded


ROWS = {
    "bench": tables.speed_rows,
    "soak": tables.soak_rows,
    "soak-busy": tables.busy_rows,
    "quality": tables.quality_rows,
    "peers": tables.peer_rows,
}
DETAILS = {
    "bench": (tables.cases_table, tables.stages_table),
    "quality": (tables.personas_table,),
    "peers": (tables.peers_table,),
    "growth": (tables.growth_table,),
    "judge": (tables.judge_table,),
}


def readme_table() -> str:
    """The README's table from what is kept."""
    rows = [row for kind, make in ROWS.items() if (one := keep_figures(kind)) for row in make(one["result"])]
    return table(("", "measured", "wanted"), rows)


def machine_of(result: Json) -> str:
    """Processor, cores, load and Python, in a line."""
    m = result["machine"]
    system = m["system"].split()[0]
    return f"{m['cpu']}, {m['cores']} cores, load {m['load_1min']} at the start, Python {m['python']}, {system}"


def page() -> str:
    """docs/benchmarks.md."""
    parts = ["# Measured", "Written by `benchmarks/figures.py`. What the figures are: [metrics](metrics.md)."]
    for kind, command in COMMANDS.items():
        if (one := keep_figures(kind)) is None:
            continue
        parts.append(f"## {kind}\n\n`{command}`, {one['day']}, on {machine_of(one['result'])}.")
        if kind in ROWS:
            parts.append(table(("", "measured", "wanted"), ROWS[kind](one["result"])))
        parts += [draw(one["result"]) for draw in DETAILS.get(kind, ())]
    with PUBLISHED.open("rb") as file:
        parts.append(
            "## published by others\n\nNot measured by us, and not comparable: other machines, other pictures."
        )
        parts.append(tables.published_table(tomllib.load(file)["figure"]))
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
