"""Train the classic method on the same pictures, to compare and to teach.

It gives a sheet and figures, never a model that runs.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import EngineError, PersonaError
from livecam.core.frame import Pixels
from livecam.core.prompter import Prompter
from trainer.manage import runs_folder, write_new
from trainer.material import Material
from trainer.outcome import Enrolment, check_consents
from trainer.preview import write_sheet
from trainer.scores import Scores
from trainer.session import Session

if TYPE_CHECKING:
    from trainer.network.classic import ClassicLearner

COLUMNS: Final = 8
_S_PER_MIN: Final = 60


def run_classic(
    settings: Settings,
    name: str,
    enrolment: Enrolment,
    minutes: float,
    prompter: Prompter,
    is_stopped: Callable[[], bool],
    preview: Path | None = None,
    clock: Clock | None = None,
    dfm: Path | None = None,
) -> Scores:
    """Train the classic method within the minutes and say how good it is.

    No model is kept; one may be written for other programs.

    Args:
        settings: Data folder.
        name: The persona's.
        enrolment: Pictures of the persona and of the operator; backups of others are not resumed.
        minutes: So long at most, earlier runs included.
        prompter: Says how far it is.
        is_stopped: Asked after every batch.
        preview: A PNG that shows the swap after every judgement.
        clock: The time.
        dfm: A DFM file to write at the end.

    Raises:
        PersonaError: There is no operator, an enrolment has no crops, or a consent to train was taken back.
        EngineError: torch is not installed.
        OutputError: The disk takes no more.
    """
    operator = enrolment.operator
    if operator is None:
        raise PersonaError("the classic method needs both people", advice="add --operator NAME")
    try:
        from trainer.network.classic import ClassicLearner
        from trainer.network.dfm import export_dfm
    except ImportError as error:
        raise EngineError("torch is not installed", command="pip install 'livecam[train]'") from error
    learner = ClassicLearner(enrolment.persona, operator)

    def tell(line: str) -> None:
        prompter.say(line)
        if preview is not None:
            write_sheet(preview, draw_swap(learner, operator))

    def permit() -> None:
        check_consents(settings, enrolment)

    folder = runs_folder(settings) / f"{name}-classic"
    session = Session(folder, enrolment.key, learner, clock or SystemClock(), tell, permit=permit)
    session.resume()
    ended = session.run(int(minutes * _S_PER_MIN * NS_PER_S), is_stopped)
    session.restore_best()
    prompter.say(f"{ended.why}: the classic method is for comparison, so no model of it is kept")
    if dfm is not None:
        permit()
        write_new(dfm, export_dfm(learner.net))
        prompter.say(f"{dfm}: check it with: livecam models check {dfm}")
    return learner.judge()


def draw_swap(learner: "ClassicLearner", operator: Material) -> Pixels:
    """Return the operator's crops, and below them what is made of each."""
    assert operator.crops is not None
    crops = operator.crops[np.linspace(0, len(operator) - 1, min(COLUMNS, len(operator))).astype(int)]
    made = np.clip(np.rint(learner.swap(crops)), 0, 255).astype(np.uint8)
    return np.vstack([np.hstack(list(crops)), np.hstack(list(made))])
