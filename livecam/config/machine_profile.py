"""Read and write what `livecam calibrate machine` measured.

It has the cost of frames and the engine that `auto` means, and is invalid on another machine.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from livecam.core.clock import NS_PER_MS, utc_now
from livecam.core.errors import EngineError
from livecam.core.files.reading import parse_json
from livecam.core.files.writing import replace_file
from livecam.host.machine import describe_machine
from livecam.host.other_load import describe_load, is_busy
from livecam.timing.budget import Level

FILE: Final = "machine.json"
SCHEMA: Final = 1
PHOTO: Final = "photo"
COMMAND: Final = "livecam calibrate machine"
DAYS: Final = 90
BUSY_DAYS: Final = 7
"""How long a calibration is valid, and one that was made on a busy machine."""
_PACKAGES = ("livecam", "onnxruntime", "onnxruntime-gpu", "onnxruntime-openvino", "onnxruntime-directml", "numpy",
             "opencv-python-headless")  # fmt: skip


@dataclass(frozen=True, slots=True)
class SizeCost:
    """The cost of frames of one size, in milliseconds.

    Attributes:
        carry_ms: With the mesh predicted.
        render_ms: With the mesh found.
        stage_ms: By stage.
    """

    carry_ms: float
    render_ms: float
    stage_ms: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EngineCost:
    """The time of one neural engine here, alone and with the texture, and its detail."""

    network_ms: float
    texture_ms: float
    side_px: int
    provider: str


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One calibration.

    Attributes:
        made_for: The machine and the packages it is valid for.
        sizes: By "1280x720".
        engines: By the value of `--engine`.
        auto: The engine `auto` means.
        made_at: When it was made, ISO 8601 with a time zone; "" where the file does not say, which has expired.
        others_cores: How many cores other programs used during it; None where that is not known.
    """

    made_for: Mapping[str, str]
    sizes: Mapping[str, SizeCost]
    engines: Mapping[str, EngineCost]
    auto: str = PHOTO
    made_at: str = ""
    others_cores: float | None = None

    @property
    def busy(self) -> bool:
        """Whether other programs used so much of the machine that its times are too long."""
        return is_busy(self.others_cores)

    def age_days(self, now: datetime) -> float | None:
        """Return its age; None where that is unknown or in the future.

        Raises:
            ValueError: `made_at` is no time.
        """
        if not self.made_at:
            return None
        days = (now - datetime.fromisoformat(self.made_at)) / timedelta(days=1)
        return days if days >= 0 else None

    def write(self, folder: Path) -> Path:
        """Write it into the data folder, atomically; return the file.

        Raises:
            OutputError: It cannot be written.
        """
        replace_file(folder / FILE, (json.dumps({"schema": SCHEMA, **asdict(self)}, indent=2) + "\n").encode())
        return folder / FILE

    @classmethod
    def read(cls, folder: Path) -> "Calibrated | None":
        """Read the calibration of a data folder; None where there is none.

        Raises:
            EngineError: It cannot be read.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            words = parse_json(path.read_text(encoding="utf-8"))
            if words["schema"] != SCHEMA:
                raise ValueError(f"schema {words['schema']}")
            sizes = {name: SizeCost(**cost) for name, cost in words["sizes"].items()}
            if not all(map(_pixels, sizes)):
                raise ValueError("a size without pixels")
            engines = {name: EngineCost(**cost) for name, cost in words["engines"].items()}
            made_at, others = str(words.get("made_at", "")), words.get("others_cores")
            found = cls(
                words["made_for"],
                sizes,
                engines,
                str(words["auto"]),
                made_at,
                None if others is None else float(others),
            )
            found.age_days(utc_now())
            return found
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise EngineError(f"{path} cannot be read", advice=f"run: {COMMAND}, or delete {path}") from error

    def changed(self) -> str:
        """Return what has changed since it was made, in words; "" when nothing has."""
        now = made_for()
        keys = [key for key in {**self.made_for, **now} if self.made_for.get(key) != now.get(key)]
        return "; ".join(f"{key} was {self.made_for.get(key, 'absent')}, is {now.get(key, 'absent')}" for key in keys)

    def costs_ns(self, size_wh: tuple[int, int]) -> dict[Level, int]:
        """Return the expected cost of each level at a size.

        It is that of the nearest measured size, by number of pixels.
        """
        if not self.sizes:
            return {}
        pixels = size_wh[0] * size_wh[1]
        name = min(self.sizes, key=lambda name: abs(_pixels(name) - pixels))
        cost, factor = self.sizes[name], pixels / _pixels(name)
        carry_ns, render_ns = (int(ms * factor * NS_PER_MS) for ms in (cost.carry_ms, cost.render_ms))
        return {Level.CARRY: carry_ns} | {level: render_ns for level in Level if level >= Level.RENDER}


def _pixels(name: str) -> int:
    width, _, height = name.partition("x")
    return int(width) * int(height)


def made_for() -> dict[str, str]:
    """Return what decides how fast this machine is: processor and packages."""
    here = describe_machine()
    found = {key: str(here[key]) for key in ("cpu", "cores", "python")}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def usable(folder: Path, now: datetime | None = None) -> tuple[Calibrated | None, tuple[str, ...]]:
    """Return the calibration if it is valid here, and remarks on one that is not.

    One that was made while other programs used much of the machine is valid for a week, with a remark. Any other is
    valid for 90 days.
    """
    try:
        found = Calibrated.read(folder)
    except EngineError as error:
        return None, (f"the calibration of this machine is not used: {error}; {error.help_text}",)
    if found is None:
        return None, ()
    if changed := found.changed():
        return None, (f"the calibration of this machine is stale: {changed}; {COMMAND}",)
    age_days = found.age_days(now or utc_now())
    if age_days is None or age_days > (BUSY_DAYS if found.busy else DAYS):
        age = "of unknown age" if age_days is None else f"{age_days:.0f} days old"
        return None, (f"the calibration of this machine is not used: it is {age}; {COMMAND}",)
    if found.busy:
        why = f"{describe_load(found.others_cores or 0.0)} while it was made"
        return found, (f"the calibration of this machine may be too slow: {why}; {COMMAND}, when nothing else runs",)
    return found, ()
