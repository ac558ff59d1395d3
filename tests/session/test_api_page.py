"""The examples of docs/api-http.md run, in their order, against a studio."""

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.browser.conftest import RunningStudio
from tests.clips import cut_sample
from tests.readme.blocks import blocks_of

PAGE = Path(__file__).parents[2] / "docs" / "api-http.md"
pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("bash")), reason="curl or bash is not here")


@pytest.mark.slow
def test_every_example_of_the_page_can_be_typed(tmp_path):
    (clip,) = cut_sample(tmp_path / "clips", 1, frames=40)
    clip.replace(tmp_path / "clip.mp4")
    lines = [line for block in blocks_of(PAGE) if block.kind == "sh api" for line in block.body.splitlines()]
    assert len(lines) >= 15
    with closing(RunningStudio(tmp_path / "data")) as studio:
        environment = {**os.environ, "BASE": f"{studio.origin}/api/v1", "TOKEN": studio.token}
        script = "\n".join(["set -euo pipefail", *(f"echo '== {n}' >&2\n{line}" for n, line in enumerate(lines, 1))])
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True)
    number = done.stderr.count("== ")
    assert done.returncode == 0, f"{lines[number - 1]}\n{done.stderr[-800:]}\n{done.stdout[-800:]}"
    assert (tmp_path / "result.mp4").stat().st_size > 10_000
    assert (tmp_path / "now.jpg").read_bytes()[:2] == b"\xff\xd8"
