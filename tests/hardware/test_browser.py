"""Chromium as the meeting program: it finds the camera by its name and sees its pictures."""

import json
import os
import shutil
import signal
import subprocess
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from livecam.devices import open_sink
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.disclosure.picture import Marker
from tests.hardware.client import CLOCK, numbered, until
from tests.hardware.conftest import absent

SIZE_WH = (640, 360)
PAGE = Path(__file__).with_name("browser_page.html")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-proxy-server",
    "--no-first-run",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
PERIOD_NS = 66_000_000


class Page(BaseHTTPRequestHandler):
    """Serves the page and keeps what it posts."""

    results: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 404)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        if self.path == "/":
            self.wfile.write(PAGE.read_bytes())

    def do_POST(self) -> None:
        self.results.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.mark.slow
def test_a_browser_finds_livecam_by_name_and_sees_rising_numbers(loopback: VideoDevice, tmp_path: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        absent("no browser")
    Page.results.clear()
    marker, number = Marker(SIZE_WH), 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server, closing(open_sink("auto", SIZE_WH, 15.0)) as sink:
        Thread(target=server.serve_forever, daemon=True).start()

        def answered() -> bool:
            nonlocal number
            number += 1
            sink.send(numbered(marker, SIZE_WH, number))
            CLOCK.sleep_until_ns(CLOCK.now_ns() + PERIOD_NS)
            return bool(Page.results)

        address = f"http://127.0.0.1:{server.server_port}/"
        with subprocess.Popen(
            [chromium, *FLAGS, f"--user-data-dir={tmp_path}", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as browser:
            came = until(answered, within_s=420)
            os.killpg(browser.pid, signal.SIGKILL)
        server.shutdown()
    assert came, "the page did not answer"
    (result,) = Page.results
    assert "error" not in result, result["error"]
    assert result["label"].startswith("livecam")
    assert (result["width"], result["height"]) == SIZE_WH
    assert result["numbers"] == sorted(result["numbers"])
    assert 0 < result["numbers"][0] < result["numbers"][-1] <= number
