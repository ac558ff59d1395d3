"""What the wheel holds, and that it runs in an empty environment, far from the checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import Parser
from itertools import islice
from pathlib import Path

import av
import pytest
from av.video.frame import VideoFrame

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel of this tree; what builds it is in constraints/build.txt."""
    try:
        import hatchling  # noqa: F401
    except ImportError:
        pytest.skip("hatchling is not installed: scripts/setup dev")
    folder = tmp_path_factory.mktemp("wheel")
    words = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An empty environment with the wheel in it; the packages it needs are those of this environment."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    inside = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    packages = Path(inside.stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    # The editable install of this checkout is no package of that folder but a .pth file, which is not read from here.
    packages.joinpath("needed.pth").write_text(f"import sys; sys.path.append({sysconfig.get_path('purelib')!r})\n")
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return python, folder, {**kept, "XDG_DATA_HOME": str(folder / "data"), "XDG_CONFIG_HOME": str(folder / "config")}


def run(environment, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    python, folder, environ = environment
    return subprocess.run([python, "-c", code, *words], cwd=folder, env=environ, capture_output=True, text=True)


LIVECAM = "from livecam.cli import main; main()"


def test_the_wheel_holds_what_runs_and_nothing_that_trained_it(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if "training" in name.split("/")]
    top = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert top == {"livecam", "engines", "calibration", "trainer"}
    for needed in ("livecam/py.typed", "engines/face/weights/mesh.onnx", "livecam/devices/media/sample/sample.mp4"):
        assert needed in names


def test_its_metadata_stand_alone(wheel):
    archive = zipfile.ZipFile(wheel)
    (place,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
    metadata = Parser().parsestr(archive.read(place).decode())
    kinds = metadata.get_all("Classifier", [])
    assert metadata["Author"] == "livecam contributors" and metadata["License-Expression"] == "Apache-2.0"
    assert "Typing :: Typed" in kinds
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)} <= set(kinds)
    assert "](" not in metadata.get_payload(), "a link would be dead on an index"


def test_it_runs_far_from_the_checkout(environment):
    place = run(environment, "import livecam, engines, calibration; print(livecam.__file__)")
    assert place.returncode == 0 and str(environment[1]) in place.stdout, place.stderr
    assert run(environment, LIVECAM, "--help").returncode == 0
    assert "robin" in run(environment, LIVECAM, "persona", "list").stdout


def first_pictures(count: int, path: Path) -> Path:
    """The first pictures of the sample clip, as a clip of their own."""
    with av.open(str(ROOT / "livecam/devices/media/sample/sample.mp4")) as given, av.open(str(path), "w") as made:
        size = given.streams.video[0].codec_context
        stream = made.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = size.width, size.height, "yuv420p"
        for picture in islice(given.decode(video=0), count):
            made.mux(stream.encode(VideoFrame.from_ndarray(picture.to_ndarray(format="bgr24"), format="bgr24")))
        made.mux(stream.encode(None))
    return path


def test_the_job_of_the_demo_runs_from_it(environment):
    clip = first_pictures(20, environment[1] / "clip.mp4")
    done = run(environment, LIVECAM, "replay", str(clip), "--persona", "robin", "--out", "o.mp4")
    assert done.returncode == 0, done.stderr
    verdict = run(environment, LIVECAM, "verify", "o.mp4")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_a_hint_for_an_extra_names_no_package_that_no_index_has(environment):
    done = run(environment, "from livecam.core.install import install_command; print(install_command('[gpu]'))")
    assert "tensorrt" in done.stdout and "livecam[" not in done.stdout, done.stdout + done.stderr


STUDIO = """
from pathlib import Path
from starlette.testclient import TestClient
import re, sys
from livecam.studio.access import Access
from livecam.studio.app import application
from livecam.studio.assembly import new_studio
from livecam.studio.assets import assets, version
HOST = "127.0.0.1:8000"
client = TestClient(application(new_studio(Path(sys.argv[1]), Access(8000)), [HOST]), base_url=f"http://{HOST}")
for page in ("/camera",):
    text = client.get(page).text
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', text):
        assert client.get(address).status_code == 200, address
for path in assets():
    answer = client.get(f"/assets/{version()}/{path}")
    assert answer.status_code == 200 and answer.content, path
print(len(assets()), "assets from", Path(sys.modules["livecam.studio"].__file__).parent)
"""


def test_the_installed_studio_serves_every_asset(environment):
    pytest.importorskip("httpx2", reason="the client of the tests is not installed")
    _, folder, _ = environment
    done = run(environment, STUDIO, str(folder / "studio"))
    assert done.returncode == 0, done.stderr[-1500:]
    count, _, _, place = done.stdout.split(maxsplit=3)
    suffixes = (".js", ".css", ".html", ".svg")
    expected = [path for path in (ROOT / "livecam/studio/static").rglob("*") if path.suffix in suffixes]
    assert int(count) == len(expected) and str(folder) in place


def test_a_run_imports_nothing_of_the_studio(environment):
    code = (
        "import sys; from livecam.cli import main\n"
        "main(['run', '--persona', 'robin', '--camera', 'sample', '--sink', 'null', '--duration', '1'])\n"
        "not_wanted = ('livecam.studio', 'livecam.jobs.store', 'fastapi', 'uvicorn')\n"
        "print([name for name in sys.modules if name.startswith(not_wanted)])"
    )
    assert run(environment, code).stdout.splitlines()[-1] == "[]"
