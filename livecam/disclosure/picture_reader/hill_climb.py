"""Climb from a place to the best one near it."""

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.disclosure.picture_reader.carrier_detection import Wave, Waves, Window
from livecam.disclosure.picture_reader.decoding import Decision, decode, find_turns, score_places
from livecam.disclosure.picture_reader.place import CellReader, Place

_FIRST_STEP_PX, _LAST_STEP_PX = 3.0, 0.4

Found = tuple[Decision, Place]


class CellAnswers:
    """A window's responses to the two chips at every place, by cell size.

    Attributes:
        waves: (overtones, parts, h, w) complex64, the window's swings.
        parts: (parts, h, w) complex64, those at the carrier.
        whole: (1, h, w) complex64, the sum of these.
    """

    def __init__(self, window: Window) -> None:
        self.waves: Waves = window.waves
        self.parts: Waves = window.waves[0]
        self.whole: Waves = self.parts.sum(0, keepdims=True)
        self._made: dict[tuple[int, int, int], list[NDArray[np.float32]]] = {}

    def of(self, waves: Waves, like: Place, reader: CellReader) -> list[NDArray[np.float32]]:
        """Return every map's answers to chips of the size they have at a place.

        `waves`: `parts` or `whole`.

        Returns:
            Per map (h, w, 4) float32: real and imaginary answer to the upright chip, then to the lying one.
        """
        columns, rows = reader.plan.grid_wh
        key = len(waves), round(4 * like.width / columns), round(4 * like.height / rows)
        if key not in self._made:
            self._made[key] = [_answers(wave, key[1] / 4, key[2] / 4) for wave in waves]
        return self._made[key]


def read_cells(answers: list[NDArray[np.float32]], places: list[Place], reader: CellReader) -> Waves:
    """Return (places, maps, rows, columns) complex64.

    It is what `CellReader.cells` reads, computed from answers.
    """
    columns, rows = reader.plan.grid_wh
    read = np.empty((len(places), len(answers), rows, columns, 4), np.float32)
    for into, place in zip(read, places, strict=True):
        matrix = place.matrix(columns, rows)
        for part, answer in zip(into, answers, strict=True):
            cv2.warpAffine(answer, matrix, (columns, rows), dst=part, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    both = read.view(np.complex64)
    mirrored = np.array([-1 if place.mirrored else 1 for place in places], np.float32)[:, None, None, None]
    return np.asarray(np.where(reader.plan.upright, both[..., 0] * mirrored, both[..., 1]) * reader.plan.sign)


def refine(answers: CellAnswers, reader: CellReader, place: Place) -> tuple[float, Place]:
    """Climb from a place to the best one near it.

    Returns:
        Its score at the carrier, by chips of the initial size, and the place.
    """
    parts = answers.of(answers.parts, place, reader)
    turns = find_turns(len(parts), decode(read_cells(parts, [place], reader), reader.plan).drift)
    # The answers are complex numbers side by side: the parts are added as such, with the carrier's drift.
    together = sum(part.view(np.complex64) * turn for part, turn in zip(parts, turns, strict=True))
    here = [np.ascontiguousarray(together, np.complex64).view(np.float32)]
    best, step, known = place, _FIRST_STEP_PX, -1.0
    while step >= _LAST_STEP_PX:
        near = [best, *_around(best, step)]
        scores = score_places(read_cells(here, near, reader)[:, 0], reader.plan)
        known = max(known, float(scores[0]))
        nearest = int(np.argmax(scores))
        if scores[nearest] > known:
            best, known = near[nearest], float(scores[nearest])
        else:
            step /= 2
    return known, best


def _around(place: Place, step: float) -> list[Place]:
    """Return each edge, and each pair of opposite edges, moved by a step."""
    left, top, width, height = place.left, place.top, place.width, place.height
    return [
        moved
        for by in (-step, step)
        for moved in (
            place.exchange(left + by, top, width, height),
            place.exchange(left, top + by, width, height),
            place.exchange(left - by, top, width + 2 * by, height),
            place.exchange(left, top - by, width, height + 2 * by),
            place.exchange(left - by, top - by * height / width, width + 2 * by, height * (width + 2 * by) / width),
        )
    ]


def _answers(wave: Wave, cell_w: float, cell_h: float) -> NDArray[np.float32]:
    halves = [np.ascontiguousarray(half) for half in (wave.real, wave.imag)]
    across, along_w = _chip(cell_w)
    down, along_h = _chip(cell_h)
    chips = ((across, along_h), (along_w, down))
    answers = [
        cv2.sepFilter2D(half, cv2.CV_32F, in_x, in_y, borderType=cv2.BORDER_CONSTANT)
        for in_x, in_y in chips
        for half in halves
    ]
    return np.stack(answers, axis=2)


def _chip(cell_px: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return a wave across a cell and half a wave along it, around the cell's middle."""
    reach = int(cell_px / 2)
    place = np.arange(-reach, reach + 1, dtype=np.float32) / np.float32(cell_px)
    return -np.sin(2 * np.pi * place), np.cos(np.pi * place)
