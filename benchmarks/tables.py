"""Rows and tables of docs/benchmarks.md and the README, from measured files."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]
Row = tuple[str, ...]


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
    what = f"{soak['seconds'] / 60:.0f} minutes with one core kept busy by another program"
    return [(what, f"{rate:.1f} pictures a second", "30")]


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
            "97 %, 0.62, 0.35 less",
        ))  # fmt: skip
    return rows


def peer_rows(peers: Json) -> list[Row]:
    """livecam against the stand-in of the most used program."""
    ours, theirs = (
        next(r for r in peers["rows"] if r["name"].startswith(name)) for name in ("livecam", "swap network")
    )
    times = theirs["p50_ms"] / ours["p50_ms"]
    return [("new pictures a second, ours over a stand-in for a 128-pixel swap network", f"{times:.0f} times", "40")]


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


def judge_table(judge: Json) -> str:
    """What an outside judge sees of pose and expression."""
    names = ("pose_deg", "expression", "following")
    rows = [
        (r["way"], r["persona"], f"{100 * r['seen']:.0f} %", *(f"{r[name]:.2f}" for name in names))
        for r in judge["rows"]
    ]
    return (
        "The classical way keeps the live face's shape, so the judge sees the live person's expression; a persona with "
        "a shape of its own reads as an expression that never changes (docs/metrics.md).\n\n"
        + table(("way", "persona", "face found", "pose, degrees", "expression", "following"), rows)
    )


def growth_table(growth: Json) -> str:
    """What a frame's cost grows with."""
    rows = [
        (
            line["of"],
            ", ".join(f"{x:.3g}: {cost:.1f}" for x, cost in line["points"]),
            f"{line['slope']:+.2f} {line['cost']} per {line['unit']}",
            f"{100 * line['explained']:.0f} %",
        )
        for line in growth["lines"]
    ]
    return "Processor time of a frame, and straight lines through it.\n\n" + table(
        ("what grows", "measured", "slope", "the line explains"), rows
    )


def published_table(figures: list[Json]) -> str:
    """What others say about programs we did not run."""
    rows = [(f["program"], f["says"], f["hardware"], f["source"]) for f in figures]
    return table(("program", "published", "hardware", "source"), rows)
