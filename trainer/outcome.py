"""What is trained with, what comes of it, and which model is kept."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.consent.training_record import TrainingRecord
from livecam.core.errors import PersonaError
from trainer.manage import model_store, training_store
from trainer.material import Material, material_from_bytes
from trainer.scores import Scores

_LOG = logging.getLogger(__name__)
NETWORK: Final = "network"
LEAST_FOLLOWS: Final = 0.5
LEAST_LIDS: Final = 0.75
"""Half is what eyes get that never shut."""
_VERSION: Final = "4"
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
        scores: Of the best model so far on held-out pictures, kept or not.
    """

    stage: str | None
    scores: Scores


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


def check_consents(settings: Settings, enrolment: Enrolment) -> None:
    """Refuse to keep anything of a person who has taken the consent to train back.

    Raises:
        PersonaError: An enrolment is gone, or its consent has ended or was taken back.
    """
    for person in enrolment.people:
        try:
            training_store(settings).check(person)
        except PersonaError as error:
            raise PersonaError(
                f"nothing is kept of this training: {error}", advice="enrol the person again, with their consent"
            ) from error


def keep_model(
    settings: Settings, name: str, enrolment: Enrolment, outcome: Outcome, export: Callable[[], bytes]
) -> Outcome:
    """Keep a model, unless there is a network of these very pictures that may run.

    Raises:
        PersonaError: A consent to train was taken back.
        OutputError: The disk takes no more.
    """
    if _has_network(settings, name, enrolment):
        return Outcome(NETWORK, outcome.scores)
    assert outcome.stage is not None
    check_consents(settings, enrolment)
    model_store(settings).save(name, export(), enrolment.people, outcome.stage, figures_of(outcome.scores))
    _LOG.info("model %s: %s, error %.4f of %.4f", name, outcome.stage, outcome.scores.error, outcome.scores.photo)
    return outcome


def _has_network(settings: Settings, name: str, enrolment: Enrolment) -> bool:
    """Whether the persona has a network of these very pictures that may run."""
    try:
        record = model_store(settings).check(name)
    except PersonaError:
        return False
    materials = tuple(one.material_sha256 for one in enrolment.people.values())
    return record.stage == NETWORK and record.materials == materials


def is_worth(scores: Scores, most_error: float) -> bool:
    """Whether a model is offered in place of what there is.

    It must not exceed that error. It must follow too: a mean face with dead lids may be near to every picture.
    """
    if scores.follows < LEAST_FOLLOWS or (scores.lids is not None and scores.lids < LEAST_LIDS):
        return False
    return scores.error <= most_error


def figures_of(scores: Scores) -> dict[str, float]:
    """Return what is kept with a model of how good it is."""
    found = {
        "photo": scores.photo,
        "linear": scores.linear,
        "model": scores.error,
        "follows": scores.follows,
        "sharpness": scores.sharpness,
    }
    return found if scores.lids is None else {**found, "lids": scores.lids}


def describe_kept(stage: str | None) -> str:
    """Return the model of a stage in words, or the photo."""
    return "the photo" if stage is None else f"the {stage} model"
