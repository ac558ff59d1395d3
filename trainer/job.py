"""Kinds of jobs that enrol a face and train a model of a persona.

So the studio and other programs can queue them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Final

from livecam.consent.training_record import TRAINING
from livecam.core.errors import ConsentError, UsageError, remedy
from livecam.jobs.job import Progress
from livecam.jobs.kinds import PREVIEW, Call, Kind
from livecam.jobs.unattended import ProgressTeller, Unattended

_MINUTES: Final = 10.0
_MOST_MINUTES: Final = 600.0


class _Teller(Unattended):
    """Tells each line as the job's progress too."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        super().__init__()
        self._tell = tell

    def say(self, text: str) -> None:
        super().say(text)
        self._tell(Progress(None, text))


def _train(call: Call) -> Mapping[str, object]:
    """Train; what is better than the photo is kept as `livecam train run` keeps it.

    Raises:
        UsageError: The minutes are no number.
        PersonaError: No such persona or enrolment, or it may not be used.
        OutputError: The disk takes no more.
    """
    from livecam.config.settings import resolve
    from trainer.outcome import load_enrolment
    from trainer.run import run_network
    from trainer.solve import run_solved

    minutes = _read_minutes(call.settings.get("minutes"))
    persona, operator = str(call.settings["persona"]), call.settings.get("operator")
    settings = resolve({"data-folder": str(call.data_folder)}, {}).settings
    person, progress = _Teller(call.tell), ProgressTeller(call.tell)
    enrolment = load_enrolment(settings, persona, None if operator is None else str(operator))
    preview = call.folder / PREVIEW
    outcome = run_solved(settings, persona, enrolment, person, progress, preview)
    if minutes > 0:
        outcome = run_network(
            settings, persona, enrolment, minutes, outcome, person, progress, call.is_finishing, preview
        )
    return {
        "files": [PREVIEW] if preview.exists() else [],
        "stage": outcome.stage,
        "gain": round(outcome.scores.gain, 3),
        "remarks": [*person.notes, *person.said],
    }


def _enrol(call: Call) -> Mapping[str, object]:
    """Enrol the face of clips, with the statement that a person made about them.

    Raises:
        ConsentError: The statement is not the one of the answer, or it was taken back for a clip.
        PersonaError: The name is not one, or too little of the face is seen.
    """
    from livecam.config.settings import resolve
    from trainer.coverage import missing_items
    from trainer.enrol import enrol_clips
    from trainer.manage import next_step

    given, name = call.settings, str(call.settings["name"])
    settings = resolve({"data-folder": str(call.data_folder), "consent": str(given["consent"])}, {}).settings
    if settings.consent is None or given["statement"] != TRAINING.answers[settings.consent].statement:
        raise ConsentError(f"{name} is not enrolled: the statement was not made", **remedy(TRAINING.instead))
    person = Unattended()
    enrolled = enrol_clips(settings, name, call.inputs, person, ProgressTeller(call.tell))
    return {
        "files": [],
        "name": name,
        "pictures": enrolled.pictures,
        "coverage": [asdict(item) for item in enrolled.coverage],
        "missing": [item.name for item in missing_items(enrolled.coverage)],
        "remarks": [*enrolled.remarks, *person.notes],
        "next": next_step(settings, name),
    }


def _read_minutes(value: object) -> float:
    """Return minutes of training.

    Raises:
        UsageError: It is no number from 0 to 600.
    """
    try:
        minutes = _MINUTES if value is None else float(str(value))
    except ValueError:
        minutes = -1.0
    if not 0 <= minutes <= _MOST_MINUTES:
        raise UsageError(f"minutes is {value}, not a number from 0 to 600", advice="give minutes=10")
    return minutes


TRAIN: Final = Kind(
    "a model of a persona, of what was enrolled",
    _train,
    inputs=(0, 0),
    keys=frozenset(("persona", "operator", "minutes")),
    needs=frozenset(("persona",)),
    finishes=True,
)
ENROL: Final = Kind(
    "an enrolment for training, of clips of one person",
    _enrol,
    inputs=(1, 20),
    keys=frozenset(("name", "consent", "statement")),
    needs=frozenset(("name", "consent", "statement")),
    states=True,
)
