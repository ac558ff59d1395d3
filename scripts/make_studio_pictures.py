"""Write docs/pictures/studio-*.png: the studio's pages in Chromium, with the sample clip and built-in faces only.

With a folder, it writes studio-training.png alone: the folder has the drawn people of `training.synthetic.pair`, as
`persona.mp4` and `operator.mp4`.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

OUT = Path(__file__).parents[1] / "docs" / "pictures"
MAIN = "import sys; from livecam.cli import main; sys.exit(main())"
WAIT_MS = 120_000


def main() -> None:
    folder, people = tempfile.mkdtemp(), Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if people is not None:
        enrol(people, folder)
    words = [sys.executable, "-c", MAIN, "studio", "--no-open", "--port", "0", "--data-folder", folder]
    studio = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    try:
        address = studio.stdout.readline().strip()
        make(address) if people is None else make_training(address)
    finally:
        studio.terminate()
        studio.wait()
        shutil.rmtree(folder, ignore_errors=True)


def make(address: str) -> None:
    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
        page.set_default_timeout(WAIT_MS)
        page.goto(address)
        page.click("button:has-text('Start')")
        until(page, "Number(document.querySelector('canvas')?.dataset.number) > 200")
        until(page, "[...document.images].every(image => image.complete)")
        page.screenshot(path=OUT / "studio-live.png")
        page.click("main .top button:has-text('Stop')")
        page.wait_for_selector("text=Nothing is on air")
        for name in ("personas", "convert"):
            page.evaluate(f"location.hash = '{name}'")
            page.wait_for_selector("h2")
            until(page, "document.images.length > 4 && [...document.images].every(image => image.complete)")
            page.screenshot(path=OUT / f"studio-{name}.png")
        browser.close()


def enrol(people: Path, folder: str) -> None:
    """Add the drawn persona, and enrol both people."""
    consent = ["--consent", "synthetic", "--data-folder", folder]
    for words in (
        ["persona", "add", str(people / "persona.mp4")],
        ["train", "enrol", "persona", "--clip", str(people / "persona.mp4")],
        ["train", "enrol", "operator", "--clip", str(people / "operator.mp4")],
    ):
        subprocess.run([sys.executable, "-c", MAIN, *words, *consent], check=True)


def make_training(address: str) -> None:
    with sync_playwright() as playwright:
        flags = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = browser.new_page(viewport={"width": 1280, "height": 1080}, locale="en-GB")
        page.set_default_timeout(WAIT_MS)
        page.goto(address)
        page.wait_for_selector("main h1")
        page.evaluate("location.hash = 'training'")
        page.click("button:has-text('Train persona')")
        page.select_option("dialog select", "operator")
        page.fill("dialog input[type=number]", "0")
        page.click("dialog button:has-text('Start the training')")
        until(page, "document.querySelector('li[data-kind=train][data-state=done]')")
        until(page, "document.querySelector('figure.sheet img')?.naturalWidth > 500")
        page.screenshot(path=OUT / "studio-training.png")
        browser.close()


def until(page: Page, expression: str) -> None:
    """Wait for an expression; Playwright's own way needs `eval`, which the page's policy forbids."""
    while not page.evaluate(f"() => Boolean({expression})"):
        page.wait_for_timeout(100)


if __name__ == "__main__":
    main()
