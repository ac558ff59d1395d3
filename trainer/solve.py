"""Solve the models that take seconds: the linear one and that of examples."""

from pathlib import Path
from typing import Final

import numpy as np

from livecam.config.settings import Settings
from livecam.core.prompter import Progress, Prompter
from trainer.examples import STAGE as EXAMPLES
from trainer.examples import Lesson, export_examples, prepare
from trainer.judge import Judge
from trainer.linear import LEAST_GAIN, HeldOut, LinearModel, export_linear, train_linear
from trainer.linear import STAGE as LINEAR
from trainer.material import Material
from trainer.outcome import Enrolment, Outcome, is_worth, keep_model
from trainer.preview import Preview, Row, write_sheet
from trainer.scores import describe_scores

_NO_OPERATOR: Final = "the model of examples needs an operator, --operator NAME, to know what their brows are worth"


def run_solved(
    settings: Settings,
    name: str,
    enrolment: Enrolment,
    prompter: Prompter,
    progress: Progress,
    preview: Path | None = None,
) -> Outcome:
    """Solve the linear model and that of examples; keep the better one.

    Say so. Where neither is better than the photo, the photo stays. A network of the same pictures stays. `preview` is
    a PNG that shows both on held-out pictures.

    Examples need an operator: their irises and brows say what a gaze and a raised brow are worth.

    Raises:
        PersonaError: There are too few pictures.
        OutputError: The disk takes no more.
    """
    persona = enrolment.persona
    with progress.task("linear model"):
        linear, held_out = train_linear(persona)
    prompter.say(describe_linear(held_out))
    with progress.task("model of examples"):
        lesson = prepare(persona, enrolment.operator)
        judge = Judge(persona.select(persona.is_held), lesson.held, linear)
        scores = judge.judge_each(lesson.model.draw(lesson.held.numbers[judge.which]))
    prompter.say(f"model of examples: {describe_scores(scores)}")
    if preview is not None:
        _show_solved(preview, persona, linear, lesson)
    is_better = is_worth(scores, judge.linear.error if held_out.is_better else (1 - LEAST_GAIN) * scores.photo)
    if is_better and lesson.other is not None:
        return keep_model(settings, name, enrolment, Outcome(EXAMPLES, scores), lambda: export_examples(lesson.model))
    why = _NO_OPERATOR if is_better else "the model of examples is not better"
    prompter.say(f"{why}: {'the linear model' if held_out.is_better else 'the photo'} stays")
    if not held_out.is_better:
        return Outcome(None, judge.linear)
    outcome = Outcome(LINEAR, judge.linear)
    return keep_model(settings, name, enrolment, outcome, lambda: export_linear(linear, lesson.model.driver))


def describe_linear(held_out: HeldOut) -> str:
    """Return what the held-out pictures say about the linear model."""
    of = f"on {held_out.pictures} pictures that it has not seen"
    if not held_out.is_better:
        return f"linear model: not better than the photo {of} ({held_out.gain:+.0%}); the photo stays"
    return f"linear model: {held_out.gain:.0%} nearer to the face than the photo {of}"


def _show_solved(path: Path, persona: Material, linear: LinearModel, lesson: Lesson) -> None:
    """Write the preview of what was solved."""
    sheet = Preview(persona, lesson.model.calm)
    places = np.searchsorted(np.flatnonzero(persona.is_held), sheet.which)
    examples = list(lesson.model.draw(lesson.held.numbers[places]))
    linear_row = Row(list(linear.draw(sheet.material.shapes)), is_own=False)
    write_sheet(
        path,
        sheet.draw_sheet({"linear": linear_row, "examples": Row(examples, is_own=lesson.model.alignment.is_found)}),
    )
