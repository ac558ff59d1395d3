"""Draw docs/howto/pictures/way-*.svg: which devices picture and voice pass, and what to choose in the meeting program.

Usage: python scripts/make_drawings.py. They are drawings, not screenshots: these programs were not run here.
"""

from pathlib import Path
from xml.sax.saxutils import escape

FOLDER = Path(__file__).parents[1] / "docs" / "howto" / "pictures"
SYSTEMS = {
    "linux": ("v4l2loopback", "livecam", "sound server", "livecam AI voice"),
    "windows": ("OBS's driver", "OBS Virtual Camera", "VB-CABLE", "CABLE Output"),
    "macos": ("OBS's extension", "OBS Virtual Camera", "BlackHole", "BlackHole 2ch"),
}
WIDTH, HEIGHT, ROW, TOP = 760, 226, 84, 48
COLUMNS = ((16, 118), (166, 118), (316, 158), (506, 238))
INK, PAPER, CHOICE = "#24292f", "#ffffff", "#ddf4ff"


def box(column: int, row: int, lines: tuple[str, ...], fill: str = PAPER) -> str:
    left, width = COLUMNS[column]
    top = TOP + row * ROW
    shape = f'<rect x="{left}" y="{top}" width="{width}" height="56" rx="6" fill="{fill}" stroke="{INK}"/>'
    first = top + 33 - 9 * (len(lines) - 1)
    words = (
        f'<text x="{left + width / 2:g}" y="{first + 19 * number}" text-anchor="middle">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return shape + "".join(words)


def arrow(column: int, row: int) -> str:
    left, width = COLUMNS[column]
    y = TOP + row * ROW + 28
    return f'<path d="M{left + width + 4} {y}H{COLUMNS[column + 1][0] - 8}" stroke="{INK}" marker-end="url(#tip)"/>'


def drawing(picture_by: str, camera: str, sound_by: str, microphone: str) -> str:
    rows = (
        ("your camera", "livecam", picture_by, "Camera", camera),
        ("your microphone", "livecam --voice", sound_by, "Microphone", microphone),
    )
    parts = []
    for row, (source, program, driver, label, choice) in enumerate(rows):
        for column, lines in enumerate(((source,), (program,), (driver,))):
            parts += [box(column, row, lines), arrow(column, row)]
        parts.append(box(3, row, (f"{label}:", f"{choice}  ▾"), CHOICE))
    heads = (
        f'<text x="{left + width / 2:g}" y="30" text-anchor="middle" font-weight="bold">{head}</text>'
        for (left, width), head in zip(COLUMNS, ("", "", "", "choose in the meeting program"), strict=True)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'font-family="sans-serif" font-size="14" fill="{INK}"><rect width="100%" height="100%" fill="#f6f8fa"/>'
        f'<marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L6 3L0 6z"/></marker>{"".join(heads)}{"".join(parts)}</svg>\n'
    )


def main() -> None:
    for system, names in SYSTEMS.items():
        (FOLDER / f"way-{system}.svg").write_text(drawing(*names), encoding="utf-8")


if __name__ == "__main__":
    main()
