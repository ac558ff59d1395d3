"""The page: whole, self-contained, and with every figure in it."""

from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from livecam.bench.paced import Live
from livecam.bench.page import make_page
from livecam.bench.pictures import SIZES
from livecam.bench.run import BenchResult
from livecam.bench.startup import Startup
from livecam.bench.svg import histogram, timeline, waterfall
from livecam.bench.unpaced import Unpaced
from livecam.core.report import FrameCounts, Report

THREE = {"p50": 12.5, "p95": 18.25, "p99": 22.0}
UNPACED = Unpaced(
    SIZES[1], 323, 300, 2, {}, {"whole": [], "floor": []}, THREE, {"find": THREE, "render": THREE}, THREE, 3.41, 80.0,
    {}, {"whole": 14.9, "floor": 4.2}, 3.5,
)  # fmt: skip
REPORT = Report(
    frames=FrameCounts(late=1, held=3),
    seconds=10,
    fps=29.9,
    latency_ms=THREE,
    reasons={"in time": 290, "<no face>": 7},
)
LIVE = Live(REPORT, [(0.0, 0.0, False), (2.0, 18.0, True), (2.033, 51.0, False), (2.066, 19.0, True)], 6.5)
MACHINE = {"cpu": "Chip & <Co>", "cores": 2, "load_1min": 0.1, "system": "Linux", "python": "3.11"}


class Fetches(HTMLParser):
    """Collects whatever would be loaded from elsewhere."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [str(value) for name, value in attrs if name in ("src", "href", "data")]


def test_the_page_needs_nothing_else_and_shows_every_figure():
    text = make_page(BenchResult({}, [UNPACED], LIVE, Startup(1100.0, 261.0), MACHINE))
    assert Fetches(text).found == []
    assert "url(" not in text
    for words in (
        "Chip &amp; &lt;Co&gt;",
        "323 px",
        "3.41",
        "29.9 frames",
        "6.5 W",
        "&lt;no face&gt;",
        "1.10 s",
        "261 MiB",
    ):
        assert words in text
    assert text.count("<svg") == 3


def test_a_page_without_a_live_session_is_whole():
    text = make_page(BenchResult({}, [], None, None, MACHINE))
    assert "<svg" not in text
    assert text.endswith("</html>\n")


def circles(svg: str, tag: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(tag))


def test_a_histogram_counts_every_value():
    svg = histogram([1.0, 1.0, 2.0, 900.0], "ms", {"p50": 1.0})
    counts = [int(str(title.text).rpartition(" ")[2]) for title in circles(svg, "title")]
    assert sum(counts) == 4
    assert "p50 1.0 ms" in svg


def test_a_timeline_has_a_dot_a_picture_and_a_stroke_a_repeat():
    svg = timeline([(1.0, 20.0), (2.0, 40.0)], [1.5], 33.3, "ms")
    dots = circles(svg, "circle")
    assert [float(dot.attrib["cx"]) for dot in dots] == sorted(float(dot.attrib["cx"]) for dot in dots)
    assert float(dots[0].attrib["cy"]) > float(dots[1].attrib["cy"])  # later is higher up
    assert svg.count('class="held"') == 1


def test_bars_of_a_waterfall_are_as_long_as_their_times():
    svg = waterfall({"720p": {"find": 5.0, "render": 10.0}}, 33.3, "ms")
    find, render = (float(bar.attrib["width"]) + 1 for bar in circles(svg, "rect"))
    assert render == pytest.approx(2 * find, rel=0.02)
