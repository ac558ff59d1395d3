"""Kinds of jobs by name, through the entry-point group `livecam.jobs`.

livecam's own and those of other packages are found alike.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from livecam.core.errors import EngineError, UsageError
from livecam.core.plugin_origins import is_replacement
from livecam.jobs.job import Progress

GROUP: Final = "livecam.jobs"
RESULT: Final = "-livecam"
"""How the name of every result ends, before its suffix."""
PREVIEW: Final = "preview.png"
"""File in a job's folder that shows what it makes, marked."""
FINISH: Final = "finish"
"""File in a job's folder that asks it to end early."""
_LONGEST_NAME_BYTES: Final = 255


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of a kind.

    Attributes:
        job_id: Used in names.
        inputs: Files that it reads.
        settings: As the job has them.
        folder: Empty folder for its output.
        data_folder: The user's personas and voices.
        tell: Takes the progress; may be called as often as wanted.
        sign: Whether to sign what is written. It is False on another machine, where the keys are not.
    """

    job_id: str
    inputs: tuple[Path, ...]
    settings: Mapping[str, object]
    folder: Path
    data_folder: Path
    tell: Callable[[Progress], None]
    sign: bool = True

    def is_finishing(self) -> bool:
        """Whether the job was asked to end early and keep what it has."""
        return (self.folder / FINISH).exists()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    Attributes:
        about: One line for a person.
        run: Does it; what it returns is the job's result, in plain types, with the names of its files as `files`.
        inputs: How many files it reads, at least and at most.
        keys: Settings that it takes.
        needs: Those of them that must be given.
        travels: Whether another machine can do it: it needs no key, and leaves signing to `Call.sign`.
        states: Whether it keeps the statement of a person, so that only who may change personas may ask for it.
        finishes: Whether it ends early when asked to, with what it has: it looks at `Call.is_finishing`.
    """

    about: str
    run: Callable[[Call], Mapping[str, object]]
    inputs: tuple[int, int] = (1, 1)
    keys: frozenset[str] = field(default_factory=frozenset)
    needs: frozenset[str] = field(default_factory=frozenset)
    travels: bool = False
    states: bool = False
    finishes: bool = False


def result_name(source: Path, suffix: str) -> str:
    """Return the name of a result; of a long name the beginning."""
    end = f"{RESULT}{suffix}"
    stem = os.fsencode(source.stem)[: _LONGEST_NAME_BYTES - len(end)]
    return stem.decode(errors="ignore" if len(stem) < len(os.fsencode(source.stem)) else "surrogateescape") + end


def kind_names() -> tuple[str, ...]:
    """Return names of all kinds that are installed, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=GROUP)}))


@cache
def kind_named(name: str) -> Kind:
    """Return the kind of that name.

    The result is cached, since the search reads the entry points of every package.

    Raises:
        UsageError: There is none.
        EngineError: It does not load, or is none.
    """
    points = [point for point in entry_points(group=GROUP, name=name) if not is_replacement(point)]
    if not points:
        raise UsageError(
            f"unknown kind of job {name} (known: {', '.join(kind_names())})", command="livecam jobs add --help"
        )
    try:
        kind = points[0].load()
    except ImportError as error:
        raise EngineError(f"the kind of job '{name}' does not load: {error}", command="livecam doctor") from error
    if not isinstance(kind, Kind):
        raise EngineError(f"the kind of job '{name}' is not one", command="livecam doctor")
    return kind


def check_request(name: str, inputs: Sequence[str], settings: Mapping[str, object]) -> None:
    """Refuse a job that cannot be done, before it is kept.

    Raises:
        UsageError: An unknown kind or setting, a value out of its range, or a wrong number of inputs.
    """
    from livecam.config.setting_values import SETTINGS

    kind = kind_named(name)
    least, most = kind.inputs
    if not least <= len(inputs) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        raise UsageError(f"a job of kind {name} takes {wanted} files, got {len(inputs)}", advice=f"give {wanted} files")
    for key in sorted(settings.keys() - kind.keys):
        raise UsageError(
            f"a job of kind {name} does not take {key}",
            advice=f"it takes: {', '.join(sorted(kind.keys)) or 'no settings'}",
        )
    for key in sorted(kind.needs - settings.keys()):
        raise UsageError(f"a job of kind {name} needs {key}", advice=f"add {key}=VALUE")
    for key, value in settings.items():
        if key in SETTINGS and value is not None:
            SETTINGS[key].read(value, key)
