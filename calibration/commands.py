"""`livecam calibrate`: what is learned once about this machine, or about a model on it."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.options import CommandLine, takes_settings

calibrate = typer.Typer(help="Learn about this machine once: its speed, and lighter forms of models.")


@calibrate.command("machine")
@takes_settings(only=("persona", "camera", "data-folder"))
def machine(
    given: CommandLine,
    model: Annotated[
        list[Path] | None, typer.Option("--model", help="A swap model to time beside those of the models' folder.")
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Fewer frames: seconds instead of half a minute.")] = False,
) -> None:
    """How fast frames and swap models are here; runs start from that, and `--engine auto` chooses by it."""
    from rich.console import Console

    from calibration.console import told
    from calibration.machine import Rules, calibrate_machine, keep, swap_models_in
    from engines.store.catalogue import models_folder
    from livecam.bench.settings import bench_settings
    from livecam.config.paths import data_folder

    settings = bench_settings(given)
    models = [*map(Path.absolute, model or ()), *swap_models_in(models_folder())]
    with Console().status("starting") as status:
        rules = Rules(frames=20, textures=2) if quick else Rules()
        measured = calibrate_machine(settings, models, status.update, rules)
    done = keep(measured.calibrated, settings.data_folder or data_folder())
    typer.echo(f"{told(measured)}\n{done}")


@calibrate.command("avsync")
@takes_settings(only=("camera", "microphone", "size", "fps", "data-folder"))
def avsync(
    given: CommandLine,
    write: Annotated[
        Path | None, typer.Option("--write", metavar="FILE.mp4", help="Write the clip of flashes and beeps, and end.")
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=5.0, max=600.0, help="How long at most.")] = 60.0,
) -> None:
    """How much older this camera's pictures are than they say, by flashes seen and beeps heard."""
    from calibration.console import measured_avsync, write_flashes

    if write is not None:
        typer.echo(write_flashes(write))
    else:
        typer.echo(measured_avsync(given.resolved().settings, seconds))


@calibrate.command()
@takes_settings(only=("persona", "data-folder"))
def quantise(
    given: CommandLine,
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="A float32 swap model.")],
    out: Annotated[Path | None, typer.Option("--out", help="MODEL.int8.onnx beside it when not given.")] = None,
    pixels: Annotated[float, typer.Option("--pixels", help="Largest mean difference allowed, of 256.")] = 3.0,
    identity: Annotated[float, typer.Option("--identity", help="Least likeness allowed, 0..1.")] = 0.95,
) -> None:
    """An INT8 form of a swap model, for CPUs; refused when it is too far off the original."""
    from rich.console import Console

    from calibration.judge import Bounds
    from calibration.quantise import Rules, described, quantise
    from engines.store.catalogue import in_folder, models_folder
    from livecam.app.persona_choice import choose_persona
    from livecam.personas.built_in import builtin, builtin_names
    from livecam.plugins import open_face_finder

    path = in_folder(model, models_folder())
    finder, settings = open_face_finder(), given.resolved().settings
    own = [] if settings.persona is None else [choose_persona(settings).open(finder)]
    with Console().status("starting") as status:
        target = out or path.with_name(f"{path.stem}.int8.onnx")
        made = quantise(path, target, [*own, *map(builtin, builtin_names())], finder, status.update,
                        Rules(bounds=Bounds(pixels, identity)))  # fmt: skip
    megabyte = 10**6
    typer.echo(
        f"size   {made.bytes_before / megabyte:.1f} MB -> {made.bytes_after / megabyte:.1f} MB\n"
        f"speed  {made.ms_before:.1f} ms -> {made.ms_after:.1f} ms on {made.threads} threads, "
        f"{made.ms_before / made.ms_after:.2f} times as fast\n"
        f"apart  {described(made.apart)}\n"
        f"layers {made.layers - len(made.in_float)} of {made.layers} in 8 bits"
    )
    typer.echo(f"use it: livecam run --persona NAME --engine onnx:{made.path}@cpu")
