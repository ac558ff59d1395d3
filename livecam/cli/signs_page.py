"""Signs as one self-contained page with pictures and SVG plots."""

import base64
from html import escape
from pathlib import Path
from typing import Final

import cv2

from livecam.cli.signs_plot import colour_of
from livecam.core.files.own_files import GENERATOR
from livecam.core.files.writing import write_whole
from livecam.verify.signs.findings import Findings, SignFinding, WindowFinding
from livecam.verify.signs.words import (
    IN_THE_WILD,
    NOTE,
    describe_level,
    describe_ratio,
    describe_seen,
    summarise,
)

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2733; --soft: #6b7785; --paper: #fff; --line: #d5dbe1; --cell: #1d2733; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ee; --soft: #9aa7b4; --paper: #14191f; --line: #36414c; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 860px;
  margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; } h3 { font-size: 1rem; margin: 0 0 .3rem; }
p { margin: .3rem 0; } .soft { color: var(--soft); }
pre { white-space: pre-wrap; font-size: 13px; background: color-mix(in srgb, var(--line) 30%, transparent);
  padding: .7rem; border-radius: 6px; }
section { border-top: 1px solid var(--line); padding: 1rem 0; display: grid; grid-template-columns: 1fr 150px;
  gap: 1rem; }
section img { width: 100%; border-radius: 6px; } figure { margin: 0; }
figcaption { font-size: 13px; color: var(--soft); }
.wide { overflow-x: auto; } .wide svg { min-width: 620px; }
svg { width: 100%; height: auto; display: block; } svg text { fill: var(--soft); font-size: 12px; }
.frame { fill: none; stroke: var(--line); } .dot { fill: var(--cell); }
b.level { font-weight: 600; } section.unusual { border-left: 4px solid #d2691e; padding-left: .8rem; }
@media (max-width: 600px) { section { grid-template-columns: 1fr; } figure { max-width: 150px; } }
"""
_LEFT, _WIDTH, _ROW = 150, 860, 26
_HEAD: Final = '<!doctype html><html lang="en"><head><meta charset="utf-8">'


def write_signs_page(title: str, marks: str, findings: Findings, path: Path) -> None:
    """Write the page.

    Args:
        title: Name of the source.
        marks: What the marks say, as text.
        findings: What the signs say.
        path: Ends in .html.

    Raises:
        OutputError: It cannot be written.
    """
    write_whole(path, make_signs_page(title, marks, findings).encode(errors="backslashreplace"))


def make_signs_page(title: str, marks: str, findings: Findings) -> str:
    """Return the HTML of the report."""
    remarks = "".join(f'<p class="soft">{escape(remark)}</p>' for remark in findings.observation.remarks)
    missing = [finding for finding in findings.signs if finding.typical is None]
    lines = "".join(f"<li>{escape(f.sign.title)}: {escape(f.why_not)}</li>" for f in missing)
    return (
        f"{_HEAD}{GENERATOR}<title>{escape(title)}</title>"
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        f"<h1>{escape(title)}</h1><h2>Marks</h2><pre>{escape(marks)}</pre>"
        f"<h2>Signs</h2><p><b>{escape(summarise(findings))}.</b></p>"
        f'<p class="soft">{escape(NOTE)} {escape(IN_THE_WILD)}</p>{remarks}'
        f"<h2>Timeline</h2>{_timeline(findings)}"
        f"<h2>Sign by sign</h2>{''.join(_section(findings, f) for f in _unusual_first(findings))}"
        + (f"<h2>Not measured here</h2><ul>{lines}</ul>" if missing else "")
        + "</body></html>\n"
    )


def _unusual_first(findings: Findings) -> list[SignFinding]:
    return sorted(findings.measured, key=lambda finding: not finding.is_unusual)


def _section(findings: Findings, finding: SignFinding) -> str:
    sign = finding.sign
    paragraphs = [describe_seen(finding), describe_ratio(finding)]
    known = finding.calibration
    if known is not None:
        paragraphs.append(f"Compared with {known.untouched} untouched and {known.altered} altered windows.")
    seen = "".join(f"<p>{escape(text[0].upper() + text[1:])}</p>" for text in paragraphs if text)
    mark = " class=unusual" if finding.is_unusual else ""
    return (
        f"<section{mark}><div><h3>{escape(sign.title)}</h3>"
        f"<p><b class='level'>{escape(describe_level(finding))}</b></p>"
        f"{seen}<p class='soft'>{escape(sign.definition)}</p>"
        f"<p><b>Can tell:</b> {escape(sign.can)}</p><p><b>Cannot tell:</b> {escape(sign.cannot)}</p>"
        f"{_ratios(finding)}</div>{_picture(findings, finding)}</section>"
    )


def _picture(findings: Findings, finding: SignFinding) -> str:
    found = findings.find_picture(finding)
    if found is None:
        return "<figure></figure>"
    second, crop = found
    data = base64.b64encode(cv2.imencode(".jpg", crop)[1].tobytes()).decode()
    return (
        f'<figure><img alt="the head at {second:.1f} s" src="data:image/jpeg;base64,{data}">'
        f"<figcaption>{second:.1f} s</figcaption></figure>"
    )


def _ratios(finding: SignFinding) -> str:
    """Draw the ratio of every bin of scores, with the one that was seen."""
    known, typical = finding.calibration, finding.typical
    if known is None or typical is None or typical.value is None:
        return ""
    here = known.find_ratio(typical.value.score)
    wide = 600 / len(known.ratios)
    cells = ""
    for number, ratio in enumerate(known.ratios):
        left = number * wide
        cells += f'<rect x="{left:.1f}" y="2" width="{wide - 2:.1f}" height="20" fill="{_css(ratio.value)}"/>'
        cells += f'<text x="{left + 4:.1f}" y="38">{ratio.value:.1f} times</text>'
        if ratio is here:
            cells += f'<circle class="dot" cx="{left + wide / 2:.1f}" cy="12" r="5"/>'
    return (
        f'<svg viewBox="0 0 600 44" role="img" aria-label="likelihood ratios from low to high scores">{cells}</svg>'
        '<p class="soft">How much more often altered clips have such a score. '
        f"Left: {escape(finding.sign.lower)}. Right: {escape(finding.sign.higher)}. The dot is this clip.</p>"
    )


def _timeline(findings: Findings) -> str:
    """Draw all windows of all signs by time."""
    end_s = max([window.end_s for finding in findings.signs for window in finding.windows] + [1.0])
    height = len(findings.signs) * _ROW + 24
    parts = []
    for number, finding in enumerate(findings.signs):
        top = number * _ROW
        parts.append(f'<text x="0" y="{top + 17}">{escape(finding.sign.title)}</text>')
        parts.append(f'<rect class="frame" x="{_LEFT}" y="{top + 3}" width="{_WIDTH - _LEFT}" height="{_ROW - 6}"/>')
        parts += [_cell(window, end_s, top) for window in finding.windows if window.value is not None]
    for share in (0.0, 0.5, 1.0):
        anchor = "end" if share == 1 else "start"
        at_x = _LEFT + share * (_WIDTH - _LEFT)
        parts.append(f'<text x="{at_x:.0f}" y="{height - 6}" text-anchor="{anchor}">{share * end_s:.0f} s</text>')
    return (
        f'<div class="wide"><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="likelihood ratios by time">'
        f"{''.join(parts)}</svg></div>"
        '<p class="soft">Blue: more often seen in untouched clips. Orange: more often in altered ones. '
        "Dot: unusual for untouched clips. Empty: not measurable.</p>"
    )


def _cell(window: WindowFinding, end_s: float, top: int) -> str:
    span = _WIDTH - _LEFT
    left, right = (_LEFT + at_s / end_s * span for at_s in (window.begin_s, window.end_s))
    wide = max(right - left, 3)
    fill = _css(1.0 if window.ratio is None else window.ratio.value)
    cell = f'<rect x="{left:.1f}" y="{top + 3}" width="{wide:.1f}" height="{_ROW - 6}" fill="{fill}" stroke="#8a949e"/>'
    if window.unusual:
        cell += f'<circle class="dot" cx="{left + wide / 2:.1f}" cy="{top + _ROW / 2:.0f}" r="5" fill="#1d2733"/>'
    return cell


def _css(ratio: float) -> str:
    blue, green, red = colour_of(ratio)
    return f"#{red:02x}{green:02x}{blue:02x}"
