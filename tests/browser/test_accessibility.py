"""axe finds nothing on any page, light and dark, narrow and wide.

Nothing scrolls sideways; the page stays small.
"""

import gzip
from pathlib import Path

import pytest

from tests.browser.conftest import go, violations
from tests.browser.test_first import test_axe_finds_nothing_and_nothing_scrolls_sideways as look_at_all


@pytest.mark.parametrize(("theme", "width"), [("light", 320), ("dark", 1440), ("light", 768), ("dark", 768)])
def test_axe_finds_nothing_at_the_other_widths(page, axe, theme, width):
    look_at_all(page, axe, theme, width)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_dialog_or_on_the_camera_page(page, axe, running, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    go(page, "personas")
    page.click("button:has-text('Add a persona')")
    page.wait_for_selector("dialog[open]")
    assert not violations(page, axe)
    page.goto(f"{running.origin}/camera")
    page.wait_for_selector("h1")
    assert not violations(page, axe)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_while_a_session_runs(page, axe, theme):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.click("main .top button:has-text('Start')")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("text=How it runs")
    assert not violations(page, axe)


def test_the_scripts_of_the_page_are_small():
    folder = Path(__file__).parents[2] / "livecam" / "studio" / "static"
    scripts = [path for path in folder.rglob("*.js") if path.parent.name != "i18n"]
    one_language = max((len(gzip.compress(path.read_bytes(), 9)) for path in folder.glob("js/i18n/*.js")), default=0)
    total = sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) + one_language
    assert total <= 80_000
