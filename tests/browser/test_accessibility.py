"""axe finds nothing on any page, light and dark, narrow and wide.

Nothing scrolls sideways; the page stays small.
"""

import gzip
from pathlib import Path

import pytest

from tests.browser.conftest import until

PAGES = ("live", "personas", "voices", "convert", "library", "verify", "machine", "settings")


@pytest.fixture(scope="module")
def axe():
    package = pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    return (Path(package.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page, axe):
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(each["id"], [node["html"][:150] for node in each["nodes"][:3]]) for each in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1440])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(page, axe, theme, width):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for name in PAGES:
        page.evaluate(f"location.hash = '{name}'")
        until(page, f"document.querySelector('a[aria-current=page]')?.hash === '#{name}'")
        page.wait_for_load_state("networkidle") if name == "verify" else page.wait_for_selector("h1")
        found[name] = violations(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert not any(found.values()), found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_dialog_or_on_the_camera_page(page, axe, running, theme):
    page.emulate_media(color_scheme=theme)
    page.evaluate("location.hash = 'personas'")
    page.click("button:has-text('Add a persona')")
    page.wait_for_selector("dialog[open]")
    assert not violations(page, axe)
    page.goto(f"{running.origin}/camera")
    page.wait_for_selector("h1")
    assert not violations(page, axe)


def test_the_scripts_of_the_page_are_small():
    folder = Path(__file__).parents[2] / "livecam" / "studio" / "static"
    scripts = [path for path in folder.rglob("*.js") if path.parent.name != "i18n"]
    one_language = max((len(gzip.compress(path.read_bytes(), 9)) for path in folder.glob("js/i18n/*.js")), default=0)
    total = sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) + one_language
    assert total <= 80_000
