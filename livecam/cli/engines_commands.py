"""`livecam engines`: list them, and build a model for this machine."""

from pathlib import Path
from typing import Annotated

import typer

engines = typer.Typer(help="List the engines that make face textures, and build models for this GPU.")


@engines.command("list")
def list_engines() -> None:
    """List the engines that --engine can name, and the models built for TensorRT."""
    from livecam.console.columns import columns
    from livecam.plugins import open_engine_builder, texture_engines

    rows = [(f"--engine {name}", package, about) for name, package, about in texture_engines()]
    rows += [(model, "", f"built for {what}: {folder}") for model, what, folder in open_engine_builder().list_built()]
    typer.echo(columns(rows))


@engines.command("build")
def build_engine(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="A swap model.")],
) -> None:
    """Build a model for TensorRT on this GPU. It takes minutes, once."""
    from rich.console import Console

    from livecam.plugins import open_engine_builder

    with Console().status(f"building {model.name}") as status:
        folder = open_engine_builder().build(model, lambda s: status.update(f"building {model.name}: {s} s"))
    typer.echo(f"built: {folder}\nuse it: livecam run --engine onnx:{model}@tensorrt")
