"""Show a benchmark as one self-contained page.

It has tables, and plots as SVG.
"""

from collections.abc import Iterable, Sequence
from html import escape

from livecam.bench.paced import Live
from livecam.bench.run import BenchResult
from livecam.bench.svg import histogram, timeline, waterfall
from livecam.bench.unpaced import PERIOD_NS, Unpaced
from livecam.bench.verdict import make_warning
from livecam.core.clock import NS_PER_MS
from livecam.core.files.own_files import GENERATOR

PERIOD_MS = PERIOD_NS / NS_PER_MS
_STYLE = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #6b7785; --paper: #fff; --line: #d5dbe1; --blue: #2f6fb2;
  --red: #c2410c; --s0: #8fb8de; --s1: #2f6fb2; --s2: #e0a458; --s3: #6aa584; --s4: #9a86c4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b4; --paper: #14191f; --line: #36414c;
  --blue: #6ea8e0; --red: #f2835a; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 780px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; } p { color: var(--soft); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
.wide { overflow-x: auto; }
th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; font-size: 12px; } svg text { fill: var(--soft); } svg .on text { fill: #10161c; }
.axis { stroke: var(--line); } .bar, .dot { fill: var(--blue); } .mark { stroke: var(--red); stroke-dasharray: 3 3; }
.held { stroke: var(--red); stroke-width: 2; }
.s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
.s4 { fill: var(--s4); }
"""


def make_page(result: BenchResult) -> str:
    """Return the HTML of a benchmark."""
    machine = result.machine
    title = f"livecam on {machine['cpu']}, {machine['cores']} cores"
    parts = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(str(machine['system']))}, Python {machine['python']}, load {machine['load_1min']}.</p>",
        f"<p><b>{escape(make_warning(machine))}</b></p>" if make_warning(machine) else "",
        "<h2>A frame from the grab to the sink, in milliseconds</h2>",
        _cases(result.unpaced),
        "<p>Floor: the mesh network alone and one copy of the frame, in the same run.</p>",
    ]
    if result.unpaced:
        parts += ["<h2>Where the time goes</h2>", _stages(result.unpaced)]
        parts.append(f"<p>Medians; the line is the period of 30 frames a second, {PERIOD_MS:.1f} ms.</p>")
    if result.paced is not None:
        parts += _live(result.paced)
    if result.startup is not None:
        first_s = result.startup.first_picture_ms / 1000
        parts.append(
            f"<h2>Start</h2><p>A fresh process shows its first picture after {first_s:.2f} s and takes "
            f"{result.startup.peak_mb:.0f} MiB at most.</p>"
        )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{GENERATOR}<title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>{"".join(parts)}</html>\n'
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["".join(f"<th>{escape(word)}</th>" for word in head)]
    lines += ["".join(f"<td>{escape(word)}</td>" for word in row) for row in rows]
    return '<div class="wide"><table>' + "".join(f"<tr>{line}</tr>" for line in lines) + "</table></div>"


def _cases(results: Sequence[Unpaced]) -> str:
    rows = [
        [
            r.case.name,
            f"{r.face_px} px",
            *(f"{r.whole_ms[p]:.1f}" for p in ("p50", "p95", "p99")),
            f"{r.fps:.0f}",
            f"{r.floor_ms['p50']:.1f}",
            f"{r.ratio:.2f}",
            f"{r.cpu_ms['whole']:.1f}",
            str(r.held),
        ]
        for r in results
    ]
    return _table(["case", "face", "p50", "p95", "p99", "fps", "floor", "ratio", "cpu", "held"], rows)


def _stages(results: Sequence[Unpaced]) -> str:
    rows = {
        r.case.name: {name: times["p50"] for name, times in r.stage_ms.items() if times and times["p50"] >= 0.05}
        for r in results
    }
    return waterfall(rows, PERIOD_MS, "ms")


def _live(live: Live) -> list[str]:
    report, new = live.report, [(at_s, age) for at_s, age, is_new in live.timeline if is_new]
    first_s = new[0][0] if new else 0.0
    again = [at_s for at_s, _, is_new in live.timeline if not is_new and at_s > first_s]
    frames = report.frames
    parts = [
        f"<h2>Live at 720p for {report.seconds:.0f} s</h2>",
        f"<p>{report.fps:.1f} frames a second sent, {frames.late} late, {frames.held} held, "
        f"{frames.replaced} replaced; "
        f"{report.cpu_percent_of_one_core:.0f} % of one core"
        + (f"; the processor draws {live.watts:.1f} W" if live.watts is not None else "")
        + ".</p>",
    ]
    if new:
        marks = {p: report.latency_ms[p] for p in ("p50", "p95", "p99")}
        parts += ["<h2>From capture to the sink</h2>", histogram([age for _, age in new], "ms", marks)]
        parts += ["<h2>The same over time</h2>", timeline(new, again, PERIOD_MS, "ms")]
        parts.append("<p>One dot a picture; a red stroke where the last picture went out once more.</p>")
    parts += ["<h2>What was decided, and why</h2>", _table(["reason", "frames"], _counted(report.reasons.items()))]
    return parts


def _counted(counts: Iterable[tuple[str, int]]) -> list[Sequence[str]]:
    return [(name, str(count)) for name, count in sorted(counts, key=lambda item: -item[1])]
