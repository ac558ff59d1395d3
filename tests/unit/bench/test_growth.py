"""Lines through costs, and the pictures they are measured on."""

import json
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

from livecam.bench.growth import GrowthResult, fit_line, make_grid, place_person
from livecam.cli.endurance_command import show_growth
from livecam.core.face import FaceBox


def head() -> tuple[np.ndarray, FaceBox]:
    """A white block of 40 by 60 for a face, on grey."""
    picture = np.full((120, 160, 3), 90, np.uint8)
    picture[30:90, 60:100] = 255
    return picture, FaceBox(np.float32([60, 30, 100, 90]), np.zeros((5, 2), np.float32), 1.0)


def test_a_line_is_found_and_says_how_much_it_explains() -> None:
    growth = fit_line("faces", "face", "ms", [(1, 5.0), (2, 7.0), (4, 11.0)])
    assert (growth.slope, growth.start, growth.explained) == (2.0, 3.0, 1.0)
    bent = fit_line("faces", "face", "ms", [(1, 1.0), (2, 4.0), (4, 16.0), (8, 64.0)])
    assert 0.8 < bent.explained < 0.99


def test_a_cost_that_does_not_grow_is_a_level_line() -> None:
    flat = fit_line("faces", "face", "ms", [(1, 3.0), (2, 3.0)])
    assert (flat.slope, flat.start, flat.explained) == (0.0, 3.0, 1.0)


@pytest.mark.parametrize("face_px", [30, 90])
def test_a_face_gets_the_height_asked_for_in_the_middle(face_px: int) -> None:
    picture, box = head()
    out = place_person(picture, box, (320, 240), [(0, 0, 320, 240)], face_px)
    rows, columns = np.nonzero(out[..., 0] > 200)
    assert np.ptp(rows) + 1 == pytest.approx(face_px, abs=2)
    assert (rows.mean(), columns.mean()) == (pytest.approx(120, abs=2), pytest.approx(160, abs=2))


def test_there_are_as_many_people_as_tiles() -> None:
    picture, box = head()
    tiles = make_grid((800, 400))
    assert len(tiles) == 8
    out = place_person(picture, box, (800, 400), tiles[:5], 60)
    shown = [bool((out[y : y + h, x : x + w] == 255).any()) for x, y, w, h in tiles]
    assert shown == [True] * 5 + [False] * 3


def test_the_result_is_shown_and_written() -> None:
    result = GrowthResult([fit_line("the face", "100 px", "ms", [(1, 5.0), (2, 7.0)])], {"cpu": "x"})
    console = Console(file=StringIO(), width=100)
    show_growth(result.lines, console)
    assert "+2.00 ms per 100 px" in console.file.getvalue()  # type: ignore[attr-defined]
    assert json.loads(result.to_json())["lines"][0]["slope"] == 2.0
