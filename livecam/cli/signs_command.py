"""`livecam verify --signs`: marks first, then signs of alteration."""

import json
from pathlib import Path
from textwrap import wrap

from livecam.app.signs import examine_signs, findings_to_dict
from livecam.app.verify import verdict_to_dict
from livecam.cli.signs_page import write_signs_page
from livecam.cli.signs_plot import check_signs_path, write_signs_plot
from livecam.cli.signs_text import COLUMNS, signs_as_text
from livecam.cli.verify_command import check_source, find_name, marks_as_text, policy_lines, policy_to_dict
from livecam.verify import Verdict
from livecam.verify.policy import measures

DECIDES = "marks decide: this clip says itself that it is altered; the signs below add nothing to that"


def answer_signs(
    what: str | None,
    screen: bool,
    seconds: float,
    as_json: bool,
    plot: Path | None,
    html: Path | None,
    policy: bool = False,
) -> tuple[str, bool]:
    """Return marks and signs as text or JSON, and whether the source is marked.

    Args:
        what: A file, a folder, a device file, or "camera:" with an index or name; None with `screen`.
        screen: Whether to watch the screen.
        seconds: How long to watch a camera or the screen.
        as_json: Whether to return JSON.
        plot: Where to write a plot as PNG; None for no plot.
        html: Where to write the report as a page; None for no page.
        policy: Whether to add the measures of the EU Code.

    Raises:
        UsageError: No source or two sources; the file cannot be read.
        DeviceError: The camera or the screen cannot be captured; plot or page cannot be written.
        EngineError: The face finder is not installed or fails.
    """
    check_source(what, screen)
    if plot is not None:
        check_signs_path(plot, ".png", "--plot")
    if html is not None:
        check_signs_path(html, ".html", "--html")
    name = find_name(what)
    verdict, findings = examine_signs(what, seconds)
    code = measures(verdict) if policy else ()
    marks = _narrow("\n".join((marks_as_text(name, verdict), *policy_lines(code))))
    if verdict.is_marked:
        marks += "\n" + _narrow(DECIDES)
    title = f"{name}: {_marked(verdict)}"
    if plot is not None:
        write_signs_plot(title, findings, plot)
    if html is not None:
        write_signs_page(title, marks, findings, html)
    if as_json:
        found = {**verdict_to_dict(name, verdict), **policy_to_dict(code), "signs": findings_to_dict(findings)}
        return json.dumps(found, indent=1), verdict.is_marked
    return f"{marks}\n\n{signs_as_text(findings)}", verdict.is_marked


def _marked(verdict: Verdict) -> str:
    return "marked" if verdict.is_marked else "not marked"


def _narrow(text: str) -> str:
    """Return text in 80 columns; a row goes on under its last column."""
    return "\n".join(line for row in text.splitlines() for line in _wrap_row(row))


def _wrap_row(row: str) -> list[str]:
    begin = len(row) - len(row.lstrip())
    gap = row.find("  ", begin + 1)
    under = begin if gap < 0 else gap + len(row[gap:]) - len(row[gap:].lstrip())
    if len(row) <= COLUMNS or under > COLUMNS // 2:
        return [row] if len(row) <= COLUMNS else wrap(row, COLUMNS, subsequent_indent="  ", break_on_hyphens=False)
    parts = wrap(row[under:], COLUMNS - under, break_on_hyphens=False)
    return [row[:under] + parts[0], *(" " * under + part for part in parts[1:])]
