"""Curves as SVG, without a library."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import log10

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP, _RIGHT = 760, 380, 76, 54, 40, 190
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 5")


@dataclass(frozen=True)
class Line:
    """A curve; its dashes too differ from those of the others."""

    name: str
    points: Sequence[tuple[float, float]]
    dots: bool = False


@dataclass(frozen=True)
class Axis:
    """One axis: its words, ends and whether it is logarithmic."""

    words: str
    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Return 0..1."""
        if self.log:
            return (log10(max(value, self.low)) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        if self.log:
            return [10.0**k for k in range(round(log10(self.low)), round(log10(self.high)) + 1)]
        return [self.low + (self.high - self.low) * k / 5 for k in range(6)]


def draw(title: str, across: Axis, up: Axis, lines: Sequence[Line]) -> str:
    """Return a picture of curves."""
    wide, tall = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" font-weight="bold">{escape(title)}</text>',
    ]
    for value in across.ticks():
        x = _LEFT + wide * across.place(value)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_TOP + tall}" stroke="#dddddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_TOP + tall + 18}" text-anchor="middle">{_number(value)}</text>')
    for value in up.ticks():
        y = _TOP + tall * (1 - up.place(value))
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_LEFT + wide}" stroke="#dddddd"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{_number(value)}</text>')
    parts.append(
        f'<text x="{_LEFT + wide / 2}" y="{_HEIGHT - 12}" text-anchor="middle">{escape(across.words)}</text>'
        f'<text transform="translate(16 {_TOP + tall / 2}) rotate(-90)" text-anchor="middle">{escape(up.words)}</text>'
    )
    for number, line in enumerate(lines):
        parts += _line(number, line, across, up, (wide, tall))
    return "".join(parts) + "</svg>\n"


def _line(number: int, line: Line, across: Axis, up: Axis, size: tuple[int, int]) -> list[str]:
    wide, tall = size
    colour, dash = COLOURS[number % 5], DASHES[number % 5]
    places = [
        (_LEFT + wide * across.place(x), _TOP + tall * (1 - min(max(up.place(y), 0.0), 1.0))) for x, y in line.points
    ]
    path = " ".join(f"{'L' if n else 'M'}{x:.1f} {y:.1f}" for n, (x, y) in enumerate(places))
    parts = [f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2.2" stroke-dasharray="{dash}"/>']
    if line.dots:
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in places]
    y = _TOP + 14 + 22 * number
    x = _WIDTH - _RIGHT + 14
    parts.append(f'<path d="M{x} {y - 4}h26" stroke="{colour}" stroke-width="2.2" stroke-dasharray="{dash}"/>')
    parts.append(f'<text x="{x + 32}" y="{y}">{escape(line.name)}</text>')
    return parts


def _number(value: float) -> str:
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:.3g}"
