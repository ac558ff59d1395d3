"""A labelled sheet of pictures before and after."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from livecam.core.errors import OutputError
from livecam.core.files.writing import write_whole
from livecam.core.frame import Frame, MarkedFrame, Pixels
from livecam.core.label import Label
from livecam.core.payload import MarkPayload
from livecam.core.png_text import XMP, add_png_texts, make_source_xmp
from livecam.devices.media.tags import written
from livecam.provenance.sign_outputs import add_manifest
from livecam.provenance.statement import SOURCE_TYPES, label_of_all

BEFORE: Final = "before: camera (synthetic person)"
AFTER: Final = "after: {} by livecam"
_SAYS: Final[Mapping[Label, str]] = {
    Label.MODIFIED: "AI-modified picture: the right half is altered by livecam",
    Label.GENERATED: "AI-generated picture: the right half is drawn by livecam",
}
_LEFT_HALF: Final = "the left half shows a synthetic person"
LABEL_HEIGHT_PX: Final = 36
_CELL_WIDTH_PX = 640
_GAP_PX = 8
_WHITE, _INK = (255, 255, 255), (30, 30, 30)


def sheet(pairs: Sequence[tuple[Frame, MarkedFrame]], label: Label = Label.MODIFIED) -> Pixels:
    """Draw a line of labels, then one row per pair.

    A row has the camera's picture and the marked picture that was shown for it.

    Returns:
        (height, 2 * 640 + gap, 3) uint8 BGR, newly allocated.
    """
    rows = [_row(before.pixels, after.pixels) for before, after in pairs]
    gap = np.full((_GAP_PX, rows[0].shape[1], 3), 255, np.uint8)
    return np.concatenate([_labels(rows[0].shape[1], label), *[part for row in rows for part in (row, gap)][:-1]])


def write_sheet(
    pairs: Sequence[tuple[Frame, MarkedFrame]], path: Path, payloads: Sequence[MarkPayload], folder: Path | None
) -> str | None:
    """Write the sheet as a PNG file that says what it is.

    The metadata and a signed C2PA manifest say so.

    Args:
        pairs: What is shown.
        path: Where it is written.
        payloads: What the marks of the pictures say.
        folder: Where this installation keeps its data.

    Returns:
        Why it is not signed, in one line; None where it is.

    Raises:
        OutputError: The file cannot be written.
    """
    label = label_of_all(payloads)
    texts = {**written(label), "comment": f"{_SAYS[label]}, {_LEFT_HALF}", XMP: make_source_xmp(SOURCE_TYPES[label])}
    write_whole(path, add_png_texts(cv2.imencode(".png", sheet(pairs, label))[1].tobytes(), texts))
    try:
        add_manifest(path, payloads, folder)
    except OutputError as error:
        return str(error)
    return None


def _labels(width_px: int, label: Label) -> Pixels:
    """Draw the labels over the two columns."""
    line = np.full((LABEL_HEIGHT_PX, width_px, 3), _WHITE, np.uint8)
    for text, left_px in ((BEFORE, _GAP_PX), (AFTER.format(label), _CELL_WIDTH_PX + 2 * _GAP_PX)):
        place = (left_px, LABEL_HEIGHT_PX - 11)
        cv2.putText(line, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.75, _INK, 2, cv2.LINE_AA)
    return line


def _row(before: Pixels, after: Pixels) -> Pixels:
    height_px = round(_CELL_WIDTH_PX * after.shape[0] / after.shape[1])
    cells = [
        cv2.resize(pixels, (_CELL_WIDTH_PX, height_px), interpolation=cv2.INTER_AREA) for pixels in (before, after)
    ]
    gap = np.full((height_px, _GAP_PX, 3), 255, np.uint8)
    return np.concatenate([cells[0], gap, cells[1]], axis=1)
