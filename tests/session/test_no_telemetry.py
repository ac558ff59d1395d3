"""Nothing leaves the computer, and nothing is written outside livecam's places: shown by calls to the kernel."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from livecam.studio.app import routes
from tests.session.strace import Traced, traced, why_not

IMPORTS = re.compile(r"^\s*(import|from) (onnxruntime|fastapi|ray)\b", re.MULTILINE)
ROOT = Path(__file__).parents[2]
PACKAGES = ("livecam", "engines", "calibration")
# A process talks to its own children, to the sound server and to the kernel's list of devices by these.
LOCAL = {"AF_UNIX", "AF_NETLINK"}
# Named caches of others, and places that are not files: fontconfig, Mesa, compiled Python; devices, the kernel's own.
CACHES = ("fontconfig", "mesa_shader_cache", "mesa_shader_cache_db")
# PulseAudio's client library looks for its server there, and makes the folder on the way (no XDG_RUNTIME_DIR).
SOUND_CLIENT = "home/.config/pulse"
NO_FILES = (Path("/dev"), Path("/proc"), Path("/sys"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """An empty folder, and an empty home: what anything writes by default is found there."""
    if reason := why_not():
        pytest.skip(f"not seen by strace: {reason}")
    folder = tmp_path_factory.mktemp("traced")
    for name in ("here", "home", "tmp"):
        folder.joinpath(name).mkdir()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_"))}
    environ = {**kept, "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"), "PYTHONPATH": str(ROOT)}
    return folder, environ


LIVECAM = ("-c", "from livecam.cli import main; main()")


def run(place, *words: str) -> Traced:
    folder, environ = place
    return traced([sys.executable, *words], folder / "here", environ, folder / "trace.txt")


def strange(place, seen: Traced) -> tuple[set[str], list[Path]]:
    """What a run has no business with: families of sockets, written paths."""
    folder, _ = place
    ours = ("here", "tmp", "home/.local/share/livecam", "home/.config/livecam")
    allowed = tuple(folder / place for place in (*ours, SOUND_CLIENT))
    parents = {parent for path in allowed for parent in path.parents}
    written = [
        path
        for path in sorted(seen.written - parents)
        if not any(path.is_relative_to(inside) for inside in (*allowed, *NO_FILES))
        and "__pycache__" not in path.parts
        and not any(cache in path.parts for cache in CACHES)
    ]
    return set(seen.families) - LOCAL, written


def test_the_trace_sees_a_socket_and_a_file(place):
    seen = run(place, "-c", "import pathlib, socket; socket.socket(); (pathlib.Path.home() / 'id.db').write_text('1')")
    assert strange(place, seen) == ({"AF_INET"}, [place[0] / "home/id.db"])


def test_the_trace_follows_children(place):
    child = "import socket; socket.socket(socket.AF_INET6)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{child}'])"
    assert strange(place, run(place, "-c", code)) == ({"AF_INET6"}, [])


def test_a_demo_opens_no_socket_and_writes_its_outputs_only(place):
    seen = run(place, *LIVECAM, "demo")
    assert seen.code == 0, seen.output
    assert strange(place, seen) == (set(), [])
    assert place[0] / "here/livecam-demo.mp4" in seen.written


@pytest.mark.parametrize(
    "words",
    [
        "verify livecam-demo.mp4",  # c2pa and what it brings: requests, pydantic
        "doctor",  # looks at every device and package
        "persona synth --seed 7 --name seven",  # the store and its keys: cryptography
        "engines list",
    ],
)
def test_other_commands_open_no_socket_either(place, words):
    seen = run(place, *LIVECAM, *words.split())
    assert seen.code in (0, 1, 3), seen.output
    assert strange(place, seen) == (set(), [])


CHECK = """
import importlib, os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        for switch, value in OFF.items():
            if name in SENDERS and os.environ.get(switch) != value:
                sys.exit(f"{name} is imported before {switch}={value}")

sys.meta_path.insert(0, Watch())
importlib.import_module(sys.argv[1])
sys.exit(any(os.environ.get(switch) != value for switch, value in OFF.items()))
"""
# What switches the reports of other packages off; a user's environment may ask for them.
OFF = {
    "ORT_DISABLE_TELEMETRY": "1",
    "OTEL_SDK_DISABLED": "true",
    "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
    "RAY_USAGE_STATS_ENABLED": "0",
}
ASKED = {"OTEL_SDK_DISABLED": "false", "FASTAPI_OTEL_AUTO_CONFIGURE": "true", "RAY_USAGE_STATS_ENABLED": "1"}
SENDERS = ("onnxruntime", "fastapi", "opentelemetry", "ray")


def modules() -> list[str]:
    """Modules that name a package that can report, and the packages; any other is under one of these packages."""
    files = [
        path.relative_to(ROOT).with_suffix("")
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "training" not in path.parts and IMPORTS.search(path.read_text(encoding="utf-8"))
    ]
    return [*PACKAGES, *(".".join(path.parts) for path in files)]


@pytest.mark.parametrize("module", modules())
def test_whatever_is_imported_first_the_telemetry_is_off(module):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("ORT_")}
    code = f"OFF, SENDERS = {OFF!r}, {SENDERS!r}\n{CHECK}"
    done = subprocess.run(
        [sys.executable, "-c", code, module],
        env={**kept, **ASKED, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_the_studio_reports_no_request():
    """Newer versions of FastAPI send spans where the environment names a collector."""
    app = routes()
    rules = vars(app).get("_telemetry") or app.extra["telemetry"]
    assert not any(rules[what] for what in ("tracing", "metrics", "logs", "auto_configure"))


def test_scripts_and_benchmarks_switch_it_off_too():
    """A program outside the packages that imports ONNX Runtime itself imports one of them first."""
    for folder in ("scripts", "benchmarks", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            lines = path.read_text(encoding="utf-8").splitlines()
            uses = [n for n, line in enumerate(lines) if line.startswith(("import onnxruntime", "from onnxruntime"))]
            if uses and folder != "tests":  # tests/conftest.py does it for all tests
                ours = [n for n, line in enumerate(lines) if line.startswith(tuple(f"import {p}" for p in PACKAGES))]
                assert ours and ours[0] < uses[0], path
