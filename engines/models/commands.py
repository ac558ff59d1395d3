"""`livecam models`.

Which models others publish, fetching one, and checking a file.
"""

from pathlib import Path
from typing import Annotated

import typer

models = typer.Typer(help="Swap models that others publish: list, fetch, check. livecam ships none.")


@models.command("list")
def list_models() -> None:
    """List the models that `pull` can fetch, their purpose and their licence."""
    from engines.models.console import format_size
    from engines.models.pull import is_here
    from engines.store.catalogue import models_folder, read_catalogue
    from livecam.console.columns import columns

    rows = [("name", "for", "size", "", "what", "licence")]
    for entry in read_catalogue().values():
        here = "here" if is_here(entry, models_folder()) else "" if entry.sha256 else "unpinned"
        about = f"{entry.about} (yours, in place of livecam's own)" if entry.replaces else entry.about
        rows.append((entry.name, entry.purpose, format_size(entry.bytes), here, about, entry.licence))
    typer.echo(columns(rows))
    typer.echo(f"they are kept in {models_folder()}")


@models.command("pull")
def pull_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As in: livecam models list")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="The licence was read and is accepted. No question is asked.")
    ] = False,
    accept_unpinned: Annotated[
        bool, typer.Option("--accept-unpinned", help="Take what comes where no hash is known; it is pinned then.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch it even if it is here.")] = False,
) -> None:
    """Fetch a model and what it needs, verify it and put it in its place."""
    from engines.models.console import Bar, confirm_licence, describe_licence
    from engines.models.pull import pull
    from engines.store.catalogue import find_entry, models_folder

    wanted = find_entry(name)
    for entry in (*map(find_entry, wanted.needs), wanted):
        typer.echo(describe_licence(entry))
        confirm_licence(entry, accept_licence)
        with Bar(entry) as bar:
            pulled = pull(entry, models_folder(), bar.update, again, accept_unpinned)
        if pulled.pinned:
            typer.echo(f"no hash is stated for {entry.name}: from now on it must be the file that came now")
            typer.echo(f"  sha256   {pulled.pinned}")
        typer.echo(f"{'fetched' if pulled.fetched else 'was here'}: {pulled.path}")
    if wanted.purpose == "swap":
        typer.echo(f"use it: livecam run --persona NAME --engine onnx:{wanted.file}")


@models.command("check")
def check_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An ONNX file, or the name of a pulled one.")],
    provider: Annotated[str, typer.Option("--provider", help="Where it is tried: cpu, cuda, …")] = "cpu",
    like: Annotated[
        Path | None, typer.Option("--like", metavar="FILE", help="Its float32 form: it must give what this gives.")
    ] = None,
) -> None:
    """Check what a model file is and whether it works.

    The exit code is 4 when it does not.
    """
    from engines.models.check import check_in_process
    from engines.store.catalogue import find_in_folders, models_folder
    from livecam.console.columns import columns

    right = None if like is None else find_in_folders(like, models_folder())
    found = check_in_process(find_in_folders(file, models_folder()), provider, right)
    typer.echo(columns([(key, str(value)) for key, value in found.items()]))
