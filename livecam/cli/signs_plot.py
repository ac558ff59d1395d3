"""Plot of the signs: a timeline of likelihood ratios, and the heads worth a look."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from livecam.core.errors import UsageError
from livecam.core.files.own_files import check_output, png_with_comment
from livecam.core.files.writing import write_whole
from livecam.core.frame import Pixels
from livecam.verify.signs.findings import Findings, WindowFinding

_SEEN: Final = "plot of signs, drawn by livecam"
_WIDTH: Final = 960
_PAPER, _INK, _SOFT, _LINE = (255, 255, 255), (50, 40, 30), (130, 120, 105), (225, 220, 213)
_ALTERED, _UNTOUCHED = np.array((30, 105, 210)), np.array((178, 111, 47))
_LEFT, _RIGHT, _ROW, _TOP = 220, 930, 30, 96
_HEAD_PX, _HEADS = 150, 6
Colour = tuple[int, int, int]


def check_signs_path(path: Path, suffix: str, option: str) -> None:
    """Check before the search that a file can be written.

    Raises:
        UsageError: Another ending, no such folder, or a file that livecam did not write.
        OutputError: The folder takes no files.
    """
    if path.suffix.lower() != suffix or not path.parent.is_dir():
        raise UsageError(f"the signs cannot be written to {path}", advice=f"add {option} signs{suffix}")
    check_output(path, option)


def write_signs_plot(title: str, findings: Findings, path: Path) -> None:
    """Write the plot as PNG.

    Raises:
        OutputError: It cannot be written.
    """
    png = cv2.imencode(".png", draw_signs(title, findings))[1].tobytes()
    write_whole(path, png_with_comment(png, _SEEN))


def draw_signs(title: str, findings: Findings) -> Pixels:
    """Draw timeline and heads, (h, 960, 3) uint8 BGR."""
    rows, heads = len(findings.signs), choose_heads(findings)
    height = _TOP + rows * _ROW + 60 + (_HEAD_PX + 70 if heads else 0)
    sheet = np.full((height, _WIDTH, 3), _PAPER, np.uint8)
    _write(sheet, title, (24, 36), 20, _INK)
    _write(
        sheet, "likelihood ratio by time; blue: more often untouched, orange: more often altered", (24, 62), 14, _SOFT
    )
    _write(sheet, "dot: unusual for untouched clips; empty: not measurable", (24, 82), 14, _SOFT)
    end_s = max([window.end_s for finding in findings.signs for window in finding.windows] + [1.0])
    for number, finding in enumerate(findings.signs):
        top = _TOP + number * _ROW
        _write(sheet, finding.sign.title, (24, top + 20), 15, _INK)
        cv2.rectangle(sheet, (_LEFT, top + 4), (_RIGHT, top + _ROW - 4), _LINE, 1)
        for window in finding.windows:
            _cell(sheet, window, end_s, top)
    bottom = _TOP + rows * _ROW
    for share in (0.0, 0.5, 1.0):
        _write(sheet, f"{share * end_s:.0f} s", (round(_LEFT + share * (_RIGHT - _LEFT)) - 12, bottom + 18), 13, _SOFT)
    if heads:
        _write(sheet, "worth a look", (24, bottom + 46), 15, _INK)
    for number, (name, at_s, head) in enumerate(heads):
        left, place = 24 + number * (_HEAD_PX + 3), bottom + 56
        sheet[place : place + head.shape[0], left : left + head.shape[1]] = head
        _write(sheet, name, (left, place + _HEAD_PX + 16), 11, _SOFT)
        _write(sheet, f"{at_s:.1f} s", (left, place + _HEAD_PX + 32), 12, _SOFT)
    return sheet


def choose_heads(findings: Findings) -> list[tuple[str, float, Pixels]]:
    """Return title, second and head of the signs that speak most, at most six."""
    ranked = sorted(findings.measured, key=lambda finding: -_ratio(finding.typical))
    heads = []
    for finding in ranked[:_HEADS]:
        found = findings.find_picture(finding)
        if found is not None:
            second, crop = found
            scale = _HEAD_PX / max(crop.shape[:2])
            heads.append((finding.sign.title, second, np.asarray(cv2.resize(crop, None, fx=scale, fy=scale), np.uint8)))
    return heads


def _ratio(window: WindowFinding | None) -> float:
    return 1.0 if window is None or window.ratio is None else window.ratio.value


def colour_of(ratio: float) -> Colour:
    """Return BGR of a likelihood ratio: white for 1, full at ten and a tenth."""
    share = float(np.clip(np.log10(max(ratio, 1e-6)), -1, 1))
    full = _ALTERED if share > 0 else _UNTOUCHED
    blue, green, red = np.rint(255 + (full - 255) * abs(share)).astype(int).tolist()
    return blue, green, red


def _cell(sheet: Pixels, window: WindowFinding, end_s: float, top: int) -> None:
    if window.value is None:
        return
    left, right = (round(_LEFT + at_s / end_s * (_RIGHT - _LEFT)) for at_s in (window.begin_s, window.end_s))
    right = max(right, left + 4)
    cv2.rectangle(sheet, (left, top + 4), (right, top + _ROW - 4), colour_of(_ratio(window)), cv2.FILLED)
    cv2.rectangle(sheet, (left, top + 4), (right, top + _ROW - 4), _SOFT, 1)
    if window.unusual:
        cv2.circle(sheet, ((left + right) // 2, top + _ROW // 2), 5, _INK, cv2.FILLED, cv2.LINE_AA)


def _write(sheet: Pixels, text: str, at_xy: tuple[int, int], height_px: int, colour: Colour) -> None:
    cv2.putText(sheet, text, at_xy, colour, cv2.FontFace("sans"), height_px, 400)
