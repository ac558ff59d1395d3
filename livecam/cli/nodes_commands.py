"""`livecam nodes …`: the machines to which clips and personas may go."""

from typing import Annotated

import typer

from livecam.console.options import CommandLine, takes_settings

nodes = typer.Typer(help="Name the machines of a cluster to which clips and personas may go.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of a node: a-z, 0-9 and inner dashes.")]


@nodes.command("key")
@takes_settings(only=("data-folder",))
def key(given: CommandLine) -> None:
    """Print the public key of this machine, made where there is none."""
    from livecam.cli.nodes_text import folder_of
    from livecam.jobs.cluster.nodes import make_node_key

    typer.echo(make_node_key(folder_of(given)).to_public())


@nodes.command("add")
@takes_settings(only=("data-folder",))
def add(
    given: CommandLine,
    name: Name,
    public_key: Annotated[str, typer.Argument(metavar="KEY", help="What livecam nodes key prints on that machine.")],
) -> None:
    """Let clips and personas go to a machine."""
    from livecam.cli.nodes_text import folder_of
    from livecam.jobs.cluster.nodes import LABEL, NamedNodes

    folder = folder_of(given)
    NamedNodes.read(folder).add(name, public_key).write(folder)
    typer.echo(
        f"{name} is named; it joins a cluster with this label:\nray start --address=HEAD:6379 --labels={LABEL}={name}"
    )


@nodes.command("remove")
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, name: Name) -> None:
    """Send nothing to a machine any more."""
    from livecam.cli.nodes_text import folder_of
    from livecam.jobs.cluster.nodes import NamedNodes

    folder = folder_of(given)
    NamedNodes.read(folder).remove(name).write(folder)
    typer.echo(f"{name} is not named any more; jobs that run there end with: livecam jobs cancel ID")


@nodes.command("list")
@takes_settings(only=("data-folder",))
def list_all(
    given: CommandLine,
    ray: Annotated[
        str | None,
        typer.Option(
            "--ray", metavar="auto|HOST:PORT", help="Ask the machines of this Ray cluster.", show_default="off"
        ),
    ] = None,
) -> None:
    """List the named machines, and what a cluster's machines are."""
    from livecam.cli.nodes_text import cluster_table, folder_of, named_table

    folder = folder_of(given)
    typer.echo(named_table(folder) if ray is None else cluster_table(folder, ray))
