"""Commands that other packages bring through the entry-point group `livecam.commands`, each a typer group."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

import typer

from livecam.core.errors import EngineError
from livecam.core.plugin_origins import replaces_own

GROUP = "livecam.commands"


def add_brought(app: typer.Typer, points: Iterable[EntryPoint] | None = None) -> None:
    """Add every group under its entry point's name; one that does not load says so when it is called, not before.

    A name that livecam has already is left to livecam; `livecam doctor` names the package.
    """
    for point in entry_points(group=GROUP) if points is None else points:
        if not replaces_own(point):
            app.add_typer(_loaded(point), name=point.name)


def _loaded(point: EntryPoint) -> typer.Typer:
    try:
        group = point.load()
    except ImportError as error:
        return _that_fails(f"the command '{point.name}' does not load: {error}")
    return group if isinstance(group, typer.Typer) else _that_fails(f"the command '{point.name}' is none")


def _that_fails(why: str) -> typer.Typer:
    group = typer.Typer(help="Does not load.", invoke_without_command=True)

    @group.callback()
    def fail() -> None:
        raise EngineError(why, command="livecam doctor")

    return group
