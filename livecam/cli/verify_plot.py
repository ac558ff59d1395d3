"""Plot of `livecam verify`: scores of windows, cells, margins of bits."""

import base64
from html import escape
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import UsageError
from livecam.core.files.own_files import GENERATOR, check_output, png_with_comment
from livecam.core.files.writing import write_whole
from livecam.core.frame import Pixels
from livecam.disclosure.picture_reader import MarkReading
from livecam.disclosure.sound.watermark import SOUND_THRESHOLD
from livecam.verify import Verdict

SUFFIXES = (".png", ".html")
_SEEN: Final = "plot of marks, drawn by livecam"
_WIDTH, _HEIGHT = 960, 900
_PAPER, _INK, _SOFT, _LINE = (255, 255, 255), (50, 40, 30), (130, 120, 105), (225, 220, 213)
_FOUND, _NOT, _LIMIT = (110, 150, 40), (178, 111, 47), (12, 65, 194)
_LEFT, _PLOT_W = 70, 860
_TIMES: Final = (84, 230)
_CELLS: Final = (386, 290)
_BITS: Final = (740, 100)
_MOST = 3.0


def check_plot_path(path: Path) -> None:
    """Check before the search that the plot can be written.

    Raises:
        UsageError: Another ending than .png or .html, no such folder, or a file that livecam did not write.
        OutputError: The folder takes no files.
    """
    if path.suffix.lower() not in SUFFIXES or not path.parent.is_dir():
        raise UsageError(f"no plot can be written to {path}", advice="add --plot seen.png, or --plot seen.html")
    check_output(path, "--plot")


def write_plot(title: str, text: str, verdict: Verdict, path: Path) -> None:
    """Write the plot as a picture, or as a page that also has the text.

    Args:
        title: Name of the source.
        text: The verdict as text.
        verdict: What was found.
        path: Ends in .png or .html.

    Raises:
        OutputError: It cannot be written.
    """
    png = png_with_comment(cv2.imencode(".png", draw(title, verdict))[1].tobytes(), _SEEN)
    data = _page(title, text, png).encode(errors="backslashreplace")
    write_whole(path, png if path.suffix.lower() == ".png" else data)


def _page(title: str, text: str, png: bytes) -> str:
    picture = base64.b64encode(png).decode()
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8">{GENERATOR}<title>{escape(title)}</title>'
        "<style>body{font:15px/1.5 system-ui,sans-serif;max-width:980px;margin:2rem auto;padding:0 1rem}"
        "img{width:100%}pre{white-space:pre-wrap}</style>"
        f"<h1>{escape(title)}</h1><pre>{escape(text)}</pre>"
        f'<img alt="scores, cells and bits" src="data:image/png;base64,{picture}"></html>\n'
    )


def draw(title: str, verdict: Verdict) -> Pixels:
    """Draw the plot, (900, 960, 3) uint8 BGR."""
    sheet = np.full((_HEIGHT, _WIDTH, 3), _PAPER, np.uint8)
    _write(sheet, title, (24, 36), 22, _INK)
    _scores(sheet, verdict)
    shown = max(verdict.readings, key=lambda r: r.score - r.threshold, default=None)
    if shown is None:
        _write(sheet, "no video to search for the picture watermark", (_LEFT, _CELLS[0] + 20), 16, _SOFT)
    else:
        _cells(sheet, shown)
        _bits(sheet, shown)
    return sheet


def _scores(sheet: Pixels, verdict: Verdict) -> None:
    """Draw the score of every window over time, with its threshold."""
    top, height = _TIMES
    seen = [(r.begin_ns / 1e9, r.score, r.threshold) for r in verdict.readings]
    heard = [(s.begin_s, s.score, SOUND_THRESHOLD) for s in verdict.sounds]
    _write(sheet, "score of every window (circle: picture, square: sound); line: threshold", (_LEFT, top - 14), 16)
    end_s = max([at for at, *_ in seen + heard] + [1.0])
    most = max([max(score, limit) for _, score, limit in seen + heard] + [15.0]) * 1.1
    cv2.line(sheet, (_LEFT, top + height), (_LEFT + _PLOT_W, top + height), _LINE, 2)
    for number, (at, score, limit) in enumerate(seen + heard):
        x, y, limit_y = (
            _LEFT + 10 + round((_PLOT_W - 20) * at / end_s),
            *(top + height - round(height * v / most) for v in (score, limit)),
        )
        colour = _FOUND if score >= limit else _NOT
        cv2.line(sheet, (x - 9, limit_y), (x + 9, limit_y), _LIMIT, 2, cv2.LINE_AA)
        if number < len(seen):
            cv2.circle(sheet, (x, y), 5, colour, cv2.FILLED, cv2.LINE_AA)
        else:
            cv2.rectangle(sheet, (x - 5, y - 5), (x + 5, y + 5), colour, cv2.FILLED)
    for level in range(0, int(most), 5):
        _write(sheet, str(level), (_LEFT - 34, top + height - round(height * level / most) + 5), 14, _SOFT)
    _write(sheet, f"{end_s:.0f} s", (_LEFT + _PLOT_W - 40, top + height + 20), 14, _SOFT)


def _cells(sheet: Pixels, reading: MarkReading) -> None:
    """Draw every cell: green where it agrees with the payload, else red."""
    top, height = _CELLS
    what = (
        f"cells of the best window, from {reading.begin_ns / 1e9:.1f} s: green agrees with the payload, red disagrees"
    )
    _write(sheet, what, (_LEFT, top - 12), 16)
    rows, columns = reading.agreed.shape
    size = min(height / rows, _PLOT_W / columns)
    colours = _coloured(np.asarray(reading.agreed, np.float32))
    wide, tall = round(size * columns), round(size * rows)
    sheet[top : top + tall, _LEFT : _LEFT + wide] = cv2.resize(colours, (wide, tall), interpolation=cv2.INTER_NEAREST)


def _coloured(agreed: NDArray[np.float32]) -> Pixels:
    """Colour cells, (rows, columns, 3) uint8.

    Zero is white, _MOST deviations of one cell are the full colour.
    """
    share = np.clip(np.abs(agreed) / _MOST, 0, 1)[..., None]
    full = np.where(agreed[..., None] >= 0, np.array(_FOUND, np.float32), np.array(_LIMIT, np.float32))
    return np.asarray(np.rint(255 + (full - 255) * share), np.uint8)


def _bits(sheet: Pixels, reading: MarkReading) -> None:
    """Draw the margin of every bit."""
    top, height = _BITS
    message = "payload complete" if reading.payload is not None else "payload incomplete: its checksum is wrong"
    _write(sheet, f"margin of every bit; {message}", (_LEFT, top - 12), 16)
    step, most = _PLOT_W / len(reading.margins), max(float(np.max(reading.margins)), 1.0)
    for number, margin in enumerate(reading.margins):
        left = _LEFT + round(number * step)
        tall = round(height * float(margin) / most)
        colour = _FOUND if reading.payload is not None else _NOT
        cv2.rectangle(sheet, (left, top + height - tall), (left + round(step) - 4, top + height), colour, cv2.FILLED)
    for begin, name in ((0, "version"), (4, "flags"), (8, "session"), (24, "check")):
        _write(sheet, name, (_LEFT + round(begin * step), top + height + 22), 14, _SOFT)


def _write(
    sheet: Pixels, text: str, at_xy: tuple[int, int], height_px: int, colour: tuple[int, int, int] = _INK
) -> None:
    cv2.putText(sheet, text, at_xy, colour, cv2.FontFace("sans"), height_px, 400)
