"""Commands of `livecam train`.

Enrol a face, train a model of it, list, export and remove.
"""

from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from livecam.console.help_page import examples
from livecam.console.options import CommandLine, takes_settings
from livecam.core.errors import UsageError

if TYPE_CHECKING:
    from trainer.enrol import Enrolled


class Format(StrEnum):
    """What an exported model is written as."""

    ONNX = "onnx"
    DFM = "dfm"


class Method(StrEnum):
    """How a model is trained."""

    ATLAS = "atlas"
    CLASSIC = "classic"


train = typer.Typer(
    help="Train a model of a face you have the right to use, on this machine.",
    epilog=examples(
        ("livecam train enrol me --clip talk.mp4", "Enrol your face from a clip."),
        ("livecam train run me", "Train the model of the persona me."),
        ("livecam train list", "List enrolments and models."),
    ),
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of an enrolment from: livecam train list.")]


@train.command(epilog=examples(("livecam train enrol me --clip talk.mp4", "Answer in the terminal who it shows.")))
@takes_settings(only=("camera", "size", "fps", "consent", "data-folder", "trust-plugin"))
def enrol(
    given: CommandLine,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Name of the persona, or of the person in front of the camera.")
    ],
    clip: Annotated[
        list[Path] | None,
        typer.Option(
            "--clip", metavar="FILE", help="Read this clip or folder. May be repeated.", show_default="the camera"
        ),
    ] = None,
) -> None:
    """Enrol a face for training, from clips or in front of the camera.

    livecam asks for consent to train a model of this face.
    """
    from livecam.console.terminal import TerminalProgress, TerminalPrompter
    from trainer.enrol import enrol_camera, enrol_clips
    from trainer.manage import next_step

    settings, prompter, progress = given.resolved().settings, TerminalPrompter(), TerminalProgress()
    if clip:
        enrolled = enrol_clips(settings, name, clip, prompter, progress)
    else:
        enrolled = enrol_camera(settings, name, prompter, progress)
    typer.echo(_describe(name, enrolled, next_step(settings, name)))


@train.command(
    epilog=examples(
        ("livecam train run me", "Train for ten minutes at most."),
        ("livecam train run sam --operator me --minutes 5", "Train for your own face in front of the camera."),
    )
)
@takes_settings(only=("data-folder", "trust-plugin"))
def run(
    given: CommandLine,
    persona: Annotated[str, typer.Argument(metavar="PERSONA", help="Name of a persona of yours that is enrolled.")],
    operator: Annotated[
        str | None,
        typer.Option(
            "--operator",
            metavar="NAME",
            help="Enrolment of the person in front of the camera.",
            show_default="learned while a session runs",
        ),
    ] = None,
    minutes: Annotated[
        float,
        typer.Option(
            "--minutes",
            metavar="MINUTES",
            min=0.0,
            max=600.0,
            help="Train the network for at most this long, 0 to 600. 0: the linear model alone.",
        ),
    ] = 10.0,
    preview: Annotated[
        Path | None,
        typer.Option("--preview", metavar="PNG", help="Write held-out pictures next to the photo to this file."),
    ] = None,
    method: Annotated[
        Method,
        typer.Option("--method", metavar="atlas|classic", help="Train by this method. The classic one keeps no model."),
    ] = Method.ATLAS,
    dfm: Annotated[
        Path | None,
        typer.Option("--dfm", metavar="FILE.dfm", help="With the classic method, write a DFM for other programs."),
    ] = None,
) -> None:
    """Train a model of a persona.

    It can be stopped at any time and goes on from there.

    It is kept only where it is better than the photo on pictures that it has not seen.
    """
    from livecam.console.terminal import TerminalProgress, TerminalPrompter
    from livecam.core.files.own_files import check_output
    from livecam.core.stop_signals import stopped_by_signals
    from trainer.outcome import load_enrolment
    from trainer.run import run_network
    from trainer.solve import run_solved

    settings, prompter, progress = given.resolved().settings, TerminalPrompter(), TerminalProgress()
    stopped = Event()
    if preview is not None:
        check_output(preview, "--preview")
    if dfm is not None and (method is not Method.CLASSIC or dfm.exists()):
        why = f"{dfm} exists" if dfm.exists() else "only the classic method gives a DFM"
        raise UsageError(why, advice="give --dfm another name, and --method classic")
    enrolment = load_enrolment(settings, persona, operator)
    if method is Method.CLASSIC:
        from trainer.compare import run_classic

        with stopped_by_signals(stopped.set):
            run_classic(settings, persona, enrolment, minutes, prompter, stopped.is_set, preview, dfm=dfm)
        return
    outcome = run_solved(settings, persona, enrolment, prompter, progress, preview)
    if minutes > 0:
        with stopped_by_signals(stopped.set):
            outcome = run_network(
                settings, persona, enrolment, minutes, outcome, prompter, progress, stopped.is_set, preview
            )
    if outcome.stage is not None:
        typer.echo(f"use it: livecam run --persona {persona} --engine trained")


@train.command("list", epilog=examples(("livecam train list", "List enrolments and models.")))
@takes_settings(only=("data-folder",))
def list_all(given: CommandLine) -> None:
    """List enrolments and trained models."""
    from livecam.console.columns import columns
    from trainer.manage import list_models

    rows = [("name", "model", "of", "valid until", "")]
    for row in list_models(given.resolved().settings):
        until = "-" if row.expires_at is None else f"{row.expires_at:%Y-%m-%d}"
        rows.append((row.name, row.stage, ", ".join(row.people), until, row.trouble or ""))
    typer.echo(columns(rows))


@train.command(epilog=examples(("livecam train show me", "Show what was measured.")))
@takes_settings(only=("data-folder",))
def show(given: CommandLine, name: Name) -> None:
    """Show the records of an enrolment and of its model."""
    from livecam.console.columns import columns
    from trainer.manage import describe_records

    typer.echo(columns(describe_records(given.resolved().settings, name)))


@train.command(epilog=examples(("livecam train export me me.onnx", "Write the model as an ONNX file.")))
@takes_settings(only=("data-folder",))
def export(
    given: CommandLine,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE.onnx", help="Write this file. It must not exist.")],
    form: Annotated[
        Format, typer.Option("--format", metavar="onnx|dfm", help="Write it as this. A DFM cannot hold such a model.")
    ] = Format.ONNX,
) -> None:
    """Write a trained model as an ONNX file."""
    from trainer.manage import export_model

    if form is Format.DFM:
        raise UsageError(
            "a DFM takes and gives square crops: this model draws an unrolled face, which needs livecam's renderer",
            command=f"livecam train run {name} --operator NAME --method classic --dfm {file}",
        )
    export_model(given.resolved().settings, name, file)
    typer.echo(f"{file}: check it with: livecam models check {file}")


@train.command(epilog=examples(("livecam train remove me", "Delete pictures and model.")))
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, name: Name) -> None:
    """Delete an enrolment and its model. Both may be made again."""
    from trainer.manage import remove_trained

    typer.echo(f"{name}: deleted {' and '.join(remove_trained(given.resolved().settings, name))}")


@train.command(epilog=examples(("livecam train revoke sam", "Delete all that was trained of a person.")))
@takes_settings(only=("data-folder",))
def revoke(given: CommandLine, name: Name) -> None:
    """Withdraw consent to train: delete the pictures and every model made of them.

    The same clips are refused from now on.
    """
    from trainer.manage import revoke_training

    gone = revoke_training(given.resolved().settings, name)
    typer.echo(f"{name}: the pictures are gone, and the models of {', '.join(gone) or 'no persona'}")


def _describe(name: str, enrolled: "Enrolled", then: str) -> str:
    """Return what was enrolled, what is missing, and what comes next."""
    from livecam.console.columns import columns
    from trainer.coverage import coverage_rows, missing_items

    lines = [*enrolled.remarks, columns(coverage_rows(enrolled.coverage))]
    missing = missing_items(enrolled.coverage)
    if missing:
        lines.append("what a clip does not show, a model does not have. Missing:")
        lines += [f"  {item.ask}" for item in missing]
    lines += [f"{name} is enrolled until {enrolled.record.expires_at:%Y-%m-%d}", f"next: {then}"]
    return "\n".join(lines)
