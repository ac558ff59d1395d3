"""Measure how the cost of a frame scales, with fitted slopes.

It varies the size of the picture, the size of the face, the number of faces and the rate.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

import cv2
import numpy as np

from livecam.bench.paced import measure_paced
from livecam.bench.pictures import P720, P1080, Case, Size, preload
from livecam.bench.run import open_bench_parts
from livecam.bench.unpaced import measure_unpaced
from livecam.config.settings import Settings
from livecam.core.face import FaceBox
from livecam.core.files.own_files import MADE_BY
from livecam.core.frame import Frame, Pixels
from livecam.core.report import SCHEMA
from livecam.devices.media.sample import load_sample_scenes
from livecam.devices.sink import open_sink
from livecam.host.machine import describe_machine

FRAMES, PACED_S = 90, 5.0
_SIZES = (Size("360p", (640, 360)), P720, P1080, Size("1440p", (2560, 1440)))
_FACE_PX = 200
_FACES_PX = (100, 200, 300, 400, 500)
_COUNTS, _MANY_FACE_PX, _ACROSS = (1, 2, 4, 8), 150, 4
_RATES_HZ = (15.0, 30.0, 60.0)

Tile = tuple[int, int, int, int]
"""Left, top, width and height in pixels."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Cost as a function of one quantity, and its linear fit.

    Attributes:
        of: What is varied.
        unit: One step of it.
        cost: Unit of the measurement: milliseconds of processor time per frame, or percent of one core, live.
        points: (quantity in units, cost).
        slope: Cost per unit.
        start: Cost at zero.
        explained: 0..1 share of the variance the line explains (R squared).
    """

    of: str
    unit: str
    cost: str
    points: Sequence[tuple[float, float]]
    slope: float
    start: float
    explained: float


def fit_line(of: str, unit: str, cost: str, points: Sequence[tuple[float, float]]) -> Growth:
    """Fit a line to at least two points."""
    x, y = np.array(points).T
    slope, start = np.polyfit(x, y, 1)
    rest, spread = y - (slope * x + start), y - y.mean()
    explained = 1 - float(rest @ rest) / float(spread @ spread) if spread.any() else 1.0
    return Growth(of, unit, cost, points, round(float(slope), 3), round(float(start), 2), round(explained, 3))


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """Every fitted line, and the machine it was measured on."""

    lines: Sequence[Growth]
    machine: dict[str, object] = field(default_factory=describe_machine)

    def to_json(self) -> str:
        """Return one object: schema, machine, lines."""
        shown = {
            "schema": SCHEMA,
            **MADE_BY,
            "machine": self.machine,
            "lines": [asdict(growth) for growth in self.lines],
        }
        return json.dumps(shown, indent=2)


def run_growth(settings: Settings, tell: Callable[[str], None]) -> GrowthResult:
    """Measure; call `tell` with what is measured next.

    Costs of frames are processor time of all threads.

    Raises:
        LivecamError: What a session raises.
    """
    parts = open_bench_parts(settings)
    still = load_sample_scenes()["still"]
    head = preload("sample", P720.size_wh, len(still), still.start)
    box = parts.finder.detect(Frame(head[0], 0, 0))[0]

    def cost(name: str, size: Size, pictures: list[Pixels]) -> float:
        tell(name)
        used = replace(parts, sink=open_sink("null", size.size_wh, settings.fps))
        return measure_unpaced(settings, used, pictures, Case(name, size), FRAMES).cpu_ms["whole"]

    def lone(size: Size, face_px: int) -> float:
        pictures = [place_person(p, box, size.size_wh, [(0, 0, *size.size_wh)], face_px) for p in head]
        return cost(f"a face of {face_px} px at {size.name}", size, pictures)

    def many(count: int) -> float:
        tiles = make_grid(P1080.size_wh)[:count]
        pictures = [place_person(p, box, P1080.size_wh, tiles, _MANY_FACE_PX) for p in head]
        return cost(f"{count} faces", P1080, pictures)

    settings = replace(settings, faces="all")
    try:
        sizes = [(s.size_wh[0] * s.size_wh[1] / 1e6, lone(s, _FACE_PX)) for s in _SIZES]
        faces = [(px / 100, lone(P1080, px)) for px in _FACES_PX]
        counts = [(float(count), many(count)) for count in _COUNTS]
    finally:
        parts.close()
    rates = []
    for rate_hz in _RATES_HZ:
        tell(f"{rate_hz:g} frames a second")
        at_rate = replace(settings, fps=rate_hz)
        report = measure_paced(at_rate, open_bench_parts(at_rate), head, PACED_S)
        rates.append((rate_hz, report.cpu_percent_of_one_core))
    ms = "ms"
    return GrowthResult([
        fit_line(f"the picture (a face of {_FACE_PX} px)", "million pixels", ms, sizes),
        fit_line("the face (at 1080p)", "100 px of height", ms, faces),
        fit_line(f"the number of faces ({_MANY_FACE_PX} px each, at 1080p)", "face", ms, counts),
        fit_line("the rate (live at 720p)", "frame a second", "% of a core", rates),
    ])  # fmt: skip


def place_person(head: Pixels, box: FaceBox, size_wh: tuple[int, int], tiles: Sequence[Tile], face_px: int) -> Pixels:
    """Return a picture (h, w, 3) with the person in the middle of every tile.

    The face box has the given height.
    """
    width, height = size_wh
    out = np.full((height, width, 3), cv2.mean(head)[:3], np.uint8)
    left, top, right, bottom = box.box_xyxy
    scale = face_px / float(bottom - top)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    for x, y, w, h in tiles:
        shift_x, shift_y = w / 2 - scale * (left + right) / 2, h / 2 - scale * (top + bottom) / 2
        matrix = np.array([[scale, 0, shift_x], [0, scale, shift_y]], np.float32)
        out[y : y + h, x : x + w] = cv2.warpAffine(head, matrix, (w, h), flags=way, borderMode=cv2.BORDER_REPLICATE)
    return out


def make_grid(size_wh: tuple[int, int]) -> list[Tile]:
    """Return two rows of equal tiles over the picture."""
    w, h = size_wh[0] // _ACROSS, size_wh[1] // 2
    return [(column * w, row * h, w, h) for row in (0, 1) for column in range(_ACROSS)]
