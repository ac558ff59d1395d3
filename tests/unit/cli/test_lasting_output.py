"""A reader that goes away ends the output, not the command."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
import typer
from rich.console import Console
from livecam.cli import main
from livecam.cli.app import app

@app.command("count")
def count(path: Path, stream: str, how: str) -> None:
    console = Console(stderr=stream == "stderr")
    for number in range(20000):
        console.print(number) if how == "rich" else typer.echo(number, err=stream == "stderr")
    path.write_text("kept")

sys.argv[0] = "livecam"
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("how", ["rich", "typer"])
@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_command_goes_on_without_a_reader(tmp_path, stream, how, unbuffered):
    words = [sys.executable, "-c", PROGRAM, "count", str(tmp_path / "result"), stream, how]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONUNBUFFERED": unbuffered}, **{stream: subprocess.PIPE})
    pipe = getattr(process, stream)
    assert pipe.readline()
    pipe.close()
    assert process.wait() == 0
    assert (tmp_path / "result").read_text() == "kept"
