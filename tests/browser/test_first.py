"""The few tests of the page that must pass in CI: the first run, and axe once in each theme."""

import pytest

from tests.browser.conftest import go, until, violations

PAGES = ("live", "personas", "voices", "training", "convert", "library", "verify", "machine", "settings")


def test_first_run_without_a_camera_shows_the_sample_as_a_persona(page):
    assert page.title() == "Live · livecam studio"
    assert "#token" not in page.url
    page.click("button:has-text('Start')")
    page.wait_for_selector("canvas[data-number]")
    page.wait_for_selector("text=How it runs")
    page.click("main .top button:has-text('Stop')")
    page.wait_for_selector("text=Nothing is on air")


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 320)])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, axe, theme, width):
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name in PAGES:
        go(page, name)
        until(page, "!document.querySelector('main [role=status].waits')")
        found[name] = violations(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert not any(found.values()), found
