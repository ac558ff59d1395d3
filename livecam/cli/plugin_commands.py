"""Commands of other packages: Typer groups from `livecam.commands`."""

from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

import typer

from livecam.core.errors import EngineError
from livecam.core.plugin_origins import is_replacement

GROUP = "livecam.commands"


def add_brought(app: typer.Typer, points: Iterable[EntryPoint] | None = None) -> None:
    """Add every group under the name of its entry point.

    A group that does not load fails when it is called, not before.

    A name that livecam has already is left to livecam; `livecam doctor` names the package.
    """
    for point in entry_points(group=GROUP) if points is None else points:
        if not is_replacement(point):
            app.add_typer(_loaded(point), name=point.name)


def _loaded(point: EntryPoint) -> typer.Typer:
    try:
        group = point.load()
    except ImportError as error:
        return _that_fails(f"the command '{point.name}' does not load: {error}")
    return group if isinstance(group, typer.Typer) else _that_fails(f"the command '{point.name}' is not a Typer app")


def _that_fails(why: str) -> typer.Typer:
    group = typer.Typer(help="Report why this command does not load.", invoke_without_command=True)

    @group.callback()
    def fail() -> None:
        raise EngineError(why, command="livecam doctor")

    return group
