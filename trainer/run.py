"""Train the network of a persona; keep it where it is better than what there is."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from livecam.app import trained_models
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import PersonaError
from livecam.core.prompter import Progress, Prompter
from trainer.linear import LEAST_GAIN
from trainer.manage import folder_of, model_store, runs_folder
from trainer.material import Material
from trainer.outcome import NETWORK, Enrolment, Outcome, check_consents, describe_kept, figures_of, is_worth
from trainer.preview import Preview, Row, write_sheet
from trainer.scores import Scores, describe_gain
from trainer.session import Ended, Learner, Session

if TYPE_CHECKING:
    from trainer.network.learner import NetworkLearner

_LOG = logging.getLogger(__name__)
_S_PER_MIN: Final = 60


def run_network(
    settings: Settings,
    name: str,
    enrolment: Enrolment,
    minutes: float,
    solved: Outcome,
    prompter: Prompter,
    progress: Progress,
    is_stopped: Callable[[], bool],
    preview: Path | None = None,
    clock: Clock | None = None,
) -> Outcome:
    """Train the network within the minutes.

    Keep it if it is better than what there is, and say so.

    It goes on from where it was stopped or killed. Without torch, what there is stays. `preview` is a PNG that shows
    held-out pictures after every judgement.

    Raises:
        PersonaError: There are too few pictures, or a consent to train was taken back.
        OutputError: The disk takes no more.
    """
    try:
        from trainer.network.export import export_best
        from trainer.network.learner import NetworkLearner
    except ImportError:
        prompter.note("the network needs torch, a download of a gigabyte: pip install 'livecam[train]'")
        return solved
    clock = clock or SystemClock()
    with progress.task("preparing the network"):
        learner = NetworkLearner(enrolment.persona, enrolment.operator, clock)
    show = None if preview is None else _make_show(preview, enrolment.persona, learner)

    def tell(line: str) -> None:
        prompter.say(line)
        if show is not None:
            show()

    def permit() -> None:
        check_consents(settings, enrolment)

    session = Session(runs_folder(settings) / name, enrolment.key, learner, clock, tell, permit=permit)
    if session.resume():
        prompter.say(f"going on after {session.progress.trained_ns / NS_PER_S / _S_PER_MIN:.1f} min of training")
    try:
        ended = session.run(int(minutes * _S_PER_MIN * NS_PER_S), is_stopped)
    except PersonaError:
        trained_models.remove_runs(folder_of(settings), name)
        raise
    scores = _best_scores(session, learner)
    prompter.say(describe_end(ended, scores))
    before = solved.scores.photo if solved.stage is None else solved.scores.error
    if not is_worth(scores, (1 - LEAST_GAIN) * before):
        prompter.say(f"the network is not better: {describe_kept(solved.stage)} stays")
        return solved
    check_consents(settings, enrolment)
    model_store(settings).save(
        name, export_best(learner, scores.error, clock), enrolment.people, NETWORK, figures_of(scores)
    )
    _LOG.info("model %s: network, error %.4f of %.4f", name, scores.error, scores.photo)
    return Outcome(NETWORK, scores)


def _make_show(path: Path, persona: Material, learner: "NetworkLearner") -> Callable[[], None]:
    """Return what writes the preview, drawn by the renderer of a session."""
    sheet = Preview(persona, learner.model.calm)

    def show() -> None:
        network = Row(learner.draw_own(sheet.material), is_own=True)
        write_sheet(path, sheet.draw_sheet({"network": network}))

    return show


def _best_scores(session: Session, learner: Learner) -> Scores:
    """Return the scores of the best state, which the learner is in afterwards."""
    session.restore_best()
    return learner.judge()


def describe_end(ended: Ended, scores: Scores) -> str:
    """Return why a training ended and what it gave."""
    return f"{ended.why}: {describe_gain(scores.gain)} than the photo on pictures that it has not seen"
