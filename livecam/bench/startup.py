"""Measure the time to the first picture and the memory of a run.

Each run is a fresh process.
"""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from livecam.config.settings import Settings
from livecam.core.errors import EngineError
from livecam.core.files.reading import parse_json

_PROGRAM = "import sys; from livecam.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Startup:
    """Figures of fresh processes.

    Attributes:
        first_picture_ms: From the start of the process, imports included, until a swapped picture was made; median.
        peak_mb: Peak resident memory of any of them.
    """

    first_picture_ms: float
    peak_mb: float


def measure_startup(settings: Settings, runs: int = 3, tries_s: Sequence[float] = (2.0, 20.0, 60.0)) -> Startup:
    """Start `livecam run` several times, as a user would.

    Runs are longer where the machine is too busy for a picture.

    Raises:
        EngineError: It failed; its own words are in the message.
    """
    results = [_one_run(settings, tries_s) for _ in range(runs)]
    return Startup(
        round(median(result.first_picture_ms for result in results), 1), max(result.peak_mb for result in results)
    )


def _one_run(settings: Settings, tries_s: Sequence[float]) -> Startup:
    for seconds in tries_s:
        report = _report_of(settings, seconds)
        if report["first_picture_ms"] is not None:
            return Startup(float(report["first_picture_ms"]), float(report["memory_mb"]["peak"]))
    raise EngineError(f"no picture was made in {seconds:g} s", command=f"livecam run --persona {settings.persona}")


def _report_of(settings: Settings, seconds: float) -> Mapping[str, Any]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        words = ["run", "--persona", str(settings.persona), "--camera", settings.camera, "--engine", settings.engine]
        words += ["--sink", "null", "--duration", f"{seconds:g}", "--json", str(path)]
        if settings.data_folder is not None:
            words += ["--data-folder", str(settings.data_folder)]
        done = subprocess.run([sys.executable, "-c", _PROGRAM, *words], capture_output=True, text=True, check=False)
        if not path.is_file():
            raise EngineError(f"the run failed: {done.stderr.strip()}", command="livecam doctor")
        return dict(parse_json(path.read_text()))
