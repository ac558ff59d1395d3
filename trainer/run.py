"""Train the model of a persona.

The linear one at once, the network where torch is installed; keep what is better.
"""

import hashlib
import logging
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

import cv2

from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.consent.training_record import TrainingRecord
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import PersonaError
from livecam.core.files.own_files import png_with_comment
from livecam.core.files.writing import write_whole
from livecam.core.prompter import Progress, Prompter
from trainer.basis import Calm, find_calm
from trainer.linear import LEAST_GAIN, HeldOut, export_linear, train_linear
from trainer.linear import STAGE as LINEAR
from trainer.manage import model_store, runs_folder, training_store
from trainer.material import Material, material_from_bytes
from trainer.preview import Preview, Row
from trainer.scores import Scores, describe_gain
from trainer.session import Ended, Learner, Session

if TYPE_CHECKING:
    from trainer.network.learner import NetworkLearner

_LOG = logging.getLogger(__name__)
NETWORK: Final = "network"
LEAST_FOLLOWS: Final = 0.5
LEAST_LIDS: Final = 0.75
"""Half is what eyes get that never shut."""
_S_PER_MIN: Final = 60
_VERSION: Final = "1"
"""Of the network: backups of another version are not resumed."""


@dataclass(frozen=True, slots=True, eq=False)
class Enrolment:
    """What is trained with.

    Attributes:
        persona: Pictures of the face that is drawn.
        operator: Pictures of whoever is in front of the camera; None: not enrolled.
        people: Their records by name, the persona's first.
    """

    persona: Material
    operator: Material | None
    people: Mapping[str, TrainingRecord]

    @property
    def key(self) -> str:
        """Name of what is learned from: backups of other pictures are not resumed."""
        materials = [_VERSION, *(record.material_sha256 for record in self.people.values())]
        return hashlib.sha256(" ".join(materials).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of a training.

    Attributes:
        stage: What is kept; None: the photo stays.
        held_out: Errors of the linear model on held-out pictures.
    """

    stage: str | None
    held_out: HeldOut


def load_enrolment(settings: Settings, name: str, operator: str | None) -> Enrolment:
    """Return the pictures to train with; the persona must be usable now.

    Raises:
        PersonaError: No such persona or enrolment, or it may not be used.
    """
    persona_store(settings).load(name)
    store = training_store(settings)
    record, data = store.load(name)
    people = {name: record}
    other: Material | None = None
    if operator is not None and operator != name:
        people[operator], driver = store.load(operator)
        other = material_from_bytes(driver, operator)
        if not len(other):
            raise PersonaError(f"the enrolment {operator} is empty", command=f"livecam train enrol {operator}")
    return Enrolment(material_from_bytes(data, name), other, people)


def run_linear(settings: Settings, name: str, enrolment: Enrolment, prompter: Prompter, progress: Progress) -> Outcome:
    """Train the linear model, keep it if it is better than the photo, and say so.

    A network that was trained with the same pictures stays.

    Raises:
        PersonaError: There are too few pictures.
        OutputError: The disk takes no more.
    """
    with progress.task("linear model"):
        model, held_out = train_linear(enrolment.persona)
    prompter.say(describe_linear(held_out))
    if not held_out.is_better:
        return Outcome(None, held_out)
    if _has_network(settings, name, enrolment):
        return Outcome(NETWORK, held_out)
    driver: Calm | None = None if enrolment.operator is None else find_calm(enrolment.operator)
    figures = {"photo": held_out.photo, "model": held_out.model, "pictures": float(held_out.pictures)}
    model_store(settings).save(name, export_linear(model, driver), enrolment.people, LINEAR, figures)
    _LOG.info("model %s: linear, error %.4f of %.4f", name, held_out.model, held_out.photo)
    return Outcome(LINEAR, held_out)


def _has_network(settings: Settings, name: str, enrolment: Enrolment) -> bool:
    """Whether the persona has a network of these very pictures that may run."""
    try:
        record = model_store(settings).check(name)
    except PersonaError:
        return False
    materials = tuple(one.material_sha256 for one in enrolment.people.values())
    return record.stage == NETWORK and record.materials == materials


def describe_linear(held_out: HeldOut) -> str:
    """Return what the held-out pictures say about the linear model."""
    of = f"on {held_out.pictures} pictures that it has not seen"
    if not held_out.is_better:
        return f"linear model: not better than the photo {of} ({held_out.gain:+.0%}); the photo stays"
    return f"linear model: {held_out.gain:.0%} nearer to the face than the photo {of}"


def run_network(
    settings: Settings,
    name: str,
    enrolment: Enrolment,
    minutes: float,
    linear: Outcome,
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
        PersonaError: There are too few pictures.
        OutputError: The disk takes no more.
    """
    try:
        from trainer.network.export import export_network
        from trainer.network.learner import NetworkLearner
    except ImportError:
        prompter.note("the network needs torch, a download of a gigabyte: pip install 'livecam[train]'")
        return linear
    clock = clock or SystemClock()
    with progress.task("preparing the network"):
        learner = NetworkLearner(enrolment.persona, enrolment.operator, clock)
    show = None if preview is None else _make_show(preview, enrolment.persona, learner)

    def tell(line: str) -> None:
        prompter.say(line)
        if show is not None:
            show()

    session = Session(runs_folder(settings) / name, enrolment.key, learner, clock, tell)
    if session.resume():
        prompter.say(f"going on after {session.progress.trained_ns / NS_PER_S / _S_PER_MIN:.1f} min of training")
    ended = session.run(int(minutes * _S_PER_MIN * NS_PER_S), is_stopped)
    scores = _best_scores(session, learner)
    prompter.say(describe_end(ended, scores))
    if not is_worth(scores, linear.held_out):
        prompter.say(f"the network is not better: {_describe_kept(linear.stage)} stays")
        return linear
    model_store(settings).save(name, export_network(learner), enrolment.people, NETWORK, _figures(scores))
    _LOG.info("model %s: network, error %.4f of %.4f", name, scores.error, scores.photo)
    return Outcome(NETWORK, linear.held_out)


def _make_show(path: Path, persona: Material, learner: "NetworkLearner") -> Callable[[], None]:
    """Return what writes the preview, drawn by the renderer of a session."""
    sheet = Preview(persona, learner.calm)

    def show() -> None:
        network = Row(learner.draw_own(sheet.material), is_own=True)
        done, png = cv2.imencode(".png", sheet.draw_sheet({"network": network}))
        if done:
            write_whole(path, png_with_comment(png.tobytes()))

    return show


def _best_scores(session: Session, learner: Learner) -> Scores:
    """Return the scores of the best state, which the learner is in afterwards."""
    session.restore_best()
    return learner.judge()


def is_worth(scores: Scores, linear: HeldOut) -> bool:
    """Whether a network is offered in place of the linear model.

    Where the photo is better than that, in place of the photo. It must follow too: a mean face with dead lids may be
    near to every picture.
    """
    if scores.follows < LEAST_FOLLOWS or (scores.lids is not None and scores.lids < LEAST_LIDS):
        return False
    return scores.error <= (1 - LEAST_GAIN) * (min(scores.linear, scores.photo) if linear.is_better else scores.photo)


def _figures(scores: Scores) -> dict[str, float]:
    found = {
        "photo": scores.photo,
        "linear": scores.linear,
        "model": scores.error,
        "follows": scores.follows,
        "sharpness": scores.sharpness,
    }
    return found if scores.lids is None else {**found, "lids": scores.lids}


def _describe_kept(stage: str | None) -> str:
    return "the photo" if stage is None else f"the {stage} model"


def describe_end(ended: Ended, scores: Scores) -> str:
    """Return why a training ended and what it gave."""
    return f"{ended.why}: {describe_gain(scores.gain)} than the photo on pictures that it has not seen"


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """Set an event at the first request to end, so that a training ends in order.

    It comes by Ctrl-C, SIGTERM or a closed terminal. The second one ends the program.
    Under nohup a closed terminal stays ignored.
    """
    stopped = Event()

    def stop(number: int, frame: object) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        stopped.set()

    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {each: signal.signal(each, stop) for each in numbers if signal.getsignal(each) is not signal.SIG_IGN}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
