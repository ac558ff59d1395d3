"""`livecam models`: list published models, fetch one, and check a file."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.help_page import examples

_EXAMPLES = (
    ("livecam models list", "List models and their licences."),
    ("livecam models pull inswapper-128", "Fetch a model after asking about its licence."),
)
models = typer.Typer(help="List, fetch and check swap models that other projects publish.", epilog=examples(*_EXAMPLES))


@models.command("list", epilog=examples(("livecam models list", "List models and their licences.")))
def list_models() -> None:
    """List the models that pull can fetch, with purpose, size and licence."""
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


@models.command(
    "pull", epilog=examples(("livecam models pull inswapper-128", "Fetch a model after asking about its licence."))
)
def pull_model(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of a model from: livecam models list.")],
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="Accept the licence without a question.")
    ] = False,
    accept_unpinned: Annotated[
        bool, typer.Option("--accept-unpinned", help="Accept a file without a known hash, and pin its hash.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Fetch the file even if it is here.")] = False,
) -> None:
    """Fetch a model and what it needs, and verify their hashes."""
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
            typer.echo(f"no hash of {entry.name} is published: from now on it must be the file that came now")
            typer.echo(f"  sha256   {pulled.pinned}")
        typer.echo(f"{'fetched' if pulled.fetched else 'was here'}: {pulled.path}")
    if wanted.purpose == "swap":
        typer.echo(f"use it: livecam run --persona NAME --engine onnx:{wanted.file}")


@models.command("check", epilog=examples(("livecam models check swap.onnx --provider cpu", "Try a model file.")))
def check_model(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An ONNX file, or the name of a fetched one.")],
    provider: Annotated[
        str, typer.Option("--provider", metavar="PROVIDER", help="Try it on this execution provider: cpu, cuda.")
    ] = "cpu",
    like: Annotated[
        Path | None,
        typer.Option(
            "--like", metavar="FILE", help="Compare its results with this float32 model.", show_default="not compared"
        ),
    ] = None,
) -> None:
    """Say what a model file is and whether it works. Exit code 4: it does not."""
    from engines.models.check import check_in_process
    from engines.store.catalogue import find_in_folders, models_folder
    from livecam.console.columns import columns

    right = None if like is None else find_in_folders(like, models_folder())
    found = check_in_process(find_in_folders(file, models_folder()), provider, right)
    typer.echo(columns([(key, str(value)) for key, value in found.items()]))


@models.command(
    "serve-files",
    epilog=examples(("livecam models serve-files swap.onnx --out served", "Write what Triton and KServe need.")),
)
def write_serve_files(
    file: Annotated[Path, typer.Argument(metavar="MODEL", help="An ONNX file, or the name of a fetched one.")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Write the files into this folder.")],
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Name the model on the server.", show_default="that of the file"),
    ] = None,
    instances: Annotated[
        int, typer.Option("--instances", metavar="NUMBER", min=1, max=64, help="Load the model this many times.")
    ] = 1,
    batch: Annotated[
        int, typer.Option("--batch", metavar="NUMBER", min=1, max=128, help="Put this many requests into one pass.")
    ] = 8,
    gpu: Annotated[bool, typer.Option("--gpu/--no-gpu", help="Run it on a GPU.")] = True,
    backend: Annotated[
        str, typer.Option("--backend", metavar="NAME", help="Run it by this backend of Triton: onnxruntime or python.")
    ] = "onnxruntime",
) -> None:
    """Write a model repository for Triton, and a manifest for KServe."""
    from engines.models.serve import BACKENDS, ServeConfig, takes_batches, write_serving_files
    from engines.onnx.graph import read_graph
    from engines.store.catalogue import find_in_folders, models_folder
    from livecam.core.errors import UsageError

    if backend not in BACKENDS:
        raise UsageError(f"unknown backend {backend} (known: {', '.join(BACKENDS)})", advice="leave --backend out")
    path = find_in_folders(file, models_folder())
    named = name or path.stem.lower().replace("_", "-").replace(".", "-")
    for written in write_serving_files(path, out, ServeConfig(named, batch, instances, gpu, backend)):
        typer.echo(written)
    if not takes_batches(read_graph(path)):
        typer.echo("note: the model takes one picture at a time; a first dimension of any size would let it batch")
    typer.echo(f"serve it: tritonserver --model-repository {out / 'model-repository'}")
    typer.echo(f"use it: livecam run --persona NAME --engine grpc://HOST:8001/{named}")
