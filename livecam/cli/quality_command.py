"""`livecam bench quality`: picture quality as a table and as JSON."""

import math
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.quality.figures import Identity, Quality
from livecam.bench.quality.run import QualityResult, run_quality
from livecam.cli.measurement import run_measurement
from livecam.config.settings import Settings
from livecam.personas.built_in import builtin_names

QUICK_PERSONAS = 2


def measure_quality(settings: Settings, quick: bool, identity_models: Sequence[Path] = ()) -> None:
    """Measure the built-in personas on the clip, print, and write JSON where given.

    Raises:
        LivecamError: What measuring raises; a file cannot be written.
    """
    names = builtin_names()[: QUICK_PERSONAS if quick else None]
    run_measurement(settings.json_path, lambda tell: run_quality(settings, names, identity_models, tell), show)


def show(result: QualityResult, console: Console) -> None:
    """Print the table, the tracking errors, and what was not measured."""
    headings = ("flicker", "seam", "sharpness", "pose", "expression", "kept", "held")
    table = _table("output compared with input", headings)
    for quality in result.personas:
        table.add_row(*_row(quality))
    table.caption = (
        "flicker and sharpness: output over input; seam: CIE76; pose: degrees; expression: % of the eye distance; "
        "kept: covered areas left unchanged; docs/metrics.md"
    )
    table.caption_justify = "left"
    console.print(table)
    if result.tracking is not None:
        t = result.tracking
        console.print(
            f"mesh error on the sample clip: {t.error:.2f} % of the eye distance, jitter {t.jitter:.2f} %, "
            f"lag {t.lag_frames:+.2f} frames"
        )
    shown = sum(quality.unswapped_shown for quality in result.personas)
    console.print(f"frames that show an unswapped face: {shown}")
    _show_heads(result.personas, console)
    if result.identity_model is None:
        console.print("identity: not measured, add --identity-model ARCFACE.onnx")
        return
    for number, model in enumerate(result.identity_model.split(", ")):
        _show_identity(result.personas, number, model, console)


def _show_heads(personas: Sequence[Quality], console: Console) -> None:
    """Print the unrest round the skull, and what heads left of the live one."""
    table = _table("round the skull", ("unrest", "live head left", "worst"))
    for q in personas:
        left = [
            ("-" if math.isnan(share) else f"{100 * share:.1f} %") for share in (q.head_left_mean, q.head_left_worst)
        ]
        table.add_row(q.persona, "-" if math.isnan(q.unrest) else f"{q.unrest:.2f}", *left)
    console.print(table)


def _show_identity(personas: Sequence[Quality], number: int, model: str, console: Console) -> None:
    """Print whom one recogniser sees, in the whole picture and in the face."""
    headings = ("persona cos", "live cos", "strangers", "first")
    for title, face in ((f"identity by {model}: cosines", False), ("the same, all but the face grey", True)):
        table = _table(title, headings)
        for quality in personas:
            found = (*([] if quality.identity is None else [quality.identity]), *quality.more_identities)
            if number < len(found):
                table.add_row(quality.persona, *_likeness(found[number], face))
        console.print(table)


def _likeness(found: Identity, face: bool) -> list[str]:
    """Return cosines and share of first places, of picture or face."""
    whole = found.to_persona, found.to_live, found.strangers, found.first
    alone = found.face_to_persona, found.face_to_live, found.face_strangers, found.face_first
    *cosines, first = alone if face else whole
    return [*(f"{cosine:.2f}" for cosine in cosines), f"{100 * first:.0f} %"]


def _table(title: str, headings: Sequence[str]) -> Table:
    """Return a table of personas that fits 80 columns."""
    table = Table(title=title, box=SIMPLE, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("persona")
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _row(q: Quality) -> list[str]:
    kept = "-" if math.isnan(q.kept_share) else f"{100 * q.kept_share:.0f} %"
    measured = [f"{q.flicker_ratio:.2f}", f"{q.outline_error:.1f}", f"{q.sharpness_ratio:.2f}"]
    mesh = [f"{q.pose_error_deg:.1f}", f"{q.expression_error:.2f}"]
    return [q.persona, *measured, *mesh, kept, f"{q.held} of {q.frames}"]
