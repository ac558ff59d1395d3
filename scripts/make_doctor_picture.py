"""Make docs/howto/pictures/linux-doctor.png: a terminal in which the doctor has looked at the real virtual camera.

    python -m scripts.make_doctor_picture [--into docs/howto/pictures]

It is taken in the guest of the tests on real drivers, from a screen in memory; best in the guest that is a process
(`python -m tests.hardware.vm build --native`). Needs (Debian) xvfb, xterm and fonts-dejavu-core.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import cv2
import mss
import numpy as np

from livecam.core.clock import NS_PER_S
from tests.hardware.client import CLOCK, until
from tests.hardware.drivers import IN_GUEST, load_loopback, loopback_versions
from tests.hardware.obs_program import screen

LIVECAM = Path(sys.executable).with_name("livecam")
COMMAND = "doctor --self-test --size 640x360"
SCREEN_WH = (1010, 560)
XTERM = ("xterm", "-fa", "DejaVu Sans Mono", "-fs", "9", "-bg", "white", "-fg", "#222222", "-geometry", "126x42+0+0")
OUT = Path("/run/livecam-vm/out/linux-doctor.png")
PATIENCE_S = 240


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--into", type=Path, default=Path("docs/howto/pictures"))
    into = parser.parse_args().into
    if IN_GUEST:
        take()
        return
    guest = [sys.executable, "-m", "tests.hardware.vm", "run", "--out", str(into), "--limit-s", "600", "--"]
    subprocess.run([*guest, sys.executable, "-m", "scripts.make_doctor_picture"], check=True)


def take() -> None:
    """The terminal when the doctor has ended, into the guest's way out for files."""
    load_loopback(loopback_versions()[0])
    ended = Path("/tmp/doctor-has-ended")
    shell = f"echo '$ livecam {COMMAND}'; {LIVECAM} {COMMAND}; touch {ended}; sleep 999"
    with (
        screen(SCREEN_WH) as display,
        subprocess.Popen(["env", f"DISPLAY={display}", *XTERM, "-bw", "0", "-e", "sh", "-c", shell]) as terminal,
    ):
        assert until(ended.exists, PATIENCE_S)
        CLOCK.sleep_until_ns(CLOCK.now_ns() + 3 * NS_PER_S)  # until it is drawn
        with mss.MSS(display=display) as eyes:
            pixels = np.asarray(eyes.grab(eyes.monitors[0]))[:, :, :3]
        cv2.imwrite(str(OUT), pixels, [cv2.IMWRITE_PNG_COMPRESSION, 9])
        terminal.terminate()


if __name__ == "__main__":
    main()
