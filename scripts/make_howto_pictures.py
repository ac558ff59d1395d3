"""The pictures of docs/howto/: Chromium on a page of our own, and a terminal, both with the real virtual camera.

    python -m scripts.make_howto_pictures [--into docs/howto/pictures] [--only NAME]

They are taken in the guest of the tests on real drivers (best the one that is a process: `python -m tests.hardware.vm
build --native`), from a screen in memory. Needs (Debian) chromium, xvfb, xterm, xdotool, fonts-dejavu-core. The person
before the camera is the built-in sample, the persona is robin: neither exists.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import cv2
import mss
import numpy as np

from livecam.devices.cameras import loopbacks
from livecam.devices.v4l2 import formats
from tests.hardware.client import CLOCK, until
from tests.hardware.drivers import IN_GUEST, load_loopback, loopback_versions
from tests.hardware.obs_program import screen

LIVECAM = Path(sys.executable).with_name("livecam")
PAGE = Path(__file__).with_name("howto_page.html")
SCREEN_WH = (1010, 560)
OUT = Path("/run/livecam-vm/out")
PATIENCE_S = 240
CHROMIUM = (
    "chromium",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--no-proxy-server",
    "--test-type",
    "--use-fake-ui-for-media-stream",  # says yes for the user
    "--window-position=0,0",
    f"--window-size={SCREEN_WH[0]},{SCREEN_WH[1]}",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--into", type=Path, default=Path("docs/howto/pictures"))
    parser.add_argument("--only", choices=("linux-doctor", "chromium-shows"))
    asked = parser.parse_args()
    if IN_GUEST:
        take(asked.only)
        return
    guest = [sys.executable, "-m", "tests.hardware.vm", "run", "--out", str(asked.into), "--limit-s", "1200", "--"]
    only = ["--only", asked.only] if asked.only else []
    subprocess.run([*guest, sys.executable, "-m", "scripts.make_howto_pictures", *only], check=True)


def take(only: str | None) -> None:
    """One or all of them, into the guest's way out for files."""
    load_loopback(loopback_versions()[0])
    with screen(SCREEN_WH) as display, tempfile.TemporaryDirectory() as folder:
        if only != "chromium-shows":
            terminal(display)
        if only != "linux-doctor":
            with livecam_running(), served() as (address, heard):
                browser(display, address, heard, Path(folder))


@contextmanager
def livecam_running() -> Iterator[None]:
    command = [LIVECAM, "run", "--persona", "robin", "--camera", "sample", "--size", "640x360", "--sink", "virtualcam"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as livecam:
        try:
            wait(20)  # who looks at the device before its first picture keeps livecam out
            assert until(lambda: bool(formats(loopbacks()[0].path)), PATIENCE_S)
            yield
        finally:
            livecam.terminate()


@contextmanager
def served() -> Iterator[tuple[str, list[str]]]:
    """The page's address, and what it says."""
    heard: list[str] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(PAGE.read_bytes())

        def do_POST(self) -> None:
            heard.append(self.path[1:])
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", heard
        server.shutdown()


def browser(display: str, address: str, heard: list[str], folder: Path) -> None:
    """Chromium, which was allowed the camera, lists and shows it."""
    with shown([*CHROMIUM, f"--user-data-dir={folder}", address], display):
        assert until(lambda: "playing" in heard, PATIENCE_S), heard
        wait(4)
        keep(display, "chromium-shows.jpg")


def terminal(display: str) -> None:
    """What the doctor says, the self test last."""
    ended = Path("/tmp/doctor-has-ended")
    command = "doctor --self-test --size 640x360"
    shell = f"echo '$ livecam {command}'; {LIVECAM} {command}; touch {ended}; sleep 999"
    look = [
        "-fa",
        "DejaVu Sans Mono",
        "-fs",
        "9",
        "-bg",
        "white",
        "-fg",
        "#222222",
        "-geometry",
        "126x42+0+0",
        "-bw",
        "0",
    ]
    with shown(["xterm", *look, "-e", "sh", "-c", shell], display):
        assert until(ended.exists, PATIENCE_S)
        wait(3)
        keep(display, "linux-doctor.png")


@contextmanager
def shown(command: list[str], display: str) -> Iterator[None]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(["env", f"DISPLAY={display}", *command], **quiet) as program:
        try:
            yield
        finally:
            program.terminate()


def keep(display: str, name: str) -> None:
    with mss.MSS(display=display) as eyes:
        pixels = np.asarray(eyes.grab(eyes.monitors[0]))[:, :, :3]
    cv2.imwrite(str(OUT / name), pixels, [cv2.IMWRITE_JPEG_QUALITY, 82, cv2.IMWRITE_PNG_COMPRESSION, 9])


def wait(seconds: float) -> None:
    CLOCK.sleep_until_ns(CLOCK.now_ns() + int(seconds * 1e9))


if __name__ == "__main__":
    main()
