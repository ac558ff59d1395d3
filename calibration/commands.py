"""Commands of `livecam calibrate`: measure this machine, or quantise a model."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.help_page import examples
from livecam.console.options import CommandLine, takes_settings

calibrate = typer.Typer(
    help="Measure this machine once, and make lighter forms of models.",
    epilog=examples(("livecam calibrate machine --quick", "Measure the speed of this machine in seconds.")),
)


@calibrate.command("machine", epilog=examples(("livecam calibrate machine", "Measure frames and swap models.")))
@takes_settings(only=("persona", "camera", "data-folder"), defaults={"persona": "robin", "camera": "sample"})
def machine(
    given: CommandLine,
    model: Annotated[
        list[Path] | None,
        typer.Option(
            "--model", metavar="ONNX", help="Time this swap model too. May be repeated.", show_default="fetched models"
        ),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Measure fewer frames: seconds, not half a minute.")] = False,
) -> None:
    """Measure how fast frames and swap models are on this machine.

    Runs start from these figures, and `--engine auto` chooses by them.

    Runs start from them, and --engine auto chooses by them.
    """
    from rich.console import Console

    from calibration.console import format_result
    from calibration.machine import CalibrationConfig, calibrate_machine, find_swap_models, keep
    from engines.store.catalogue import models_folder
    from livecam.bench.settings import bench_settings

    settings = bench_settings(given)
    models = [*map(Path.absolute, model or ()), *find_swap_models(models_folder())]
    with Console().status("starting") as status:
        rules = CalibrationConfig(frames=20, textures=2) if quick else CalibrationConfig()
        measured = calibrate_machine(settings, models, status.update, rules)
    done = keep(measured.calibrated, settings.folder)
    typer.echo(f"{format_result(measured)}\n{done}")


@calibrate.command(
    "avsync",
    epilog=examples(("livecam calibrate avsync --write flash.mp4", "Write the clip, then play it to the camera.")),
)
@takes_settings(only=("camera", "microphone", "size", "fps", "data-folder"))
def avsync(
    given: CommandLine,
    write: Annotated[
        Path | None,
        typer.Option("--write", metavar="FILE.mp4", help="Write the clip of flashes and beeps to this file, and exit."),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", metavar="SECONDS", min=5.0, max=600.0, help="Stop after this many seconds at most, 5 to 600."
        ),
    ] = 60.0,
) -> None:
    """Measure a camera's latency by flashes that it sees and beeps that are heard.

    It needs flashes and beeps: write the clip with --write.
    """
    from calibration.console import measure_avsync, write_flashes

    if write is not None:
        typer.echo(write_flashes(write))
    else:
        typer.echo(measure_avsync(given.resolved().settings, seconds))


@calibrate.command(epilog=examples(("livecam calibrate quantise swap.onnx", "Write swap.int8.onnx.")))
@takes_settings(only=("persona", "data-folder"))
def quantise(
    given: CommandLine,
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="A float32 swap model.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="PATH", help="Write this file.", show_default="MODEL.int8.onnx")
    ] = None,
    pixels: Annotated[
        float,
        typer.Option("--pixels", metavar="N", help="Refuse a larger mean difference of pixel values, 0 to 255."),
    ] = 3.0,
    identity: Annotated[
        float,
        typer.Option("--identity", metavar="SHARE", help="Refuse a lower cosine similarity of identities, 0 to 1."),
    ] = 0.95,
) -> None:
    """Write an INT8 form of a swap model for CPUs.

    Refused when it differs too much from the original.

    A result too far from the original is refused.
    """
    from rich.console import Console

    from calibration.judge import Bounds
    from calibration.quantise import QuantisationConfig, describe_difference, quantise
    from engines.store.catalogue import find_in_folders, models_folder
    from livecam.app.persona_choice import choose_persona
    from livecam.personas.built_in import builtin_names, open_builtin
    from livecam.plugins import open_face_finder

    path = find_in_folders(model, models_folder())
    finder, settings = open_face_finder(), given.resolved().settings
    own = (
        []
        if settings.persona is None
        else [choose_persona(settings.persona_group, trusted=settings.trusted).open(finder)]
    )
    with Console().status("starting") as status:
        target = out or path.with_name(f"{path.stem}.int8.onnx")
        made = quantise(path, target, [*own, *map(open_builtin, builtin_names())], finder, status.update,
                        QuantisationConfig(bounds=Bounds(pixels, identity)))  # fmt: skip
    megabyte = 10**6
    typer.echo(
        f"size   {made.bytes_before / megabyte:.1f} MB -> {made.bytes_after / megabyte:.1f} MB\n"
        f"speed  {made.ms_before:.1f} ms -> {made.ms_after:.1f} ms on {made.threads} threads, "
        f"{made.ms_before / made.ms_after:.2f} times as fast\n"
        f"apart  {describe_difference(made.apart)}\n"
        f"layers {made.layers - len(made.in_float)} of {made.layers} in 8 bits"
    )
    typer.echo(f"use it: livecam run --persona NAME --engine onnx:{made.path}@cpu")
