"""The studio in Debian's Chromium.

A server of its own, a fake camera and microphone; skipped where there is none.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AXE = ROOT / "build" / "axe-core" / "node_modules" / "axe-core" / "axe.min.js"
SEEN = ROOT / "build" / "browser"
"""A picture of the page of every test that failed."""
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
LOOK_MS = 50
MAIN = "import sys; from livecam.cli import main; sys.exit(main())"
WAIT_MS = 120_000
"""A guard against hanging, not a promise: the tests pass at a load of ten."""


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.long)
            item.add_marker(pytest.mark.alone)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed and (page := item.funcargs.get("page")):
        SEEN.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SEEN / f"{item.name}.png")
    return report


class RunningStudio:
    """A studio in a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [
            sys.executable,
            "-c",
            MAIN,
            "studio",
            "--no-open",
            "--port",
            "0",
            "--data-folder",
            str(folder),
            *words,
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.origin, _, self.token = self.address.partition("/#token=")

    def call(self, method: str, path: str, body: object = None) -> object:
        """Ask the API as a program does."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.origin}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=WAIT_MS / 1000) as answer:
            return json.loads(answer.read() or b"null")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(60)
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with closing(RunningStudio(tmp_path_factory.mktemp("data"))) as studio:
        yield studio


@pytest.fixture(scope="session")
def chromium():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("chromium is not installed: scripts/test-browser --install-only")
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    if hasattr(os, "getuid") and os.getuid() == 0:
        flags.append("--no-sandbox")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, running):
    """Return a fresh browser that has opened the address which the studio printed.

    Any error of the page fails the test. What a test left running does not reach the next one.
    """
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", accept_downloads=True)
    context.set_default_timeout(WAIT_MS)
    opened = context.new_page()
    errors, foreign = [], []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda request: foreign.append(request.url))
    # With a listener a choice of files is intercepted from the beginning, not once a test waits for one.
    opened.on("filechooser", lambda chooser: None)
    opened.goto(running.address)
    opened.wait_for_selector("main h1")
    yield opened
    context.close()
    running.call("DELETE", "/live")
    running.call("POST", "/queue/resume")
    assert not errors
    assert all(url.startswith((running.origin, "blob:", "data:")) for url in foreign), foreign


@pytest.fixture(scope="session")
def axe():
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: scripts/test-browser --install-only")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def photo(tmp_path_factory) -> Path:
    """Return the photo of a face that belongs to no one."""
    import cv2

    from livecam.personas.built_in import open_builtin

    path = tmp_path_factory.mktemp("photo") / "me.png"
    cv2.imwrite(str(path), open_builtin("robin").photo.pixels)
    return path


@pytest.fixture(scope="session")
def second_photo(tmp_path_factory) -> Path:
    """Return the photo of another such face."""
    import cv2

    from livecam.personas.built_in import open_builtin

    path = tmp_path_factory.mktemp("second-photo") / "guest.png"
    cv2.imwrite(str(path), open_builtin("sasha").photo.pixels)
    return path


@pytest.fixture(scope="session")
def clips(tmp_path_factory) -> list[Path]:
    """Three short clips of the sample's face."""
    import av

    from livecam.devices.media.sample import open_sample

    folder, found = tmp_path_factory.mktemp("clips"), []
    for number in range(3):
        reel = open_sample((320, 180))
        path = folder / f"clip-{number}.mp4"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=30, width=320, height=180, pix_fmt="yuv420p")
            for _ in range(20):
                reel.grab()
                frame = av.VideoFrame.from_ndarray(reel.retrieve(), format="bgr24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
        reel.close()
        found.append(path)
    return found


def until(page, expression: str) -> None:
    """Wait for an expression of the page; Playwright's own way needs `eval`, which the page's policy forbids."""
    for _ in range(WAIT_MS // LOOK_MS):
        if page.evaluate(f"() => Boolean({expression})"):
            return
        page.wait_for_timeout(LOOK_MS)
    raise AssertionError(f"never true: {expression}")


def go(page, name: str) -> None:
    """Open a page of the studio."""
    page.evaluate(f"location.hash = '{name}'")
    until(page, f"document.querySelector('a[aria-current=page]')?.hash === '#{name}'")


def violations(page, axe: str) -> list[object]:
    """Return what axe finds."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(each["id"], [node["html"][:150] for node in each["nodes"][:3]]) for each in found]
