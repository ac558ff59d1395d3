"""The kind of job that trains a model of a persona.

So the studio and other programs can queue it.
"""

from collections.abc import Callable, Mapping
from typing import Final

from livecam.core.errors import UsageError
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, Kind
from livecam.jobs.unattended import ProgressTeller, Unattended

_MINUTES: Final = 10.0
_MOST_MINUTES: Final = 600.0
_PREVIEW: Final = "preview.png"


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
    preview = call.folder / _PREVIEW
    outcome = run_solved(settings, persona, enrolment, person, progress, preview)
    if minutes > 0:
        outcome = run_network(settings, persona, enrolment, minutes, outcome, person, progress, lambda: False, preview)
    return {
        "files": [_PREVIEW] if preview.exists() else [],
        "stage": outcome.stage,
        "gain": round(outcome.scores.gain, 3),
        "remarks": [*person.notes, *person.said],
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
)
