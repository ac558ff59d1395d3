"""Draw three plots as SVG text, without a library.

They are a histogram, a timeline of dots, and stacked bars of stages.
"""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np

WIDTH, LEFT, BOTTOM = 720, 64, 36
_PLOT = WIDTH - LEFT - 16


def _svg(height: int, label: str, parts: Sequence[str]) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">' + "".join(parts) + "</svg>"


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _axis(height: int, top: float, unit: str, ticks: int = 5) -> list[str]:
    """Return a horizontal axis from 0 to `top`."""
    base = height - BOTTOM
    parts = [f'<line class="axis" x1="{LEFT}" y1="{base}" x2="{LEFT + _PLOT}" y2="{base}"/>']
    for k in range(ticks + 1):
        words = f"{top * k / ticks:.3g}" + (f" {unit}" if k == ticks else "")
        parts.append(_text(LEFT + _PLOT * k / ticks, base + 18, words, "end" if k == ticks else "middle"))
    return parts


def histogram(values: Sequence[float], unit: str, marks: Mapping[str, float], bins: int = 40, height: int = 220) -> str:
    """Plot how often each value occurred.

    `marks` are values to name, such as percentiles.
    """
    top = max(float(np.percentile(values, 99.5)), *marks.values()) * 1.15
    counts, edges = np.histogram(np.minimum(values, top), bins, (0.0, top))
    base, scale, most = height - BOTTOM, _PLOT / top, max(int(np.max(counts)), 1)
    parts = _axis(height, top, unit)
    for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
        tall = (base - 40) * int(count) / most
        parts.append(
            f'<rect class="bar" x="{LEFT + low * scale + 0.5:.1f}" y="{base - tall:.1f}" '
            f'width="{(high - low) * scale - 1:.1f}" height="{tall:.1f}"><title>{low:.1f} to {high:.1f} {unit}: '
            f"{count}</title></rect>"
        )
    for row, (name, value) in enumerate(marks.items()):
        x = LEFT + value * scale
        parts.append(f'<line class="mark" x1="{x:.1f}" y1="{14 + 13 * row}" x2="{x:.1f}" y2="{base}"/>')
        parts.append(_text(x + 4, 14 + 13 * row, f"{name} {value:.1f} {unit}", "start"))
    return _svg(height, "histogram", parts)


def timeline(
    dots: Sequence[tuple[float, float]], ticks: Sequence[float], limit: float, unit: str, height: int = 220
) -> str:
    """Plot values over seconds as dots.

    `ticks` are red strokes on the axis; the limit is a line.
    """
    end_s = max([at_s for at_s, _ in dots] + list(ticks) + [1e-3])
    top = max([value for _, value in dots] + [limit]) * 1.1
    base = height - BOTTOM

    def x(at_s: float) -> float:
        return LEFT + _PLOT * at_s / end_s

    def y(value: float) -> float:
        return base - (base - 12) * value / top

    line_y = f"{y(limit):.1f}"
    parts = _axis(height, end_s, "s")
    parts.append(f'<line class="mark" x1="{LEFT}" y1="{line_y}" x2="{LEFT + _PLOT}" y2="{line_y}"/>')
    parts.append(_text(LEFT - 6, y(limit) + 4, f"{limit:.3g} {unit}", "end"))
    parts += [
        f'<circle class="dot" cx="{x(at_s):.1f}" cy="{y(value):.1f}" r="1.6"><title>{at_s:.2f} s: {value:.1f} {unit}'
        "</title></circle>"
        for at_s, value in dots
    ]
    parts += [f'<line class="held" x1="{x(t):.1f}" y1="{base - 8}" x2="{x(t):.1f}" y2="{base}"/>' for t in ticks]
    return _svg(height, "timeline", parts)


def waterfall(rows: Mapping[str, Mapping[str, float]], limit: float, unit: str) -> str:
    """Plot one bar a row, its parts in order, and a limit as a line."""
    height = 34 * len(rows) + BOTTOM + 8
    top = max(max(sum(row.values()) for row in rows.values()), limit) * 1.05
    scale, parts = _PLOT / top, _axis(height, top, unit)
    for number, (name, row) in enumerate(rows.items()):
        y, at = 8 + 34 * number, 0.0
        parts.append(_text(LEFT - 6, y + 17, name, "end"))
        for k, (stage, value) in enumerate(row.items()):
            x, wide = LEFT + at * scale, value * scale
            words = f"{stage} {value:.1f}"
            parts.append(
                f'<rect class="s{k % 5}" x="{x:.1f}" y="{y}" width="{max(wide - 1, 0.5):.1f}" height="24">'
                f"<title>{escape(name)}: {escape(stage)} {value:.2f} {unit}</title></rect>"
            )
            if wide > 7.5 * len(words):
                parts.append(f'<g class="on">{_text(x + wide / 2, y + 16, words)}</g>')
            at += value
    x = LEFT + limit * scale
    parts.append(f'<line class="mark" x1="{x:.1f}" y1="4" x2="{x:.1f}" y2="{height - BOTTOM}"/>')
    return _svg(height, "stages", parts)
